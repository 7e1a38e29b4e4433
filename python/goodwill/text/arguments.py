"""Checks of arguments: errors name the argument, its value, what is allowed, and the nearest name."""

from __future__ import annotations

import datetime
import difflib
import functools
import inspect
import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

AGENTS = '; the model says how many are simulated: model.assign({"agents": 10_000})'


def nearest(found: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no known name is near."""
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(found.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


def missing(what: str, package: str) -> str:
    """What to do about a package that is not installed. It names no extra of goodwill: pip finds none for a
    clone."""
    return f"{what} {package}: pip install {package} (in a clone, ./do demo installs it)"


def unknown(what: str, found: str, known: Iterable[str], plural: str | None = None) -> str:
    """A sentence about a name that does not exist, with the nearest name and all that do."""
    names = list(known)
    those = plural or f"{what}s"
    listed = f"{those}: {', '.join(names)}" if names else f"there are no {those}"
    return f"there is no {what} {shown(found)}{nearest(found, names)} ({listed})"


def shown(value: Any) -> str:
    """A value as an error message shows it: always short."""
    try:
        text = repr(value)
    except Exception:  # Python refuses to write 5,000 digits, and a stranger's class may raise anything
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text):,} characters)"


def printable(message: str) -> str:
    """The message with control characters escaped, which a terminal would take as commands."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)


def text(name: str, value: Any) -> str:
    """A text that has an encoding in UTF-8."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {shown(value)}; it must be a text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{name} is {shown(value)}; it holds what is no character of UTF-8") from None
    return value


def texts(name: str, value: Any) -> Any:
    """A text or several. Anything else is left to `checked_names`, which can say which texts are allowed."""
    if isinstance(value, str):
        return text(name, value)
    if not isinstance(value, Iterable):
        return value
    return [text(f"{name}[{k}]", item) for k, item in enumerate(value)]


def file_name(name: str, value: Any) -> str:
    """The path of a file as a text."""
    if isinstance(value, (str, os.PathLike)):
        path = os.fspath(value)
        if isinstance(path, str):
            if "\0" in path:
                raise ValueError(f"{name} is {shown(path)}; a path holds no null character")
            return text(name, path)
    raise ValueError(f"{name} is {shown(value)}; it must be the path of a file")


def truth(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} is {shown(value)}; it must be True or False")
    return bool(value)


def numbers(name: str, value: Any) -> list[float]:
    """One number or several."""
    listed = [value] if isinstance(value, (str, int, float)) else value
    if not isinstance(listed, Iterable) or isinstance(listed, (bytes, bytearray, Mapping)):
        raise ValueError(f"{name} is {shown(value)}; it must be a list of numbers")
    return [number(name, item) for item in listed]


def axes(name: str, value: Any) -> Any:
    if not hasattr(value, "get_figure"):
        raise ValueError(f"{name} is {shown(value)}; it must be axes of matplotlib")
    return value


def mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is {shown(value)}; it must be a dict")
    return dict(value)


KINDS: dict[str, Callable[[str, Any], Any]] = {
    "str": text,
    "str | Iterable[str]": texts,
    "bool": truth,
    "str | os.PathLike[str]": file_name,
    "Sequence[float]": numbers,
    "Iterable[float | str]": numbers,
    "Mapping[str, object]": mapping,
    "Axes": axes,
}
"""Checks by annotation. Arguments with other annotations are checked where their range is known."""


def keywords_checked(function: Callable[P, R]) -> Callable[P, R]:
    """Checks arguments against the annotations in `KINDS`: `ValueError` says what is wrong with a value, and
    `TypeError` which arguments there are.
    """
    signature = inspect.signature(function)
    parameters = signature.parameters
    name = function.__name__
    kinds = {
        parameter.name: (kind, optional)
        for parameter in parameters.values()
        for annotation in [str(parameter.annotation)]
        for optional in [annotation.endswith(" | None")]
        if (kind := KINDS.get(annotation.removesuffix(" | None")))
    }

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for keyword in kwargs:
            if keyword not in parameters:
                known = [p for p in parameters if p not in ("self", "cls")]
                hint = AGENTS if keyword == "agents" and "model" in known else ""
                raise TypeError(f"{name}(): {unknown('argument', keyword, known)}{hint}")
        try:
            given = signature.bind(*args, **kwargs)
        except TypeError as error:  # a missing argument, or too many, in Python's words
            raise TypeError(f"{name}(): {error}") from None
        for argument, (kind, optional) in kinds.items():
            if argument in given.arguments and not (optional and given.arguments[argument] is None):
                given.arguments[argument] = kind(argument, given.arguments[argument])
        return function(*given.args, **given.kwargs)

    return checked


def whole(name: str, value: Any, low: int, high: int, allowed: str) -> int:
    """A whole number in [low, high], also one of NumPy's."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {shown(value)}; it must be {allowed}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} is {shown(number)}; it must be {allowed}")
    return number


def checked_seed(seed: Any) -> int:
    return whole("seed", seed, 0, 2**63 - 1, "a whole number from 0 to 2^63 - 1")


def checked_threads(threads: Any) -> int:
    return whole("threads", threads, 0, 4096, "a whole number from 1 to 4096, or 0 for all cores")


def checked_replications(replications: Any, least: int = 1) -> int:
    why = " (an interval needs two)" if least == 2 else ""
    allowed = f"a whole number from {least} to 1,000,000{why}"
    return whole("replications", replications, least, 1_000_000, allowed)


def checked_shards(shards: Any) -> int:
    return whole("shards", shards, 1, 1_000, "a whole number from 1 to 1,000")


def number(name: str, value: Any) -> float:
    """A finite number, or a text that model files accept as one (`25_000`)."""
    plain = value.replace("_", "").strip() if isinstance(value, str) else value
    try:
        if isinstance(value, (bool, np.bool_, bytes, bytearray, np.ndarray)):
            raise TypeError
        found = float(plain)
    except OverflowError:
        found = math.inf
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {shown(value)}; it must be a number") from None
    if not math.isfinite(found):
        raise ValueError(f"{name} is {shown(value)}; it must be finite")
    return found


def fraction(name: str, value: Any) -> float:
    """A rate as a fraction: 0.09, or the text "9 %"."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return number(name, value.strip()[:-1]) / 100
    return number(name, value)


def checked_date(name: str, value: Any) -> str:
    """A date as an ISO text (`2026-09-30`), which means the same day to everybody."""
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise ValueError(f"{name} is {shown(value)}; it must be a date such as '2026-09-30'") from None


def checked_precision(precision: Any) -> tuple[float, bool] | None:
    """The half-width that is asked for, and whether it is a share of the mean (`"5 %"`)."""
    if precision is None:
        return None
    relative = isinstance(precision, str) and precision.strip().endswith("%")
    width = fraction("precision", precision)
    if width <= 0:
        raise ValueError(
            f"precision is {shown(precision)}; it must be above 0: "
            'money ("25_000") or a share of the NPV ("5 %")'
        )
    return width, relative


def checked_level(level: Any) -> float:
    if isinstance(level, (int, float)) and 0 < level < 1:
        return float(level)
    raise ValueError(f"level is {shown(level)}; it must be between 0 and 1, for instance 0.95")


def checked_names(what: str, names: Any, known: Iterable[str], plural: str | None = None) -> list[str]:
    """A name or several, as a list. Raises `ValueError` for an unknown name, or one that comes twice."""
    known = list(known)
    if not isinstance(names, Iterable):
        argument, several = ("by", ", or a list of them") if what == "key" else (what, "")
        raise ValueError(f"{argument} is {shown(names)}; it must be one of {', '.join(known)}{several}")
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        if not isinstance(name, str) or name not in known:
            found = name if isinstance(name, str) else shown(name)
            raise ValueError(unknown(what, found, known, plural))
    if len(set(listed)) < len(listed):
        twice = next(name for name in listed if listed.count(name) > 1)
        raise ValueError(f"{what} {twice!r} is named twice")
    return listed
