"""Lives as they are observed: from an age on, up to an age, ended there or not; and what needs no family."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers

Flags = npt.NDArray[np.bool_]
ROUNDING = 1e-9
"""Ages this near to a whole number are whole."""


@dataclass(frozen=True, eq=False)
class Lives(Plain):
    """Customers by age in periods, each observed from `entry` on and up to `time`."""

    entry: Numbers
    """Age at which they were first seen; 0 where they were seen from the beginning."""
    time: Numbers
    event: Flags
    """Whether they left at `time`; the others were still there."""
    weight: Numbers
    """Customers each row stands for."""
    whole: bool
    """Whether customers leave at whole ages only: at the end of a period, as those of the simulator."""

    @property
    def customers(self) -> float:
        return float(self.weight.sum())

    @property
    def events(self) -> float:
        return float(self.weight[self.event].sum())

    @property
    def exposure(self) -> float:
        """Customer-periods at risk."""
        return float((self.weight * (self.time - self.entry)).sum())

    @property
    def oldest(self) -> float:
        """The greatest age that is observed."""
        return float(self.time.max(initial=0.0))

    def chosen(self, rows: Flags) -> Lives:
        return Lives(self.entry[rows], self.time[rows], self.event[rows], self.weight[rows], self.whole)

    def until(self, age: float | Numbers) -> Lives:
        """What was known when customers had this age (one for all, or one each)."""
        age = np.broadcast_to(np.asarray(age, dtype=float), self.time.shape)
        cut = replace(self, time=np.minimum(self.time, age), event=self.event & (self.time <= age))
        return cut.chosen(self.entry < age)

    def after(self, age: float) -> Lives:
        """What became of those who were still there at this age."""
        return replace(self, entry=np.maximum(self.entry, age)).chosen(self.time > age)


def lives(entry: Numbers, time: Numbers, event: Flags, weight: Numbers | None = None) -> Lives:
    """Lives whose ages may have fractions. Where all leave at whole ages, whoever is still there has lived
    whole periods only, so far as leaving is concerned."""
    weight = np.ones(len(time)) if weight is None else weight
    left = time[event]
    whole = bool(np.all(np.abs(left - np.round(left)) < ROUNDING))
    if whole:
        entry, time = np.floor(entry + ROUNDING), np.floor(time + ROUNDING)
    return Lives(entry, time, event, weight, whole)


def summed(which: Any, weights: Numbers, size: int) -> Numbers:
    """Sums of the weights by place."""
    return np.asarray(np.bincount(which, weights=weights, minlength=size), dtype=float)


@dataclass(frozen=True, eq=False)
class Steps(Plain):
    """A product-limit curve: how many are still there after each age at which somebody leaves."""

    age: Numbers
    at_risk: Numbers
    events: Numbers
    survival: Numbers
    error: Numbers
    """Standard error of `survival`, after Greenwood."""

    def at(self, ages: Numbers) -> tuple[Numbers, Numbers]:
        """Survival and its standard error at these ages."""
        step = np.searchsorted(self.age, ages + ROUNDING, side="right")
        survival = np.concatenate([[1.0], self.survival])
        return survival[step], np.concatenate([[0.0], self.error])[step]


def at_risk(lives: Lives, ages: Numbers) -> Numbers:
    """Customers seen just before each of these ages: they entered before it, and neither left nor were lost
    from sight."""

    def before(times: Numbers) -> Numbers:
        order = np.argsort(times, kind="stable")
        sums = np.concatenate([[0.0], np.cumsum(lives.weight[order])])
        return np.asarray(sums[np.searchsorted(times[order], ages, side="left")])

    return before(lives.entry) - before(lives.time)


def kaplan_meier(lives: Lives) -> Steps:
    """Survival by age without a family (Kaplan and Meier 1958; with late entry, Tsai, Jewell and Wang 1987),
    standard error after Greenwood (1926)."""
    left = lives.event
    age, which = np.unique(lives.time[left], return_inverse=True)
    events = summed(which, lives.weight[left], len(age))
    risk = at_risk(lives, age)
    survival = np.cumprod(1 - events / risk)
    stay = np.maximum(risk - events, 0.0)
    terms = np.divide(events, risk * stay, out=np.zeros(len(age)), where=stay > 0)
    return Steps(age, risk, events, np.asarray(survival), survival * np.sqrt(np.cumsum(terms)))


def band(survival: Numbers, error: Numbers, score: float) -> tuple[Numbers, Numbers]:
    """Ends of an interval of survival on the scale log(-log S), which keeps them between 0 and 1
    (Kalbfleisch and Prentice 2002, section 1.4)."""
    inner = (survival > 0) & (survival < 1)
    s = np.where(inner, survival, 0.5)
    spread = score * np.where(inner, error / (s * -np.log(s)), 0.0)
    low = np.where(inner, s ** np.exp(spread), survival)
    return low, np.where(inner, s ** np.exp(-spread), survival)


def by_band(lives: Lives, cuts: Numbers) -> tuple[Numbers, Numbers]:
    """Events and exposure (customer-periods) from each of the ascending ages `cuts` up to the next; the
    first is 0, and the last band has no end.

    Who leaves at the very end of a band leaves in it: at age 12 they were twelve periods there.
    """
    ends = np.append(cuts[1:], np.inf)
    left = lives.event
    which = np.searchsorted(cuts, lives.time[left] - ROUNDING, side="right") - 1
    events = summed(np.maximum(which, 0), lives.weight[left], len(cuts))
    lived = np.minimum(lives.time[:, None], ends) - np.maximum(lives.entry[:, None], cuts)
    return events, lives.weight @ np.maximum(lived, 0.0)


def by_period(lives: Lives, first: int, last: int) -> tuple[Numbers, Numbers]:
    """Events and exposure of each period of age from `first` to `last`: `first` 36 is the 37th period."""
    seen = lives.after(first).until(last)
    events, exposure = by_band(seen, np.arange(first, last, dtype=float))
    return events, exposure
