"""The business case as an Excel workbook: the tables of a study, with numbers as numbers."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from goodwill.analysis.events import events
from goodwill.analysis.events import sentences as event_sentences
from goodwill.analysis.gaps import gaps
from goodwill.analysis.goals import goals
from goodwill.analysis.journeys import journeys
from goodwill.analysis.savings import savings
from goodwill.analysis.teams import teams
from goodwill.analysis.tornado import tornado
from goodwill.analysis.uncertainty import register
from goodwill.analysis.words import sentences
from goodwill.engine.progress import composite
from goodwill.report import content
from goodwill.results.study import StudyResult
from goodwill.text.arguments import missing
from goodwill.text.files import checked_file, write_atomically
from goodwill.text.vocabulary import FIRM, ORIGINS

MONEY, SHARE, DECIMAL, PLAIN = "#,##0;[Red]-#,##0", "0.0%", "0.0", "General"
RATE = '[>2]"above 200 %";0.0%'
"""The format of rates of return; above 200 % their digits say nothing."""
MONEY_COLUMNS = (
    *("npv", "beyond", "contribution", "cost", "tax", "year_", "total", "present_value"),
    *(*ORIGINS, FIRM, "customer_periods"),
    *("swing", "shapley", "alone", "last", "order_", "worth", "contacts", "before", "after", "saved"),
)
"""A column whose name begins with one of these is shown without decimals."""
WIDEST = 60


def to_excel(study: StudyResult, file: str | os.PathLike[str], *, analyses: bool = True) -> Path:
    """Writes the sheets summary, flows, bridge, savings, tornado, shapley, gaps, goals, assumptions, draws,
    conventions and provenance, and in models with journeys or teams one of them; returns the path.

    `analyses` adds the sheets tornado, shapley and gaps, which need further simulation; what the study knows
    already is not simulated again. `shapley` holds bundles of 2 to 8 investments; without any, only its
    heads. `draws` holds one row for each draw of the assumptions (values, then the NPV of each scenario); if
    nothing was drawn, only its heads. Numbers are formatted and keep the 16 digits that Excel stores; a
    missing value is an empty cell, and a payback that does not come is the text `not within the horizon`. The
    file is written whole or not at all. Raises `ValueError` if it cannot be written there and `ImportError`
    without openpyxl, both before anything is computed.
    """
    path = checked_file("file", file, ".xlsx")
    check_openpyxl()
    with composite("Workbook", content.FURTHER + len(study.scenarios)):
        return write_atomically(path, _workbook(study, analyses))


def check_openpyxl() -> None:
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise ImportError(missing("a workbook needs", "openpyxl")) from None


def tables(study: StudyResult, analyses: bool = True) -> dict[str, pd.DataFrame]:
    """The sheets by name."""

    def each(table: Callable[[str], pd.DataFrame | None]) -> pd.DataFrame:
        """The tables of the scenarios that have one, one below the other."""
        found = []
        for scenario in study.scenarios:
            part = table(scenario)
            if part is not None and not part.empty:
                part.insert(0, "scenario", scenario)
                part.insert(1, "against", study.against(scenario))
                found.append(part)
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["scenario", "against"])

    further = {}
    if analyses:
        further["tornado"] = each(lambda scenario: tornado(study, scenario))
        further["shapley"] = each(lambda scenario: content.shares(study, scenario))
        further["gaps"] = gaps(study)
    draws = pd.DataFrame(columns=["draw", *study.scenarios])
    if study.uncertain:
        npv = study.npv_draws().rename(columns=lambda name: f"npv.{name}")
        draws = pd.concat([study.assumption_draws(), npv], axis=1).reset_index()
    return {
        "summary": study.table(),
        "flows": each(lambda scenario: content.flows_by_year(study, scenario)),
        "bridge": each(lambda scenario: content.bridge(study, scenario)),
        "savings": each(lambda scenario: savings(study, scenario)),
        **(
            {"journeys": each(lambda scenario: journeys(study, scenario))}
            if study.result.any_world.names("started.")
            else {}
        ),
        **({"teams": each(lambda scenario: teams(study, scenario))} if study.result.any_world.teams else {}),
        **(
            {"events": events(study)} if any(world.events for world in study.result.by_world.values()) else {}
        ),
        **further,
        "goals": goals(study),
        "assumptions": register(study.model),
        "draws": draws,
        "conventions": pd.DataFrame(content.conventions(study), columns=["convention", "meaning"]),
        "provenance": pd.DataFrame(content.provenance(study), columns=["name", "value"]),
    }


def _workbook(study: StudyResult, analyses: bool) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = f"Business case: {study.model.name}"
    book.properties.creator = "goodwill"
    for name, table in tables(study, analyses).items():
        sheet = book.create_sheet(name)
        above = [
            *sentences(study),
            *event_sentences(study),
            f"Present values in {study.model.currency or 'currency units'}.",
            "",
        ]
        _fill(sheet, table, above if name == "summary" else [])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, table: pd.DataFrame, above: Sequence[str]) -> None:
    """Writes sentences, then the table; its head stays in sight, its columns are as wide as their content."""
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    for r, sentence in enumerate(above, start=1):
        _put(sheet.cell(r, 1), sentence)
    first = len(above) + 1
    line = Border(bottom=Side(style="thin"))
    for c, name in enumerate(map(str, table.columns), start=1):
        cell = sheet.cell(first, c)
        _put(cell, name)
        cell.font, cell.border = Font(bold=True), line
        widest = len(name)
        for r, value in enumerate(table.iloc[:, c - 1], start=first + 1):
            cell = sheet.cell(r, c)
            _put(cell, value)
            if isinstance(cell.value, str):
                widest = max(widest, len(cell.value))
                cell.alignment = Alignment(wrap_text=len(cell.value) > WIDEST, vertical="top")
            else:
                cell.number_format = _format(name)
                widest = max(widest, 12)
        sheet.column_dimensions[get_column_letter(c)].width = min(widest, WIDEST) + 2
    sheet.freeze_panes = sheet.cell(first + 1, 2)


def _put(cell: Any, value: Any) -> None:
    """Puts a value into a cell; a text of the model that begins with = stays a text and is no formula."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, float) and math.isinf(value):
        value = "not within the horizon" if value > 0 else "-∞"
    if not isinstance(value, (bool, int, float, str)):
        value = str(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _format(column: str) -> str:
    """The number format of a column, by its name."""
    if column in ("irr", "mirr"):
        return RATE
    if column.startswith(("roi", "p_", "correlation", "completion")):
        return SHARE
    if column.startswith(("payback", "contacts_per")):
        return DECIMAL
    return MONEY if column.startswith(MONEY_COLUMNS) else PLAIN
