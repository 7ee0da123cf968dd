#!/usr/bin/env python3
"""Writes benchmarks-data/golden/evolution.json: what pymoo says of Pareto ranks, crowding
distances, hypervolumes and inverted generational distances, and how far its NSGA-II gets on ZDT.

    python3 -m venv venv && venv/bin/pip install pymoo==0.6.2 deap==1.4.4 numpy==2.4.6
    venv/bin/python scripts/dev/golden-evolution.py

Second opinions: the script stops where DEAP's sort ranks differently, or where a hypervolume is not
the sum over the cells of the grid that the rows' own coordinates span.
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
from deap import base, creator, tools
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.indicators.hv import HV
from pymoo.indicators.igd import IGD
from pymoo.operators.survival.rank_and_crowding.metrics import get_crowding_function
from pymoo.optimize import minimize
from pymoo.problems import get_problem
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

PINNED = {"pymoo": "0.6.2", "deap": "1.4.4", "numpy": "2.4.6"}
ZDT = {"populationSize": 100, "generations": 200, "seeds": 10, "variables": 30}
ZDT_REFERENCE = [1.1, 1.1]


def sets():
    """Random and degenerate sets of objectives, by name."""
    rng = np.random.default_rng(20240607)
    yield "random, two objectives", rng.random((200, 2))
    yield "random, three objectives", rng.random((80, 3))
    yield "random, four objectives", rng.random((40, 4))
    yield "random, five objectives", rng.random((24, 5))
    yield "one objective", rng.random((12, 1))
    yield "one objective with ties", rng.integers(0, 4, (12, 1)).astype(float)
    yield "ties, two objectives", rng.integers(0, 6, (60, 2)).astype(float)
    yield "ties, three objectives", rng.integers(0, 4, (60, 3)).astype(float)
    yield "negative and large", rng.normal(0, 1, (40, 3)) * [1, 1e-6, 1e6]
    base_rows = rng.random((15, 2))
    yield "duplicates, two objectives", np.vstack([base_rows, base_rows, base_rows[:4]])
    base_rows = rng.random((12, 3))
    yield "duplicates, three objectives", np.vstack([base_rows[:5], base_rows, base_rows[:3]])
    line = np.linspace(0, 1, 30)
    yield "one front", np.column_stack([line, 1 - np.sqrt(line)])
    yield "as many fronts as rows", np.column_stack([line, line])
    angles = rng.random((40, 2)) * np.pi / 2
    yield "sphere", np.column_stack([
        np.cos(angles[:, 0]) * np.cos(angles[:, 1]),
        np.cos(angles[:, 0]) * np.sin(angles[:, 1]), np.sin(angles[:, 0])])
    yield "a constant objective", np.column_stack([rng.random(20), np.full(20, 0.5)])
    yield "all equal", np.full((7, 2), 0.25)
    yield "one row", np.array([[0.3, 0.7]])
    yield "two rows", np.array([[0.3, 0.7], [0.6, 0.2]])
    yield "two equal rows, three objectives", np.array([[0.3, 0.7, 0.1]] * 2)
    yield "three rows on a line", np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])


def deap_ranks(objectives):
    """Pareto ranks by DEAP's O(MN^2) sort."""
    width = objectives.shape[1]
    if not hasattr(creator, f"Fitness{width}"):
        creator.create(f"Fitness{width}", base.Fitness, weights=(-1.0,) * width)
        creator.create(f"Row{width}", list, fitness=getattr(creator, f"Fitness{width}"))
    rows = []
    for index, row in enumerate(objectives):
        individual = getattr(creator, f"Row{width}")([index])
        individual.fitness.values = tuple(row)
        rows.append(individual)
    ranks = [0] * len(rows)
    for rank, front in enumerate(tools.sortNondominated(rows, len(rows))):
        for individual in front:
            ranks[individual[0]] = rank
    return ranks


def grid_volume(objectives, reference):
    """The hypervolume by brute force: cells of the grid of all coordinates, dominated or not."""
    inside = objectives[(objectives < reference).all(axis=1)]
    if not len(inside):
        return 0.0
    edges = [np.unique(np.append(inside[:, i], reference[i])) for i in range(len(reference))]
    covered = np.zeros([len(edge) - 1 for edge in edges], dtype=bool)
    for row in inside:
        covered[tuple(slice(np.searchsorted(e, x), None) for e, x in zip(edges, row))] = True
    volume = covered.astype(float)
    for edge in reversed(edges):
        volume = volume @ np.diff(edge)
    return float(volume)


def finite(value):
    """JSON has no infinity: null stands for it."""
    return float(value) if np.isfinite(value) else None


def describe(name, objectives):
    fronts, ranks = NonDominatedSorting().do(objectives, return_rank=True)
    ranks = [int(rank) for rank in ranks]
    assert ranks == deap_ranks(objectives), f"{name}: pymoo and DEAP rank differently"
    crowding = [None] * len(objectives)
    for front in fronts:
        distances = get_crowding_function("cd").do(objectives[front])
        for index, distance in zip(front, distances):
            crowding[index] = finite(distance)
    low, high = objectives.min(axis=0), objectives.max(axis=0)
    # One reference beyond all rows, one that leaves some of them outside.
    references = [high + 0.1 * np.maximum(high - low, 1e-3), low + 0.7 * np.maximum(high - low, 1)]
    volumes = []
    for reference in references:
        volume = float(HV(ref_point=reference)(objectives))
        other = grid_volume(objectives, reference)
        assert abs(volume - other) <= 1e-9 * max(1.0, abs(volume)), f"{name}: {volume} and {other}"
        volumes.append({"reference": reference.tolist(), "value": volume})
    front = objectives[:: max(1, len(objectives) // 7)] - 0.05
    return {
        "name": name, "objectives": objectives.tolist(), "ranks": ranks, "crowding": crowding,
        "hypervolumes": volumes,
        "invertedGenerationalDistance": {
            "front": front.tolist(), "value": float(IGD(front)(objectives))},
    }


def zdt():
    problems = {}
    for name in ["zdt1", "zdt2", "zdt3"]:
        volumes = []
        for seed in range(ZDT["seeds"]):
            result = minimize(
                get_problem(name, n_var=ZDT["variables"]),
                NSGA2(pop_size=ZDT["populationSize"]), ("n_gen", ZDT["generations"]), seed=seed)
            volumes.append(float(HV(ref_point=np.array(ZDT_REFERENCE))(result.F)))
            print(name, seed, volumes[-1], flush=True)
        problems[name] = volumes
    return {**ZDT, "reference": ZDT_REFERENCE, "hypervolumes": problems}


def main():
    for package, wanted in PINNED.items():
        found = version(package)
        if found != wanted:
            raise SystemExit(f"needs {package}=={wanted}; {found} is installed")
    golden = {
        "generator": "scripts/dev/golden-evolution.py",
        "versions": {**PINNED, "moocore": version("moocore")},
        "tolerance": "ranks exact; crowding, hypervolume and distance 1e-12 relative",
        "sets": [describe(name, objectives) for name, objectives in sets()],
        "zdt": zdt(),
    }
    path = pathlib.Path(__file__).parents[2] / "benchmarks-data" / "golden" / "evolution.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
