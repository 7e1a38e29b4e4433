"""Tables for people: short numbers, right-aligned; the tables themselves keep every digit."""

from __future__ import annotations

import html
from collections.abc import Callable

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
)


def _formatter(column: str) -> Callable[[float], str]:
    if column in ("period", "year", "replication"):
        return lambda x: f"{x:.0f}"
    if column.startswith(("p_", "roi")) or column in _fractions:
        return figures.percent
    if column in _points:
        return lambda x: figures.decimal(x, 1)
    if column in _states:
        return figures.decimal
    if any(column.endswith((word, f"{word}_low", f"{word}_high")) for word in _money):
        return figures.amount
    return figures.count


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """A copy made of texts."""
    shown = pd.DataFrame(index=table.index)
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            text = _formatter(str(name))
            shown[name] = ["-" if pd.isna(x) else text(float(x)) for x in column]
        else:
            shown[name] = ["-" if pd.isna(x) else str(x) for x in column]
    return shown


def _aligned_left(table: pd.DataFrame) -> list[bool]:
    return [not pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]


def text_table(table: pd.DataFrame) -> str:
    """Plain text: texts to the left, numbers to the right."""
    if table.empty:
        return "(nothing)"
    shown, left = formatted(table), _aligned_left(table)
    heads = [str(name) for name in shown.columns]
    cells = [heads, *(list(map(str, row)) for row in shown.itertuples(index=False, name=None))]
    widths = [max(len(row[k]) for row in cells) for k in range(len(heads))]
    lines = []
    for row in cells:
        padded = [
            text.ljust(w) if is_left else text.rjust(w)
            for text, w, is_left in zip(row, widths, left, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


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
