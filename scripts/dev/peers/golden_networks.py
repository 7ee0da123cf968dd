#!/usr/bin/env python3
"""Writes golden numbers of whole learners: benchmarks-data/golden/networks.json.

Usage: golden_networks.py [--output FILE]

Conv-4 under MAML, ANIL, Reptile and prototypical loss; optimizers; pieces of DARTS-type cells; MAML
on a sine task. PyTorch computes in float64 on inputs that float32 holds exactly. The format is in
benchmarks-data/golden/README.md.

Run with Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6 (requirements.txt).
"""

import argparse
import json
import pathlib
import platform

import numpy as np
import torch
import torch.nn.functional as F

import cells
import conv4
from learners import adapt, meta_gradient, variables

RATE = 0.4


def representable(values):
    return torch.tensor(np.round(np.asarray(values), 4).astype(np.float32).astype(np.float64))


def plain(x):
    """Nine digits. What is zero but for rounding (a bias that batch norm removes) becomes zero, or
    the file would change with the processor."""
    values = x.detach().reshape(-1).tolist()
    return [float(f"{v:.9g}") if abs(v) > 1e-12 else 0.0 for v in values]


def tensor(x):
    """Given values (all four decimals as float32) in the fewest digits; results in nine."""
    single, values = x.detach().reshape(-1).numpy().astype(np.float32), plain(x)
    if (single.astype(np.float64) == x.detach().reshape(-1).numpy()).all():
        values = [float(str(v)) for v in single]
    return {"shape": list(x.shape), "values": values}


def image(x):
    """NCHW to NHWC."""
    return tensor(x.permute(0, 2, 3, 1))


def named(p):
    return [{"name": n, **tensor(conv4.to_apogee(n, v))} for n, v in p.items()]


def rounded(p, rng, spread=0.0):
    """Representable values; `spread` moves norms off one and zero."""
    return {n: representable(v.double().numpy()
                             + (rng.uniform(-spread, spread, tuple(v.shape))
                                if n.endswith(("gamma", "beta")) else 0.0))
            for n, v in p.items()}


class Precision:
    """Worst float32 error seen, relative to the largest magnitude of its tensor and to one."""

    def __init__(self):
        self.worst = {}

    def note(self, name, exact, rough):
        error = float((exact - rough).abs().max() / max(1.0, float(exact.abs().max())))
        self.worst[name] = max(self.worst.get(name, 0.0), error)


PRECISION = Precision()


def single(p):
    return {n: v.float() for n, v in p.items()}


# ---- Conv-4 ------------------------------------------------------------------------------------


def conv4_maml(p, support, query, order, steps, names=None):
    result, gradient = meta_gradient(p, conv4.loss, support, query, steps, RATE, order, names)
    to32 = [(x.float(), y) for x, y in (support, query)]
    _, rough = meta_gradient(single(p), conv4.loss, *to32, steps, RATE, order, names)
    learner = "anil" if names else "maml"
    for n in gradient:
        PRECISION.note(f"{learner}, order {order}, {steps} steps", gradient[n], rough[n])
    return {"name": f"{learner}, order {order}, {steps} inner step{'s' * (steps > 1)}",
            "learner": learner, "order": order, "innerSteps": steps, "innerLearningRate": RATE,
            "queryLoss": plain(result)[0], "gradient": named(gradient)}


def reptile(p, support, query, steps):
    adapted = adapt(variables(p), conv4.loss, support, steps, RATE)
    with torch.no_grad():
        difference = {n: adapted[n] - p[n] for n in p}
        result = conv4.loss(adapted, *query)
    return {"name": f"reptile, {steps} inner steps", "learner": "reptile", "innerSteps": steps,
            "innerLearningRate": RATE, "queryLoss": plain(result)[0],
            "difference": named(difference)}


def prototypical(p, support, query, shots, ways):
    p = {n: v for n, v in variables(p).items() if not n.startswith("linear")}
    (x, labels), (xq, targets) = support, query
    members = F.one_hot(labels, ways).to(x.dtype)
    prototypes = members.T @ conv4.embedding(p, x) / members.sum(0)[:, None]
    distances = ((conv4.embedding(p, xq)[:, None] - prototypes[None]) ** 2).sum(2)
    result = F.cross_entropy(-distances, targets)
    gradient = dict(zip(p, torch.autograd.grad(result, list(p.values()))))
    return {"name": f"prototypical, {shots} shot{'s' * (shots > 1)}", "learner": "prototypical",
            "shots": shots, "supportSet": "support" if shots == 1 else "query",
            "queryLoss": plain(result)[0], "gradient": named(gradient)}


