"""Tables for people: short numbers, right-aligned; the tables themselves keep every digit."""

from __future__ import annotations

import functools
import html
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec

import pandas as pd

from goodwill.text import figures
from goodwill.text.vocabulary import FIRM, KEYS, ORIGINS, PERIOD, REPLICATION, YEAR

_fractions = (
    *("churn", "failure", "recovery", "kept", "correlation", "share", "share_null", "probability", "csat"),
    *("p_positive", "p_zero", "p_negative", "conversion", "completion", "completion_before"),
    *("coverage", "density", "mass", "loses", "best_in", "narrowed"),
    *("logo_churn", "revenue_churn", "gross_retention", "net_retention"),
    *("total_error", "cumulative_error", "survival", "survival_low", "survival_high", "fitted"),
    *("alive", "surviving", "surviving_model"),
)
_points = ("nps", "nps_measured", "tenure", "payback", "payback_discounted", "payback_last", "payback_beyond")
_states = (
    *("satisfaction", "expectation", "trust", "drift", "start", "end"),
    *("expected", "delivered", "felt", "gap", "ces", "ces_measured", "effort", "effort_before"),
    *("contacts_per_issue", "contacts_per_issue_before", "minutes", "minutes_before"),
)
_money = (
    *("revenue", "margin", "cost", "contribution", "npv", "value", "mean", "upfront", "running", "use"),
    *("with_referrals", "within_horizon", "beyond_horizon", "tax", "net", "total", "budget", "spent"),
    *(
        "cost_of_sales",
        "cost_to_serve",
        "acquisition",
        "events",
        "worth",
        "worst",
        "regret",
        "swing",
        "shapley",
        "alone",
        "last",
    ),
    *("order_low", "order_high", "expansion", "acceleration", "anyway", "evppi", "evppi_se", "evppi_null"),
    *(
        "clv",
        "direct",
        "referral_value",
        "naive",
        "made",
        "own",
        "others",
        "per_customer_and_use",
        "opening",
        "new",
        "contraction",
        "churned",
        "closing",
        *ORIGINS,
        FIRM,
    ),
)
_counts = (
    *("customers", "joined", "lost", "orders", "referrals", "converted", "responses", "contacts"),
    *("failed", "recovered", "started", "completed", "walks", "truncated", "treated", "prospects", "lapsed"),
    *("leads", "won", "won_back", "became", "adopted", "turned_away", "potential", "people"),
)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _is_money(column: str) -> bool:
    name = column.removesuffix("_low").removesuffix("_high")
    return _is_of_one(column) or column.startswith("npv_") or name.endswith(_money) or column in _money


def _is_of_one(column: str) -> bool:
    """Whether a column is money of one customer: a lifetime value, or a quantile of it."""
    return column in ("clv", "mean", "arpu", "cac", "ltv") or (
        column.startswith("q") and column[1:].replace(".", "").isdigit()
    )


def _formatter(column: str, size: float) -> Callable[[float], str]:
    if column in (PERIOD, YEAR, "periods", REPLICATION):
        return lambda x: f"{x:.0f}"
    if column.startswith(("p_", "roi")) or column in _fractions:
        return figures.percent
    if column in ("irr", "mirr"):
        return figures.rate_of_return
    if column in _points:
        return lambda x: figures.decimal(x, 1)
    if column in _states:
        return figures.decimal
    if column.startswith(_counts) or column.endswith("customers"):
        return figures.count
    if _is_money(column):
        return lambda x: figures.amount(x, size=size)
    return figures.number


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """A copy made of texts. All money of a table is in one unit; money of one customer has a unit of its
    own."""
    numbers = [str(name) for name in table.columns if _is_number(table[name])]
    sizes = {
        of_one: figures.common_size(
            [
                float(x)
                for name in numbers
                if _is_money(name) and _is_of_one(name) == of_one
                for x in table[name].dropna()
            ]
        )
        for of_one in (False, True)
    }
    shown = pd.DataFrame(index=table.index)
    for name in table.columns:
        column = table[name]
        if _is_number(column):
            text = _formatter(str(name), sizes[_is_of_one(str(name))])
            shown[name] = ["-" if pd.isna(x) else text(float(x)) for x in column]
        elif pd.api.types.is_datetime64_any_dtype(column):
            days = (column.dropna() == column.dropna().dt.normalize()).all()
            shown[name] = [
                "-" if pd.isna(x) else f"{x:%Y-%m-%d}" if days else f"{x:%Y-%m-%d %H:%M}" for x in column
            ]
        else:
            shown[name] = ["-" if pd.isna(x) else str(x) for x in column]
    for name in numbers:
        ends = [f"{name}_{end}" for end in ("low", "high", "p10", "p90") if f"{name}_{end}" in numbers]
        if _is_money(name) and len(ends) >= 2:
            family, size = [name, *ends], sizes[_is_of_one(name)]
            texts = [
                figures.amounts(row, row[1], row[2], size) for row in table[family].to_numpy(float).tolist()
            ]
            shown[family] = texts
    return shown


def _aligned_left(table: pd.DataFrame) -> list[bool]:
    return [not _is_number(table[name]) for name in table.columns]


