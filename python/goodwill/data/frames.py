"""Columns of the firm's own tables: found by name, checked, and bad rows shown where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.engine.world import Numbers
from goodwill.text import figures
from goodwill.text.arguments import shown, unknown

SHOWN = 5
"""Bad rows of a kind that a message shows."""
RAISE, DROP = "raise", "drop"
DAY, WEEK, MONTH, YEAR = ("day", "week", "month", "year")
PERIODS = {DAY: 1.0, WEEK: 7.0, MONTH: 365.25 / 12, YEAR: 365.25}
"""Days of a period."""


def frame(value: Any, argument: str = "data") -> pd.DataFrame:
    """A table with rows, and columns of different names."""
    if not isinstance(value, pd.DataFrame):
        raise ValueError(f"{argument} is {shown(value)}; it must be a table of pandas (pandas.read_csv(...))")
    if not value.columns.is_unique:
        twice = value.columns[value.columns.duplicated()][0]
        raise ValueError(f"{argument} has the column {shown(twice)} twice")
    if value.empty:
        raise ValueError(f"{argument} has no rows")
    return value


def column(data: pd.DataFrame, name: Any, argument: str) -> pd.Series:
    """The column of this name. The error names the argument that asked for it."""
    if not isinstance(name, str) or name not in data.columns:
        names = [str(known) for known in data.columns]
        found = name if isinstance(name, str) else shown(name)
        raise ValueError(f"{argument}: {unknown('column', found, names)}")
    return data[name]


def _without_blanks(values: pd.Series) -> pd.Series:
    """Texts of nothing but spaces are missing."""
    if pd.api.types.is_string_dtype(values.dtype) or values.dtype == object:
        return values.mask(values.map(lambda value: isinstance(value, str) and not value.strip()))
    return values


@dataclass
class Rows:
    """Which rows of a table cannot be used, and why. Nothing is left out unless the user says so."""

    data: pd.DataFrame
    bad: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def refuse(self, why: str, rows: Any) -> None:
        """Marks rows of which `why` holds ("'left' is before 'joined'")."""
        mask = np.asarray(rows, dtype=bool)
        if mask.any():
            self.bad[why] = self.bad.get(why, np.zeros(len(self.data), bool)) | mask

    def numbers(self, name: Any, argument: str, *, missing: bool = False) -> Numbers:
        """A column of numbers as floats; NaN where there is none, which `missing` allows."""
        values = _without_blanks(column(self.data, name, argument))
        if pd.api.types.is_bool_dtype(values.dtype):
            found = values.astype(float)
        else:
            found = pd.to_numeric(values, errors="coerce")
        numbers = found.to_numpy(dtype=float, na_value=np.nan)
        given = values.notna().to_numpy()
        self.refuse(f"{name!r} is no finite number", given & ~np.isfinite(numbers))
        if not missing:
            self.refuse(f"{name!r} is missing", ~given)
        return np.asarray(numbers)

    def days(self, name: Any, argument: str, *, missing: bool = False) -> Numbers:
        """A column of dates as days since 1970, with fractions; NaN where there is none.

        Texts must be ISO dates (2026-09-30): others mean different days to different people.
        """
        values = _without_blanks(column(self.data, name, argument))
        if not pd.api.types.is_datetime64_any_dtype(values.dtype):
            if pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any():
                raise ValueError(
                    f"{argument}: column {name!r} holds numbers; make dates of them first "
                    "(pandas.to_datetime with the unit or format they have)"
                )
            given = values.notna().to_numpy()
            values = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=False)
            self.refuse(f"{name!r} is no date such as 2026-09-30", given & values.isna().to_numpy())
        elif not missing:
            given = values.notna().to_numpy()
        if getattr(values.dtype, "tz", None) is not None:
            values = values.dt.tz_localize(None)
        seconds = values.to_numpy().astype("datetime64[us]")  # nanoseconds end in 2262
        numbers = seconds.astype(np.int64) / (86_400 * 1e6)
        numbers[np.isnat(seconds)] = np.nan
        if not missing:
            self.refuse(f"{name!r} is missing", ~given)
        return np.asarray(numbers)

    def names(self, name: Any, argument: str) -> pd.Series:
        """A column of names (ids, segments, touchpoints) as it is; none may be missing."""
        values = column(self.data, name, argument)
        self.refuse(f"{name!r} is missing", values.isna().to_numpy())
        return values

    def kept(self, bad_rows: Any) -> tuple[npt.NDArray[np.bool_], list[str]]:
        """Which rows to use, and warnings about those that are left out.

        Bad rows are refused with an error that counts them and shows five of each kind, unless `bad_rows` is
        "drop".
        """
        if bad_rows not in (RAISE, DROP):
            raise ValueError(f"bad_rows is {shown(bad_rows)}; it must be 'raise' or 'drop'")
        if not self.bad:
            return np.ones(len(self.data), bool), []
        found = [f"{_counted(mask)} where {why}: {self._some(mask)}" for why, mask in self.bad.items()]
        any_bad = np.logical_or.reduce(list(self.bad.values()))
        if bad_rows == RAISE:
            left_out = "bad_rows='drop' leaves them out"
            text = f"{_counted(any_bad)} of {len(self.data):,} cannot be used ({left_out}):"
            raise ValueError("\n  ".join([text, *found]))
        if any_bad.all():
            raise ValueError("\n  ".join(["no row can be used:", *found]))
        return ~any_bad, [f"Left out: {text}" for text in found]

    def _some(self, mask: npt.NDArray[np.bool_]) -> str:
        at = np.flatnonzero(mask)
        labels = [str(self.data.index[row]) for row in at[:SHOWN]]
        more = f" and {len(at) - SHOWN:,} more" if len(at) > SHOWN else ""
        return f"row{'s' if len(at) > 1 else ''} {', '.join(labels)}{more}"


def _counted(mask: npt.NDArray[np.bool_]) -> str:
    return figures.plural(int(mask.sum()), "row")


def day(value: Any, argument: str) -> float:
    """One date as days since 1970: an ISO text, or a date of Python, NumPy or pandas."""
    try:
        if isinstance(value, (bool, int, float, complex)) or value is None:
            raise TypeError
        found = pd.to_datetime(value, format="ISO8601") if isinstance(value, str) else pd.Timestamp(value)
        if pd.isna(found):
            raise TypeError
        found = found.tz_localize(None) if found.tzinfo is not None else found
        return float((found - pd.Timestamp(0)) / pd.Timedelta(days=1))
    except Exception:  # pandas raises errors of many kinds
        raise ValueError(f"{argument} is {shown(value)}; it must be a date such as '2026-09-30'") from None


def period_days(period: Any) -> float:
    """Days of a period: day, week, month (365.25 / 12) or year."""
    if not isinstance(period, str) or period not in PERIODS:
        raise ValueError(f"period is {shown(period)}; it must be one of {', '.join(PERIODS)}")
    return PERIODS[period]


def currency_code(rows: Rows, currency: str | None, what: str) -> str:
    """A code, or what a column of codes says, which must be one and the same for all of `what`."""
    if currency is None or currency not in rows.data.columns:
        if currency is not None and not (len(currency) == 3 and currency.isalpha()):
            column(rows.data, currency, "currency")
        return currency or ""
    codes = rows.names(currency, "currency").dropna().astype(str)
    if codes.nunique() > 1:
        some = ", ".join(sorted(codes.unique())[:5])
        raise ValueError(
            f"currency: column {currency!r} mixes {some}; convert the {what} to one of them first"
        )
    return str(codes.iloc[0]) if len(codes) else ""


def fingerprint(columns: Mapping[str, Any] | Iterable[Any]) -> str:
    """A short hash of what was read: the same for the same values in the same order, whatever the file."""
    parts = columns.values() if isinstance(columns, Mapping) else columns
    digest = hashlib.sha256()
    for part in parts:
        values = part.to_numpy() if isinstance(part, pd.Series) else np.asarray(part)
        if values.dtype.kind in "OUST":
            digest.update("\0".join(map(str, values.tolist())).encode("utf-8", "surrogatepass"))
        else:
            digest.update(np.ascontiguousarray(values).tobytes())
        digest.update(b"\1")
    return digest.hexdigest()[:16]
