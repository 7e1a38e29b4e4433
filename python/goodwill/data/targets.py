"""Tables of targets: what a firm observes, for `goodwill.fit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from goodwill.analysis.targets import (
    BINOMIAL,
    NAMES,
    NPS,
    OF_JOURNEYS,
    OF_STAGES,
    OF_TOUCHPOINTS,
    Target,
    places,
)
from goodwill.engine.model import Model
from goodwill.engine.world import years_of
from goodwill.text import figures
from goodwill.text.arguments import fraction, nearest, shown, unknown, whole

COLUMNS = ("indicator", "segment", "period", "from", "to", "value", "se", "n")
SHOWN = 5
OF = {"touchpoint": OF_TOUCHPOINTS, "journey": OF_JOURNEYS, "stage": OF_STAGES}


def read_targets(targets: Any, model: Model) -> list[Target]:
    """The targets of a table or of a list of dicts. Raises `ValueError` that counts the rows that cannot be
    used and says of five of them what is wrong."""
    rows = _rows(targets)
    known = places(model)
    found: list[Target] = []
    wrong: list[str] = []
    seen: dict[tuple[Any, ...], str] = {}
    for label, row in rows:
        try:
            target = _target(row, model, known)
            about = (target.word, target.place, target.segment, target.first, target.last)
            if about in seen:
                raise ValueError(f"{target.name(model.period)} stands in row {seen[about]} too")
            seen[about] = label
            found.append(target)
        except ValueError as error:
            wrong.append(f"row {label}: {error}")
    if wrong:
        more = f"\n  and {len(wrong) - SHOWN:,} more" if len(wrong) > SHOWN else ""
        text = f"{len(wrong):,} of {figures.plural(len(rows), 'target')} cannot be used:"
        raise ValueError("\n  ".join([text, *wrong[:SHOWN]]) + more)
    return found


def read_table(file: str) -> pd.DataFrame:
    """A CSV file of targets: numbers may carry %. Raises `ValueError` or `OSError` if it is none."""
    try:
        return pd.read_csv(file, dtype=str, skipinitialspace=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is no table of targets: {str(error).strip()}") from None


def _rows(targets: Any) -> list[tuple[str, dict[str, Any]]]:
    """The rows with their labels, without what is missing in them."""
    if isinstance(targets, pd.DataFrame):
        if not targets.columns.is_unique:
            raise ValueError("targets has a column twice")
        listed: list[Any] = targets.to_dict("records")
        labels = [str(label) for label in targets.index]
    elif isinstance(targets, (list, tuple)):
        listed, labels = list(targets), [str(k) for k in range(len(targets))]
    else:
        raise ValueError(f"targets is {shown(targets)}; it must be a table of pandas or a list of dicts")
    if not listed:
        raise ValueError("targets has no rows")
    rows = []
    for label, row in zip(labels, listed, strict=True):
        if not isinstance(row, Mapping):
            raise ValueError(f"targets[{label}] is {shown(row)}; it must be a dict such as {EXAMPLE}")
        for name in row:
            if name not in COLUMNS:
                found = name if isinstance(name, str) else shown(name)
                raise ValueError(f"targets: {unknown('column', found, COLUMNS)}")
        rows.append((label, {name: value for name, value in row.items() if not _missing(value)}))
    return rows


EXAMPLE = "{'indicator': 'churn', 'value': 0.02, 'n': 5_000}"


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _target(row: dict[str, Any], model: Model, known: dict[str, list[str]]) -> Target:
    for name in ("indicator", "value"):
        if name not in row:
            raise ValueError(f"{name} is missing")
    indicator, place = _indicator(row["indicator"], known)
    segment = row.get("segment", "")
    if segment and segment not in model.segments:
        found = segment if isinstance(segment, str) else shown(segment)
        raise ValueError(unknown("segment", found, model.segments))
    first, last = _periods(row, model)
    value = fraction("value", row["value"])
    word = indicator.rpartition(".")[2]
    if word in BINOMIAL and not 0 <= value <= 1:
        raise ValueError(f"value is {shown(row['value'])}; {word} is a share, from 0 to 1 or as '2 %'")
    if word in NPS and not -100 <= value <= 100:
        raise ValueError(f"value is {shown(row['value'])}; {word} is in points, from -100 to 100")
    return Target(indicator, place, segment, first, last, value, *_error(row, word))


def _indicator(asked: Any, known: dict[str, list[str]]) -> tuple[str, str]:
    """The indicator as written, and the full name of its touchpoint, journey or stage (empty without)."""
    if not isinstance(asked, str):
        raise ValueError(f"indicator is {shown(asked)}; it must be a text such as 'churn'")
    if asked in NAMES:
        return asked, ""
    place, _, word = asked.rpartition(".")
    if not place:
        all_names = [*NAMES, *(f"NAME.{word}" for words in OF.values() for word in words)]
        hint = nearest(asked, NAMES)
        raise ValueError(f"there is no indicator {shown(asked)}{hint} (indicators: {', '.join(all_names)})")
    kinds = [kind for kind, words in OF.items() if word in words]
    if not kinds:
        words = [one for all_words in OF.values() for one in all_words]
        raise ValueError(f"{asked}: {unknown('indicator', word, words)}")
    (kind,) = kinds
    meant = [name for name in known[kind] if name == place or name.endswith(f".{place}")]
    if len(meant) != 1:
        if meant:
            raise ValueError(f"{asked} means several {kind}s, write one of: {', '.join(meant)}")
        raise ValueError(f"{asked}: {unknown(kind, place, known[kind])}")
    return asked, meant[0]


def _periods(row: dict[str, Any], model: Model) -> tuple[int, int]:
    """First and last period; without any, those of the first year, in which averages are observed."""
    horizon = model.horizon
    allowed = f"a whole number from 1 to the horizon, {horizon}"

    def period(name: str) -> int:
        value = row[name]
        if isinstance(value, str) and value.strip().isdigit():
            value = int(value)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)  # a column with gaps holds floats
        return whole(name, value, 1, horizon, allowed)

    if "period" in row:
        if "from" in row or "to" in row:
            raise ValueError("give period, or from and to, not both")
        return period("period"), period("period")
    if "from" in row and "to" in row:
        first, last = period("from"), period("to")
        if first > last:
            raise ValueError(f"from is {first} and to is {last}; from must not be after to")
        return first, last
    if "from" in row or "to" in row:
        raise ValueError("from and to go together")
    return 1, first_year_of(model)


def first_year_of(model: Model) -> int:
    """The last period of the first year, or of the horizon if that is shorter."""
    return int((years_of(model.horizon, model.periods_per_year) == 1).sum())


def _error(row: dict[str, Any], word: str) -> tuple[float | None, float | None]:
    """The standard error or the number of cases, one of them."""
    if ("se" in row) == ("n" in row):
        raise ValueError("give se (the standard error of the value) or n (the cases behind it), one of them")
    if "se" in row:
        se = fraction("se", row["se"])
        if not 0 < se < 1e15:
            raise ValueError(f"se is {shown(row['se'])}; it must be above 0")
        return se, None
    n = fraction("n", row["n"])
    if word not in (*BINOMIAL, *NPS):
        raise ValueError(f"n gives the error of shares and of the NPS only; {word} needs se")
    if not 1 <= n < 1e15:
        raise ValueError(f"n is {shown(row['n'])}; it must be at least 1")
    return None, n
