"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

_scales = ((1e9, " bn"), (1e6, " M"), (1e3, " k"))


def scale(size: float) -> tuple[float, str]:
    """The unit for amounts of a size, and the text that follows the digits."""
    return next(((unit, name) for unit, name in _scales if size >= 0.9995 * unit), (1.0, ""))


def common_size(values: Collection[float], least: float = 0.05) -> float:
    """The size that sets one unit for all of these amounts, so that people can compare them by eye: that of
    the largest, or the next smaller unit if the smallest amount is below `least` of the unit."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    sizes = [abs(value) for value in values if 1e-9 * largest < abs(value) <= largest]  # no rounding
    if not sizes:
        return 0.0
    unit, _ = scale(largest)
    return max(sizes) if min(sizes) >= least * unit else max(sizes) / 1000


def _decimals(precision: float, least: int = 0, most: int = 3) -> int:
    """The number of decimals down to the first digit of `precision`, from `least` to `most`."""
    if precision <= 0 or not math.isfinite(precision):
        return least
    return min(max(-math.floor(math.log10(precision) + 1e-9), least), most)


def _plain(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return "-" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def amount(value: float, currency: str = "", size: float | None = None) -> str:
    """`1.53 M EUR`: three digits, in the unit that suits `size` (without it, the amount itself)."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    unit, name = scale(abs(value) if size is None else size)
    scaled = value / unit if abs(value) >= 1000 * unit else float(f"{value / unit:.3g}")
    text = _plain(scaled, _decimals(abs(scaled) / 100, most=4))
    if not text.strip("0."):
        text, name = "0", ""
    return text + name + (f" {currency}" if currency else "")


def amounts(values: Sequence[float], low: float, high: float, size: float) -> list[str]:
    """A value and the ends of its intervals, each with as many digits as the narrowest interval, `low` to
    `high`, deserves; without an interval each is written as by `amount`."""
    if not _is_interval(low, high):
        return [amount(value, size=size) for value in values]
    unit, name = scale(size)
    digits = _decimals((high - low) / 2 / unit, most=6)
    return [_plain(value / unit, digits) + (name if math.isfinite(value) else "") for value in values]


def error(half_width: float, currency: str = "") -> str:
    """`59 k EUR`: two digits, in its own unit."""
    unit, name = scale(abs(half_width))
    text = _plain(half_width / unit, _decimals(abs(half_width) / unit / 10))
    return text + name + (f" {currency}" if currency else "")


def tick(value: float, size: float | None = None) -> str:
    """`1.5 M` beside an axis, in the unit that suits `size`."""
    unit, name = scale(abs(value) if size is None else size)
    return f"{round(value / unit, 6):,.10g}{name if value else ''}"


def _is_interval(low: float, high: float) -> bool:
    """Whether the ends are bounded, and further apart than the rounding of sums of present values."""
    return math.isfinite(low) and math.isfinite(high) and high - low > 1e-9 * max(abs(low), abs(high))


def amount_between(
    value: float,
    low: float,
    high: float,
    currency: str = "",
    size: float | None = None,
    *,
    what: str = "",
    spread: bool = False,
) -> str:
    """`1.5 M EUR (1.1 to 1.9)`: as many digits as the interval deserves; no interval if both ends look the
    same.

    A `spread` is not an error, so it gets one digit more. `what` says what lies between the ends.
    """
    if not _is_interval(low, high):
        return amount(value, currency, size)
    unit, name = scale(max(abs(value), min(abs(low), abs(high))) if size is None else size)
    digits = _decimals((high - low) / (20 if spread or what else 2) / unit)
    tail = name + (f" {currency}" if currency else "")
    middle, left, right = (_plain(x / unit, digits) for x in (value, low, high))
    if left == right:
        return amount(value, currency, size)
    return f"{middle}{tail} ({left} to {right}{f' {what}' if what else ''})"


def percent(value: float, digits: int | None = None) -> str:
    """`2.04 %` of 0.0204: three digits, whole numbers above 100."""
    if math.isnan(value):
        return "-"
    scaled = 100 * value
    if digits is None:
        rounded = abs(float(f"{scaled:.3g}"))
        digits = 0 if rounded < 5e-5 else _decimals(rounded / 100, most=4)
    return _plain(scaled, digits) + " %"


def percent_between(value: float, low: float, high: float, *, spread: bool = False) -> str:
    """`85 % (60 to 110)`; see `amount_between`."""
    if not _is_interval(low, high):
        return percent(value)
    digits = _decimals(100 * (high - low) / (20 if spread else 2))
    left, right = _plain(100 * low, digits), _plain(100 * high, digits)
    return percent(value) if left == right else f"{percent(value, digits)} ({left} to {right})"


def rate_of_return(value: float) -> str:
    """`21.8 %`, or `above 200 %`, where digits say nothing."""
    return "above 200 %" if value > 2 else percent(value)


def assumption(value: float, in_percent: bool, digits: int = 4) -> str:
    """`0.55`, or `35 %` for an assumption that people read in percent."""
    if in_percent:
        return f"{100 * value:.{digits}g} %"
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def count(value: float) -> str:
    """`206,960`."""
    return "-" if math.isnan(value) else _plain(value, 0)


def decimal(value: float, digits: int = 2) -> str:
    return "-" if math.isnan(value) else _plain(value, digits)


def number(value: float) -> str:
    """A number of an unknown kind: whole from 1,000 on, three digits below, never an exponent."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == round(value) or abs(value) >= 1000:
        return _plain(value, 0)
    return _plain(value, min(_decimals(abs(value) / 100, most=6), 6))


def plural(number: float, word: str) -> str:
    """`1 month`, `36 months`."""
    text = f"{number:,.0f}" if number == round(number) else f"{number:,g}"
    return f"{text} {word}" + ("" if number == 1 else "s")


def duration(periods: int, period: str, periods_per_year: float) -> str:
    """`3 years` if it is a whole number of years, else `30 months`."""
    years = periods / periods_per_year
    if abs(years - round(years)) < 1e-9 and years >= 1:
        return plural(round(years), "year")
    return plural(periods, period)


def listed(names: list[str], most: int = 6) -> str:
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return ", ".join(shown)


def together(names: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
