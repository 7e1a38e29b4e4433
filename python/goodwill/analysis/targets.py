"""Figures that a firm observes, and the same figures of a simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goodwill.analysis.goals import INDICATORS, RATES, SHARES
from goodwill.engine.counts import Counts
from goodwill.engine.model import Model
from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.results.ledger import of_role
from goodwill.results.tables import COSTS, MARGINS, ratio
from goodwill.text import figures

Of = Callable[[str], Numbers]

STOCKS = {"customers": "end", "prospects": "prospects", "lapsed": "lapsed", "potential": "potential"}
"""Counted at the end of the last period."""
SUMS = {
    **{name: [name] for name in ("lost", "leads", "won", "won_back", "orders", "referrals", "converted")},
    **{name: [name] for name in ("responses", "adopted", "turned_away")},
    "joined": ["joined", "won", "won_back"],
    "revenue": of_role("revenue"),
    **{name: [name] for name in MARGINS},
    **{name: [counter] for name, counter in COSTS.items()},
}
"""Added up over the periods; as columns of the table of a run."""
MEANS: dict[str, Callable[[Of], Numbers]] = {
    **{name: function for name, function in INDICATORS.items() if name not in STOCKS},
    "expectation": lambda of: ratio(of("sum_expectation"), of("end")),
    "tenure": lambda of: ratio(of("sum_tenure"), of("end")),
    "ces_measured": lambda of: ratio(of("sum_effort_answers"), of("effort_answers")),
}
"""Per person and period, or per contact."""
CONTRIBUTION = "contribution"
NAMES = [*MEANS, *STOCKS, *SUMS, CONTRIBUTION]
OF_TOUCHPOINTS = ("contacts", "failed", "recovered", "failure", "recovery")
OF_JOURNEYS = ("started", "completion", "minutes")
OF_STAGES = ("customers",)
BINOMIAL = (*SHARES, "failure", "recovery")
"""Shares of independent cases, of which `n` gives the error."""
NPS = {"nps": ("promoters", "detractors", "surveyed")}
NPS["measured_nps"] = ("measured_promoters", "measured_detractors", "responses")


@dataclass(frozen=True)
class Target(Plain):
    """One figure, with its standard error or the number of cases behind it."""

    indicator: str
    """As users write it: `nps`, `call.failure`."""
    place: str
    """Of a touchpoint (`support.call`), a journey or a stage: which; else empty."""
    segment: str
    """Empty: the whole firm."""
    first: int
    last: int
    """Periods, from 1."""
    value: float
    se: float | None
    n: float | None

    @property
    def word(self) -> str:
        """The indicator without its place."""
        return self.indicator.rpartition(".")[2]

    def name(self, period: str, unsaid: tuple[int, int] | None = None) -> str:
        """`nps of flex in month 3`; without its periods if they are `unsaid`."""
        whose = f" of {self.segment}" if self.segment else ""
        if (self.first, self.last) == unsaid:
            return f"{self.indicator}{whose}"
        until = f" to {self.last}" if self.last > self.first else ""
        return f"{self.indicator}{whose} in {period}{'s' if until else ''} {self.first}{until}"

    def in_words(self, value: float, period: str) -> str:
        """A value as people read it: shares in percent, rates with their unit of time."""
        if self.word in BINOMIAL:
            unit = f" / {period}" if self.word in RATES and not self.place else ""
            return figures.percent(value) + unit
        if self.word in MEANS:
            return figures.decimal(value, 0 if value == round(value) else 1 if self.word in NPS else 2)
        if self.word in (CONTRIBUTION, "revenue", *MARGINS, *COSTS):
            return figures.amount(value)
        return figures.count(value) if abs(value) >= 10 else figures.number(value)


def places(model: Model) -> dict[str, list[str]]:
    """The touchpoints (with their journeys), journeys and stages of a model."""
    touchpoints = [
        f"{journey}.{name}" for journey in model.journeys for name in model[f"journeys.{journey}.touchpoints"]
    ]
    return {"touchpoint": touchpoints, "journey": model.journeys, "stage": model.stages}


def measured(targets: list[Target], counts: Counts) -> tuple[Numbers, Numbers]:
    """Each target in a simulation: of the means over replications, and units (replications x targets) whose
    spread is its error (jackknife, Tukey 1958: most figures are quotients)."""
    n = len(counts.cells)
    total = counts.cells.sum(axis=0)
    means, units = [], []
    for target in targets:
        part = _part(target, counts)
        rows = counts.cells[:, part, target.first - 1 : target.last].sum(axis=1)
        whole = rows.mean(axis=0)
        left = (n * whole - rows) / (n - 1)
        fixed = _team_costs(target, counts, total)
        at_all = _value(target, counts, np.concatenate([whole[None], left]), fixed)
        means.append(at_all[0])
        units.append(n * at_all[0] - (n - 1) * at_all[1:])
    return np.array(means), np.column_stack(units)


def own_errors(targets: list[Target], counts: Counts) -> Numbers:
    """The standard error of each target: as given, or from its cases.

    Of a share by the formula of Agresti and Coull (1998); of an NPS, where the share of promoters and
    detractors counts too, with theirs in the simulation.
    """
    return np.array([t.se if t.se is not None else _from_cases(t, counts) for t in targets])


def _from_cases(target: Target, counts: Counts) -> float:
    n, value = float(target.n or 0), target.value
    if target.word not in NPS:
        share = (n * value + 2) / (n + 4)
        return float(np.sqrt(share * (1 - share) / n))
    part = _part(target, counts)
    sums = counts.cells[:, part, target.first - 1 : target.last].sum(axis=(0, 1, 2))
    promoters, detractors, asked = (sums[counts.index[name]] for name in NPS[target.word])
    extreme = (promoters + detractors) / asked if asked else 1.0
    net = value / 100
    return float(100 * np.sqrt(max(max(extreme, abs(net)) - net**2, 1 / (n + 4)) / n))


def _part(target: Target, counts: Counts) -> list[int]:
    """The segments that it is about."""
    everybody = range(len(counts.segments))
    return [k for k in everybody if target.segment in ("", counts.segments[k])]


def _team_costs(target: Target, counts: Counts, total: Numbers) -> Numbers:
    """Mean over replications: what teams cost in the periods of a target, shared among segments by their
    customers."""
    present = total[..., counts.index["start"]]
    everybody = present.sum(axis=0)
    share = ratio(present[_part(target, counts)].sum(axis=0), everybody) if target.segment else 1.0
    costs = np.nan_to_num(share * counts.team_costs.mean(axis=0))
    return np.asarray(costs[target.first - 1 : target.last].sum())


def _value(target: Target, counts: Counts, rows: Numbers, fixed: Numbers) -> Numbers:
    """The figure for each of rows x periods x counters."""
    index, sums = counts.index, rows.sum(axis=1)

    def of(name: str) -> Numbers:
        return np.asarray(sums[:, index[name]])

    word, place = target.word, target.place
    if place:
        return _of_place(word, place, target.last - target.first + 1, of)
    if word in STOCKS:
        return np.asarray(rows[:, -1, index[STOCKS[word]]])
    if word in MEANS:
        return MEANS[word](of)
    if word == CONTRIBUTION:
        earned = sum(of(name) for name in MARGINS) - sum(of(name) for name in COSTS.values())
        return np.asarray(earned - fixed)
    return np.asarray(sum(of(name) for name in SUMS[word]))


def _of_place(word: str, place: str, periods: int, of: Of) -> Numbers:
    if word == "customers":
        return of(f"stage.{place}") / periods
    if word == "started":
        return of(f"started.{place}")
    if word in ("completion", "minutes"):
        counter = "completed" if word == "completion" else "minutes"
        return ratio(of(f"{counter}.{place}"), of(f"started.{place}"))
    troubled = of(f"failed.{place}") + of(f"recovered.{place}")
    if word == "failure":
        return ratio(troubled, of(f"contacts.{place}"))
    if word == "recovery":
        return ratio(of(f"recovered.{place}"), troubled)
    return of(f"{word}.{place}")
