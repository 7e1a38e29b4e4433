"""Checks of what a caller passes: errors name the argument, its value, what is allowed, the nearest name."""

from __future__ import annotations

import difflib
import functools
import inspect
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

AGENTS = '; the model says how many are simulated: model.assign({"agents": 10_000})'


def nearest(found: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no known name is near."""
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(found.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


def unknown(what: str, found: str, known: Iterable[str], plural: str | None = None) -> str:
    """The sentence about a name that does not exist."""
    names = list(known)
    those = plural or f"{what}s"
    listed = f"{those}: {', '.join(names)}" if names else f"there are no {those}"
    return f"there is no {what} {found!r}{nearest(found, names)} ({listed})"


def keywords_checked(function: Callable[P, R]) -> Callable[P, R]:
    """A wrong keyword is answered with the arguments there are."""
    parameters = inspect.signature(function).parameters
    name = function.__name__

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for keyword in kwargs:
            if keyword not in parameters:
                known = [p for p in parameters if p != "self"]
                hint = AGENTS if keyword == "agents" and "model" in known else ""
                raise TypeError(f"{name}(): {unknown('argument', keyword, known)}{hint}")
        return function(*args, **kwargs)

    return checked


def whole(name: str, value: Any, low: int, high: int, allowed: str) -> int:
    """A whole number of [low, high]; numpy's integers are welcome."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}; it must be {allowed}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} is {number}; it must be {allowed}")
    return number


def checked_seed(seed: Any) -> int:
    return whole("seed", seed, 0, 2**63 - 1, "a whole number from 0 to 2^63 - 1")


def checked_threads(threads: Any) -> int:
    return whole("threads", threads, 0, 4096, "a whole number from 1 to 4096, or 0 for all cores")


def checked_replications(replications: Any, least: int = 1) -> int:
    why = " (an interval needs two)" if least == 2 else ""
    allowed = f"a whole number from {least} to 1,000,000{why}"
    return whole("replications", replications, least, 1_000_000, allowed)


def number(name: str, value: Any) -> float:
    """A finite number, or a text that the model files would take for one (`25_000`)."""
    text = value.replace("_", "").strip() if isinstance(value, str) else value
    try:
        if isinstance(value, bool):
            raise TypeError
        found = float(text)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {value!r}; it must be a number") from None
    if not math.isfinite(found):
        raise ValueError(f"{name} is {value!r}; it must be finite")
    return found


def fraction(name: str, value: Any) -> float:
    """A rate as a fraction: 0.09, or the text "9 %"."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return number(name, value.strip()[:-1]) / 100
    return number(name, value)


def checked_precision(precision: Any) -> tuple[float, bool] | None:
    """The half-width asked, and whether it is a share of the mean (`"5 %"`)."""
    if precision is None:
        return None
    relative = isinstance(precision, str) and precision.strip().endswith("%")
    width = fraction("precision", precision)
    if width <= 0:
        raise ValueError(
            f'precision is {precision!r}; it must be above 0: money ("25_000") or a share of the NPV ("5 %")'
        )
    return width, relative


def checked_level(level: Any) -> float:
    if isinstance(level, (int, float)) and 0 < level < 1:
        return float(level)
    raise ValueError(f"level is {level!r}; it must be between 0 and 1, for instance 0.95")


def checked_names(what: str, names: Any, known: Iterable[str], plural: str | None = None) -> list[str]:
    """A name or several, all known, none twice."""
    known = list(known)
    if not isinstance(names, Iterable):
        argument, several = ("by", ", or a list of them") if what == "key" else (what, "")
        raise ValueError(f"{argument} is {names!r}; it must be one of {', '.join(known)}{several}")
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        if name not in known:
            raise ValueError(unknown(what, str(name), known, plural))
    if len(set(listed)) < len(listed):
        twice = next(name for name in listed if listed.count(name) > 1)
        raise ValueError(f"{what} {twice!r} is named twice")
    return listed
