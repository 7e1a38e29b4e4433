"""Does the baseline reproduce the firm's own numbers?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core, figures
from goodwill._arguments import checked_seed, checked_threads, keywords_checked
from goodwill._progress import progress_bar
from goodwill.display import blocks, html_table, result_html, tabled, text_table
from goodwill.ledger import World
from goodwill.model import Model, anchored, core_of
from goodwill.provenance import provenance
from goodwill.tables import walks_cut_off

DRIFT = 0.2
"""Mean satisfaction that moves more than this in the first year, or until the horizon, was not at rest."""
HELD = 0.001
"""An assumption held at a bound in more than this share of its draws is worth a word."""
MISS = 0.05
"""A figure that is missed by more than this share of what was asked."""
MANY_ORDERS = 1_000
"""Orders of one customer in a year above which the rate may have been meant for the whole firm."""
NPS_MISS = 2.0
"""The same for the NPS, in points."""


class Check:
    """What the model says is observed, beside what a run of the baseline gives; see `goodwill.check`."""

    def __init__(
        self,
        model: Model,
        figures_: pd.DataFrame,
        drift: pd.DataFrame,
        warnings: list[str],
        anchoring: _core.Anchoring,
    ) -> None:
        self.model = model
        self.drift = drift
        self.warnings = warnings
        self.notes = _tables_of_tenure(model)
        """What the tables by tenure of churn and moves say, in words."""
        self.provenance: dict[str, Any] = {}
        self._figures = figures_
        self._anchoring = anchoring

    @property
    def ok(self) -> bool:
        return not self.warnings

    @tabled
    def table(self) -> pd.DataFrame:
        """Figures per period: segment (empty: the whole firm), figure, asked, got, miss.

        `miss` is got / asked - 1, in points for the NPS.
        """
        return self._figures.copy()

    def _sentences(self) -> list[str]:
        name = self.model.name or "The model"
        n = len(self._figures)
        if n == 0:
            first = f"{name} states no observed figures: nothing to reproduce."
        else:
            stated = figures.plural(n, "observed figure")
            first = f"{name}: {stated}, asked and got in the first year of the baseline."
            if own := _own_error(self._anchoring):
                first += f" Solving for them leaves {own} that no replication shows."
        later = bool((self.drift["last"] - self.drift["end"]).any())
        moves = [
            f"{row['segment']} {row['start']:.2f} to {row['end']:.2f}"
            + (f", then {row['last']:.2f}" if later else "")
            for row in self.drift.to_dict("records")
            if not math.isnan(row["start"] + row["end"])
        ]
        if not moves:
            return [first, "Nobody is there whose satisfaction could move."]
        when = "in the first year, then at the end of the horizon" if later else "in the first year"
        return [first, f"Mean satisfaction {when}: {'; '.join(moves)}."]

    def _shown(self) -> pd.DataFrame:
        rows = []
        for row in self._figures.to_dict("records"):
            text, miss = _figure_text(row["figure"], self.model.period), row["miss"]
            missed = f"{miss:+.1f}" if row["figure"] == "survey.nps" else f"{100 * miss:+.1f} %"
            missed = missed.replace("-0.0", "+0.0")
            rows.append(
                {
                    "segment": row["segment"] or "all",
                    "figure": row["figure"],
                    "asked": text(row["asked"]),
                    "got": text(row["got"]),
                    "miss": "-" if math.isnan(miss) else missed,
                }
            )
        return pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])

    def __repr__(self) -> str:
        first, second = self._sentences()
        rest = [second, *self.notes, *(f"Warning: {warning}" for warning in self.warnings)]
        if not len(self._figures):
            return blocks([first, *rest])
        return blocks([first], text_table(self._shown()), rest)

    def _repr_html_(self) -> str:
        table = html_table(self._shown()) if len(self._figures) else ""
        first, second = self._sentences()
        return result_html([first], table) + result_html(
            [second, *self.notes, *(f"Warning: {w}" for w in self.warnings)], ""
        )


def _figure_text(path: str, period: str) -> Any:
    if path == "survey.nps":
        return lambda x: figures.decimal(x, 1)
    if path.endswith(".tenure"):
        return lambda x: "-" if math.isnan(x) else f"{x:,.1f} {period}s"
    return lambda x: "-" if math.isnan(x) else f"{figures.percent(x)} / {period}"


def _first_year(world: World) -> int:
    return min(world.periods, max(1, round(world.periods_per_year)))


def _total(world: World, counter: str, segments: list[int], periods: slice) -> float:
    return float(world.mean[segments, periods, :, world.index[counter]].sum())


def _measured(world: World, segment: str, path: str, anchored_got: float) -> float:
    """The figure in the baseline's first year; mean tenure is that with which the base was built."""
    everywhere = list(range(len(world.segments)))
    where = [world.segments.index(segment)] if segment else everywhere
    year = slice(0, _first_year(world))
    if path == "survey.nps":
        answers = _total(world, "responses", where, year)
        net = _total(world, "measured_promoters", where, year) - _total(
            world, "measured_detractors", where, year
        )
        return 100 * net / answers if answers else math.nan
    if f"exposure.{path}" in world.index:
        exposed = _total(world, f"exposure.{path}", where, year)
        return _total(world, f"expected.{path}", where, year) / exposed if exposed else math.nan
    return anchored_got


