#!/usr/bin/env python3
"""The `cell-supernet` workload in PyTorch: one JSON line.

A supernet of a normal and a reduction cell (C = 16, then 32; 4 nodes; seven operations) behind a
3x3 convolution stem 1 to 48 with batch norm, on 28x28 random inputs. First-order MAML, 5 inner
steps at 0.1, 5 ways, 1 shot, 15 queries a way, meta-batch 4; every task draws a fresh uniformly
random path; Adam 1e-3 moves only the weights that a path of the meta-batch touched.
Configurations: `eager`, `channels_last`. Compiling pays only for a path that comes again, and none
does.

Run with torch 2.13.0+cpu (requirements.txt).
"""

import random

import torch
import torch.nn.functional as F

import cells
import timing
from learners import meta_gradient

META_BATCH, WAYS, QUERIES, STEPS, RATE = 4, 5, 15, 5, 0.1


class Workload:
    def __init__(self, arguments, rank):
        self.arguments, self.loss = arguments, 0.0
        self.tasks = timing.share(META_BATCH, arguments, rank)
        self.p = {}
        every = cells.every_path(), cells.every_path()
        with torch.no_grad():
            builder = cells.Builder(self.p, True, torch.Generator().manual_seed(1))
            builder.network(every, torch.zeros(2, 1, 28, 28))
        self.p = {n: self.layout(v).requires_grad_() for n, v in self.p.items()}
        self.common, self.candidates = [], {}
        for n in self.p:
            if ".node" in n:
                self.candidates.setdefault(".".join(n.split(".")[:5]), []).append(n)
            else:
                self.common.append(n)
        self.adam = torch.optim.Adam(self.p.values(), 1e-3)
        self.labels = torch.arange(WAYS), torch.arange(WAYS).repeat_interleave(QUERIES)

    def layout(self, x):
        last = self.arguments.configuration == "channels_last" and x.dim() == 4
        return x.contiguous(memory_format=torch.channels_last) if last else x

    def draw(self, step):
        self.batch = []
        for task in self.tasks:
            seed = 1000 * step + task
            g, stream = torch.Generator().manual_seed(seed), random.Random(seed)
            images = [self.layout(torch.rand((n, 1, 28, 28), generator=g))
                      for n in (WAYS, WAYS * QUERIES)]
            self.batch.append((stream, *images))

    def touched(self, path):
        """The weights of one path: those outside the nodes, and its candidates'."""
        names = list(self.common)
        for c, cell in enumerate(path):
            for i, node in enumerate(cell):
                for j, kind in node:
                    names += self.candidates.get(f"cells.{c}.node{i}.input{j}.{kind}", [])
        return {n: self.p[n] for n in names}

    def gradients(self):
        total, losses = {}, []
        for stream, support, query in self.batch:
            path = cells.random_cell(stream), cells.random_cell(stream)

            def loss(p, x, labels, path=path):
                return F.cross_entropy(cells.Builder(p).network(path, x), labels)

            result, gradient = meta_gradient(
                self.touched(path), loss, (support, self.labels[0]), (query, self.labels[1]),
                STEPS, RATE)
            losses.append(result)
            for n, g in gradient.items():
                total[n] = total[n] + g if n in total else g
        self.loss = float(sum(losses) / len(losses))
        return total

    def update(self, total):
        for n, v in self.p.items():
            v.grad = total[n] / META_BATCH if n in total else None  # None: Adam skips it
        self.adam.step()


def main():
    parser = timing.parser(__doc__.splitlines()[0])
    parser.add_argument("--configuration", default="eager", choices=["eager", "channels_last"])
    a = parser.parse_args()
    timing.run(a, Workload, META_BATCH, {
        "name": "cell-supernet", "configuration": a.configuration, "order": 1,
        "inner_steps": STEPS})


if __name__ == "__main__":
    main()
