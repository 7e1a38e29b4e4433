"""What is left when the run-off ends: shown, and warned about where it is worth something."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from goodwill import figures
from goodwill.ledger import Numbers
from goodwill.tables import COSTS, MARGINS

if TYPE_CHECKING:
    from goodwill.study import Study

MATTERS = 0.01
"""Of the value that is shown: what is left and worth more is warned about."""


def worth_after(money: Numbers) -> float:
    """What follows present values by period, if each half of their time goes on to bring as much less than
    the one before; infinite where they do not shrink."""
    half = len(money) // 2
    if half == 0 or not money[-1]:
        return 0.0
    before, last = float(money[-2 * half : -half].sum()), float(money[-half:].sum())
    shrinking = abs(last / before) if before else math.inf
    return last * shrinking / (1 - shrinking) if shrinking < 1 else math.copysign(math.inf, last)


def about_left(left: float, years: float, worth: float, value: float, currency: str, where: str = "") -> str:
    """A sentence about the customers left after so many years of run-off; empty if there are none."""
    if left <= 0:
        return ""
    there = f"{figures.plural(round(left), 'customer')} {'is' if round(left) == 1 else 'are'} left"
    text = f"after {figures.plural(round(years, 1), 'year')} of run-off {there}"
    if abs(worth) <= MATTERS * abs(value):
        return f"{text[0].upper()}{text[1:]}, worth less than 1 % of this value."
    more = (
        f"about {figures.amount(abs(worth), currency)} {'more' if worth > 0 else 'less'}"
        if math.isfinite(worth)
        else "and would for ever, at this discount rate"
    )
    return f"Warning: {text}; what they bring later, {more}, is in no figure here{where}."


def warnings(study: Study) -> list[str]:
    """Of each world of a study in which what is left is worth more than a hundredth of the world's value."""
    terms, result, a_year = study.terms, study.result, study.model.periods_per_year
    yearly = (1 + terms.discount) / (1 + terms.inflation if terms.nominal else 1.0)
    factors = yearly ** -(np.arange(result.periods + result.run_off_periods) / a_year)
    found = []
    for name in result.worlds:
        left = float(np.asarray(result.left(name)).mean())
        if left <= 0:
            continue
        world = study.world(name)
        cells = world.mean.sum(axis=(0, 2))
        within = sum(cells[:, world.index[x]] for x in MARGINS) - sum(
            cells[:, world.index[x]] for x in COSTS.values()
        )
        beyond = np.asarray(result.run_off(name))[..., 2].sum(axis=(0, 1)) * factors[result.periods :]
        value = float(within @ factors[: result.periods] + beyond.sum())
        worth, years = worth_after(beyond), result.run_off_periods / a_year
        if abs(worth) > MATTERS * abs(value):
            where = f" (scenario {name!r})"
            found.append(about_left(left, years, worth, value, study.model.currency, where))
    return found
