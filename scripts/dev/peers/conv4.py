"""Conv-4 as a pure function of named parameters, in PyTorch.

Four blocks [3x3 convolution, padding 1, bias; batch norm, affine, batch statistics; ReLU; 2x2
max-pool], then a linear layer. Weights are in PyTorch's layout (OIHW), except that the linear
weight is [in, out] as in Apogee; `to_apogee` gives a parameter in Apogee's layout.
"""

import math

import torch
import torch.nn.functional as F

BLOCKS = 4


def initial(filters=64, ways=5, channels=1, size=28, generator=None, initial_weights="uniform"):
    """First values. `uniform` is what PyTorch's own layers draw: bound 1/sqrt(fan-in). `he` is
    torch.nn.init.kaiming_normal_: weights normal with deviation sqrt(2/fan-in), biases zero."""

    def drawn(shape, fan_in):
        if initial_weights == "he":
            if len(shape) == 1:
                return torch.zeros(shape)
            return torch.randn(shape, generator=generator) * math.sqrt(2 / fan_in)
        bound = 1 / math.sqrt(fan_in)
        return (torch.rand(shape, generator=generator) * 2 - 1) * bound

    p = {}
    for b in range(1, BLOCKS + 1):
        fan_in = channels * 9
        p[f"block{b}.convolution.weight"] = drawn((filters, channels, 3, 3), fan_in)
        p[f"block{b}.convolution.bias"] = drawn((filters,), fan_in)
        p[f"block{b}.norm.gamma"] = torch.ones(filters)
        p[f"block{b}.norm.beta"] = torch.zeros(filters)
        channels, size = filters, size // 2
    flat = filters * size * size
    p["linear.weight"] = drawn((flat, ways), flat)
    p["linear.bias"] = drawn((ways,), flat)
    return p


def embedding(p, x):
    """Features before the linear layer: [N, 1, H, W] to [N, F], flattened in NHWC order."""
    for b in range(1, BLOCKS + 1):
        x = F.conv2d(x, p[f"block{b}.convolution.weight"], p[f"block{b}.convolution.bias"],
                     padding=1)
        x = F.batch_norm(x, None, None, p[f"block{b}.norm.gamma"], p[f"block{b}.norm.beta"],
                         True, 0.0, 1e-5)
        x = F.max_pool2d(F.relu(x), 2)
    return x.permute(0, 2, 3, 1).flatten(1)


def logits(p, x):
    return embedding(p, x) @ p["linear.weight"] + p["linear.bias"]


def loss(p, x, labels):
    return F.cross_entropy(logits(p, x), labels)


def to_apogee(name, value):
    """OIHW to HWIO for convolutions; anything else as it is."""
    return value.permute(2, 3, 1, 0) if value.dim() == 4 else value


def multiply_adds(filters=64, ways=5, channels=1, size=28):
    """Of one image: (forward, of which the first layer), convolutions and linear only."""
    first = size * size * 9 * channels * filters
    total = first
    for _ in range(1, BLOCKS):
        size //= 2
        total += size * size * 9 * filters * filters
    return total + filters * (size // 2) ** 2 * ways, first
