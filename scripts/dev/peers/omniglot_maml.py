#!/usr/bin/env python3
"""Trains Conv-4 by MAML on Omniglot in PyTorch, to compare learning: one JSON line at the end.

Trains on Balinese, Early_Aramaic, Greek, Latin, Japanese_(katakana) and Sanskrit, rotations as
extra classes; tests on Korean and Tagalog, upright. Batch norm takes its statistics from each batch
(transductive). Accuracy is over `--test-tasks` tasks, with a 95 % interval of their mean.

The figures that Apogee is held to, 5 ways, 1 shot, 15 queries, 64 filters, meta-batch 8, Adam 1e-3,
8,000 tasks: the defaults; and `--inner-steps 5 --inner-rate 0.1 --test-steps 5`.

Run with torch 2.13.0+cpu (requirements.txt).
"""

import argparse
import json
import math
import sys
import time

import numpy as np
import torch

import conv4
import omniglot
from learners import adapt, meta_gradient, variables

TRAIN = ["Balinese", "Early_Aramaic", "Greek", "Latin", "Japanese_(katakana)", "Sanskrit"]
TEST = ["Korean", "Tagalog"]


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("data", help="folder of the images_*.zip archives")
    p.add_argument("--order", type=int, choices=[1, 2], default=1)
    p.add_argument("--ways", type=int, default=5)
    p.add_argument("--shots", type=int, default=1)
    p.add_argument("--queries", type=int, default=15, help="a way")
    p.add_argument("--filters", type=int, default=64)
    p.add_argument("--inner-steps", type=int, default=1)
    p.add_argument("--inner-rate", type=float, default=0.4)
    p.add_argument("--test-steps", type=int, default=3)
    p.add_argument("--outer-rate", type=float, default=1e-3)
    p.add_argument("--meta-batch", type=int, default=8)
    p.add_argument("--tasks", type=int, default=8000, help="training tasks")
    p.add_argument("--test-tasks", type=int, default=600)
    p.add_argument("--seconds", type=float, default=math.inf, help="stop training after")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def train(p, data, a, rng):
    """Meta-trains `p` in place; returns the number of tasks seen."""
    adam, start, recent = torch.optim.Adam(p.values(), a.outer_rate), time.perf_counter(), []
    steps = a.tasks // a.meta_batch
    for step in range(steps):
        total = {n: torch.zeros_like(v) for n, v in p.items()}
        for _ in range(a.meta_batch):
            support, query = omniglot.episode(data, rng, a.ways, a.shots, a.queries)
            loss, gradient = meta_gradient(p, conv4.loss, support, query, a.inner_steps,
                                           a.inner_rate, a.order)
            recent.append(float(loss))
            for n, g in gradient.items():
                total[n] += g
        for n, v in p.items():
            v.grad = total[n] / a.meta_batch
        adam.step()
        seen, elapsed = (step + 1) * a.meta_batch, time.perf_counter() - start
        if (step + 1) % 25 == 0:
            print(f"{seen} of {a.tasks} tasks, query loss {np.mean(recent):.3f}, "
                  f"{seen / elapsed:.1f} tasks/s", file=sys.stderr)
            recent = []
        if elapsed > a.seconds:
            return seen
    return steps * a.meta_batch


def test(p, data, a, rng):
    """Mean accuracy in percent and the half-width of its 95 % interval."""
    accuracies = []
    for _ in range(a.test_tasks):
        support, (x, labels) = omniglot.episode(data, rng, a.ways, a.shots, a.queries)
        adapted = adapt(variables(p), conv4.loss, support, a.test_steps, a.inner_rate)
        with torch.no_grad():
            accuracies.append(float((conv4.logits(adapted, x).argmax(1) == labels).float().mean()))
    half = 1.96 * np.std(accuracies, ddof=1) / math.sqrt(len(accuracies))
    return 100 * float(np.mean(accuracies)), 100 * float(half)


def main():
    a = options()
    torch.set_num_threads(a.threads)
    train_data = list(omniglot.classes(a.data, TRAIN, True).values())
    test_data = list(omniglot.classes(a.data, TEST, False).values())
    generator = torch.Generator().manual_seed(a.seed)
    p = variables(conv4.initial(a.filters, a.ways, generator=generator))
    rng = np.random.default_rng([a.seed, 0])
    seen = train(p, train_data, a, rng)
    # The test tasks are the same for every seed, so that seeds differ by training alone.
    accuracy, half = test(p, test_data, a, np.random.default_rng(600))
    settings = {k: v for k, v in vars(a).items() if k not in ("data", "seconds")}
    print(json.dumps({
        "peer": "pytorch", "torch": torch.__version__, "name": "omniglot-maml", **settings,
        "tasks": seen, "train_classes": len(train_data), "test_classes": len(test_data),
        "accuracy": round(accuracy, 2), "interval_95": round(half, 2)}))


if __name__ == "__main__":
    main()
