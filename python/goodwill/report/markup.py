"""The pieces of a page: escaped text, figures that hold their exact number, sections, tables."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from goodwill.report.charts import inline_svg
from goodwill.report.content import MoneyUnit
from goodwill.text import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def escaped(value: object) -> str:
    return html.escape(str(value))


def typeset(text: str) -> str:
    """Sets numbers as printers do: a true minus, no line break before a unit, a dash for a missing value."""
    if text == "-":
        return "–"
    return re.sub(r"(?<=\d) (?=%|k\b|M\b|bn\b)", "\u00a0", re.sub(r"(?<![\w.])-(?=[\d∞])", "\u2212", text))


def data(scenario: str, column: str, value: float) -> str:
    """HTML attributes that hold the exact number behind a figure."""
    return (
        f'data-scenario="{escaped(scenario)}" data-column="{escaped(column)}" data-value="{float(value)!r}"'
    )


def figure(text: str, scenario: str, column: str, value: float) -> str:
    return f"<span {data(scenario, column, value)}>{escaped(typeset(text))}</span>"


def section(name: str, title: str, *parts: str) -> str:
    return f'<section id="{name}">\n<h2>{escaped(title)}</h2>\n' + "\n".join(parts) + "\n</section>"


def table_of(heads: Sequence[tuple[str, str]], rows: Sequence[str], caption: str = "") -> str:
    """A table; `heads` are pairs of a text and the class of its column."""
    head = "".join(f'<th scope="col"{class_of(c)}>{escaped(text)}</th>' for text, c in heads)
    # Not a <caption>: on a phone that would be as wide as the table and scroll out of sight.
    above = f'<p class="quiet">{escaped(caption)}</p>\n' if caption else ""
    return (
        f'{above}<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )


def row_of(head: str, *cells: str, kind: str = "") -> str:
    """A row of a table; `head` and `cells` are HTML already."""
    return f'<tr{class_of(kind)}><th scope="row">{head}</th>{"".join(cells)}</tr>'


def amount_cell(value: float, unit: MoneyUnit, scenario: str, column: str) -> str:
    shown = unit.text(value)
    minus = " minus" if shown.startswith("-") else ""
    return f'<td class="n{minus}" {data(scenario, column, value)}>{typeset(shown)}</td>'


def assumption_cell(value: float, in_percent: bool, scenario: str, column: str) -> str:
    return (
        f'<td class="n" {data(scenario, column, value)}>{typeset(figures.assumption(value, in_percent))}</td>'
    )


def with_range(value: str, low: str, high: str) -> str:
    """A figure with its interval below it."""
    return f'{value}<span class="range">{low} to {high}</span>'


def chart(name: str, draw: Callable[[Axes], Axes], about: str, height: float = 3.4) -> str:
    return f"<figure>{inline_svg(name, draw, height=height, about=about)}</figure>"


def class_of(name: str) -> str:
    return f' class="{name}"' if name else ""


def pairs(rows: Sequence[tuple[str, str]], small: bool = False) -> str:
    inner = "\n".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in rows)
    return f'<dl class="pairs{" small" if small else ""}">\n{inner}\n</dl>'
