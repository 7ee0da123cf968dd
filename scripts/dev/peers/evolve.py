#!/usr/bin/env python3
"""The `evolve` workload in pymoo or DEAP: one JSON line.

NSGA-II, population 1000, genotypes of 32 integers 0 to 6, binary tournament, uniform crossover,
mutation of each gene with probability 0.1, objectives sum g_i and sum i (6 - g_i), survival of 1000
from 2000; every child is crossed and mutated. Configurations:

`pymoo`: its vectorised uniform crossover and its polynomial mutation rounded to integers, a problem
evaluated as one matrix, no search for duplicates (the fastest setting).
`pymoo_unique`: the same with pymoo's own removal of duplicates, as Apogee's strategy removes them.
`deap`: lists of integers, `cxUniform`, `mutUniformInt`, `selTournamentDCD`, `selNSGA2`.

Run with pymoo 0.6.2, deap 1.4.4, numpy 2.4.6 (requirements.txt). All three use one thread.
"""

import argparse
import json
import resource
import statistics
import time

import numpy as np

POPULATION, GENES, HIGHEST, CHANCE = 1000, 32, 6, 0.1
WEIGHTS = np.arange(1, GENES + 1)


def pymoo_generation(removes_duplicates):
    """A function that runs one generation."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.ux import UniformCrossover
    from pymoo.operators.mutation.pm import PolynomialMutation
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling

    class Sums(Problem):
        def __init__(self):
            super().__init__(n_var=GENES, n_obj=2, xl=0, xu=HIGHEST, vtype=int)

        def _evaluate(self, x, out, *args, **kwargs):
            out["F"] = np.column_stack([x.sum(1), (HIGHEST - x) @ WEIGHTS])

    algorithm = NSGA2(
        pop_size=POPULATION, sampling=IntegerRandomSampling(),
        crossover=UniformCrossover(prob=1.0),
        mutation=PolynomialMutation(prob=1.0, prob_var=CHANCE, vtype=float,
                                    repair=RoundingRepair()),
        eliminate_duplicates=removes_duplicates)
    algorithm.setup(Sums(), termination=("n_gen", 10**9), seed=1, verbose=False)
    return algorithm.next


def deap_generation():
    """A function that runs one generation."""
    import random

    from deap import base, creator, tools

    random.seed(1)
    creator.create("Fitness", base.Fitness, weights=(-1.0, -1.0))
    creator.create("Individual", list, fitness=creator.Fitness)

    def evaluate(individuals):
        for genes in individuals:
            if not genes.fitness.valid:
                genes.fitness.values = (
                    sum(genes), sum(i * (HIGHEST - g) for i, g in enumerate(genes, 1)))
        return individuals

    population = evaluate([
        creator.Individual(random.randint(0, HIGHEST) for _ in range(GENES))
        for _ in range(POPULATION)])
    population = tools.selNSGA2(population, POPULATION)

    def generation():
        nonlocal population
        parents = tools.selTournamentDCD(population, POPULATION)
        children = []
        for parent in parents:
            child = creator.Individual(parent)
            children.append(child)
        for a, b in zip(children[::2], children[1::2]):
            tools.cxUniform(a, b, 0.5)
        for child in children:
            tools.mutUniformInt(child, 0, HIGHEST, CHANCE)
        population = tools.selNSGA2(population + evaluate(children), POPULATION)

    return generation


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--configuration", default="pymoo",
                        choices=["pymoo", "pymoo_unique", "deap"])
    parser.add_argument("--repeats", type=int, default=10, help="timed generations")
    parser.add_argument("--warm-up", type=int, default=3, help="generations before the clock")
    a = parser.parse_args()
    generation = (deap_generation() if a.configuration == "deap"
                  else pymoo_generation(a.configuration == "pymoo_unique"))
    seconds = []
    for step in range(a.warm_up + a.repeats):
        start = time.perf_counter()
        generation()
        if step >= a.warm_up:
            seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(json.dumps({
        "peer": a.configuration.partition("_")[0], "name": "evolve",
        "configuration": a.configuration, "threads": 1, "processes": 1, "repeats": a.repeats,
        "seconds_median": round(median, 6), "offspring_per_second": round(POPULATION / median, 1),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
