#!/usr/bin/env python3
"""Writes the golden numbers of the tensor operations: benchmarks-data/golden/tensors-*.json.

Usage: golden-tensors.py [--output DIR]

PyTorch computes every case in float64 on inputs that float32 holds exactly; results are stored with
nine significant digits. Files hold NHWC activations and HWIO weights, row-major. The format, the
meaning of each attribute and the tolerances are in benchmarks-data/golden/README.md. Each case
draws from a stream seeded by its own name, so adding a case changes no other. One long file: the
machinery is short, and the list of cases reads best whole.

Run with Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6 (scripts/dev/peers/requirements.txt).
"""

import argparse
import json
import pathlib
import platform
import zlib

import numpy as np
import torch
import torch.nn.functional as F

# ---- Operations: NHWC and HWIO outside, PyTorch's NCHW and OIHW inside -------------------------


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def convolution(x, weights, stride, dilation, padding, groups):
    return nhwc(F.conv2d(nchw(x), weights.permute(3, 2, 0, 1), None, stride, padding, dilation,
                         groups))


def max_pool(x, window, stride, padding):
    return nhwc(F.max_pool2d(nchw(x), window, stride, padding))


def average_pool(x, window, stride, padding):
    return nhwc(F.avg_pool2d(nchw(x), window, stride, padding, count_include_pad=False))


def batch_norm(x, gamma, beta, epsilon, relu):
    y = F.batch_norm(x.movedim(-1, 1), None, None, gamma, beta, True, 0.0, epsilon).movedim(1, -1)
    return torch.relu(y) if relu else y


def matmul(a, b, transposeA, transposeB):
    return torch.matmul(a.mT if transposeA else a, b.mT if transposeB else b)


def pad(x, before, after, value):
    widths = [w for pair in reversed(list(zip(before, after))) for w in pair]
    return F.pad(x, widths, value=value)


def slice_(x, starts, sizes, strides):
    return x[tuple(slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(starts, sizes, strides))]


def scatter_add_rows(x, indices, rows):
    return x.new_zeros((rows, *x.shape[1:])).index_add(0, torch.tensor(indices), x)


def take_along_axis(x, axis, indices):
    return torch.gather(x, axis, torch.tensor(indices["values"]).reshape(indices["shape"]))


def resize(x, height, width, mode):
    options = {"align_corners": False} if mode == "bilinear" else {}
    return nhwc(F.interpolate(nchw(x), (height, width), mode=mode, **options))


OPERATIONS = {
    "negate": torch.neg, "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt,
    "reciprocal": torch.reciprocal, "rsqrt": torch.rsqrt, "square": torch.square,
    "abs": torch.abs, "sign": torch.sign, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
    "relu": torch.relu, "sin": torch.sin, "cos": torch.cos,
    "power": lambda x, exponent: torch.pow(x, exponent),
    "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply,
    "divide": torch.divide, "maximum": torch.maximum, "minimum": torch.minimum,
    "sum": lambda x, axes, keepDimensions: x.sum(axes, keepDimensions),
    "mean": lambda x, axes, keepDimensions: x.mean(axes, keepDimensions),
    "max": lambda x, axes, keepDimensions: x.amax(axes, keepDimensions),
    "matmul": matmul, "convolution": convolution,
    "maxPool": max_pool, "averagePool": average_pool,
    "globalAveragePool": lambda x: x.mean((1, 2)),
    "batchNorm": batch_norm,
    "softmax": lambda x, axis: torch.softmax(x, axis),
    "logSoftmax": lambda x, axis: torch.log_softmax(x, axis),
    "crossEntropy": lambda x, labels: F.cross_entropy(x, torch.tensor(labels)),
    "meanSquaredError": F.mse_loss,
    "cosineSimilarity": lambda a, b, axis: F.cosine_similarity(a, b, axis),
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, permutation: x.permute(permutation),
    "slice": slice_, "pad": pad,
    "concatenate": lambda *x, axis: torch.cat(x, axis),
    "broadcast": lambda x, shape: x.expand(shape),
    "gatherRows": lambda x, indices: x.index_select(0, torch.tensor(indices)),
    "scatterAddRows": scatter_add_rows, "takeAlongAxis": take_along_axis, "resize": resize,
    "sort": lambda x, axis, descending: torch.sort(x, axis, descending).values,
    "topK": lambda x, axis, k: torch.topk(x, k, axis).values,
}