def _miss(figure: str, asked: float, got: float) -> float:
    """Points for the NPS, else a share of what was asked."""
    if figure == "survey.nps":
        return got - asked
    return got / asked - 1 if asked else math.nan


def _far(figure: str, asked: float, got: float) -> bool:
    return abs(_miss(figure, asked, got)) > (NPS_MISS if figure == "survey.nps" else MISS)


def _drift(world: World) -> pd.DataFrame:
    """Mean satisfaction at the ends of the first period, of the first year and of the horizon, by segment;
    `drift` is that of the first year, `later` that until the horizon."""
    at, ends = world.index["sum_satisfaction"], world.index["end"]
    by_segment = world.mean.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = by_segment[:, :, at] / by_segment[:, :, ends]
    start, end, last = means[:, 0], means[:, _first_year(world) - 1], means[:, -1]
    columns = {"segment": world.segments, "start": start, "end": end, "last": last}
    return pd.DataFrame({**columns, "drift": end - start, "later": last - start})


def _nps_drift(world: World) -> list[str]:
    """Whether the measured NPS of the last year is still that of the first, which was anchored."""
    year = _first_year(world)
    if world.periods < 2 * year:
        return []
    everybody = list(range(len(world.segments)))
    found = []
    for periods in (slice(0, year), slice(world.periods - year, world.periods)):
        answers, promoters, detractors = (
            _total(world, name, everybody, periods)
            for name in ("responses", "measured_promoters", "measured_detractors")
        )
        if answers == 0:
            return []
        net = (promoters - detractors) / answers
        # Answers of simulated customers: each stands for several.
        simulated = answers / max(float(np.max(world.simulation.weights)), 1.0)
        found.append((100 * net, 100**2 * ((promoters + detractors) / answers - net**2) / simulated))
    (first, error), (last, other) = found
    if abs(last - first) <= max(NPS_MISS, 4 * math.sqrt(error + other)):
        return []
    return [
        f"the measured NPS moves from {first:.1f} in the first year to {last:.1f} in the last; "
        "the baseline does not stay the firm of today"
    ]


def _warnings(
    world: World, anchoring: _core.Anchoring, asked: pd.DataFrame, drift: pd.DataFrame
) -> list[str]:
    found = []
    if not anchoring.converged:
        found.append(
            f"anchoring still leaves {_own_error(anchoring)} after {anchoring.rounds} rounds: "
            "what is asked hangs on few customers or rare events"
        )
    for row, (*_, anchored_got) in zip(asked.to_dict("records"), anchoring.figures, strict=True):
        where = f"{row['segment']}: {row['figure']}" if row["segment"] else row["figure"]
        if math.isnan(row["got"]):
            found.append(f"{where} was asked, but nobody was exposed to it in the first year")
        elif _far(row["figure"], row["asked"], anchored_got):
            found.append(f"{where} cannot be reproduced together with the rest of the model")
        elif _far(row["figure"], row["asked"], row["got"]):
            found.append(f"{where} is missed by chance: {_closer(world, row['segment'])}")
    for row in drift.to_dict("records"):
        if abs(row["drift"]) > DRIFT:
            moved = f"from {row['start']:.2f} to {row['end']:.2f}"
            found.append(
                f"mean satisfaction of {row['segment']} moves {moved} in the first year; "
                "the model does not start at rest"
            )
        elif abs(row["later"]) > DRIFT:
            moved = f"from {row['start']:.2f} to {row['last']:.2f}"
            found.append(
                f"mean satisfaction of {row['segment']} moves {moved} until the end of the horizon; "
                "the baseline does not stay the firm of today"
            )
    found += _nps_drift(world)
    orders = float(world.mean[..., world.index["orders"]].sum())
    customers = float(world.mean[..., world.index["start"]].sum())
    if orders * world.periods_per_year > MANY_ORDERS * customers:
        yearly = figures.count(orders / customers * world.periods_per_year)
        found.append(
            f"each customer makes {yearly} orders a year; orders.rate is per customer, not of the firm"
        )
    return found + walks_cut_off(world)


def _without_effect(model: Model) -> list[str]:
    if model["finance.inflation"] and model["finance.prices"] == "real":
        return [
            "finance.inflation has no effect, because prices are real; with nominal prices (prices: nominal) "
            "money grows with it and the discount is nominal, too"
        ]
    return []


def _own_error(anchoring: _core.Anchoring) -> str:
    """The standard error of anchoring, in words; empty: it solved for nothing."""
    parts = []
    if anchoring.error > 0:
        parts.append(f"up to {figures.percent(anchoring.error, 2)} of a figure")
    if anchoring.nps_error > 0:
        parts.append(f"{max(anchoring.nps_error, 0.01):.2f} points of the NPS")
    return f"an error (one standard deviation) of {' and '.join(parts)}" if parts else ""


