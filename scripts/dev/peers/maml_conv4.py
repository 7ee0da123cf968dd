#!/usr/bin/env python3
"""The `maml-conv4` workload in PyTorch: one JSON line.

Conv-4 with 64 filters, random inputs 1x28x28; 5 ways, 1 shot, 15 queries a way; K inner SGD steps
at 0.4; cross-entropy; meta-batch 8, mean gradient, Adam 1e-3. Configurations: `eager`;
`channels_last`; `compile` (order 1: the compiled loss; order 2: the compiled meta-gradient);
`vmap` (all tasks of the worker's share at once, by torch.func).

Run with torch 2.13.0+cpu (requirements.txt). `compile` needs a C++ compiler. `peak_bytes` adds the
resident peaks of the processes, so pages that they share count once for each.
"""

import torch

import conv4
import timing
from learners import meta_gradient

META_BATCH, WAYS, QUERIES, RATE = 8, 5, 15, 0.4


class Workload:
    def __init__(self, arguments, rank):
        self.arguments, self.loss = arguments, 0.0
        self.tasks = timing.share(META_BATCH, arguments, rank)
        self.p = conv4.initial(generator=torch.Generator().manual_seed(1))
        if arguments.configuration == "channels_last":
            self.p = {n: self.layout(v) for n, v in self.p.items()}
        self.p = {n: v.requires_grad_() for n, v in self.p.items()}
        self.adam = torch.optim.Adam(self.p.values(), 1e-3)
        self.labels = torch.arange(WAYS), torch.arange(WAYS).repeat_interleave(QUERIES)
        self.loss_function = conv4.loss
        if arguments.configuration == "compile" and arguments.order == 1:
            self.loss_function = torch.compile(conv4.loss, dynamic=False)
        self.gradient = torch.func.grad_and_value(self.query_loss)
        if arguments.configuration == "compile" and arguments.order == 2:
            self.gradient = torch.compile(self.gradient, dynamic=False)
        if arguments.configuration == "vmap":
            self.gradient = torch.func.vmap(self.gradient, in_dims=(None, 0, 0))

    def layout(self, x):
        last = self.arguments.configuration == "channels_last" and x.dim() == 4
        return x.contiguous(memory_format=torch.channels_last) if last else x

    def draw(self, step):
        self.batch = []
        for task in self.tasks:
            g = torch.Generator().manual_seed(1000 * step + task)
            self.batch.append([self.layout(torch.rand((n, 1, 28, 28), generator=g))
                               for n in (WAYS, WAYS * QUERIES)])

    def query_loss(self, p, support, query):
        """A pure function, for torch.func. Order 1 is the same value with the inner gradients
        held constant: its derivative is then the one at the adapted point."""
        for _ in range(self.arguments.inner_steps):
            inner = torch.func.grad(conv4.loss)(p, support, self.labels[0])
            if self.arguments.order == 1:
                inner = {n: g.detach() for n, g in inner.items()}
            p = {n: v - RATE * inner[n] for n, v in p.items()}
        return conv4.loss(p, query, self.labels[1])

    def task(self, support, query):
        a = self.arguments
        if a.configuration == "compile" and a.order == 2:
            gradient, result = self.gradient(self.values(), support, query)
            return result, gradient
        return meta_gradient(self.p, self.loss_function, (support, self.labels[0]),
                             (query, self.labels[1]), a.inner_steps, RATE, a.order)

    def values(self):
        return {n: v.detach() for n, v in self.p.items()}

    def gradients(self):
        if self.arguments.configuration == "vmap":
            support, query = (torch.stack(x) for x in zip(*self.batch))
            each, results = self.gradient(self.values(), support, query)
            self.loss = float(results.mean())
            return {n: g.sum(0) for n, g in each.items()}
        total, losses = {}, []
        for support, query in self.batch:
            result, gradient = self.task(support, query)
            losses.append(result)
            total = {n: total[n].add_(g) if n in total else g.clone()
                     for n, g in gradient.items()}
        self.loss = float(sum(losses) / len(losses))
        return total

    def update(self, total):
        for n, v in self.p.items():
            v.grad = total[n] / META_BATCH
        self.adam.step()


def main():
    parser = timing.parser(__doc__.splitlines()[0])
    parser.add_argument("--order", type=int, choices=[1, 2], default=1)
    parser.add_argument("--inner-steps", type=int, default=1)
    parser.add_argument("--configuration", default="eager",
                        choices=["eager", "channels_last", "compile", "vmap"])
    a = parser.parse_args()
    timing.run(a, Workload, META_BATCH, {
        "name": "maml-conv4", "configuration": a.configuration, "order": a.order,
        "inner_steps": a.inner_steps})


if __name__ == "__main__":
    main()
