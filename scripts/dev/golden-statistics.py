#!/usr/bin/env python3
"""Writes benchmarks-data/golden/statistics.json: what SciPy says, for Tests/StatisticsTests.

Needs python3 with scipy and numpy. Run from anywhere; the file changes only with its inputs below
or with SciPy's version, which it names.
"""
import itertools
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

ROOT = pathlib.Path(__file__).resolve().parents[2]


def lists(seed, count, decimals=None):
    """Two lists with a weak common trend; rounding makes ties."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=count)
    second = 0.5 * first + rng.normal(size=count)
    if decimals is not None:
        first, second = first.round(decimals), second.round(decimals)
    return [float(x) for x in first + 0.0], [float(x) for x in second + 0.0]


def sign_patterns(first, second):
    """Wilcoxon's two-sided p by listing every sign pattern (pairs without a difference left out)."""
    differences = np.subtract(first, second)
    differences = differences[differences != 0]
    ranks = stats.rankdata(np.abs(differences))
    positive = ranks[differences > 0].sum()
    sums = np.array([np.dot(ranks, signs)
                     for signs in itertools.product((0, 1), repeat=len(ranks))])
    return float(min(1, 2 * min(np.mean(sums <= positive), np.mean(sums >= positive))))


def t_quantiles():
    return [{"probability": p, "degrees": d, "value": float(stats.t.ppf(p, d))}
            for p in (0.001, 0.025, 0.2, 0.5, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999, 1 - 1e-9)
            for d in (0.5, 1, 2, 3, 4, 5, 9, 19, 29, 99, 101, 599, 10_000, 1_000_000)]


def t_tails():
    return [{"t": t, "degrees": d, "value": float(stats.t.sf(t, d))}
            for t in (-3.0, -0.1, 0.0, 0.01, 0.5, 1.0, 2.5, 8.0, 40.0)
            for d in (0.5, 1, 2, 7, 30, 99, 101, 599, 1_000_000)]


def summaries():
    cases = []
    for seed, count in ((1, 2), (2, 5), (3, 40), (4, 601)):
        values, _ = lists(seed, count)
        low, high = stats.t.interval(0.95, count - 1, loc=np.mean(values), scale=stats.sem(values))
        points = (0, 0.05, 0.25, 0.5, 0.9, 1)
        cases.append({
            "values": values, "mean": float(np.mean(values)),
            "deviation": float(np.std(values, ddof=1)), "lower": float(low), "upper": float(high),
            "quantiles": [[p, float(np.quantile(values, p))] for p in points]})
    return cases


def pairs():
    cases = []
    for seed, count, decimals in ((11, 2, None), (12, 5, None), (13, 12, None), (14, 12, 0),
                                  (15, 10, 1), (16, 50, None), (17, 200, None), (18, 200, 0),
                                  (19, 600, 1)):
        first, second = lists(seed, count, decimals)
        differences = np.subtract(first, second)
        kept = int(np.count_nonzero(differences))
        ties = len(np.unique(np.abs(differences[differences != 0]))) < kept or kept < count
        if kept > 50:
            method, result = "asymptotic", stats.wilcoxon(
                first, second, method="asymptotic", correction=False)
            p = float(result.pvalue)
        elif ties:
            method, result = "every sign pattern", stats.wilcoxon(
                first, second, method="asymptotic", correction=False)
            p = sign_patterns(first, second)
        else:
            method, result = "exact", stats.wilcoxon(first, second, method="exact")
            p = float(result.pvalue)
        t = stats.ttest_rel(first, second)
        cases.append({
            "first": first, "second": second,
            "t": float(t.statistic), "tPValue": float(t.pvalue),
            "wilcoxon": float(result.statistic), "wilcoxonPValue": p, "wilcoxonMethod": method,
            "wilcoxonPairs": kept,
            "pearson": float(stats.pearsonr(first, second).statistic),
            "spearman": float(stats.spearmanr(first, second).statistic),
            "kendall": float(stats.kendalltau(first, second, variant="b").statistic)})
    return cases


golden = {
    "generator": "scripts/dev/golden-statistics.py",
    "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
    "tQuantiles": t_quantiles(), "tTails": t_tails(), "summaries": summaries(), "pairs": pairs(),
}
path = ROOT / "benchmarks-data" / "golden" / "statistics.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, separators=(",", ":")).replace("{\"", "\n{\"") + "\n")
print(f"wrote {path.relative_to(ROOT)} ({path.stat().st_size} bytes)")
