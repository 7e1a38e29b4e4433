"""Tables for people: short numbers, right-aligned; the tables themselves keep every digit."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Sequence

import pandas as pd

from goodwill import figures

_fractions = (
    "churn",
    "failure",
    "recovery",
    "kept",
    "correlation",
    "p_positive",
    "p_zero",
    "p_negative",
    "roi",
)
_points = ("nps", "nps_measured", "tenure")
_counts = (
    *("customers", "joined", "lost", "orders", "referrals", "converted", "responses", "contacts"),
    *("failed", "recovered", "started", "truncated", "treated", "prospects", "lapsed"),
)
_states = ("satisfaction", "expectation", "trust", "drift", "start", "end")
_money = (
    "revenue",
    "margin",
    "cost",
    "contribution",
    "npv",
    "value",
    "mean",
    "upfront",
    "running",
    "use",
    "with_referrals",
    "within_horizon",
    "beyond_horizon",
    "tax",
    "expansion",
    "acceleration",
    "anyway",
    "saved_acquisition",
    "clv",
)


def _is_money(column: str) -> bool:
    return _is_of_one(column) or any(
        column.endswith((word, f"{word}_low", f"{word}_high")) for word in _money
    )


def _is_of_one(column: str) -> bool:
    """Money of one customer: a lifetime value, and its quantiles."""
    return column == "clv" or (column.startswith("q") and column[1:].replace(".", "").isdigit())


def _formatter(column: str, size: float) -> Callable[[float], str]:
    if column in ("period", "year", "replication"):
        return lambda x: f"{x:.0f}"
    if column.startswith(("p_", "roi")) or column in _fractions:
        return figures.percent
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
    """A copy made of texts; all money of a table is in one unit, but for that of one customer."""
    numbers = [str(name) for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
    sizes = {
        of_one: figures.common_size(
            float(x)
            for name in numbers
            if _is_money(name) and _is_of_one(name) == of_one
            for x in table[name].dropna()
        )
        for of_one in (False, True)
    }
    shown = pd.DataFrame(index=table.index)
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            text = _formatter(str(name), sizes[_is_of_one(str(name))])
            shown[name] = ["-" if pd.isna(x) else text(float(x)) for x in column]
        else:
            shown[name] = ["-" if pd.isna(x) else str(x) for x in column]
    return shown


def _aligned_left(table: pd.DataFrame) -> list[bool]:
    return [not pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]


WIDTH = 100
"""Columns that a result has at most."""


def text_table(table: pd.DataFrame) -> str:
    """Plain text: texts to the left, numbers to the right. What is wider than a page is laid out as blocks,
    one below the other, each beginning with the texts that name the rows."""
    if table.empty:
        return "(nothing)"
    shown, left = formatted(table), _aligned_left(table)
    columns = []
    for name, is_left in zip(shown.columns, left, strict=True):
        cells = [str(name), *map(str, shown[name])]
        width = max(map(len, cells))
        columns.append([cell.ljust(width) if is_left else cell.rjust(width) for cell in cells])
    names = _names_of_rows(table)
    found, block = [], columns[:names]
    for column in columns[names:]:
        if len(block) > names and sum(len(c[0]) + 2 for c in [*block, column]) - 2 > WIDTH:
            found.append(block)
            block = columns[:names]
        block = [*block, column]
    return "\n\n".join(_lines(block) for block in [*found, block])


def _names_of_rows(table: pd.DataFrame) -> int:
    """How many columns at the left say what a row is about: the first, and texts and keys that follow it."""
    keys = ("period", "year", "replication", "segment", "origin", "against")
    names = 1
    while names < table.shape[1] - 1 and table.columns[names] in keys:
        names += 1
    return names


def _lines(columns: list[list[str]]) -> str:
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def blocks(*parts: str | Sequence[str]) -> str:
    """Tables, and sentences broken into lines, one below the other with a line between."""
    return "\n\n".join(
        part if isinstance(part, str) else "\n".join(wrapped(sentence) for sentence in part)
        for part in parts
        if part
    )


def wrapped(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)


def html_table(table: pd.DataFrame) -> str:
    shown, left = formatted(table), _aligned_left(table)
    sides = ["text-align:left" if is_left else "text-align:right" for is_left in left]
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
