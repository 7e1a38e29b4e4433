"""Whom a scenario wins in a market, and who only comes earlier: acceleration and expansion, by simulation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill import _core
from goodwill.analysis.bands import without_bands
from goodwill.analysis.bridge import of_the_firm
from goodwill.analysis.variants import size_of
from goodwill.analysis.words import length
from goodwill.engine.calls import paired
from goodwill.engine.model import core_of
from goodwill.engine.plain import Plain
from goodwill.engine.world import WAYS, Numbers, World
from goodwill.results import lifetimes
from goodwill.results.lives import ratio_units
from goodwill.results.study import StudyResult, once
from goodwill.text import figures
from goodwill.text.arguments import checked_names, checked_threads, keywords_checked
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE, FIRM, INITIAL

ACCELERATION, EXPANSION, NEITHER, OTHERS = "acceleration", "expansion", "neither", "others"
EARLIER, LATER, GAINED, LOST, SAME, NEVER = range(6)
_coming = (
    *((ACCELERATION, "earlier"), (ACCELERATION, "later")),
    *((EXPANSION, "gained"), (EXPANSION, "lost")),
    (NEITHER, "same time"),
)
ROWS = (
    *((*kind, way) for kind in _coming for way in WAYS),
    (NEITHER, "never", ""),
    *((OTHERS, "today's", ""), (OTHERS, "outside the market", "")),
    (FIRM, "events and teams", ""),
)
"""Effect, kind and way: of a prospect number way + kind x number of ways."""
PROSPECTS = len(_coming) * len(WAYS) + 1
"""So many rows are those of prospects."""
PEOPLE, CUSTOMERS, SHIFT, VALUE, BEYOND = range(5)
"""What is measured of each row: people, how many more of them become customers, periods that all of them come
earlier, money."""
EFFECT, KIND, WAY = KEYS = "effect", "kind", "way"


@dataclass(frozen=True, eq=False, repr=False)
class Growth(Plain):
    """Whom a scenario wins in a market, and who only comes earlier: the answer of `Study.growth`."""

    scenario: str
    against: str
    units: Numbers
    """Draws x batches x rows x (people, more customers, periods earlier, money within the horizon, money
    beyond it)."""
    level: float
    currency: str
    period: str
    horizon: str
    """That of the model, within which people come, and that of the terms, in words."""
    valued: str

    @keywords_checked
    @tabled
    def table(self, by: str = KIND) -> pd.DataFrame:
        """Prospects by what the scenario does to their coming (Libai, Muller and Peres 2013).

        A prospect comes when they join, as a customer or as a lead: by themselves, referred, or among the
        arrivals. `kind` is `earlier` or `later` (they come in both worlds), `gained` or `lost` (in one world
        only, within the model's horizon), `same time`, or `never` (in neither). `by="way"` says of each kind
        how they come, `by themselves`, `arrived` or `referred`, in the world in which they come first.
        `by="effect"` adds the kinds up: `acceleration` is earlier + later, `expansion` gained + lost, and its
        `prospects` are those gained less those lost. Where people arrive or are referred, they take the
        places of others, so that some are gained and others lost by chance; only the difference is the
        scenario's.

        `prospects` are real people; `customers` how many more of them become customers within the model's
        horizon, `periods_earlier` how much earlier they come on average. `value` is what
        the scenario adds to the present value of the contribution of these people within the horizon of the
        terms, less what they cost to acquire, before tax, in currency units; `beyond_horizon` is the same for
        the rest of their lives. Each has an interval `_low` to `_high`. The rows `others` are today's
        customers and those who join segments outside the market, `(firm)` the cost of events and the fixed
        cost of teams (no interval). All of `value` adds up to the `contribution` of the scenario in
        `Study.table`: its NPV before the cost of investments and tax.

        Who is gained might have come after the horizon. Beyond it nobody comes in a model, so their
        `beyond_horizon` is the most that it can be. Raises `ValueError` for an unknown `by`.
        """
        checked_names("key", by, KEYS, "growth can be broken down by")
        depth = KEYS.index(by) + 1
        rows = []
        for key in dict.fromkeys(row[:depth] for row in ROWS):
            members = [k for k, row in enumerate(ROWS) if row[:depth] == key]
            of = self.units[:, :, members].sum(axis=2)
            row: dict[str, Any] = dict(zip(KEYS, key, strict=False))
            people = of[..., PEOPLE] if max(members) < PROSPECTS else None
            if key == (EXPANSION,):
                people = self._more_people()
            row |= self._bands("prospects", people)
            row |= self._bands("customers", None if people is None else of[..., CUSTOMERS])
            moved = key[0] == ACCELERATION and of[..., PEOPLE].any()
            shift = ratio_units(of[..., SHIFT], of[..., PEOPLE]) if moved else None
            row |= self._bands("periods_earlier", shift)
            row |= self._bands("value", of[..., VALUE])
            rows.append(row | self._bands("beyond_horizon", of[..., BEYOND]))
        table = pd.DataFrame(rows)
        of_firm = table[EFFECT] == FIRM
        table.loc[of_firm, [name for name in table if str(name).endswith(("_low", "_high"))]] = math.nan
        return table

    def _more_people(self) -> Numbers:
        """Those gained less those lost: draws x batches."""
        sign = [{"gained": 1, "lost": -1}.get(kind, 0) for _, kind, _ in ROWS]
        return np.asarray(self.units[..., PEOPLE] @ sign)

    def _bands(self, name: str, units: Numbers | None) -> dict[str, float]:
        found = (math.nan,) * 3 if units is None else _core.mean_interval(units, self.level)
        return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))

    def sentences(self) -> list[str]:
        """What was found, in words."""
        kinds = {row[KIND]: row for row in self.table().to_dict("records")}
        beside = f" against {self.against!r}" if self.against != BASELINE else ""
        if not any(kinds[kind]["prospects"] for kind in ("earlier", "later", "gained", "lost")):
            return [f"With {self.scenario!r} everybody comes when they would have come otherwise{beside}."]
        effects = {row[EFFECT]: row for row in self.table(EFFECT).to_dict("records")}
        found = []
        if kinds["gained"]["prospects"] or kinds["lost"]["prospects"]:
            found.append(self._expansion(effects[EXPANSION], kinds))
        for kind in ("earlier", "later"):
            row = kinds[kind]
            if row["prospects"] > 0:
                by = figures.plural(round(abs(row["periods_earlier"]), 1), self.period)
                found.append(f"{_text(row, 'prospects', 1.0)} come {kind}, by {by} on average")
        more = self.units[..., CUSTOMERS].sum(axis=2)
        if (more != self._more_people()).any():
            won = self._bands("customers", more)
            fewer = won["customers"] < 0
            text = figures.amount_between(*_turned(won, "customers", fewer), size=1.0)
            found.append(f"{text} {'fewer' if fewer else 'more'} become customers")
        worth = ", ".join(self._worth(name, effects[name]) for name in (EXPANSION, ACCELERATION))
        return [
            f"With {self.scenario!r}{beside} {'; '.join(found)}.",
            f"{worth[0].upper()}{worth[1:]} over {self.valued}.",
        ]

    def _expansion(self, net: dict[Any, Any], kinds: dict[str, dict[Any, Any]]) -> str:
        gained, lost = (figures.count(kinds[kind]["prospects"]) for kind in ("gained", "lost"))
        both = f" ({gained} gained, {lost} lost)" if lost != "0" and gained != "0" else ""
        more = net["prospects"] >= 0
        text = figures.amount_between(*_turned(net, "prospects", not more), size=1.0)
        come, would = ("come", "would not have come") if more else ("do not come", "would have come")
        return f"{text} {come} who {would} within {self.horizon} otherwise{both}"

    def _worth(self, effect: str, row: dict[Any, Any]) -> str:
        negative = row["value"] < 0
        amount = figures.amount_between(*_turned(row, "value", negative), self.currency)
        return f"{effect} {'costs' if negative else 'is worth'} {amount}"

    def _shown(self) -> pd.DataFrame:
        table, money = self.table(), ["value", "beyond_horizon"]
        of_others = table[EFFECT].isin([OTHERS, FIRM])
        table = table[~of_others | table[money].any(axis=1)].drop(columns=EFFECT)
        size = figures.common_size(table[money].to_numpy(float).ravel().tolist())
        rows = table.to_dict("records")
        for name in ("prospects", "customers", *money):
            table[name] = [_text(row, name, size if name in money else 1.0) for row in rows]
        return without_bands(table)

    def _note(self) -> str:
        total = figures.amount(float(self.units[..., VALUE].sum(axis=2).mean()), self.currency)
        error = f"{100 * self.level:g} % intervals: the error of the simulation"
        drawn = " and of having only so many draws of the assumptions" if len(self.units) > 1 else ""
        return (
            f"The values add up to the contribution of the scenario, {total}, before the cost of investments "
            f"and tax. {error}{drawn}."
        )

    def __repr__(self) -> str:
        return blocks(self.sentences(), text_table(self._shown()), [self._note()])

    def _repr_html_(self) -> str:
        return result_html(self.sentences(), html_table(self._shown())) + result_html([self._note()], "")


def _turned(row: dict[Any, Any], name: str, negative: bool = False) -> tuple[float, float, float]:
    """A figure of a row with the ends of its interval; those of its negative, if asked."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return (-value, -high, -low) if negative else (value, low, high)


def _text(row: dict[Any, Any], name: str, size: float) -> str:
    return "-" if math.isnan(row[name]) else figures.amount_between(*_turned(row, name), size=size)


def growth(study: StudyResult, scenario: str, threads: int = 0) -> Growth:
    """See `Study.growth`."""
    study.number(scenario)
    if "market" not in core_of(study.model).coupled_by:
        raise ValueError(
            "growth is about people of a market, and this model does not say how many there are; describe "
            "them in market: {size: ..}"
        )
    units = once(study, ("growth", scenario), lambda: _units(study, scenario, checked_threads(threads)))
    model = study.model
    within = figures.duration(model.horizon, model.period, model.periods_per_year)
    against = study.against(scenario)
    return Growth(scenario, against, units, study.level, model.currency, model.period, within, length(study))


def _units(study: StudyResult, scenario: str, threads: int) -> Numbers:
    """Both worlds once more, on the luck of the study, with the lives of all prospects."""
    asked = study.question
    terms = dataclasses.replace(asked.terms, tax=0.0, depreciation=0.0).for_model(asked.anchored.core)
    found = paired(
        asked.anchored,
        [scenario, study.against(scenario)],
        size_of(study),
        threads,
        "Growth",
        _measure(terms),
        run_off=True,
        run_off_periods=study.result.run_off_periods,
        prospect_lives=terms.periods_within(study.result.periods, study.model.periods_per_year),
        terms=terms,
    )
    firm = of_the_firm(study, scenario)
    found[:, -1, VALUE] = firm.get("teams", 0.0) + firm["events"]
    # Units are of one draw only where the assumptions make a difference.
    return found.reshape(*study.comparison(scenario).npv_units.shape, *found.shape[1:])


def _measure(terms: _core.Terms) -> Callable[[list[World]], Numbers]:
    """What is measured of a unit, the two worlds of a replication: rows x measures."""

    def measure(worlds: list[World]) -> Numbers:
        scenario, other = worlds
        found = np.zeros((len(ROWS), 5))
        lives = [world.whole_lives.prospects for world in worlds]
        for weight, a, b in zip(scenario.weights, *lives, strict=True):
            places, earlier = _places(a, b, scenario.periods)
            customers = np.subtract(*(_come(x[:, 2], scenario.periods).astype(float) for x in (a, b)))
            within, whole = (a[:, k] - b[:, k] for k in (3, 4))
            for k, each in enumerate((np.ones(len(a)), customers, earlier, within, whole - within)):
                found[:PROSPECTS, k] += weight * np.bincount(places, each, PROSPECTS)
        of_cells = (lifetimes.values(scenario, terms) - lifetimes.values(other, terms))[:2]
        today = np.array(scenario.origins) == INITIAL
        outside = np.array([len(prospects) == 0 for prospects in lives[0]])
        found[PROSPECTS, VALUE:] = of_cells[:, :, today].sum(axis=(1, 2))
        found[PROSPECTS + 1, VALUE:] = of_cells[:, outside][:, :, ~today].sum(axis=(1, 2))
        return found

    return measure


def _come(since: Numbers, periods: int) -> npt.NDArray[np.bool_]:
    return np.asarray((since > 0) & (since <= periods))


def _places(lives: Numbers, otherwise: Numbers, periods: int) -> tuple[npt.NDArray[np.int64], Numbers]:
    """The row of each prospect, and how many periods earlier they come if they come in both worlds."""
    here, there = (_come(x[:, 0], periods) for x in (lives, otherwise))
    both = here & there
    earlier = np.where(both, otherwise[:, 0] - lives[:, 0], 0.0)
    kinds = np.select(
        [both & (earlier > 0), both & (earlier < 0), both, here, there],
        [EARLIER, LATER, SAME, GAINED, LOST],
        NEVER,
    )
    first = here & (earlier >= 0)
    ways = np.where(first, lives[:, 1], otherwise[:, 1]).astype(np.int64)
    return kinds * len(WAYS) + ways, earlier
