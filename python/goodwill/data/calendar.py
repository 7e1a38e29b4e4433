"""Time between dates in periods of the calendar, so that a contract of a year ends after twelve months."""

from __future__ import annotations

import numpy as np

from goodwill.data.frames import DAY, MONTH, WEEK, YEAR, period_days
from goodwill.engine.world import Numbers

RECENT = {DAY: 90, WEEK: 26, MONTH: 12, YEAR: 3}
"""Periods before the end of the data whose arrivals are averaged."""


def elapsed(start: Numbers, end: Numbers, period: str) -> Numbers:
    """Periods from each start to each end, both in whole days since 1970; NaN where one is missing.

    Days and weeks are of one length. Months and years are those of the calendar: from 31 January the first
    month ends on 28 (or 29) February, and a started month counts by its days.
    """
    if period not in (MONTH, YEAR):
        return np.asarray((end - start) / period_days(period))
    known = np.isfinite(start) & np.isfinite(end)
    first = np.where(known, start, 0.0).astype("datetime64[D]")
    last = np.where(known, end, 0.0).astype("datetime64[D]")
    step = 1 if period == MONTH else 12
    months = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int)
    whole = months // step
    whole = whole - (_later(first, step * whole) > last)
    before, after = _later(first, step * whole), _later(first, step * (whole + 1))
    part = (last - before) / (after - before)
    return np.where(known, whole + part, np.nan)


def _later(date: np.ndarray, months: np.ndarray) -> np.ndarray:
    """The same day so many months later, or the last of that month where it is shorter."""
    start = date.astype("datetime64[M]")
    day = (date - start.astype("datetime64[D]")).astype(int)
    month = start + months
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    return np.asarray(month.astype("datetime64[D]") + np.minimum(day, length - 1))
