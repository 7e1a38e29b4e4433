"""Plans simulated: the search on common luck, the choice among the best few, the value of the winner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from goodwill import _core
from goodwill.analysis.allocation import NOTHING, Doing, Limits, Rules, Search, check_scipy
from goodwill.analysis.cashflows import added_up, dates_on
from goodwill.analysis.options import Option, years_within
from goodwill.analysis.variants import free_names, worths_of
from goodwill.engine.plain import Plain
from goodwill.engine.question import Question
from goodwill.engine.world import Numbers

FINALISTS = 5
"""So many plans are simulated a second time."""
STEPS = np.linspace(0.25, 2.0, 8)
"""Multiples of the budget at which the best plan is looked for where not all plans can be simulated."""


@dataclass(frozen=True, eq=False)
class Simulated(Plain):
    """Plans on common luck, in currency units."""

    plans: list[Doing]
    units: Numbers
    """NPV against the baseline: plans x draws x batches, or plans x 1 x replications."""
    costs: Numbers
    """What the investments cost, mean over units, not discounted: plans x years."""

    @property
    def worths(self) -> Numbers:
        """Plans x (value, cost in each year)."""
        return np.column_stack([self.units.mean(axis=(1, 2)), self.costs])

    def of(self, plan: Doing) -> Numbers:
        """Its NPV by unit."""
        return np.asarray(self.units[self.plans.index(plan)])

    def cost(self, plan: Doing) -> Numbers:
        """By year."""
        return np.asarray(self.costs[self.plans.index(plan)])


def alike(question: Question, options: list[Option]) -> Question:
    """The question with the same survival weights for all plans: none where any could couple customers."""
    name = next(free_names(question.model, "plan"))
    firm = question.anchored.changed({f"scenarios.{name}": [option.name for option in options]})
    free = question.survival_weights is None and firm.core.coupled_in([name])
    return replace(question, survival_weights=False) if free else question


def simulate(
    question: Question, options: list[Option], plans: Iterable[Doing], first: int, threads: int
) -> Simulated:
    """Plans, each once, on the luck of replications from `first` on; to do nothing takes no simulation."""
    listed = list(dict.fromkeys(plans))
    names = dict(zip(listed, free_names(question.model, "plan"), strict=False))
    bundles = {names[plan]: [options[k].name for k in plan] for plan in listed if plan}
    found = worths_of(replace(question, first_replication=first), bundles, threads)
    years = years_within(question)
    growth = dates_on(question.used_terms, question.model).growth
    shape = (question.draws, question.batches) if question.draws else (1, question.replications)
    units, costs = np.zeros((len(listed), *shape)), np.zeros((len(listed), int(years.max(initial=1))))
    for k, plan in enumerate(listed):
        if plan:
            worth = found[names[plan]]
            paid = sum(added_up(worth.lines, column, growth) for column in ("upfront", "running"))
            units[k] = worth.npv
            costs[k] = np.bincount(years - 1, np.asarray(paid)[: len(years)], costs.shape[1])
    return Simulated(listed, units, costs)


def search(
    question: Question, options: list[Option], rules: Rules, limits: Limits, most: int, threads: int
) -> Search:
    """Simulates all plans that are allowed or, if there are more than `most`, single options, pairs, and the
    plans that these say are the best at several budgets. Raises `ValueError` if these are too many, too."""
    plans = rules.plans(most)
    if plans is not None:
        return Search(rules, plans, simulate(question, options, plans, 0, threads).worths, True)
    check_scipy()
    plans = rules.small_plans()
    if len(plans) > most:
        raise ValueError(
            f"most_worlds is {most:,}; single options and pairs alone are {len(plans):,} worlds: "
            "allow more, or take fewer investments or choices"
        )
    worths = simulate(question, options, plans, 0, threads).worths
    told = Search(rules, plans, worths, False)
    budgets = [limits.at(limits.amounts * step) for step in STEPS]
    wanted = [*told.best(limits, FINALISTS), *(plan for some in budgets for plan in told.best(some))]
    more = simulate(question, options, [plan for plan in wanted if plan not in plans], 0, threads)
    return Search(rules, plans + more.plans, np.concatenate([worths, more.worths]), False)


def chosen(
    found: Search, question: Question, options: list[Option], limits: Limits, first: int, threads: int
) -> Doing:
    """The best of the best few on luck of its own, which had no part in the search; perhaps to do nothing."""
    # Where pairs told which are the best, a plan that was simulated may be better than what they promise.
    finalists = [*found.best(limits, FINALISTS), *found.ranked(limits)[:FINALISTS], NOTHING]
    again = simulate(question, options, finalists, first, threads)
    return Search(found.rules, again.plans, again.worths, True).best(limits)[0]


def estimated(question: Question, options: list[Option], plan: Doing, first: int, threads: int) -> Simulated:
    """A plan, each of its options alone, and the plan without each of them."""
    alone = [(option,) for option in plan]
    without = [without_one(plan, option) for option in plan]
    return simulate(question, options, [plan, NOTHING, *alone, *without], first, threads)


def without_one(plan: Doing, option: int) -> Doing:
    return tuple(other for other in plan if other != option)


def interval(units: Numbers, level: float) -> tuple[float, float, float]:
    """Mean of units (draws x batches) with the ends of its interval."""
    mean, low, high = _core.mean_interval(units, level)
    return mean, low, high
