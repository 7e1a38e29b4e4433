"""Whether the baseline reproduces the figures that the firm observes, and whether it stays as it is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.world import World
from goodwill.results.tables import walks_cut_off
from goodwill.text import figures

DRIFT = 0.2
"""If mean satisfaction moves by more points than this in the first year or until the horizon, a warning says
so."""
MISS = 0.05
"""A figure counts as missed if it is off by more than this share of what was asked."""
MANY_ORDERS = 1_000
"""With more orders per customer and year than this, the rate may have been meant for the whole firm."""
NPS_MISS = 2.0
"""The NPS counts as missed, or as moved, if it is off by more points than this."""


def _first_year(world: World) -> int:
    return min(world.periods, max(1, round(world.periods_per_year)))


def _total(world: World, counter: str, segments: list[int], periods: slice) -> float:
    return float(world.mean[segments, periods, :, world.index[counter]].sum())


def _measured(world: World, segment: str, path: str, anchored_got: float) -> float:
    """The figure in the first year of the baseline. What is not counted there (mean tenure) is taken from
    anchoring."""
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


def asked_and_got(world: World, firm: Anchored) -> pd.DataFrame:
    """One row for each observed figure: segment (empty: the whole firm), figure, asked, got, miss.

    On a network or in a market agents are people, and so few of them may be customers that one run shows
    their luck: there `got` is the mean over the rounds of anchoring, unless those know one another otherwise
    than the people of the firm."""
    rows = []
    by_rounds = firm.core.agents_are_people and not firm.core.lists_edges
    for segment, path, asked, anchored_got in firm.levels.figures:
        got = anchored_got if by_rounds else _measured(world, segment, path, anchored_got)
        rows.append((segment, path, asked, got, _miss(path, asked, got)))
    return pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])


def _miss(figure: str, asked: float, got: float) -> float:
    """The miss: points for the NPS, else a share of what was asked."""
    if figure == "survey.nps":
        return got - asked
    return got / asked - 1 if asked else math.nan


def _far(figure: str, asked: float, got: float) -> bool:
    return abs(_miss(figure, asked, got)) > (NPS_MISS if figure == "survey.nps" else MISS)


def drift(world: World) -> pd.DataFrame:
    """Mean satisfaction by segment at the end of the first period (`start`), of the first year (`end`) and of
    the horizon (`last`). `drift` is end - start, `later` last - start."""
    at, ends = world.index["sum_satisfaction"], world.index["end"]
    by_segment = world.mean.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = by_segment[:, :, at] / by_segment[:, :, ends]
    start, end, last = means[:, 0], means[:, _first_year(world) - 1], means[:, -1]
    columns = {"segment": world.segments, "start": start, "end": end, "last": last}
    return pd.DataFrame({**columns, "drift": end - start, "later": last - start})


def _nps_drift(world: World) -> list[str]:
    """Warns if the measured NPS of the last year is not that of the first, by more than chance."""
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
        # Noise depends on the number of answers simulated, and each of them stands for several real ones.
        simulated = answers / max(float(world.weights.max()), 1.0)
        found.append((100 * net, 100**2 * ((promoters + detractors) / answers - net**2) / simulated))
    (first, error), (last, other) = found
    if abs(last - first) <= max(NPS_MISS, 4 * math.sqrt(error + other)):
        return []
    return [
        f"the measured NPS moves from {first:.1f} in the first year to {last:.1f} in the last; "
        "the baseline does not stay the firm of today"
    ]


def warnings(world: World, anchoring: _core.Anchoring, asked: pd.DataFrame, drift: pd.DataFrame) -> list[str]:
    found = []
    if not anchoring.converged:
        found.append(_not_converged(anchoring))
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


def _not_converged(anchoring: _core.Anchoring) -> str:
    """What is known less well than it should be, and why that may be."""
    parts, reasons = [], []
    if not anchoring.figures_are_precise:
        parts += _errors_of_figures(anchoring)
        reasons.append("what is asked depends on few customers or rare events")
    if anchoring.load_error:
        parts.append(f"{figures.percent(anchoring.load_error, 2)} of the load of a team")
        reasons.append("few contacts come, or those who find no room come again so often that it has no rest")
    if anchoring.words_error:
        parts.append(f"{figures.percent(anchoring.words_error, 2)} of what somebody hears")
        reasons.append("little is said, or what people hear makes them say so much more that it has no rest")
    return (
        f"anchoring still leaves {_error_of(parts)} after {anchoring.rounds} rounds: {', or '.join(reasons)}"
    )


def seen(world: World, model: Model) -> list[str]:
    """Warns of investments and events that wait for a measured NPS with more noise than the firm's own, or
    for more answers than come."""
    everybody = list(range(len(world.segments)))
    months = world.periods / max(1.0, world.periods_per_year / 12)
    real = _total(world, "responses", everybody, slice(None)) / months
    simulated = float(
        (world.mean[..., world.index["responses"]].sum(axis=(1, 2)) / world.weights).sum() / months
    )
    found = []
    for kind in ("investments", "events"):
        for name, its in (model[kind] or {}).items():
            when = its.get("when") or {}
            if "measured_nps" not in when:
                continue
            path, wanted = f"{kind}.{name}.when", when.get("answers", real)
            if wanted > 1.5 * real:
                found.append(
                    f"{path}: it waits for {figures.count(wanted)} answers, but about {figures.count(real)} "
                    "come a month; fewer are no report"
                )
            elif simulated < 0.9 * wanted:
                found.append(
                    f"{path}: the NPS is noisier than the firm's own: about {figures.count(simulated)} "
                    f"answers a month are simulated, and it looks at {figures.count(wanted)}; simulate more "
                    f"(agents: all), or say on how many it is measured (answers: {int(simulated)} or fewer)"
                )
    return found


def heard(model: Model, anchoring: _core.Anchoring) -> list[str]:
    """By segment, the messages that one person hears in a period of the baseline, in words."""
    good, bad = anchoring.spoken[::2], anchoring.spoken[1::2]
    return [
        f"A person of {segment} hears {figures.decimal(g, 2)} good and {figures.decimal(b, 2)} bad messages "
        f"a {model.period}."
        for segment, g, b in zip(core_of(model).segments, good, bad, strict=bool(good))
        if g or b
    ]


def own_error(anchoring: _core.Anchoring) -> str:
    """The standard error of anchoring, in words; empty if there was nothing to solve for."""
    parts = _errors_of_figures(anchoring)
    return _error_of(parts) if parts else ""


def _error_of(parts: list[str]) -> str:
    *first, last = parts
    of = f"{', '.join(first)} and {last}" if first else last
    return f"an error (one standard deviation) of {of}"


def _errors_of_figures(anchoring: _core.Anchoring) -> list[str]:
    parts = []
    if anchoring.error > 0:
        parts.append(f"up to {figures.percent(anchoring.error, 2)} of a figure")
    if anchoring.nps_error > 0:
        parts.append(f"{max(anchoring.nps_error, 0.01):.2f} points of the NPS")
    return parts


def _closer(world: World, segment: str) -> str:
    weights = dict(zip(world.segments, world.weights, strict=True))
    some_stand_for_many = weights[segment] > 1 if segment else max(weights.values()) > 1
    if some_stand_for_many:
        return "more agents would bring it closer"
    return "all customers are simulated, and so few differ from year to year"
