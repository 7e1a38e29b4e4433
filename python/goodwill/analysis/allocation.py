"""Which options to take under budgets: a choice among plans whose worth is known, on plain arrays.

An option is one way to do an investment; a plan is what is done: a sorted tuple of the numbers of options.
The worth of a plan is its value followed by what it costs in each year, in currency units. Options interact,
so worth is never added up from that of single options: it is that of whole plans, or it is told by all single
options and all pairs (a quadratic function).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.text.arguments import missing

Doing: TypeAlias = tuple[int, ...]
NOTHING: Doing = ()
SLACK = 1e-9
"""Sums of money are rounded: a plan may exceed a limit by this share of it."""


@dataclass(frozen=True)
class Rules(Plain):
    """What may stand together in a plan. Options of one investment never do."""

    investments: list[str]
    """The investment of each option."""
    exclusions: list[tuple[str, str]]
    prerequisites: dict[str, list[str]]
    """By investment: others that a plan with it has to do, too."""

    def together(self, option: int, other: int) -> bool:
        one, two = self.investments[option], self.investments[other]
        return one != two and (one, two) not in self.exclusions and (two, one) not in self.exclusions

    def allow(self, plan: Doing) -> bool:
        done = {self.investments[option] for option in plan}
        needed = {name for one in done for name in self.prerequisites.get(one, [])}
        return needed <= done and all(self.together(*pair) for pair in itertools.combinations(plan, 2))

    def plans(self, most: int) -> list[Doing] | None:
        """All plans that are allowed, to do nothing first; None if there are more than `most`."""
        needs = {name: self.prerequisites.get(name, []) for name in dict.fromkeys(self.investments)}
        plans = [NOTHING]
        # What is needed comes first, so that every plan on the way is allowed, and the list only grows.
        for name in TopologicalSorter(needs).static_order():
            own = [option for option, investment in enumerate(self.investments) if investment == name]
            plans += [
                longer
                for plan, option in itertools.product(list(plans), own)
                if self.allow(longer := tuple(sorted((*plan, option))))
            ]
            if len(plans) > most:
                return None
        return sorted(plans, key=lambda plan: (len(plan), plan))

    def small_plans(self) -> list[Doing]:
        """Nothing, each option alone, and each pair that may stand together, whatever these need."""
        options = range(len(self.investments))
        pairs = [pair for pair in itertools.combinations(options, 2) if self.together(*pair)]
        return [NOTHING, *((option,) for option in options), *pairs]


@dataclass(frozen=True, eq=False)
class Limits(Plain):
    """Budgets: each is for some of the years."""

    names: list[str]
    years: Numbers
    """Budgets x years; 1 where a year counts."""
    amounts: Numbers
    """By budget, in currency units."""

    def spent(self, worths: Numbers) -> Numbers:
        """What plans cost, by budget: plans x budgets."""
        spent: Numbers = worths[..., 1:] @ self.years.T
        return spent

    def hold(self, worths: Numbers) -> npt.NDArray[np.bool_]:
        """Which plans are within all budgets."""
        kept: npt.NDArray[np.bool_] = np.asarray(self.spent(worths) <= self.amounts * (1 + SLACK) + SLACK)
        return np.asarray(kept.all(axis=-1))

    def needed(self, worths: Numbers) -> Numbers:
        """The sum of the budgets that each plan needs if all of them are raised or cut alike; infinite where
        it needs money that a budget of 0 never gives."""
        if len(self.amounts) == 1:
            return np.asarray(np.maximum(self.spent(worths)[..., 0], 0.0))
        total = self.amounts.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(self.spent(worths) <= SLACK, 0.0, self.spent(worths) / self.amounts)
        return np.asarray(np.maximum(shares.max(axis=-1), 0.0) * total)

    def at(self, amounts: Numbers) -> Limits:
        return Limits(self.names, self.years, amounts)


@dataclass(frozen=True, eq=False)
class Search(Plain):
    """What is known of the plans, from one simulation on common luck."""

    rules: Rules
    plans: list[Doing]
    worths: Numbers
    """Plans x (value, cost in each year)."""
    complete: bool
    """Whether `plans` are all plans that are allowed; otherwise nothing, all options and all pairs, then
    others."""

    @cached_property
    def _rows(self) -> dict[Doing, int]:
        return {plan: row for row, plan in enumerate(self.plans)}

    def worth(self, plan: Doing) -> Numbers:
        """As simulated, or else as told by single options and pairs."""
        if plan in self._rows:
            return np.asarray(self.worths[self._rows[plan]])
        terms = self.terms()
        return sum((terms[i, j] for i in plan for j in plan if i <= j), start=np.zeros(terms.shape[2]))

    def terms(self) -> Numbers:
        """Options x options x (value, costs): each option alone on the diagonal, what each pair is worth
        beyond its two options above it."""
        n = len(self.rules.investments)
        terms = np.zeros((n, n, self.worths.shape[1]))
        known = dict(zip(self.plans, self.worths, strict=True))
        for option in range(n):
            terms[option, option] = known[(option,)]
        for i, j in (plan for plan in self.rules.small_plans() if len(plan) == 2):
            terms[i, j] = known[i, j] - known[(i,)] - known[(j,)]
        return terms

    def best(self, limits: Limits, count: int = 1) -> list[Doing]:
        """The best plans within the budgets, the best first; of equal ones the cheaper, then the smaller.

        There is always one: to do nothing. None is worse than that.
        """
        if self.complete:
            return self.ranked(limits)[:count]
        return best_by_pairs(self.terms(), limits, self.rules, count)

    def ranked(self, limits: Limits) -> list[Doing]:
        """The simulated plans that are allowed, within the budgets and no worse than nothing, the best
        first."""
        keep = np.asarray(limits.hold(self.worths) & (self.worths[:, 0] >= 0)).tolist()
        kept = [
            k for k, plan in enumerate(self.plans) if keep[k] and (self.complete or self.rules.allow(plan))
        ]
        sizes = np.array([len(self.plans[k]) for k in kept])
        order = np.lexsort((sizes, self.worths[kept, 1:].sum(axis=1), -self.worths[kept, 0]))
        return [self.plans[kept[k]] for k in order.tolist()]

    def frontier(self, limits: Limits) -> list[tuple[float, Doing]]:
        """The least sum of budgets with which more can be reached than with any smaller one, and the best
        simulated plan there."""
        everything = limits.at(np.full(len(limits.amounts), np.inf))
        found = [(float(limits.needed(self.worth(plan))), plan) for plan in self.ranked(everything)]
        steps: list[tuple[float, Doing]] = []
        for needed, plan in found:  # the best first: each plan that needs less than all before it is a step
            if needed < (steps[-1][0] if steps else np.inf):
                steps.append((needed, plan))
        return steps[::-1]


def check_scipy() -> None:
    try:
        import scipy.optimize  # noqa: F401
    except ImportError:
        what = "a choice among more plans than can be simulated (see most_worlds) needs"
        raise ImportError(missing(what, "scipy")) from None


def best_by_pairs(terms: Numbers, limits: Limits, rules: Rules, count: int) -> list[Doing]:
    """The best plans if worth is what single options and pairs tell, by mixed-integer linear programming.

    `terms` is as `Search.terms`. The product of two options is a variable of its own (Fortet 1960): at most
    either of them, at least their sum less 1. Each plan that is found is cut off before the next is searched;
    the search ends with the plan that does nothing. Needs scipy.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(terms)
    pairs = [(i, j) for i, j in itertools.combinations(range(n), 2) if terms[i, j].any()]
    worth = np.concatenate([terms[range(n), range(n)], [terms[i, j] for i, j in pairs] or terms[:0, 0]])
    size = len(worth)

    def row(entries: Iterable[tuple[int, float]]) -> Numbers:
        values = np.zeros(size)
        for number, value in entries:
            values[number] += value
        return values

    def options_of(name: str) -> list[int]:
        return [option for option, one in enumerate(rules.investments) if one == name]

    above: list[tuple[Numbers, float]] = []  # rows whose product with the variables has an upper bound
    for k, (i, j) in enumerate(pairs, start=n):
        above += [(row([(k, 1), (i, -1)]), 0), (row([(k, 1), (j, -1)]), 0)]
        above += [(row([(i, 1), (j, 1), (k, -1)]), 1)]
    groups = [[name] for name in dict.fromkeys(rules.investments)]
    for names in [*groups, *map(list, rules.exclusions)]:
        above.append((row((option, 1) for name in names for option in options_of(name)), 1))
    for name, needed in rules.prerequisites.items():
        for other in needed:
            entries = [(option, 1) for option in options_of(name)]
            above.append((row([*entries, *((option, -1) for option in options_of(other))]), 0))
    for spent, amount in zip(limits.spent(worth).T, limits.amounts, strict=True):
        scale = max(float(np.abs(spent).max()), SLACK)  # solvers want numbers near 1
        if np.isfinite(amount):
            above.append((spent / scale, float(amount) * (1 + SLACK) / scale))
    objective = -worth[:, 0] / max(float(np.abs(worth[:, 0]).max()), SLACK)
    whole = np.concatenate([np.ones(n), np.zeros(size - n)])  # products of whole numbers are whole
    found: list[Doing] = []
    while len(found) < count:
        rows, bounds = zip(*above, strict=True)
        solved = milp(
            objective,
            constraints=LinearConstraint(np.array(rows), ub=np.array(bounds)),
            bounds=Bounds(0, 1),
            integrality=whole,
            options={"mip_rel_gap": 0},
        )
        if solved.x is None:  # to do nothing is always possible
            raise RuntimeError(f"scipy found no plan: {solved.message}")
        plan: Doing = tuple(int(k) for k in np.flatnonzero(solved.x[:n] > 0.5))
        found.append(plan)
        if plan == NOTHING:
            break
        above.append((row((k, 1 if k in plan else -1) for k in range(n)), len(plan) - 1))
    return found


def reason_left(search: Search, plan: Doing, limits: Limits) -> str:
    """Why a plan does no more, although money may be left: what one more option, or another instead of one
    of the same investment, would do, as far as the search knows it."""
    investments = search.rules.investments
    others = [
        tuple(sorted((*(k for k in plan if investments[k] != investments[option]), option)))
        for option in range(len(investments))
        if option not in plan
    ]
    allowed = [other for other in others if search.rules.allow(other)]
    worth_more = [other for other in allowed if search.worth(other)[0] > search.worth(plan)[0]]
    if not allowed:
        return "nothing more can be done" if plan else "nothing can be done"
    if not worth_more:
        return "every other option loses money" if plan else "every option loses money"
    if any(limits.hold(search.worth(other)) for other in worth_more):
        return "what looked better in the search was not better, or did not fit, on fresh luck"
    return "what would be worth more does not fit"
