"""Gradient-based meta-learning over named parameters, in PyTorch.

A loss is a function of (parameters, inputs, targets); parameters are a dictionary of tensors.
"""

import torch


def variables(p):
    """Fresh leaves with the same values."""
    return {name: v.detach().clone().requires_grad_() for name, v in p.items()}


def adapt(p, loss, support, steps, rate, order=1, names=None):
    """Inner SGD on `names` (all by default). Order 2 keeps the graph back to `p`; order 1 cuts it
    at every step, so that the result's moved entries are new leaves."""
    names = list(p) if names is None else names
    for _ in range(steps):
        inner = loss(p, *support)
        gradients = torch.autograd.grad(inner, [p[n] for n in names], create_graph=order == 2)
        moved = {n: p[n] - rate * g for n, g in zip(names, gradients)}
        p = {**p, **(variables(moved) if order == 1 else moved)}
    return p


def meta_gradient(p, loss, support, query, steps, rate, order=1, names=None):
    """(query loss after adapting, its gradient by name). Order 1 takes the gradient at the adapted
    point; order 2 takes it through the inner steps back to `p`."""
    start = variables(p)
    adapted = adapt(start, loss, support, steps, rate, order, names)
    outer = loss(adapted, *query)
    point = adapted if order == 1 else start
    gradients = torch.autograd.grad(outer, list(point.values()))
    return outer.detach(), dict(zip(point, gradients))
