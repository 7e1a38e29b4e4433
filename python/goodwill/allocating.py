"""`goodwill.allocate`: which investments, begun when and for whom, under budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.allocation import NOTHING, Doing, Limits, Search, reason_left
from goodwill.analysis.options import TOTAL, Option, checked_budget, checked_rules, with_options, years_within
from goodwill.analysis.plans import (
    Simulated,
    alike,
    chosen,
    estimated,
    interval,
    search,
    simulate,
    without_one,
)
from goodwill.analysis.variants import as_long
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.engine.question import Question
from goodwill.engine.size import BATCHES, REPLICATIONS, checked_draws
from goodwill.engine.terms import Terms, checked_terms
from goodwill.engine.world import Numbers
from goodwill.plots.plan import PlanPlots
from goodwill.results.study import StudyResult
from goodwill.study import FRESH
from goodwill.text import figures
from goodwill.text.arguments import (
    checked_level,
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
    number,
    shown,
    whole,
)
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table


@dataclass(frozen=True, eq=False, repr=False)
class Plan(Plain):
    """The result of `goodwill.allocate`."""

    question: Question
    """Of the model that has all options."""
    options: list[Option]
    limits: Limits
    found: Search
    """What is known of all plans, from the luck of the search."""
    done: Doing
    """The numbers of the options that are done."""
    simulated: Simulated
    """The plan, each of its options alone and the plan without each, on luck that chose nothing."""

    @property
    def units(self) -> Numbers:
        """NPV of the plan against the baseline by unit, in currency units: draws x batches, or one row of
        replications."""
        return self.simulated.of(self.done)

    @property
    def value(self) -> float:
        """NPV of the plan against the baseline, in currency units, on luck that chose nothing."""
        return float(self.units.mean())

    @property
    def value_interval(self) -> tuple[float, float]:
        """The ends of the interval of the value: the error of the simulation and of so few draws."""
        return interval(self.units, self.question.level)[1:]

    @tabled
    def table(self) -> pd.DataFrame:
        """What is done, one row for each option: when it `begins`, its `choice` (what differs from the
        investment as the model has it), and in currency units what it is worth `alone`, and `last`, as the
        last of the plan (present values with intervals `_low` to `_high`), and what it adds to the cost of
        each year (not discounted)."""
        rows = []
        everything = self.simulated.of(self.done)
        for k in self.done:
            option = self.options[k]
            row: dict[str, object] = {"investment": option.investment, "begins": option.begins}
            row["choice"] = option.choice
            rest = without_one(self.done, k)
            for name, units in [
                ("alone", self.simulated.of((k,))),
                ("last", everything - self.simulated.of(rest)),
            ]:
                row |= dict(zip(_family(name), interval(units, self.question.level), strict=True))
            costs = self.simulated.cost(self.done) - self.simulated.cost(rest)
            rows.append(row | {f"year_{year}_cost": cost for year, cost in enumerate(costs, start=1)})
        years = [f"year_{year}_cost" for year in range(1, self.limits.years.shape[1] + 1)]
        columns = ["investment", "begins", "choice", *_family("alone"), *_family("last"), *years]
        table = pd.DataFrame(rows, columns=columns)
        table.attrs["note"] = f"From _low to _high: {100 * self.question.level:g} % intervals."
        return table

    @tabled
    def spent(self) -> pd.DataFrame:
        """What the investments of the plan cost in each year and in all, not discounted, beside the `budget`
        (NaN: none) and what is left `unspent`; in currency units, mean over the units of the simulation."""
        costs = self.simulated.cost(self.done)
        amounts = {f"year {year}": float(cost) for year, cost in enumerate(costs, start=1)}
        amounts[TOTAL] = float(costs.sum())
        budgets = dict(zip(self.limits.names, self.limits.amounts.tolist(), strict=True))
        table = pd.DataFrame({"when": list(amounts), "spent": list(amounts.values())})
        table["budget"] = [budgets.get(name, np.nan) for name in amounts]
        table["unspent"] = table["budget"] - table["spent"]
        return table

    @property
    def why_unspent(self) -> str:
        """Why the plan does no more, although money may be left."""
        return reason_left(self.found, self.done, self.limits)

    @tabled
    def frontier(self) -> pd.DataFrame:
        """The best of the simulated plans at each budget at which there is a better one: `npv` against the
        baseline in currency units.

        `budget` is the least that is needed in all; budgets of several years are raised and cut alike. The
        values are those of the search: each is a little too high, because it was chosen by it.
        """
        steps = self.found.frontier(self.limits)
        rows = [(needed, float(self.found.worth(plan)[0]), self._words(plan)) for needed, plan in steps]
        return pd.DataFrame(rows, columns=["budget", "npv", "plan"])

    @keywords_checked
    @tabled
    def next(self, extra: float | str, *, threads: int = 0) -> pd.DataFrame:
        """What `extra` money (currency units) would buy, one row for each budget that it may be added to.

        The best plan then, its `npv` against the baseline and `npv_gain` over this plan with its interval
        `_low` to `_high`, and how much more it is `spent` in all. Both plans are simulated on luck that chose
        neither. Raises `ValueError` unless `extra` is above 0.
        """
        more = number("extra", extra)
        if not 0 < more <= 1e15:
            raise ValueError(f"extra is {shown(extra)}; it must be money above 0, for instance '100_000'")
        steps = np.eye(len(self.limits.names)) * more
        plans = [self.found.best(self.limits.at(self.limits.amounts + step))[0] for step in steps]
        first = FRESH + self.units.size
        known = simulate(self.question, self.options, [self.done, *plans], first, checked_threads(threads))
        rows = []
        for name, plan in zip(self.limits.names, plans, strict=True):
            gain = interval(known.of(plan) - known.of(self.done), self.question.level)
            row = {"added_to": name, "plan": self._words(plan), "npv": float(known.of(plan).mean())}
            row |= dict(zip(_family("npv_gain"), gain, strict=True))
            rows.append(row | {"spent": float((known.cost(plan) - known.cost(self.done)).sum())})
        return pd.DataFrame(rows)

    @property
    def plot(self) -> PlanPlots:
        """Charts, which need matplotlib: `plan.plot.roadmap()`, `plan.plot.frontier()`."""
        done = [self.options[k] for k in self.done]
        return PlanPlots(self.question.model, done, self.spent(), self.frontier(), self.value)

    def _words(self, plan: Doing) -> str:
        """What a plan does: `coaching from month 1 and better_bot from month 13`."""
        *others, last = [str(self.options[k]) for k in plan] or ["nothing"]
        return f"{', '.join(others)} and {last}" if others else last

    def sentences(self) -> list[str]:
        """What was found, in words."""
        model, level = self.question.model, self.question.level
        spent = self.spent().dropna(subset=["budget"])
        size = figures.common_size(spent["budget"].tolist(), least=0.3)

        def money(value: float) -> str:
            return figures.amount(value, model.currency, size)

        limits = [
            f"{figures.amount(row['spent'], size=size)} of {money(row['budget'])}"
            + (f" in {row['when']}" if row["when"] != TOTAL else "")
            for row in spent.to_dict("records")
        ]
        if self.done == NOTHING:
            none = " and ".join(part.partition(" of ")[2] for part in limits)
            return [f"Do nothing, and spend none of {none}: {self.why_unspent}.", *self._step()]
        value = figures.amount_between(*interval(self.units, level), model.currency)
        years = figures.duration(len(years_within(self.question)), model.period, model.periods_per_year)
        first = f"Do {self._words(self.done)}: worth {value} over {years}, for {' and '.join(limits)}."
        left = [
            money(row["unspent"]) + (f" of {row['when']}" if row["when"] != TOTAL else "")
            for row in spent.to_dict("records")
            if row["unspent"] > 1e-3 * row["budget"]
        ]
        unspent = [f"Left unspent: {' and '.join(left)}, because {self.why_unspent}."] if left else []
        return [first, *unspent, *self._step()]

    def _step(self) -> list[str]:
        """The next better plan, in words, as far as the search knows it."""
        budget, value = self.limits.amounts.sum(), self.found.worth(self.done)[0]
        better = [row for row in self.frontier().to_dict("records") if row["budget"] > budget * (1 + 1e-9)]
        better = [row for row in better if row["npv"] > value]
        if not better:
            return []
        row, currency = better[0], self.question.model.currency
        gain = figures.amount(row["npv"] - value, currency)
        more = f"{figures.amount(row['budget'] - budget, currency)} more"
        if len(self.limits.names) > 1:
            more = f"{figures.percent(row['budget'] / budget - 1)} more of each budget"
        return [f"{more} would buy {row['plan']}, which is worth {gain} more."]

    def note(self) -> str:
        plans = figures.plural(len(self.found.plans), "plan")
        how = (
            f"All {plans} that the rules allow were simulated"
            if self.found.complete
            else f"{plans} were simulated: single options, pairs, and the best that these promise"
        )
        return (
            f"{how}; the best few once more with fresh luck, which chose. The value is from a third "
            f"simulation, which chose nothing ({100 * self.question.level:g} % interval); what other budgets "
            "would buy is from the first. Costs are not discounted."
        )

    def __repr__(self) -> str:
        return blocks(self.sentences(), *map(text_table, self._shown()), [self.note()])

    def _repr_html_(self) -> str:
        tables = "".join(map(html_table, self._shown()))
        return result_html(self.sentences(), tables) + result_html([self.note()], "")

    def _shown(self) -> list[pd.DataFrame]:
        return [*([self.table()] if self.done else []), self.spent()]


def _family(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high"]


@keywords_checked
def allocate(
    model: Model | StudyResult,
    *,
    budget: float | str | Mapping[str, float | str],
    investments: str | Iterable[str] | None = None,
    choices: Mapping[str, object] | None = None,
    exclusions: Iterable[Iterable[str]] = (),
    prerequisites: Mapping[str, object] | None = None,
    terms: Terms | None = None,
    seed: int | None = None,
    replications: int | None = None,
    draws: int | None = None,
    level: float | None = None,
    most_worlds: int = 4_096,
    threads: int = 0,
) -> Plan:
    """The plan with the greatest expected NPV within a budget: which investments, begun when, for whom.

    `budget` is money in all (`"500_000"`), or by year (`{"year 1": 500_000}`; a year that is not named has no
    limit). What counts is the simulated cost of the investments against the baseline, upfront, running, per
    customer and each, not discounted, mean over the units of the simulation. `investments` are the candidates
    (default: all of the model). `choices` are other ways to do one, as changes of its fields:
    `{"coaching": [{"start": 1}, {"start": 13}, {"reach": {"gold": "100 %"}}]}`; `{}` is the investment as it
    is. To leave it out is always a choice. Of the investments of a group in `exclusions=[("a", "b")]` at most
    one is done; `prerequisites={"b": ["a"]}` does b only in a plan with a.

    Interactions are simulated, not added up: all plans that the rules allow if they are at most
    `most_worlds`; otherwise all options and pairs, from which a mixed-integer linear program (needs scipy)
    takes the best. The best few are simulated again on fresh luck, which chooses, and the value of the chosen
    one is estimated on luck that chose nothing. To do nothing is always a candidate.

    A study brings its model, terms, seed, level, replications and draws; to a model they are given here, with
    the defaults of `goodwill.compare`. Raises `ModelError` for changes that the model does not accept,
    `ValueError` for what else is wrong, and `ImportError` if scipy is needed and missing.
    """
    threads = checked_threads(threads)
    most = whole("most_worlds", most_worlds, 1, 1_000_000, "a whole number from 1 to 1,000,000")
    if isinstance(model, StudyResult):
        given = {"terms": terms, "seed": seed, "replications": replications, "draws": draws, "level": level}
        if own := [name for name, value in given.items() if value is not None]:
            raise ValueError(f"{own[0]} is given, and the study has its own; give its model instead")
        question = as_long(model)
    else:
        question = _question(model, terms, seed, replications, draws, level, threads)
    options, values = with_options(question.model, investments, choices or {})
    rules = checked_rules(options, exclusions, prerequisites or {})
    limits = checked_budget(budget, int(years_within(question).max(initial=1)))
    question = alike(replace(question, anchored=question.anchored.changed(values), scenarios=()), options)
    found = search(question, options, rules, limits, most, threads)
    units = (question.draws * question.batches) or question.replications
    done = chosen(found, question, options, limits, FRESH, threads)
    known = estimated(question, options, done, FRESH + units, threads)
    return Plan(question, options, limits, found, done, known)


def _question(
    model: Model, terms: Terms | None, seed: Any, replications: Any, draws: Any, level: Any, threads: int
) -> Question:
    """How `goodwill.compare` would simulate the model."""
    core = core_of(model)
    terms = checked_terms(terms)
    terms.for_model(core)
    return Question(
        anchored=anchored(model, threads),
        scenarios=(),
        terms=terms,
        seed=checked_seed(1 if seed is None else seed),
        replications=checked_replications(REPLICATIONS if replications is None else replications, least=2),
        draws=checked_draws(core, draws, replications),
        batches=BATCHES,
        level=checked_level(0.95 if level is None else level),
        simultaneous=False,
        precision=None,
        floor=0.0,
        most_replications=2_000,
        survival_weights=None,
    )
