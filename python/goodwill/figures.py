"""Numbers as people read them."""

from __future__ import annotations

import math

_scales = ((1e9, " bn"), (1e6, " M"), (1e3, " k"))


def _scale(size: float) -> tuple[float, str]:
    return next(((unit, name) for unit, name in _scales if size >= 0.9995 * unit), (1.0, ""))


def _decimals(precision: float, least: int = 0, most: int = 3) -> int:
    """Decimals that show two digits of `precision` at most."""
    if precision <= 0 or not math.isfinite(precision):
        return least
    return min(max(-math.floor(math.log10(precision) + 1e-9), least), most)


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def amount(value: float, currency: str = "") -> str:
    """`1.53 M EUR`: three digits."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    unit, name = _scale(abs(value))
    scaled = float(f"{value / unit:.3g}")
    digits = 0 if scaled == 0 else _decimals(abs(scaled) / 100, most=4)
    return _plain(scaled, digits) + name + (f" {currency}" if currency else "")


def tick(value: float) -> str:
    """`1.5 M` beside an axis."""
    unit, name = _scale(abs(value))
    return f"{round(value / unit, 6):,g}{name}"


def _is_interval(low: float, high: float) -> bool:
    """Bounded, and wider than the rounding of sums of present values."""
    return math.isfinite(low) and math.isfinite(high) and high - low > 1e-9 * max(abs(low), abs(high))


def amount_between(value: float, low: float, high: float, currency: str = "") -> str:
    """`1.5 M EUR (1.1 to 1.9)`: as many digits as the interval deserves."""
    if not _is_interval(low, high):
        return amount(value, currency)
    unit, name = _scale(max(abs(value), min(abs(low), abs(high))))
    digits = _decimals((high - low) / 2 / unit)
    tail = name + (f" {currency}" if currency else "")
    middle, left, right = (_plain(x / unit, digits) for x in (value, low, high))
    return f"{middle}{tail} ({left} to {right})"


def percent(value: float, digits: int | None = None) -> str:
    """`2.04 %` of 0.0204: three digits, whole numbers above 100."""
    if math.isnan(value):
        return "-"
    scaled = 100 * value
    if digits is None:
        rounded = abs(float(f"{scaled:.3g}"))
        digits = 0 if rounded == 0 else _decimals(rounded / 100, most=4)
    return _plain(scaled, digits) + " %"


def percent_between(value: float, low: float, high: float) -> str:
    """`85 % (60 to 110)`."""
    if not _is_interval(low, high):
        return percent(value)
    digits = _decimals(50 * (high - low))
    return f"{percent(value, digits)} ({_plain(100 * low, digits)} to {_plain(100 * high, digits)})"


def assumption(value: float, in_percent: bool, digits: int = 4) -> str:
    """`0.55`, or `35 %` of what the model reads as a percentage."""
    return f"{100 * value:.{digits}g} %" if in_percent else f"{value:.{digits}g}"


def count(value: float) -> str:
    """`206,960`."""
    return "-" if math.isnan(value) else _plain(value, 0)


def decimal(value: float, digits: int = 2) -> str:
    return "-" if math.isnan(value) else _plain(value, digits)


def plural(number: float, word: str) -> str:
    """`1 month`, `36 months`."""
    return f"{number:,g} {word}" + ("" if number == 1 else "s")


def duration(periods: int, period: str, periods_per_year: float) -> str:
    """`3 years` where it comes out even, else `30 months`."""
    years = periods / periods_per_year
    if abs(years - round(years)) < 1e-9 and years >= 1:
        return plural(round(years), "year")
    return plural(periods, period)


def listed(names: list[str], most: int = 6) -> str:
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return ", ".join(shown)