# ---- Inputs: four decimals, then the nearest float32 -------------------------------------------


def representable(values):
    return torch.tensor(np.round(values, 4).astype(np.float32).astype(np.float64))


def signed(shape, rng, least=0.05):
    """Either sign, magnitude least…1.5: away from the kinks and poles at zero."""
    return rng.uniform(least, 1.5, shape) * rng.choice([-1.0, 1.0], shape)


def away(shape, rng):
    return signed(shape, rng, 0.4)


def positive(shape, rng):
    return rng.uniform(0.3, 2.0, shape)


def large(shape, rng):
    return rng.uniform(-40.0, 40.0, shape)


def distinct(shape, rng, offset=0.0):
    """A shuffled grid through zero, spacing 0.02: no ties, whatever is compared."""
    count = int(np.prod(shape))
    return (rng.permutation(count).reshape(shape) - count // 2 + 0.25 + offset) * 0.02


def interleaved(shape, rng):
    """As `distinct`, on the points halfway between: no ties with the other operand either."""
    return distinct(shape, rng, 0.5)


def reduced(values):
    return [float(f"{v:.9g}") for v in values.detach().reshape(-1).tolist()]


def tensor(x):
    return {"shape": list(x.shape), "values": reduced(x)}


def given(x):
    """As `tensor`, in the fewest digits that give the same float32 back."""
    return {"shape": list(x.shape), "values": [float(str(np.float32(v))) for v in x.flatten()]}


class Family:
    """The cases of one file, in the order they were added."""

    def __init__(self, name):
        self.name, self.cases, self.single = name, [], {"output": 0, "gradients": 0, "second": 0}

    def add(self, name, operation, inputs, draw=signed, **attributes):
        """Appends a case. `inputs` are shapes; `draw` is one distribution or one per input."""
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        assert name not in [case["name"] for case in self.cases], name
        draws = draw if isinstance(draw, list) else [draw] * len(inputs)
        x = [representable(d(tuple(s), rng)) for s, d in zip(inputs, draws)]
        forward = OPERATIONS[operation]
        shape = forward(*x, **attributes).shape
        cotangent = representable(rng.uniform(-1, 1, tuple(shape)))
        directions = [representable(rng.uniform(-1, 1, tuple(v.shape))) for v in x]
        output, gradients, second = self.derive(forward, x, cotangent, directions, attributes)
        # The same in float32 says which tolerance is fair; printed, not stored.
        single = self.derive(forward, [v.float() for v in x], cotangent.float(),
                             [v.float() for v in directions], attributes)
        for key, exact, rough in zip(self.single, [[output], gradients, second],
                                     [[single[0]], *single[1:]]):
            for a, b in zip(exact, rough):
                error = float((a - b).abs().max() / max(1.0, float(a.abs().max())))
                self.single[key] = max(self.single[key], error)
        self.cases.append({
            "name": name, "operation": operation, "attributes": attributes,
            "inputs": [given(v) for v in x], "output": tensor(output),
            "cotangent": given(cotangent), "gradients": [tensor(v) for v in gradients],
            "directions": [given(v) for v in directions], "second": [tensor(v) for v in second],
        })

    @staticmethod
    def derive(forward, inputs, cotangent, directions, attributes):
        x = [v.clone().requires_grad_() for v in inputs]
        y = forward(*x, **attributes)
        g = torch.autograd.grad((y * cotangent).sum(), x, create_graph=True)
        along = sum((a * b).sum() for a, b in zip(g, directions))
        if along.requires_grad:
            second = torch.autograd.grad(along, x, allow_unused=True)
        else:  # the gradients depend on no input
            second = [None] * len(x)
        # Adding to zeros allocates what autograd left out or left symbolic.
        second = [torch.zeros_like(v) + (0 if s is None else s) for v, s in zip(x, second)]
        return y.detach(), [v.detach() for v in g], second


# ---- Families ----------------------------------------------------------------------------------


def elementwise():
    f = Family("elementwise")
    for name in ["negate", "exp", "square", "abs", "sign", "tanh", "sigmoid", "relu", "sin", "cos"]:
        f.add(name, name, [[5, 7]])
    for name in ["log", "sqrt", "rsqrt"]:
        f.add(name, name, [[5, 7]], positive)
    f.add("reciprocal", "reciprocal", [[5, 7]], away)
    f.add("relu of a scalar", "relu", [[]])
    f.add("sigmoid of large magnitudes", "sigmoid", [[3, 5]], large)
    f.add("tanh of large magnitudes", "tanh", [[3, 5]], large)
    for exponent in [2, 3, 2.5, 0.5, -1.5]:
        f.add(f"power {exponent}", "power", [[5, 7]], positive, exponent=exponent)
    shapes = {
        "of one shape": [[2, 3, 4], [2, 3, 4]],
        "with a scalar": [[3, 5], []],
        "of a scalar and a matrix": [[], [3, 5]],
        "with a row": [[4, 5], [5]],
        "with a column": [[4, 5], [4, 1]],
        "with channels": [[2, 3, 2, 5], [5]],
        "with an image's channels": [[2, 3, 2, 5], [2, 1, 1, 5]],
        "of a column and a row": [[3, 1], [1, 4]],
        "of ranks three and two": [[2, 1, 3], [4, 1]],
    }
    draws = {"divide": [signed, away], "maximum": [distinct, interleaved],
             "minimum": [distinct, interleaved]}
    for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum"]:
        for label, pair in shapes.items():
            f.add(f"{name} {label}", name, pair, draws.get(name, signed))
    return f


def reductions():
    f = Family("reductions")
    for name in ["sum", "mean", "max"]:
        draw = distinct if name == "max" else signed
        for shape, axes, keep in [
            ([7], [0], False), ([4, 5], [0], False), ([4, 5], [1], False), ([4, 5], [0], True),
            ([4, 5], [1], True), ([4, 5], [0, 1], False), ([2, 3, 4], [1], False),
            ([2, 3, 4], [0, 2], False), ([2, 3, 4], [0, 1, 2], True),
            ([2, 3, 4, 5], [1, 2], False), ([2, 3, 4, 5], [0, 1, 2], True),
            ([2, 1, 4], [1], False),
        ]:
            label = f"{name} of {shape} over {axes}" + (", kept" if keep else "")
            f.add(label, name, [shape], draw, axes=axes, keepDimensions=keep)
    return f


def linear_algebra():
    f = Family("linear_algebra")
    for a in [False, True]:
        for b in [False, True]:
            left, right = ([5, 3] if a else [3, 5]), ([4, 5] if b else [5, 4])
            suffix = (" transposed left" if a else "") + (" transposed right" if b else "")
            f.add("matmul" + suffix, "matmul", [left, right], transposeA=a, transposeB=b)
            f.add("batched matmul" + suffix, "matmul", [[2, *left], [2, *right]],
                  transposeA=a, transposeB=b)
    for m, k, n in [(1, 6, 3), (5, 1, 4), (3, 7, 1), (9, 17, 18)]:
        f.add(f"matmul {m}x{k} by {k}x{n}", "matmul", [[m, k], [k, n]],
              transposeA=False, transposeB=False)
    return f


def convolutions():
    f = Family("convolution")

    def add(name, x, w, stride=1, dilation=1, padding=(0, 0), groups=1):
        f.add(name, "convolution", [x, w], stride=stride, dilation=dilation,
              padding=list(padding), groups=groups)

    add("3x3, padded", [2, 6, 5, 3], [3, 3, 3, 4], padding=(1, 1))
    add("3x3, valid", [2, 6, 5, 3], [3, 3, 3, 2])
    add("3x3, 17 to 3", [1, 4, 4, 17], [3, 3, 17, 3], padding=(1, 1))
    add("1x1, 16 to 32", [1, 2, 3, 16], [1, 1, 16, 32])
    add("3x3, first layer of one channel", [3, 7, 6, 1], [3, 3, 1, 5], padding=(1, 1))
    add("3x3, first layer of three channels, stride 2", [2, 7, 8, 3], [3, 3, 3, 4], 2,
        padding=(1, 1))
    add("3x3, 3 to 17", [1, 4, 4, 3], [3, 3, 3, 17], padding=(1, 1))
    add("3x3 on a single pixel", [3, 1, 1, 4], [3, 3, 4, 4], padding=(1, 1))
    add("1x1", [2, 4, 5, 6], [1, 1, 6, 4])
    add("1x1, stride 2", [2, 6, 5, 4], [1, 1, 4, 3], 2)
    add("5x5, padded", [1, 7, 6, 2], [5, 5, 2, 3], padding=(2, 2))
    add("5x5, stride 2", [1, 8, 9, 2], [5, 5, 2, 2], 2, padding=(2, 2))
    add("3x3, dilation 2", [1, 7, 8, 3], [3, 3, 3, 2], 1, 2, (2, 2))
    add("3x3, dilation 2, stride 2", [1, 9, 8, 2], [3, 3, 2, 3], 2, 2, (2, 2))
    add("1x5", [2, 4, 7, 3], [1, 5, 3, 2], padding=(0, 2))
    add("5x1", [2, 7, 4, 3], [5, 1, 3, 2], padding=(2, 0))
    add("1x5, stride 2", [1, 6, 9, 2], [1, 5, 2, 3], 2, padding=(0, 2))
    add("grouped 3x3, two groups", [2, 5, 4, 4], [3, 3, 2, 6], padding=(1, 1), groups=2)
    add("grouped 3x3, two groups, stride 2", [1, 6, 7, 4], [3, 3, 2, 4], 2, 1, (1, 1), 2)
    add("grouped 1x1, two groups", [2, 3, 4, 6], [1, 1, 3, 4], groups=2)
    for k in [3, 5]:
        for dilation in [1, 2]:
            for stride in [1, 2]:
                add(f"depthwise {k}x{k}, dilation {dilation}, stride {stride}", [2, 7, 6, 3],
                    [k, k, 1, 3], stride, dilation, (dilation * (k // 2),) * 2, 3)
    add("depthwise 3x3, valid", [2, 5, 6, 4], [3, 3, 1, 4], groups=4)
    add("depthwise 3x3, 19 channels", [1, 4, 3, 19], [3, 3, 1, 19], padding=(1, 1), groups=19)
    add("depthwise 3x3, twice the channels", [1, 5, 4, 3], [3, 3, 1, 6], padding=(1, 1), groups=3)
    return f


def pooling():
    f = Family("pooling")
    for operation, label in [("maxPool", "max"), ("averagePool", "average")]:
        for window, stride, padding, shape in [
            (3, 1, 1, [2, 5, 6, 3]), (3, 2, 1, [2, 6, 5, 3]), (3, 2, 1, [1, 8, 8, 2]),
            (2, 2, 0, [2, 6, 4, 3]), (2, 2, 0, [2, 7, 5, 3]), (2, 1, 0, [1, 4, 5, 2]),
            (3, 1, 1, [1, 1, 2, 17]), (3, 3, 0, [1, 7, 6, 2]),
        ]:
            h, w = shape[1:3]
            f.add(f"{label} {window}x{window}, stride {stride}, padding {padding}, "
                  f"{h}x{w}x{shape[3]}", operation, [shape], distinct,
                  window=window, stride=stride, padding=padding)
    f.add("global average", "globalAveragePool", [[2, 3, 5, 4]])
    f.add("global average of one pixel", "globalAveragePool", [[3, 1, 1, 4]])
    return f


def normalization():
    f = Family("normalization")
    for relu in [False, True]:
        suffix = " with relu" if relu else ""
        for shape, epsilon in [([3, 4, 3, 5], 1e-5), ([6, 4], 1e-5), ([2, 3, 3, 17], 1e-5),
                               ([3, 2, 4, 3], 1e-3)]:
            c = shape[-1:]
            f.add(f"batch norm of {shape}, epsilon {epsilon:g}{suffix}", "batchNorm",
                  [shape, c, c], epsilon=epsilon, relu=relu)
    for shape, axis in [([4, 6], 1), ([4, 6], 0), ([2, 3, 4], 1)]:
        for name in ["softmax", "logSoftmax"]:
            f.add(f"{name} of {shape} along {axis}", name, [shape], axis=axis)
    f.add("softmax of large magnitudes", "softmax", [[3, 5]], large, axis=1)
    f.add("logSoftmax of large magnitudes", "logSoftmax", [[3, 5]], large, axis=1)
    return f


def losses():
    f = Family("losses")
    f.add("cross-entropy", "crossEntropy", [[6, 5]], labels=[0, 3, 4, 1, 1, 2])
    f.add("cross-entropy of one example", "crossEntropy", [[1, 4]], labels=[2])
    f.add("cross-entropy of large logits", "crossEntropy", [[4, 3]], large, labels=[2, 0, 1, 1])
    f.add("mean squared error", "meanSquaredError", [[5, 3], [5, 3]])
    f.add("mean squared error of a column", "meanSquaredError", [[10, 1], [10, 1]])
    f.add("cosine similarity of rows", "cosineSimilarity", [[4, 6], [4, 6]], axis=1)
    f.add("cosine similarity of columns", "cosineSimilarity", [[5, 3], [5, 3]], axis=0)
    f.add("cosine similarity along the middle axis", "cosineSimilarity", [[2, 4, 3], [2, 4, 3]],
          axis=1)
    return f


def shape_ops():
    f = Family("shape_ops")
    for old, new in [([2, 6], [3, 4]), ([2, 3, 4], [6, 4]), ([2, 2, 2, 3], [2, 12]), ([4], [4, 1]),
                     ([1], [])]:
        f.add(f"reshape {old} to {new}", "reshape", [old], shape=new)
    for shape, permutation in [([3, 4], [1, 0]), ([2, 3, 4], [2, 0, 1]), ([2, 3, 4], [0, 2, 1]),
                               ([2, 3, 4, 5], [0, 3, 1, 2]), ([2, 3, 4, 5], [3, 1, 0, 2])]:
        f.add(f"transpose {shape} by {permutation}", "transpose", [shape], permutation=permutation)
    for label, shape, starts, sizes, strides in [
        ("rows", [5, 3], [1, 0], [3, 3], [1, 1]),
        ("columns", [4, 6], [0, 2], [4, 3], [1, 1]),
        ("every second", [5, 7], [0, 1], [3, 3], [2, 2]),
        ("shifted image", [2, 4, 5, 3], [0, 1, 1, 0], [2, 3, 4, 3], [1, 1, 1, 1]),
        ("strided image", [2, 5, 6, 3], [0, 0, 1, 0], [2, 3, 3, 3], [1, 2, 2, 1]),
        ("channels", [2, 3, 2, 5], [0, 0, 0, 1], [2, 3, 2, 3], [1, 1, 1, 1]),
    ]:
        f.add(f"slice, {label}", "slice", [shape], starts=starts, sizes=sizes, strides=strides)
    for label, shape, before, after in [
        ("vector", [3], [2], [1]), ("matrix", [2, 3], [1, 0], [0, 2]),
        ("image", [2, 3, 2, 3], [0, 1, 2, 0], [0, 2, 1, 0]),
        ("channels", [1, 2, 2, 3], [0, 0, 0, 1], [0, 0, 0, 2]),
    ]:
        f.add(f"pad, {label}", "pad", [shape], before=before, after=after, value=0)
    f.add("concatenate rows", "concatenate", [[2, 3], [4, 3]], axis=0)
    f.add("concatenate columns", "concatenate", [[2, 3], [2, 1], [2, 2]], axis=1)
    f.add("concatenate channels", "concatenate", [[2, 3, 2, 3], [2, 3, 2, 4]], axis=3)
    f.add("concatenate one", "concatenate", [[2, 3]], axis=0)
    for old, new in [([], [2, 3]), ([3], [2, 3]), ([2, 1], [2, 4]), ([1, 3], [4, 3]),
                     ([2, 1, 1, 3], [2, 3, 2, 3]), ([4, 1], [2, 4, 3])]:
        f.add(f"broadcast {old} to {new}", "broadcast", [old], shape=new)
    for mode in ["nearest", "bilinear"]:
        for h, w, height, width in [(3, 4, 6, 8), (4, 3, 5, 7), (6, 8, 3, 4), (7, 5, 3, 2),
                                    (1, 1, 3, 2)]:
            f.add(f"resize {h}x{w} to {height}x{width}, {mode}", "resize", [[2, h, w, 3]],
                  height=height, width=width, mode=mode)
    return f


def indexing():
    f = Family("indexing")
    f.add("gather rows", "gatherRows", [[5, 3]], indices=[4, 0, 2])
    f.add("gather rows, repeated", "gatherRows", [[4, 2]], indices=[1, 1, 3, 0, 1])
    f.add("gather rows of rank three", "gatherRows", [[3, 2, 2]], indices=[2, 0, 2])
    f.add("scatter-add rows", "scatterAddRows", [[3, 4]], indices=[4, 0, 2], rows=5)
    f.add("scatter-add rows, repeated", "scatterAddRows", [[5, 2]], indices=[1, 1, 3, 0, 1], rows=4)
    f.add("scatter-add rows of rank three", "scatterAddRows", [[3, 2, 2]], indices=[2, 0, 2],
          rows=3)
    for label, shape, axis, result, values in [
        ("one per row", [4, 5], 1, [4, 1], [3, 0, 4, 3]),
        ("several per row", [3, 4], 1, [3, 3], [0, 0, 2, 3, 1, 3, 2, 2, 2]),
        ("per column", [4, 3], 0, [2, 3], [1, 3, 0, 1, 2, 2]),
        ("middle axis", [2, 3, 2], 1, [2, 1, 2], [0, 2, 1, 1]),
    ]:
        f.add(f"take along axis, {label}", "takeAlongAxis", [shape], axis=axis,
              indices={"shape": result, "values": values})
    for shape, axis in [([7], 0), ([4, 5], 1), ([4, 5], 0), ([2, 4, 3], 1)]:
        for descending in [False, True]:
            order = "descending" if descending else "ascending"
            f.add(f"sort {shape} along {axis}, {order}", "sort", [shape], distinct, axis=axis,
                  descending=descending)
        f.add(f"top 3 of {shape} along {axis}", "topK", [shape], distinct, axis=axis, k=3)
    f.add("top 1 of rows", "topK", [[4, 6]], distinct, axis=1, k=1)
    return f


def write(path, header, cases):
    """One case a line, so that a change shows as the cases it touches."""
    lines = ",\n".join(json.dumps(case) for case in cases)
    head = json.dumps(header)[:-1]
    path.write_text(f'{head}, "cases": [\n{lines}\n]}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--output", type=pathlib.Path, default=root / "benchmarks-data/golden")
    output = parser.parse_args().output
    torch.set_num_threads(1)  # the order of sums, hence the last digit, must not depend on cores
    versions = {"python": platform.python_version(), "torch": torch.__version__,
                "numpy": np.__version__}
    print("family            cases   bytes  float32 error: output gradients second")
    for family in [elementwise(), reductions(), linear_algebra(), convolutions(), pooling(),
                   normalization(), losses(), shape_ops(), indexing()]:
        path = output / f"tensors-{family.name}.json"
        write(path, {"generator": "scripts/dev/golden-tensors.py", "versions": versions,
                     "family": family.name}, family.cases)
        errors = "  ".join(f"{e:.1e}" for e in family.single.values())
        print(f"{family.name:16} {len(family.cases):6} {path.stat().st_size:7}  {errors}")


if __name__ == "__main__":
    main()
