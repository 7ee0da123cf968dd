"""DARTS-type cells over named parameters, in PyTorch: the cell network of the `cell-supernet`
workload, and of the parameter-count parity with T-NAS.

Operations: max3, avg3 (padding not counted), skip, sep3, sep5, dil3, dil5. A node sums two
operations on two distinct earlier outputs; a cell concatenates its nodes. Cell inputs pass ReLU,
1x1 convolution and batch norm. In a reduction cell, operations on the two cell inputs have
stride 2. Batch norm is affine and takes its statistics from the batch.

A candidate's weights are named by (cell, node, input, operation), so a supernet is the dictionary
of every candidate's weights and a path touches only its own.
"""

import math

import torch
import torch.nn.functional as F

OPERATIONS = ["max3", "avg3", "skip", "sep3", "sep5", "dil3", "dil5"]


class Builder:
    """Runs a network on named parameters, or creates those that are missing when `create`."""

    def __init__(self, parameters, create=False, generator=None):
        self.parameters, self.create, self.generator = parameters, create, generator

    def weight(self, name, shape, fan_in=None):
        if self.create and name not in self.parameters:
            bound = 1 / math.sqrt(fan_in or math.prod(shape[1:]))
            value = torch.rand(shape, generator=self.generator) * 2 * bound - bound
            self.parameters[name] = value
        return self.parameters[name]

    def convolution(self, name, x, out, kernel, stride=1, dilation=1, groups=1):
        weight = self.weight(f"{name}.weight", (out, x.shape[1] // groups, kernel, kernel))
        return F.conv2d(x, weight, None, stride, dilation * (kernel // 2), dilation, groups)

    def norm(self, name, x):
        if self.create and f"{name}.gamma" not in self.parameters:
            self.parameters[f"{name}.gamma"] = torch.ones(x.shape[1])
            self.parameters[f"{name}.beta"] = torch.zeros(x.shape[1])
        p = self.parameters
        return F.batch_norm(x, None, None, p[f"{name}.gamma"], p[f"{name}.beta"], True, 0.0, 1e-5)

    def separable(self, name, x, kernel, stride, dilation=1):
        """ReLU, depthwise, pointwise, batch norm: a dilated convolution, half a separable one."""
        c = x.shape[1]
        x = self.convolution(f"{name}.depthwise", F.relu(x), c, kernel, stride, dilation, c)
        return self.norm(f"{name}.norm", self.convolution(f"{name}.pointwise", x, c, 1))

    def factorized_reduce(self, name, x):
        """ReLU, two 1x1 stride-2 convolutions, the second on x[:, 1:, 1:], concatenated; norm."""
        x, c = F.relu(x), x.shape[1]
        a = self.convolution(f"{name}.convolution1", x, c // 2, 1, 2)
        b = self.convolution(f"{name}.convolution2", x[:, :, 1:, 1:], c - c // 2, 1, 2)
        return self.norm(f"{name}.norm", torch.cat([a, b], 1))

    def operation(self, name, kind, x, stride, pool_norm):
        if kind in ("max3", "avg3"):
            y = (F.max_pool2d(x, 3, stride, 1) if kind == "max3"
                 else F.avg_pool2d(x, 3, stride, 1, count_include_pad=False))
            return self.norm(f"{name}.norm", y) if pool_norm else y
        if kind == "skip":
            return x if stride == 1 else self.factorized_reduce(name, x)
        kernel = int(kind[3])
        if kind.startswith("dil"):
            return self.separable(name, x, kernel, stride, 2)
        x = self.separable(f"{name}.first", x, kernel, stride)
        return self.separable(f"{name}.second", x, kernel, 1)

    def preprocess(self, name, x, channels):
        x = self.convolution(f"{name}.convolution", F.relu(x), channels, 1)
        return self.norm(f"{name}.norm", x)

    def cell(self, name, nodes, s0, s1, channels, reduction, pool_norm):
        """`nodes` is a list of ((input, operation), (input, operation))."""
        states = [self.preprocess(f"{name}.preprocess0", s0, channels),
                  self.preprocess(f"{name}.preprocess1", s1, channels)]
        for i, node in enumerate(nodes):
            states.append(sum(
                self.operation(f"{name}.node{i}.input{j}.{kind}", kind, states[j],
                               2 if reduction and j < 2 else 1, pool_norm)
                for j, kind in node))
        return torch.cat(states[2:], 1)

    def network(self, path, x, channels=16, classes=5, stem="single", pool_norm=True):
        """Stem, normal cell, reduction cell with the channels doubled, global average, linear."""
        wide = 3 * channels
        if stem == "single":
            x = self.norm("stem.norm", self.convolution("stem.convolution", x, wide, 3))
        else:
            x = self.norm("stem.norm1", self.convolution("stem.convolution1", x, wide // 2, 3))
            x = F.max_pool2d(F.relu(x), 2)
            x = self.norm("stem.norm2", self.convolution("stem.convolution2", x, wide, 3))
            x = F.max_pool2d(x, 2)
        normal, reduction = path
        y = self.cell("cells.0", normal, x, x, channels, False, pool_norm)
        z = self.cell("cells.1", reduction, x, y, 2 * channels, True, pool_norm)
        z = z.mean((2, 3))
        bias = self.weight("linear.bias", (classes,), z.shape[1])
        return F.linear(z, self.weight("linear.weight", (classes, z.shape[1])), bias)


def random_cell(stream, nodes=4):
    """Uniform: two distinct inputs, an operation each. `stream` is a random.Random."""
    return [tuple((j, stream.choice(OPERATIONS))
                  for j in sorted(stream.sample(range(2 + i), 2))) for i in range(nodes)]


def every_path(nodes=4):
    """One pseudo-cell whose nodes apply every operation to every input: creates all weights."""
    return [tuple((j, o) for j in range(2 + i) for o in OPERATIONS) for i in range(nodes)]


AUTO_MAML = (
    [((0, "avg3"), (1, "avg3")), ((1, "avg3"), (2, "avg3")), ((1, "avg3"), (2, "avg3")),
     ((3, "dil3"), (2, "avg3"))],
    [((0, "avg3"), (1, "dil5")), ((0, "avg3"), (1, "dil5")), ((3, "skip"), (2, "dil5")),
     ((4, "skip"), (3, "skip"))],
)


def auto_maml_parameters():
    """Of T-NAS's evaluation network with the Auto-MAML genotype; published as 23,213."""
    p = {}
    with torch.no_grad():
        Builder(p, create=True).network(AUTO_MAML, torch.zeros(2, 3, 84, 84), stem="double",
                                        pool_norm=False)
    return sum(v.numel() for v in p.values())
