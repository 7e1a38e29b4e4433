"""Back-tests of churn by age: what was known at a split, and who left after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from goodwill.data.backtest import Backtest
from goodwill.data.group import Group
from goodwill.engine.world import Numbers
from goodwill.fitting.backtest import Held, rolling
from goodwill.fitting.holdout import AtRisk, base_of, forecasts, with_last_count
from goodwill.fitting.lives import ROUNDING, Flags, Lives, by_period, summed
from goodwill.text.arguments import checked_names, checked_seed, number, shown, whole

AGE, TIME = WAYS = ("age", "time")
LEAVING = "customers who leave"


def backtest_of(
    groups: list[Group], period: str, split: Any, by: Any, origins: Any, draws: Any, seed: Any
) -> Backtest:
    """Raises `ValueError` for a wrong argument, and where nothing is left to be foretold."""
    checked_names("by", by, WAYS, "a back-test splits by")
    share = number("split", split)
    if share <= 0:
        raise ValueError(f"split is {shown(split)}; it must be a share between 0 and 1, or an age in periods")
    if by == TIME and share >= 1:
        raise ValueError(f"split is {shown(split)}; by time it must be a share between 0 and 1")
    origins = whole("origins", origins, 1, 100, "a whole number from 1 to 100")
    draws = whole("draws", draws, 20, 100_000, "a whole number from 20 to 100,000")
    seed = checked_seed(seed)
    cut = _by_age if by == AGE else _by_time
    held, warnings = [], []
    for group in groups:
        for at in rolling(*_range(group, share, by), origins):
            found, wrong = cut(group, at, period, draws, seed)
            held.append(found)
            warnings += [f"{group.name}, {found.origin}: {sentence}" for sentence in wrong]
    methods = {group.name: group.curve.method for group in groups}
    splits = {f.origin for f in held} if origins == 1 else set()
    where = splits.pop() if len(splits) == 1 else "split by age" if by == AGE else "split by date"
    return Backtest(held, LEAVING, period, where, methods, warnings)


def _range(group: Group, split: float, by: str) -> tuple[float, float]:
    """The first split, and the end of what is known: ages, or periods since the first one joined. A share of
    the time is one of that in which somebody was seen."""
    dark = 0.0
    if by == AGE:
        end = float(np.floor(group.lives.oldest + ROUNDING))
        first = split if split >= 1 else split * end
    else:
        if group.follow is None:
            raise ValueError("by is 'time'; the data have no dates, so they can be split by age only")
        end = float(group.follow.max())
        dark = end - float((group.follow - group.lives.entry).max())
        first = dark + split * (end - dark)
    if not dark + 1 <= first <= end - 1:
        raise ValueError(
            f"split leaves {first - dark:g} periods of {end - dark:g} in {group.name!r}; at least one must "
            "be known, and one left to be foretold"
        )
    return first, end


def _by_age(group: Group, split: float, period: str, draws: int, seed: int) -> tuple[Held, list[str]]:
    """Before and after an age: of those who were still there, who leaves in each period of age after it.

    Where it is known how long each customer is followed, their number is foretold too; otherwise only the
    churn of those who are at risk.
    """
    age, lives = float(np.round(split)), group.lives
    ahead: Any
    if group.follow is None:
        last = int(np.floor(lives.oldest + ROUNDING))
        observed, exposure = by_period(lives, int(age), last)
        ahead = AtRisk(int(age), exposure, lives.whole)
    else:
        there = (lives.entry <= age) & (lives.time > age)
        seen = np.floor(group.follow[there] - age + ROUNDING)
        if seen.max(initial=0) < 1:
            raise ValueError(f"{group.name}: nobody is followed beyond the age {age:g}")
        ahead = base_of(np.full(len(seen), age), lives.weight[there], seen)
        observed = _leaving(lives, there, np.full(len(seen), age), seen, ahead.periods)
    found, wrong = _forecasts(lives.until(age), group, age, ahead, draws, seed)
    at = age + np.arange(1.0, ahead.periods + 1)
    return Held(group.name, f"split at age {age:g}", at, observed, found), wrong


def _leaving(lives: Lives, there: Flags, ages: Numbers, seen: Numbers, periods: int) -> Numbers:
    """Who leaves in each period after the split, of customers of these ages seen for so many periods."""
    after = lives.time[there] - ages
    gone = lives.event[there] & (after <= seen + ROUNDING)
    when = np.ceil(after[gone] - ROUNDING).astype(int)
    return summed(when, lives.weight[there][gone], periods + 1)[1 : periods + 1]


def _by_time(group: Group, split: float, period: str, draws: int, seed: int) -> tuple[Held, list[str]]:
    """Before and after a date, so many periods after the first customer joined."""
    lives, follow = group.lives, np.asarray(group.follow)
    before_end = float(follow.max()) - split
    periods = int(np.floor(before_end + ROUNDING))
    age = follow - before_end
    known = lives.until(_lived(age, lives.whole))
    there = (age > lives.entry) & (lives.time > age) & (age > 0)
    ages = _lived(age[there], lives.whole)
    if not there.any():
        raise ValueError(f"{group.name}: nobody is there at the split")
    seen = np.full(len(ages), float(periods))
    observed = _leaving(lives, there, ages, seen, periods)
    ahead = base_of(ages, lives.weight[there], seen)
    found, wrong = _forecasts(known, group, max(known.oldest, 1.0), ahead, draws, seed)
    recent = lives.event & (lives.time <= age) & (lives.time > age - 1)
    found = with_last_count(found, float(lives.weight[recent].sum()), draws=draws, seed=seed)
    at = np.arange(1.0, periods + 1)
    return Held(group.name, f"split {before_end:.4g} {period}s before the end", at, observed, found), wrong


def _lived(age: Numbers, whole: bool) -> Numbers:
    """Ages as leaving knows them: whole periods where customers leave at the end of one."""
    return np.floor(age + ROUNDING) if whole else age


def _forecasts(
    known: Lives, group: Group, age: float, ahead: Any, draws: int, seed: int
) -> tuple[Any, list[str]]:
    if not known.events:
        raise ValueError(f"{group.name}: nobody leaves before the split")
    return forecasts(known, group.wanted, age, ahead, draws=draws, seed=seed)
