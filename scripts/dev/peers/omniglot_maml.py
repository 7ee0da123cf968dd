#!/usr/bin/env python3
"""Trains Conv-4 by MAML on Omniglot in PyTorch, to compare learning: one JSON line at the end.

Trains on Balinese, Early_Aramaic, Greek, Latin, Japanese_(katakana) and Sanskrit, rotations as
extra classes; tests on Korean and Tagalog, upright. Batch norm takes its statistics from each batch
(transductive). Accuracy is over `--test-tasks` tasks, with a 95 % interval of their mean.

The figures that Apogee is held to, 5 ways, 1 shot, 15 queries, 64 filters, first weights by He (see
Decisions/0007: results hang on them), meta-batch 8, Adam 1e-3,
8,000 tasks: the defaults; and `--inner-steps 5 --inner-rate 0.1 --test-steps 5`.

`--initial RUN --pair RUN`, folders of runs of omniglot_paired.lua, starts with the weights of the
first and trains on the episodes of the second (no more --tasks than it has). Query losses of the
updates are compared, the final weights by their distance, and by their accuracy on the same tasks.
What must be equal, within rounding, are the first two query losses, the weights after one update
(--tasks 8, budget.updates=1), and anywhere on the way the query loss of the next update: weights
after N updates (budget.updates=N) as --initial, with --skip 8N. Whole runs part after a few
updates, as each also parts from itself after a change in the last bit; where learning is steep
their final accuracies may then differ by as much as those of two seeds.

Run with torch 2.13.0+cpu (requirements.txt).
"""

import argparse
import itertools
import json
import math
import sys
import time

import numpy as np
import torch

import apogee_run
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
    p.add_argument("--initial-weights", choices=["he", "uniform"], default="he")
    p.add_argument("--inner-steps", type=int, default=1)
    p.add_argument("--inner-rate", type=float, default=0.4)
    p.add_argument("--test-steps", type=int, default=3)
    p.add_argument("--outer-rate", type=float, default=1e-3)
    p.add_argument("--meta-batch", type=int, default=8)
    p.add_argument("--tasks", type=int, default=8000, help="training tasks")
    p.add_argument("--test-tasks", type=int, default=600)
    p.add_argument("--seconds", type=float, default=math.inf, help="stop training after")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--initial", help="folder of the run whose weights to start with")
    p.add_argument("--pair", help="folder of the run whose training episodes to take")
    p.add_argument("--skip", type=int, default=0, help="so many of those episodes first")
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def drawn(data, a, rng):
    """Endless episodes."""
    while True:
        yield omniglot.episode(data, rng, a.ways, a.shots, a.queries)


def train(p, episodes, a):
    """Meta-trains `p` in place; returns the query loss of each update."""
    adam, start, losses = torch.optim.Adam(p.values(), a.outer_rate), time.perf_counter(), []
    for step in range(a.tasks // a.meta_batch):
        total, recent = {n: torch.zeros_like(v) for n, v in p.items()}, []
        for _ in range(a.meta_batch):
            support, query = next(episodes)
            loss, gradient = meta_gradient(p, conv4.loss, support, query, a.inner_steps,
                                           a.inner_rate, a.order)
            recent.append(float(loss))
            for n, g in gradient.items():
                total[n] += g
        losses.append(float(np.mean(recent)))
        for n, v in p.items():
            v.grad = total[n] / a.meta_batch
        adam.step()
        seen, elapsed = (step + 1) * a.meta_batch, time.perf_counter() - start
        if (step + 1) % 25 == 0:
            print(f"{seen} of {a.tasks} tasks, query loss {np.mean(losses[-25:]):.3f}, "
                  f"{seen / elapsed:.1f} tasks/s", file=sys.stderr)
        if elapsed > a.seconds:
            break
    return losses


def test(p, data, a):
    """Accuracy of each task in percent. The tasks are the same for every seed, so that seeds differ
    by training alone."""
    accuracies, episodes = [], drawn(data, a, np.random.default_rng(600))
    for _ in range(a.test_tasks):
        support, (x, labels) = next(episodes)
        adapted = adapt(variables(p), conv4.loss, support, a.test_steps, a.inner_rate)
        with torch.no_grad():
            correct = conv4.logits(adapted, x).argmax(1) == labels
            accuracies.append(100 * float(correct.float().mean()))
    return np.array(accuracies)


def mean(name, values):
    """Mean of the tasks and the half-width of its 95 % interval."""
    half = 1.96 * np.std(values, ddof=1) / math.sqrt(len(values))
    return {name: round(float(np.mean(values)), 2), f"{name}_interval_95": round(float(half), 2)}


def compared(p, losses, accuracies, data, a):
    """How the run `a.pair` differs from this one; convolutions' biases, which batch norm takes away
    again, are left out."""
    theirs, start = apogee_run.weights(a.pair), apogee_run.weights(a.initial)
    first = a.skip // a.meta_batch
    loss = np.abs(np.array(losses) / apogee_run.losses(a.pair)[first:first + len(losses)] - 1)
    names = [n for n in p if not n.endswith("convolution.bias")]

    def distance(p, q):
        return math.sqrt(sum(float((p[n] - q[n]).detach().double().pow(2).sum()) for n in names))

    their_accuracies = test(theirs, data, a)
    return {
        "loss_differences": {k: float(f"{loss[k - 1]:.2g}")
                             for k in (1, 2, 3, 5, 10, 100, 1000) if k <= len(loss)},
        "distance": distance(p, theirs), "moved": distance(p, start),
        "their_moved": distance(theirs, start),
        **mean("their_accuracy", their_accuracies),
        **mean("difference", their_accuracies - accuracies)}


def main():
    a = options()
    torch.set_num_threads(a.threads)
    train_data = omniglot.classes(a.data, TRAIN, True)
    test_data = list(omniglot.classes(a.data, TEST, False).values())
    generator = torch.Generator().manual_seed(a.seed)
    p = variables(apogee_run.weights(a.initial) if a.initial
                  else conv4.initial(a.filters, a.ways, generator=generator,
                                     initial_weights=a.initial_weights))
    if a.pair:
        episodes = apogee_run.episodes(a.pair, train_data, a.shots)
        episodes = itertools.islice(episodes, a.skip, None)
    else:
        episodes = drawn(list(train_data.values()), a, np.random.default_rng([a.seed, 0]))
    losses = train(p, episodes, a)
    accuracies = test(p, test_data, a)
    settings = {k: v for k, v in vars(a).items() if k not in ("data", "seconds", "initial", "pair")}
    result = {
        "peer": "pytorch", "torch": torch.__version__, "name": "omniglot-maml", **settings,
        "tasks": len(losses) * a.meta_batch, "train_classes": len(train_data),
        "test_classes": len(test_data), **mean("accuracy", accuracies)}
    if a.initial and a.pair:
        result |= compared(p, losses, accuracies, test_data, a)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