WIDTH = 100
"""The most characters in a line of a result."""
WIDEST = 60
"""The most characters in a line of a cell; longer texts are broken into lines."""


def text_table(table: pd.DataFrame) -> str:
    """Plain text: texts to the left, numbers to the right. A table that is too wide is laid out as blocks,
    one below the other, each beginning with the columns that name the rows."""
    if table.empty:
        return "(nothing)"
    shown, left = formatted(table), _aligned_left(table)
    columns = [
        Column([textwrap.wrap(cell, WIDEST) or [""] for cell in [str(name), *map(str, shown[name])]], is_left)
        for name, is_left in zip(shown.columns, left, strict=True)
    ]
    names = _names_of_rows(table)
    found, block = [], columns[:names]
    for column in columns[names:]:
        if len(block) > names and sum(c.width + 2 for c in [*block, column]) - 2 > WIDTH:
            found.append(block)
            block = columns[:names]
        block = [*block, column]
    return "\n\n".join(_written(block) for block in [*found, block])


@dataclass
class Column:
    """A column: its head and cells, each as lines."""

    cells: list[list[str]]
    is_left: bool

    @property
    def width(self) -> int:
        return max(len(line) for cell in self.cells for line in cell)

    def padded(self, row: int, line: int) -> str:
        cell = self.cells[row]
        text = cell[line] if line < len(cell) else ""
        return text.ljust(self.width) if self.is_left else text.rjust(self.width)


def _written(columns: list[Column]) -> str:
    lines = []
    for row in range(len(columns[0].cells)):
        for line in range(max(len(column.cells[row]) for column in columns)):
            lines.append("  ".join(column.padded(row, line) for column in columns).rstrip())
    return "\n".join(lines)


def _names_of_rows(table: pd.DataFrame) -> int:
    """How many columns at the left name the rows: the first, and the keys that follow it."""
    keys = (*KEYS, "periods", "against")
    names = 1
    while names < table.shape[1] - 1 and table.columns[names] in keys:
        names += 1
    return names


def blocks(*parts: str | Sequence[str]) -> str:
    """Tables (texts) and lists of sentences, which are broken into lines, with an empty line between
    parts."""
    return "\n\n".join(
        part if isinstance(part, str) else "\n".join(wrapped(sentence) for sentence in part)
        for part in parts
        if part
    )


def wrapped(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)


def html_table(table: pd.DataFrame) -> str:
    shown, left = formatted(table), _aligned_left(table)
    sides = ["text-align:left" if is_left else "text-align:right;white-space:nowrap" for is_left in left]
    head = "".join(
        f"<th style='{side}'>{html.escape(str(n))}</th>" for n, side in zip(shown.columns, sides, strict=True)
    )
    rows = []
    for row in shown.itertuples(index=False, name=None):
        cells = (
            f"<td style='{side}'>{html.escape(text)}</td>" for text, side in zip(row, sides, strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def result_html(sentences: list[str], table: str) -> str:
    """Sentences first, then the table."""
    return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences) + table


ROWS = 60
"""The most rows of a table that are shown; of a longer one only both ends are."""


class Table(pd.DataFrame):
    """A data frame that shows itself as people read it: in a page's width, money in one unit, no exponents.

    Its numbers keep all their digits, and tables that pandas makes of it show themselves in the same way. A
    note below it, and in `attrs["note"]`, says what its intervals cover.
    """

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def __repr__(self) -> str:
        if not _is_plain(self):
            return super().__repr__()
        note = self._note()
        return blocks(_cut(self, text_table), [note] if note else [])

    def _repr_html_(self) -> str:
        if not _is_plain(self):
            return str(pd.DataFrame(self).to_html())
        note = html.escape(self._note())
        return _cut(self, html_table) + (f"<p>{note}</p>" if note else "")

    def _note(self) -> str:
        """What its intervals cover, if it has any."""
        has_some = any(str(name).endswith("_low") for name in self.columns)
        return str(self.attrs.get("note", "")) if has_some else ""


def _is_plain(table: pd.DataFrame) -> bool:
    """Whether its columns have simple, unique names; a pivoted table is shown by pandas itself."""
    return table.columns.nlevels == 1 and table.columns.is_unique and table.shape[1] > 0


def _cut(table: pd.DataFrame, write: Callable[[pd.DataFrame], str]) -> str:
    shown = pd.DataFrame(table)
    named = any(name is not None for name in shown.index.names)
    if (named or shown.index.dtype.kind not in "iu") and not set(shown.index.names) & set(shown.columns):
        shown = shown.reset_index()  # show row names, but not bare row numbers
    if len(shown) <= ROWS:
        return write(shown)
    parts = [write(part) for part in (shown.head(ROWS // 6), shown.tail(ROWS // 6))]
    between = f"... {len(shown):,} rows in all ..."
    return f"{parts[0]}\n\n{between}\n\n{parts[1]}"


P = ParamSpec("P")


def tabled(function: Callable[P, pd.DataFrame]) -> Callable[P, pd.DataFrame]:
    """Makes a public function return a `Table`, which shows itself as people read it."""

    @functools.wraps(function)
    def wrapped_up(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        found = function(*args, **kwargs)
        table = Table(found)
        table.attrs = dict(found.attrs)
        return table

    return wrapped_up