def conv4_section():
    rng, filters, ways = np.random.default_rng(1), 4, 5
    p = rounded(conv4.initial(filters, ways, generator=torch.Generator().manual_seed(1)), rng, 0.2)
    support = (representable(rng.uniform(0, 1, (5, 1, 28, 28))), torch.tensor([3, 0, 4, 1, 2]))
    query = (representable(rng.uniform(0, 1, (10, 1, 28, 28))),
             torch.tensor([1, 0, 4, 2, 3, 0, 1, 3, 2, 4]))
    head = ["linear.weight", "linear.bias"]
    with torch.no_grad():
        initial = {"logits": tensor(conv4.logits(p, support[0])),
                   "embedding": tensor(conv4.embedding(p, support[0])),
                   "loss": plain(conv4.loss(p, *support))[0]}
    cases = [conv4_maml(p, support, query, order, steps)
             for order, steps in [(1, 1), (1, 3), (2, 1), (2, 2)]]
    cases += [conv4_maml(p, support, query, order, steps, head)
              for order, steps in [(1, 1), (1, 3), (2, 1), (2, 3)]]
    cases += [reptile(p, support, query, 3), prototypical(p, support, query, 1, ways),
              prototypical(p, query, support, 2, ways)]
    return {"filters": filters, "ways": ways, "height": 28, "width": 28, "channels": 1,
            "epsilon": 1e-5, "parameters": named(p),
            "support": {"inputs": image(support[0]), "labels": support[1].tolist()},
            "query": {"inputs": image(query[0]), "labels": query[1].tolist()},
            "initial": initial, "cases": cases}


# ---- Optimizers --------------------------------------------------------------------------------