def _closer(world: World, segment: str) -> str:
    weights = dict(zip(world.segments, np.asarray(world.simulation.weights), strict=True))
    some_stand_for_many = weights[segment] > 1 if segment else max(weights.values()) > 1
    if some_stand_for_many:
        return "more agents would bring it closer"
    return "all customers are simulated, and so few differ from year to year"


def _assumptions(model: Model) -> list[str]:
    """Those that nothing uses, and those held at a bound of their use."""
    core = core_of(model)
    found = []
    for name, uses, share in zip(
        core.assumptions, _core.assumption_uses(core), _core.held(core), strict=True
    ):
        if not uses:
            found.append(f"the assumption {name} is used nowhere: write ${name} where it belongs")
        elif share > HELD:
            found.append(
                f"the assumption {name} is held at a bound of its use in {figures.percent(share, 1)} of its "
                "draws: what lies further out is not accepted there"
            )
    return found


def _tables_of_tenure(model: Model) -> list[str]:
    """A sentence for each table by tenure: people write the end of a contract one period too late."""
    found = []
    for stage in model.stages:
        moves = model[f"{stage}.moves"] or {}
        for path in [f"{stage}.churn", *(f"{stage}.moves.{target}" for target in moves)]:
            table = model[path]
            if isinstance(table, dict) and all(key.isdigit() for key in table):
                levels = [(int(key), float(level)) for key, level in table.items()]
                found.append(_in_words(path, levels, model.period))
    return found


def _in_words(path: str, levels: list[tuple[int, float]], period: str) -> str:
    parts = []
    for k, (start, level) in enumerate(levels):
        end = levels[k + 1][0] if k + 1 < len(levels) else None
        when = f"from {period} {start + 1} on" if end is None else f"in {period}s {start + 1} to {end}"
        if end == start + 1:
            when = f"in {period} {end}"
        parts.append(f"{figures.percent(level)} {when}")
    text = f"{path} by tenure, each {period} of a customer with the firm: {', '.join(parts)}."
    start, level = levels[-1]
    if len(levels) > 1 and start > 1 and level > levels[-2][1]:
        before, after = figures.percent(levels[-2][1]), figures.percent(level)
        text += (
            f" A contract that ends with {period} {start} is written otherwise: who decides then has a "
            f"tenure of {start - 1}, so {{0 {period}s: {before}, {start - 1} {period}s: {after}, "
            f"{start} {period}s: ..}}."
        )
    return text


def _not_in_points(model: Model) -> list[str]:
    """An NPS between -1 and 1 was meant as a fraction."""
    asked = {"survey.nps": model["survey.nps"]}
    for name, goal in (model["goals"] or {}).items():
        if name in ("nps", "measured_nps"):
            asked |= {f"goals.{name}.{bound}": goal.get(bound) for bound in ("at_least", "at_most")}
    return [
        f"{path} is {value:g}: an NPS is in points from -100 to 100; do you mean {100 * value:g}?"
        for path, value in asked.items()
        if isinstance(value, (int, float)) and 0 < abs(value) < 1
    ]


def _too_late(model: Model) -> list[str]:
    """Investments and events that nobody lives to see."""
    starts = {
        f"{kind}.{name}": its["start"]
        for kind in ("investments", "events")
        for name, its in (model[kind] or {}).items()
    }
    return [
        f"{path} starts in period {start:g}, after the horizon of {model.horizon}"
        for path, start in starts.items()
        if isinstance(start, (int, float)) and start > model.horizon
    ]


@keywords_checked
def check(model: Model, *, seed: int = 1, threads: int = 0) -> Check:
    """Anchors the model, runs its baseline, and sets what was asked beside what came out in the first year.

    Warns when a figure is missed; when mean satisfaction drifts by more than 0.2 in the first year or until
    the horizon, or the measured NPS from the first year to the last by more than 2 points; when walks are cut
    off; when an investment or event starts after the horizon; when inflation has no effect; when an NPS
    looks like a fraction; and when an assumption is used nowhere, or is held at a bound in more than one draw
    of a thousand. Notes say what tables by tenure mean.
    Raises `ModelError` if the model uses what cannot be run yet.
    """
    core = core_of(model)
    seed, threads = checked_seed(seed), checked_threads(threads)
    anchoring = anchored(model, threads)
    with progress_bar("Checking") as progress:
        simulation = _core.simulate(
            core, anchoring, ["baseline"], seed=seed, threads=threads, progress=progress
        )
    world = World(simulation, 0, core.periods_per_year)
    rows = []
    for segment, path, asked, got in anchoring.figures:
        measured = _measured(world, segment, path, got)
        rows.append((segment, path, asked, measured, _miss(path, asked, measured)))
    table = pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])
    drift = _drift(world)
    warnings = _warnings(world, anchoring, table, drift) + _too_late(model)
    warnings += _without_effect(model) + _not_in_points(model) + _assumptions(model)
    result = Check(model, table, drift, warnings, anchoring)
    result.provenance = {"scenario": "baseline", **provenance(model, simulation, seed)}
    return result
