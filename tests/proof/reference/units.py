"""Numbers with units, from text: `2 % / month`, `1_400 / month`, `3 years`, `25 minutes`, `0.4 points`."""

from __future__ import annotations

import re
from dataclasses import dataclass

PERIODS_PER_YEAR = {"day": 365.0, "week": 365.0 / 7.0, "month": 12.0, "year": 1.0}
_MINUTES = {"": 1.0, "minute": 1.0, "hour": 60.0, "second": 1.0 / 60.0}
_QUANTITY = re.compile(
    r"([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)\s*(%|[A-Za-z]+)?\s*(?:/\s*([A-Za-z]+))?"
)


def _split(text: str) -> tuple[float, str, str]:
    """Number (percentages as fractions), unit and "per" unit, both singular and possibly empty."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a number with a unit: {text!r}")
    number, unit, per = float(match[1].replace("_", "")), match[2] or "", match[3] or ""
    if unit == "%":
        number, unit = number / 100.0, ""
    return number, unit.removesuffix("s"), per.removesuffix("s")


@dataclass(frozen=True)
class Units:
    """Converts text to numbers per `period` (day, week, month or year)."""

    period: str

    @property
    def per_year(self) -> float:
        """Periods per year."""
        return PERIODS_PER_YEAR[self.period]

    def _periods(self, unit: str) -> float:
        """Length of a unit of time, in periods."""
        if unit in ("", "period"):
            return 1.0
        if unit not in PERIODS_PER_YEAR:
            raise ValueError(f"not a unit of time: {unit!r}")
        return self.per_year / PERIODS_PER_YEAR[unit]

    def plain(self, text: str) -> float:
        """A number that has nothing to do with time: a score, a share, money."""
        number, unit, per = _split(text)
        if unit not in ("", "point") or per:
            raise ValueError(f"this number takes no unit of time: {text!r}")
        return number

    def amount(self, text: str) -> float:
        """A rate or an amount of money, per period; converts linearly."""
        number, unit, per = _split(text)
        if unit:
            raise ValueError(f"not an amount: {text!r}")
        return number / self._periods(per)

    def probability(self, text: str) -> float:
        """A probability per period: 1 - (1 - p)^(1/k), with k periods in the unit it is stated for."""
        number, unit, per = _split(text)
        if unit or not 0.0 <= number <= 1.0:
            raise ValueError(f"not a probability: {text!r}")
        return float(1.0 - (1.0 - number) ** (1.0 / self._periods(per)))

    def duration(self, text: str) -> float:
        """A length of time in periods; `month 24` counts as `24 months`."""
        words = text.split()
        if len(words) == 2 and words[0].isalpha():
            text = f"{words[1]} {words[0]}"
        number, unit, per = _split(text)
        if per:
            raise ValueError(f"not a length of time: {text!r}")
        return number * self._periods(unit)

    def minutes(self, text: str) -> float:
        """A waiting time in minutes."""
        number, unit, per = _split(text)
        if unit not in _MINUTES or per:
            raise ValueError(f"not a waiting time: {text!r}")
        return number * _MINUTES[unit]

    def span(self, text: str) -> tuple[float, float]:
        """`12 to 24 months` as a pair of lengths in periods."""
        low, found, high = text.partition(" to ")
        if not found:
            raise ValueError(f"expected 'A to B unit', found {text!r}")
        unit = high.split()[-1] if high.split()[-1].isalpha() else ""
        return self.duration(low if low.split()[-1].isalpha() else f"{low} {unit}".strip()), self.duration(
            high
        )
