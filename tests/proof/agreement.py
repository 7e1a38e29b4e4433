"""The engine and a slow, plain reference (in reference/, no code and no random numbers shared), compared.

Whole models are compared, in everything that is counted, in each period and each year. Replications of the
engine give the mean and the standard deviation s of one replication; those of the reference are as large, or
k times as large where its customers weigh more (a referred customer of the reference stands for as many as
the referrer does). If the laws are equal, then

    z = difference of the means / sqrt(s_e^2 / n_e + max(k s_e, s_r)^2 / n_r)

is nearly standard normal, being a sum over at least 2,000 independent customers; totals with fewer than the
equivalent of 100 events are left out. Few replications give a poor s_r, so k, 1 at least, is found from all
periods of a column. n_e is 120 replications of 2,000 customers (full: 1,000), n_r is 4, on networks 12 (full:
60). Some 53,000 numbers are compared in all tests (full: 91,000), most of them correlated. |z| > 6 for any of
them has a probability below 53,000 x 2.2e-8 = 1.2e-3 (t with 119 degrees of freedom; full: less). The seeds
are fixed.

Power: a bias of 8 standard errors is found with 98 %. A yearly total of which a replication counts 1,000 has
a standard error of 1.6 % (full: 0.4 %), so an error of 13 % (full: 3.3 %) is found; contacts, customers and
money are 3 to 10 times as precise, means of satisfaction, expectation and trust 30 times.

Anchored models, and bases without a tenure, are compared in the same way, but each side has solved levels or
ages by a sample of its own, which adds an error common to all its replications: ANCHORING of a total,
ANCHORED_POINTS of an NPS. So have the loads of teams and what people heard before period 1, for which there
is no allowance: in the models here an error of them dies out. Of the load, 1 % more in the past adds less
than 0.5 % to that of period 1; of what is heard, 1 % more moves no rate by more than 1.3 %, and is forgotten.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import numpy.typing as npt
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))

import reference

Tree = dict[str, Any]
Numbers = npt.NDArray[np.float64]
Sample = dict[str, Numbers]
"""Per column: replications x periods."""

FULL = bool(os.environ.get("GOODWILL_FULL"))
AGENTS = 2_000
ENGINE_REPLICATIONS = 1_000 if FULL else 120
REFERENCE_REPLICATIONS = 60 if FULL else 4
LARGEST_Z = 6.0
EVENTS = 100  # fewer events than this, and a total is not nearly normal
ROUNDING = 1e-5  # the engine computes in single precision
ANCHORING = 0.008
ANCHORED_POINTS = 0.7

MEANS = ("satisfaction", "expectation", "trust", "tenure")
EFFORT = ("ces", "ces_measured")  # where every period has contacts with an effort
POINTS = {"nps": "nps_true", "nps_measured": "nps_measured"}
TOTALS = (
    *(
        "joined",
        "lost",
        "leads",
        "won",
        "won_back",
        "prospects",
        "lapsed",
        "orders",
        "referrals",
        "converted",
        "revenue",
        "contribution",
    ),
    *("service_cost", "touchpoint_cost", "referral_cost", "acquisition_cost", "team_cost"),
    *("investment_cost", "event_cost"),
)
WORDS = ("good_words", "bad_words")
MARKET = ("adopted", "turned_away", "potential")
COUNTED = ("started", "truncated", "completed", "waited", "contacts", "failed", "recovered", "full")
PARTS = ("prospects", "joined", "lost", "revenue", "contribution")  # compared by segment and origin too

# ------------------------------------------------------------------------------------------- two simulators


def without_anchors(tree: Any) -> Any:
    """The same with the figures asked as levels, and nothing to solve: both sides simulate the same model."""
    if isinstance(tree, list):
        return [without_anchors(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    renamed = {
        "base" if key == "average" else key.removesuffix(".average"): tree[key]
        for key in tree
        if key != "nps"
    }
    if "count" in renamed and isinstance(renamed.get("tenure"), str):
        number, _, unit = renamed["tenure"].partition(" ")
        renamed["tenure"] = {"exactly": f"{float(number):.0f} {unit}".strip()}  # whole periods
    return {key: without_anchors(value) for key, value in renamed.items()}


def engine(tree: Tree, scenario: str) -> Sample:
    run = gw.run(gw.Model(**tree), scenario=scenario, seed=1, replications=ENGINE_REPLICATIONS)
    sample: Sample = {}
    teams = ["full"] if "teams" in tree else []  # tables of other models have no columns for them
    words = WORDS if "word_of_mouth" in tree else ()
    market = MARKET if "size" in tree.get("market", {}) else ()

    def add(table: pd.DataFrame, value: str, name: str) -> None:
        sample[name] = table[value].to_numpy(dtype=np.float64).reshape(ENGINE_REPLICATIONS, -1)

    by = ["replication", "period"]
    main = run.table(by=by)
    main["touchpoint_cost"] += main["recovery_cost"]
    for name in ("customers_end", "responses", *TOTALS, *words, *market, *MEANS, *POINTS):
        if name != "team_cost" or teams:
            add(main, name, name)
    for name in EFFORT:
        if main[name].notna().all():
            add(main, name, name)
    journeys = run.journeys(by)
    if len(journeys):
        journeys["waited"] = (journeys["minutes"] * journeys["started"]).fillna(0.0)
    for key in ("segment", "origin"):
        for item, part in run.table(by=[*by, key]).groupby(key):
            # the pages do not say of which origin those are who do not come in the end
            known = market if key == "segment" else [name for name in market if name != "turned_away"]
            for name in ("customers_end", *PARTS, *words, *known):
                add(part, name, f"{name} of {item}")
    items = (
        (run.stages(by), ["stage"], ["customers"]),
        (run.moves(by), ["from", "to"], ["customers"]),
        (journeys, ["journey"], ["started", "truncated", "completed", "waited"]),
        (run.touchpoints(by), ["journey", "touchpoint"], ["contacts", "failed", "recovered", *teams]),
    )
    for table, keys, columns in items:
        label = table[keys[0]].astype(str)  # a model without moves or journeys has none
        for key in keys[1:]:
            label = label + "." + table[key].astype(str)
        for item, part in table.groupby(label):
            for column in columns:
                add(part, column, f"{column} {item}")
    return sample


def judge(tree: Tree, scenario: str, replications: int) -> Sample:
    levels = reference.anchor(reference.read(tree), part=1.0 if FULL else 0.1)[0]
    result = reference.simulate(tree, scenario=scenario, seed=2, replications=replications, levels=levels)
    sample: Sample = {}

    def add(table: pd.DataFrame, value: str, name: str) -> None:
        if value in table:
            sample[name] = table[value].to_numpy(dtype=np.float64).reshape(replications, -1)

    periods = result["periods"]
    for name in (*TOTALS, *WORDS, *MARKET):
        add(periods, name, name)
    for name, theirs in {"customers_end": "end", "responses": "answered"}.items():
        add(periods, theirs, name)
    for name in (*MEANS, *EFFORT):
        add(periods, name, name)
    for name, theirs in POINTS.items():
        add(periods, theirs, name)
    for key in ("segment", "origin"):
        table = result["ledger"].groupby(level=["replication", "period", key]).sum()
        for item in table.index.unique(level=key):
            part = table.xs(item, level=key)
            for name in (*PARTS, *WORDS, *MARKET):
                add(part, name, f"{name} of {item}")
            add(part, "end", f"customers_end of {item}")
    for name in periods.columns:
        word, _, item = name.partition(".")
        known = {"stage": "customers", "moved": "customers"}
        if word in (*known, *COUNTED) and item:
            add(periods, name, f"{known.get(word, word)} {item}")
    return sample


# ------------------------------------------------------------------------------------------------ comparison


def by_year(column: Numbers, per_year: int) -> Numbers:
    return np.stack(
        [part.mean(axis=1) for part in np.split(column, range(per_year, column.shape[1], per_year), axis=1)],
        axis=1,
    )


def spread_ratio(ours: Numbers, theirs: Numbers) -> float:
    """Of the reference's deviations to the engine's, over all numbers of a column; 1 at least."""
    mine, other = ours.var(axis=0, ddof=1), theirs.var(axis=0, ddof=1)
    known = mine > 0
    return max(1.0, float(np.sqrt(np.mean(other[known] / mine[known])))) if known.any() else 1.0


def z_scores(name: str, ours: Numbers, theirs: Numbers, anchored: bool, ratio: float) -> Numbers:
    """One z for each column of numbers; 0 where there are too few events to tell."""
    s = ours.std(axis=0, ddof=1)
    wider = np.maximum(ratio * s, theirs.std(axis=0, ddof=1))
    mean = ours.mean(axis=0)
    variance = s**2 / len(ours) + wider**2 / len(theirs) + (ROUNDING * mean) ** 2
    if anchored:
        variance += (ANCHORED_POINTS if name in POINTS else ANCHORING * mean) ** 2
    difference = mean - theirs.mean(axis=0)
    z: Numbers = np.divide(difference, np.sqrt(variance), out=np.zeros_like(mean), where=difference != 0)
    if name not in (*MEANS, *EFFORT, *POINTS):
        z[(s > 0) & (mean**2 * len(theirs) < EVENTS * s**2)] = 0
    return z


def disagreements(
    tree: Tree, scenario: str, anchored: bool, replications: int, agents: str = str(AGENTS)
) -> pd.DataFrame:
    """Every number that was compared, the largest |z| first; without anchors, levels are what was asked."""
    tree = (tree if anchored else without_anchors(tree)) | {"agents": agents}
    ours, theirs = engine(tree, scenario), judge(tree, scenario, replications)
    rows = []
    for column, numbers in ours.items():
        if column not in theirs:
            assert not numbers.any(), f"{column} is counted by the engine only"
            continue
        if np.isnan(numbers).any():
            assert np.isnan(theirs[column]).all(), column
            continue
        scales = {
            "period": (numbers, theirs[column]),
            "year": (by_year(numbers, 12), by_year(theirs[column], 12)),  # of months; by week, 12 weeks
        }
        ratio = spread_ratio(numbers, theirs[column])
        for scale, (a, b) in scales.items():
            z = z_scores(column, a, b, anchored, ratio)
            rows += [(column, scale, k + 1, a[:, k].mean(), b[:, k].mean(), z[k]) for k in range(len(z))]
    found = pd.DataFrame(rows, columns=["column", "scale", "number", "engine", "reference", "z"])
    return found.sort_values("z", key=np.abs, ascending=False, ignore_index=True)


def agree(
    tree: Tree,
    scenario: str,
    anchored: bool,
    replications: int = REFERENCE_REPLICATIONS,
    agents: str = str(AGENTS),
) -> None:
    """Show the largest disagreements, and fail if one is too large; `replications` of the reference."""
    found = disagreements(tree, scenario, anchored, replications, agents)
    levels = "anchored" if anchored else "levels"
    print(f"\n{scenario}, {levels}: {len(found)} numbers\n{found.head(8).to_string()}")
    assert found["z"].abs().max() < LARGEST_Z, f"\n{found.head(20).to_string()}"
