"""A regression tree of a sweep as rules: in which worlds does it lose money?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.features import Column, Features, condition
from goodwill.analysis.measures import amount, measure_name
from goodwill.engine.world import Numbers
from goodwill.sweeps.result import SweepResult, scenario_of
from goodwill.text import figures
from goodwill.text.arguments import checked_seed, missing, number, whole
from goodwill.text.display import blocks, html_table, result_html, tabled

LEAST_SHARE = 0.05
"""Of the points in a rule; a rule of fewer describes luck."""


@dataclass(frozen=True, eq=False, repr=False)
class Tree:
    """Rules that divide the points of a sweep by a measure of one scenario."""

    scenario: str
    measure: str
    below: float
    about: str
    rules: list[str]
    """Sentences, the worst first."""
    found: pd.DataFrame

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each rule, the worst first: the `rule`, its `points` and their `share`, the mean of the
        measure, and `loses`, the share of its points where the measure is below the threshold."""
        return self.found.copy()

    def __repr__(self) -> str:
        return blocks([self.about, *self.rules])

    def _repr_html_(self) -> str:
        return result_html([self.about], html_table(self.found))


def tree_rules(x: Numbers, y: Numbers, depth: int, seed: int = 1) -> tuple[Numbers, Numbers, Numbers]:
    """A regression tree (Breiman et al. 1984, scikit-learn) on plain arrays: which leaf each point is in, and
    of each leaf the bounds of each column: low < value <= high."""
    try:
        from sklearn.tree import DecisionTreeRegressor
    except ImportError:
        raise ImportError(missing("a tree needs", "scikit-learn")) from None
    least = max(1, round(LEAST_SHARE * len(y)))
    fitted = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=least, random_state=seed).fit(x, y)
    tree = fitted.tree_
    bounds: dict[int, tuple[Numbers, Numbers]] = {
        0: (np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf))
    }
    leaves = []
    for node in range(tree.node_count):  # parents come before their children
        low, high = bounds[node]
        if tree.children_left[node] < 0:
            leaves.append(node)
            continue
        column, threshold = tree.feature[node], tree.threshold[node]
        left, right = high.copy(), low.copy()
        left[column], right[column] = threshold, threshold
        bounds[tree.children_left[node]] = low, left
        bounds[tree.children_right[node]] = right, high
    leaf = np.searchsorted(leaves, fitted.apply(x))
    return leaf, *(np.array([bounds[node][end] for node in leaves]) for end in (0, 1))


def tree(
    sweep: SweepResult,
    scenario: str | None = None,
    measure: str = "npv",
    depth: int = 3,
    below: float | str = 0.0,
    seed: int = 1,
) -> Tree:
    """See `Sweep.tree`."""
    depth = whole("depth", depth, 1, 6, "a whole number from 1 to 6: more than that nobody reads")
    threshold, seed, features = number("below", below), checked_seed(seed), Features.of(sweep.design)
    values = sweep.outcomes(scenario, measure).mean(axis=1)
    leaf, low, high = tree_rules(features.numbers(sweep.design), values, depth, seed)
    table = pd.DataFrame({"leaf": leaf, measure: values, "loses": values < threshold}).groupby("leaf")
    rules = [rule(features.columns, *ends) for ends in zip(low, high, strict=True)]
    found = pd.DataFrame(
        {
            "rule": rules,
            "points": table.size(),
            "share": table.size() / len(values),
            measure: table[measure].mean(),
            "loses": table["loses"].mean(),
        }
    ).sort_values(measure, kind="stable", ignore_index=True)
    name = scenario_of(sweep, scenario)
    losing = figures.percent(float((values < threshold).mean()), 0)
    about = f"{name!r} {loses(sweep, measure, threshold)} at {losing} of {len(values):,} points."
    verb = "lose" if measure == "npv" and threshold == 0 else "are below"
    said = [_sentence(sweep, measure, row, verb) for row in found.to_dict("records")]
    return Tree(name, measure, threshold, about, said, found)


def loses(sweep: SweepResult, measure: str, threshold: float) -> str:
    """`loses money`, or which measure is below what."""
    if measure == "npv" and threshold == 0:
        return "loses money"
    return f"has {measure_name(measure)} below {amount(sweep, measure, threshold)}"


def rule(columns: list[Column], low: Numbers, high: Numbers) -> str:
    said = [
        condition(column, a, b)
        for column, a, b in zip(columns, low.tolist(), high.tolist(), strict=True)
        if np.isfinite(a) or np.isfinite(b)
    ]
    return ", ".join(said) or "everywhere"


def _sentence(sweep: SweepResult, measure: str, row: dict[Any, Any], verb: str) -> str:
    share, lost, mean = (float(row[name]) for name in ("share", "loses", measure))
    return (
        f"{row['rule']}: {figures.percent(share, 0)} of the points, mean {measure_name(measure)} "
        f"{amount(sweep, measure, mean)}; {figures.percent(lost, 0)} of them {verb}."
    )