def optimizer_section():
    rng = np.random.default_rng(2)
    start = representable(rng.uniform(-1, 1, 6))
    gradients = [representable(rng.uniform(-1, 1, 6)) for _ in range(5)]
    adam = {"learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    sgd = {"learningRate": 0.1, "momentum": 0.9, "dampening": 0.0}
    cases = []
    for name, attributes in [
        ("adam", {**adam, "weightDecay": 0.0}),
        ("adam", {**adam, "weightDecay": 0.1}),
        ("adam", {**adam, "beta1": 0.0, "beta2": 0.99, "weightDecay": 0.0}),
        ("adamW", {**adam, "weightDecay": 0.1}),
        ("sgd", {**sgd, "momentum": 0.0, "nesterov": False, "weightDecay": 0.0}),
        ("sgd", {**sgd, "nesterov": False, "weightDecay": 0.0}),
        ("sgd", {**sgd, "nesterov": False, "weightDecay": 0.1}),
        ("sgd", {**sgd, "nesterov": True, "weightDecay": 0.0}),
    ]:
        a = attributes
        p = start.clone().requires_grad_()
        if name == "sgd":
            optimizer = torch.optim.SGD([p], a["learningRate"], a["momentum"], a["dampening"],
                                        a["weightDecay"], a["nesterov"])
        else:
            kind = torch.optim.Adam if name == "adam" else torch.optim.AdamW
            optimizer = kind([p], a["learningRate"], (a["beta1"], a["beta2"]), a["epsilon"],
                             a["weightDecay"])
        steps = []
        for g in gradients:
            p.grad = g.clone()
            optimizer.step()
            steps.append(plain(p))
        cases.append({"optimizer": name, "attributes": attributes, "steps": steps})
    return {"parameters": plain(start), "gradients": [plain(g) for g in gradients], "cases": cases}


# ---- Cells -------------------------------------------------------------------------------------


def cell_case(name, shapes, function, rng, **attributes):
    """`function(builder, *inputs)`; gradients of sum(output · cotangent)."""
    x = [representable(rng.uniform(-1.5, 1.5, s)) for s in shapes]
    p = {}
    with torch.no_grad():
        function(cells.Builder(p, True, torch.Generator().manual_seed(3)), *[v.float() for v in x])
    p = rounded(p, rng, 0.3)

    def derive(inputs, parameters, cotangent=None):
        inputs, parameters = [v.clone().requires_grad_() for v in inputs], variables(parameters)
        y = function(cells.Builder(parameters), *inputs)
        if cotangent is None:
            cotangent = representable(rng.uniform(-1, 1, tuple(y.shape)))
        every = inputs + list(parameters.values())
        g = torch.autograd.grad((y * cotangent.to(y.dtype)).sum(), every)
        return y.detach(), cotangent, g[:len(inputs)], dict(zip(parameters, g[len(inputs):]))

    y, cotangent, gradients, by_name = derive(x, p)
    rough = derive([v.float() for v in x], single(p), cotangent)
    for a, b in zip(gradients, rough[2]):
        PRECISION.note("cells", a, b)
    for n in by_name:
        PRECISION.note("cells", by_name[n], rough[3][n])
    layout = image if y.dim() == 4 else tensor
    return {"name": name, "attributes": attributes, "inputs": [image(v) for v in x],
            "parameters": named(p), "output": layout(y), "cotangent": layout(cotangent),
            "inputGradients": [image(v) for v in gradients],
            "parameterGradients": named(by_name)}


def genes(cell):
    return [[{"input": j, "operation": o} for j, o in node] for node in cell]


def cell_section():
    rng = np.random.default_rng(4)
    cases = []
    for kind in cells.OPERATIONS:
        for stride in [1, 2]:
            cases.append(cell_case(
                f"{kind}, stride {stride}", [(2, 4, 6, 6)],
                lambda b, x, k=kind, s=stride: b.operation("operation", k, x, s, True), rng,
                operation=kind, stride=stride, poolNormalization=True))
    cases.append(cell_case("preprocess", [(2, 3, 4, 5)],
                           lambda b, x: b.preprocess("preprocess", x, 2), rng, channels=2))
    node = [((0, "sep3"), (1, "max3")), ((0, "skip"), (2, "dil3"))]
    for reduction in [False, True]:
        label = "reduction" if reduction else "normal"
        cases.append(cell_case(
            f"{label} cell of two nodes", [(2, 3, 6, 6), (2, 5, 6, 6)],
            lambda b, s0, s1, r=reduction: b.cell("cells.0", node, s0, s1, 4, r, True), rng,
            channels=4, reduction=reduction, poolNormalization=True,
            nodes=genes(node)))
    path = (node, [((0, "dil5"), (1, "skip")), ((1, "avg3"), (2, "sep3"))])
    cases.append(cell_case(
        "network: single stem, normal cell, reduction cell, linear", [(3, 1, 8, 8)],
        lambda b, x: b.network(path, x, 4, 3), rng, channels=4, classes=3, stem="single",
        poolNormalization=True, normal=genes(path[0]), reduction=genes(path[1])))
    return {"epsilon": 1e-5, "cases": cases}


# ---- Sine --------------------------------------------------------------------------------------


def mlp(p, x):
    for layer in [1, 2]:
        x = F.relu(x @ p[f"linear{layer}.weight"] + p[f"linear{layer}.bias"])
    return x @ p["linear3.weight"] + p["linear3.bias"]


def mlp_loss(p, x, y):
    return F.mse_loss(mlp(p, x), y)


def sine_section():
    rng, widths, rate = np.random.default_rng(5), [1, 40, 40, 1], 0.01
    p = {}
    for i, (a, b) in enumerate(zip(widths, widths[1:]), 1):
        bound = a ** -0.5
        p[f"linear{i}.weight"] = representable(rng.uniform(-bound, bound, (a, b)))
        p[f"linear{i}.bias"] = representable(rng.uniform(-bound, bound, b))
    amplitude, phase, sets = 3.0, 1.0, []
    for _ in range(2):
        x = representable(rng.uniform(-5, 5, (10, 1)))
        sets.append((x, representable(amplitude * np.sin(x.numpy() - phase))))
    cases = []
    for order, steps in [(1, 1), (2, 1), (2, 3)]:
        result, gradient = meta_gradient(p, mlp_loss, *sets, steps, rate, order)
        rough = meta_gradient(single(p), mlp_loss, *[(x.float(), y.float()) for x, y in sets],
                              steps, rate, order)[1]
        for n in p:
            PRECISION.note(f"sine, order {order}, {steps} steps", gradient[n], rough[n])
        cases.append({"name": f"maml, order {order}, {steps} inner step{'s' * (steps > 1)}",
                      "order": order, "innerSteps": steps, "innerLearningRate": rate,
                      "queryLoss": plain(result)[0], "gradient": named(gradient)})
    return {"amplitude": amplitude, "phase": phase, "parameters": named(p),
            "support": {"inputs": tensor(sets[0][0]), "targets": tensor(sets[0][1])},
            "query": {"inputs": tensor(sets[1][0]), "targets": tensor(sets[1][1])},
            "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parents[3]
    parser.add_argument("--output", type=pathlib.Path,
                        default=root / "benchmarks-data/golden/networks.json")
    output = parser.parse_args().output
    torch.set_num_threads(1)
    assert cells.auto_maml_parameters() == 23_213  # T-NAS's published count: the blocks are right
    document = {
        "generator": "scripts/dev/peers/golden_networks.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__,
                     "numpy": np.__version__},
        "conv4": conv4_section(), "optimizers": optimizer_section(), "cells": cell_section(),
        "sine": sine_section(),
    }
    # One named section, case or tensor list a line: diffs stay readable.
    text = json.dumps(document).replace('{"name": ', '\n{"name": ')
    output.write_text(text + "\n")
    print(f"{output.name}: {output.stat().st_size} bytes")
    for name, error in PRECISION.worst.items():
        print(f"  float32 error of gradients, {name}: {error:.1e}")


if __name__ == "__main__":
    main()
