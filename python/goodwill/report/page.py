"""The business case as one HTML file: it needs no network, and every figure holds its exact number."""

from __future__ import annotations

import html
import math
import os
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodwill import figures
from goodwill._files import checked_file, write_atomically
from goodwill.report import content
from goodwill.report.charts import inline_svg

if TYPE_CHECKING:
    from goodwill.study import Study

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The browser itself refuses whatever would leave the file."""

LINE_NAMES = {
    "cost_of_sales": "cost of sales",
    "cost_to_serve": "cost to serve",
    "contribution": "contribution",
    "upfront": "investment, upfront",
    "running": "investment, running",
    "net": "net cash flow",
}
SUMS = ("contribution", "net", "cumulative")


def to_html(study: Study, file: str | os.PathLike[str]) -> Path:
    """Writes the page whole or not at all and returns its path.

    Raises `ValueError` if the file cannot be written there, before anything is computed, and `ImportError`
    without matplotlib.
    """
    path = checked_file("file", file, ".html")
    check_matplotlib()
    return write_atomically(path, page(study))


def check_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError(
            "the page has charts, which need matplotlib: pip install 'goodwill[plot]'"
        ) from None


def page(study: Study) -> str:
    """The page as text; the same study makes the same text."""
    model = study.model
    title = f"Business case: {model.name}" if model.name else "Business case"
    style = resources.files("goodwill.report").joinpath("page.css").read_text(encoding="utf-8")
    sections = [
        _head(study),
        _answer(study),
        _scenarios(study),
        _decisions(study),
        *(_flow(study, name) for name in study.scenarios),
        _uncertainty(study),
        _register(study),
        _conventions(study),
        _provenance(study),
    ]
    body = "\n".join(section for section in sections if section)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


# ----------------------------------------------------------------------------------------------------- pieces


def _text(value: object) -> str:
    return html.escape(str(value))


def _set(text: str) -> str:
    """Numbers as a printer sets them: a true minus, no line break before a unit, a dash for what is not."""
    if text == "-":
        return "–"
    return re.sub(r"(?<=\d) (?=%|k\b|M\b|bn\b)", "\u00a0", re.sub(r"(?<![\w.])-(?=[\d∞])", "\u2212", text))


def _data(scenario: str, column: str, value: float) -> str:
    """The exact number behind a figure, in attributes."""
    return f'data-scenario="{_text(scenario)}" data-column="{_text(column)}" data-value="{float(value)!r}"'


def _figure(text: str, scenario: str, column: str, value: float) -> str:
    return f"<span {_data(scenario, column, value)}>{_text(_set(text))}</span>"


def _section(name: str, title: str, *parts: str) -> str:
    return f'<section id="{name}">\n<h2>{_text(title)}</h2>\n' + "\n".join(parts) + "\n</section>"


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[str], caption: str = "") -> str:
    """`heads` are texts with the class of their column."""
    head = "".join(f'<th scope="col"{_class(c)}>{_text(text)}</th>' for text, c in heads)
    # Not a <caption>: on a phone it would be as wide as the table, and scroll out of sight with it.
    above = f'<p class="quiet">{_text(caption)}</p>\n' if caption else ""
    return (
        f'{above}<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _pairs(rows: Sequence[tuple[str, str]], small: bool = False) -> str:
    inner = "\n".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in rows)
    return f'<dl class="pairs{" small" if small else ""}">\n{inner}\n</dl>'


def _kind(row: dict[Any, Any]) -> str:
    """Gain or loss where the interval says so; else neither."""
    if row["npv_low"] > 0:
        return "gain"
    return "loss" if row["npv_high"] < 0 else ""


def _years(value: float) -> str:
    if math.isnan(value):
        return "–"
    return "never" if math.isinf(value) else f"{value:.1f} years"


def _rows(study: Study) -> list[dict[Any, Any]]:
    return study.table().to_dict("records")


# --------------------------------------------------------------------------------------------------- sections


def _head(study: Study) -> str:
    about = f"<p>{_text(study.model.about)}</p>" if study.model.about else ""
    return (
        f'<header>\n<p class="kicker">Business case over {_text(content.years_of(study))}</p>\n'
        f"<h1>{_text(study.model.name or 'Scenarios compared')}</h1>\n{about}\n</header>"
    )


def _answer(study: Study) -> str:
    items, cards = [], []
    for row, sentence in zip(_rows(study), study.sentences(), strict=True):
        name = row["scenario"]
        items.append(f"<li{_class(_kind(row))} {_data(name, 'npv', row['npv'])}>{_text(_set(sentence))}</li>")
        cards.append(_card(row, study.model.currency))
    return _section(
        "answer",
        "The answer",
        f'<ul class="answer">\n{chr(10).join(items)}\n</ul>',
        f'<div class="cards">\n{chr(10).join(cards)}\n</div>',
    )


def _card(row: dict[Any, Any], currency: str) -> str:
    name = row["scenario"]
    facts = []
    if row["cost"]:  # events have none
        facts.append(("investment", "cost", figures.amount(row["cost"], currency)))
        facts.append(("return on it", "roi", figures.percent(row["roi"])))
        facts.append(("payback", "payback", _years(row["payback"])))
    facts.append(("beyond horizon", "beyond_horizon", figures.amount(row["beyond_horizon"], currency)))
    if not math.isnan(row["p_npv_positive"]):
        facts.append(("chance to pay", "p_npv_positive", figures.percent(row["p_npv_positive"], 0)))
    inner = "".join(
        f"<dt>{label}</dt><dd>{_figure(text, name, column, row[column])}</dd>"
        for label, column, text in facts
    )
    value = figures.amount(row["npv"], currency)
    return (
        f'<div class="card {_kind(row)}"><h3>{_text(name)}</h3>'
        f'<span class="value" {_data(name, "npv", row["npv"])}>{_text(_set(value))}</span>'
        f'<span class="quiet">net present value</span><dl>{inner}</dl></div>'
    )


def _scenarios(study: Study) -> str:
    heads = [("scenario", ""), ("against", "")]
    columns = ["npv", "beyond_horizon", "contribution", "cost", "tax", "roi", "irr", "payback"]
    names = {"npv": "NPV", "beyond_horizon": "beyond horizon", "roi": "ROI", "irr": "IRR a year"}
    if not study.terms.tax:
        columns.remove("tax")
    heads += [(names.get(column, column), "n") for column in columns]
    rows = []
    for row in _rows(study):
        cells = "".join(_scenario_cell(row, column) for column in columns)
        rows.append(
            f'<tr><th scope="row">{_text(row["scenario"])}</th><td>{_text(row["against"])}</td>{cells}</tr>'
        )
    caption = f"Present values in {study.model.currency or 'money'}; NPV = contribution - cost - tax. "
    caption += f"Below each value its {100 * study.level:g} % interval, the error of the simulation."
    chart = inline_svg(
        "npv",
        lambda ax: study.plot.npv(ax=ax),
        height=1.3 + 0.42 * len(study.scenarios),
        about="Net present value of each scenario with its interval",
    )
    return _section(
        "scenarios", "The scenarios compared", _table(heads, rows, caption), f"<figure>{chart}</figure>"
    )


def _scenario_cell(row: dict[Any, Any], column: str) -> str:
    name, value = row["scenario"], row[column]
    low, high = row.get(f"{column}_low", math.nan), row.get(f"{column}_high", math.nan)
    if column == "payback":
        text = _years(value)
    elif column in ("roi", "irr"):
        text = figures.percent_between(value, low, high)
    else:
        text = figures.amount_between(value, low, high)
    middle, _, ends = text.partition(" (")
    cell = _figure(middle, name, column, value)
    if column == "roi" and not row["roi_bounded"] and not math.isnan(value):
        cell += '<span class="range">no bounds</span>'
    elif ends:
        left, _, right = ends.rstrip(")").partition(" to ")
        left, right = _figure(left, name, f"{column}_low", low), _figure(right, name, f"{column}_high", high)
        cell += f'<span class="range">{left} to {right}</span>'
    return f'<td class="n">{cell}</td>'


def _decisions(study: Study) -> str:
    inside: dict[str, list[str]] = {}
    described: dict[str, str] = {}
    for scenario, kind, name, about in content.decisions(study):
        inside.setdefault(scenario, []).append(name)
        described[name] = f"{about or 'Not described in the model.'} ({kind})"
    if not inside:
        return ""
    return _section(
        "decisions",
        "What the scenarios contain",
        _pairs([(scenario, ", ".join(names)) for scenario, names in inside.items()]),
        "<h3>Investments and events</h3>",
        _pairs(list(described.items())),
    )


def _flow(study: Study, scenario: str) -> str:
    table = content.flows_by_year(study, scenario)
    unit, word = content.table_unit(table)
    currency = study.model.currency or "currency units"
    years = [name for name in table.columns if name.startswith("year_")]
    columns = [*years, "total", "present_value"]
    heads = [("line", "")] + [(name.replace("_", " "), "n") for name in columns]
    rows = []
    for row in table.to_dict("records"):
        line = str(row["line"])
        if line not in SUMS and not any(row[column] for column in columns):
            continue
        cells = "".join(_flow_cell(scenario, line, column, row[column], unit) for column in columns)
        kind = ' class="sum"' if line in SUMS else ""
        rows.append(f'<tr{kind}><th scope="row">{_text(LINE_NAMES.get(line, line))}</th>{cells}</tr>')
    of_table = study.table().iloc[study.number(scenario)]
    caption = (
        f"In {f'{word} {currency}'.strip()}, more than in {study.against(scenario)!r}; what goes out is "
        "negative. Years are not discounted; the last column is."
    )
    beyond = _figure(
        figures.amount(of_table["beyond_horizon"], currency),
        scenario,
        "beyond_horizon",
        of_table["beyond_horizon"],
    )
    chart = inline_svg(
        f"flow-{study.number(scenario)}",
        lambda ax: study.plot.flow(scenario, ax=ax),
        about="Cumulative cash flow within the horizon",
    )
    return _section(
        f"flow-{study.number(scenario)}",
        f"Cash flow: {scenario}",
        f"<figure>{chart}</figure>",
        _table(heads, rows, caption),
        f'<p class="quiet">Beyond the horizon, not part of the above: {beyond} (present value).</p>',
    )


def _flow_cell(scenario: str, line: str, column: str, value: float, unit: float) -> str:
    digits = 0 if unit > 1 else 2
    shown = f"{round(value / unit, digits) + 0.0:,.{digits}f}"  # + 0: no minus before a zero
    minus = " minus" if shown.startswith("-") else ""
    data = _data(scenario, f"flow.{line}.{column}", value)
    return f'<td class="n{minus}" {data}>{_set(shown)}</td>'


def _uncertainty(study: Study) -> str:
    if not study.uncertain:
        return _section(
            "uncertainty",
            "How sure are we?",
            "<p>Everything was taken at its best value, so there is no probability to report; the intervals "
            "are the error of the simulation alone.</p>",
        )
    table = content.uncertainty(study)
    columns = [name for name in table.columns if name.startswith("npv_p")]
    heads = [("scenario", "")] + [(f"{int(name[5:])} %", "n") for name in columns] + [("P(NPV > 0)", "n")]
    rows = []
    for row in table.to_dict("records"):
        name = row["scenario"]
        cells = "".join(
            f'<td class="n">{_figure(figures.amount(row[c]), name, c, row[c])}</td>' for c in columns
        )
        chance = _figure(
            figures.percent(row["p_npv_positive"], 0), name, "p_npv_positive", row["p_npv_positive"]
        )
        rows.append(f'<tr><th scope="row">{_text(name)}</th>{cells}<td class="n">{chance}</td></tr>')
    caption = f"Quantiles of the NPV over the draws, {study.model.currency or 'money'}; "
    caption += "80 % of the draws lie between 10 % and 90 %."
    chart = inline_svg(
        "acceptability",
        lambda ax: study.plot.acceptability(ax=ax),
        about="Probability that the net present value exceeds an amount",
    )
    return _section(
        "uncertainty",
        "How sure are we?",
        f"<p>The declared assumptions were drawn {figures.count(study.result.draws)} times, jointly.</p>",
        _table(heads, rows, caption),
        f"<figure>{chart}</figure>",
        '<p class="quiet">Read the curve at 0 for the probability to pay; at a budget, for the probability '
        "to pay if the investment costs that much more than planned (paid today, after tax).</p>",
    )


def _register(study: Study) -> str:
    table = content.assumptions(study)
    if table.empty:
        return _section("assumptions", "Assumptions", "<p>The model declares no number as uncertain.</p>")
    heads = [("assumption", "")] + [(name, "n") for name in ("low", "best", "high")]
    heads += [(name, "") for name in ("unit", "source", "owner", "used by")]
    rows = []
    for row in table.to_dict("records"):
        name = row["assumption"]
        numbers = "".join(
            f'<td class="n" {_data(name, column, row[column])}>{_set(f"{row[column]:.4g}")}</td>'
            for column in ("low", "best", "high")
        )
        note = f'<span class="range">{_text(row["note"])}</span>' if row["note"] else ""
        rest = "".join(
            f'<td class="words">{_text(row[key] or "–")}</td>' for key in ("unit", "source", "owner")
        )
        rows.append(
            f'<tr><th scope="row">{_text(name)}{note}</th>{numbers}{rest}'
            f'<td class="path">{_text(row["uses"]).replace(".", ".<wbr>")}</td></tr>'
        )
    caption = "Low, best and high are the 10, 50 and 90 % quantiles; rates as fractions, per period."
    if not study.uncertain:
        caption += " This study took the best values."
    return _section("assumptions", "Assumptions", _table(heads, rows, caption))


def _conventions(study: Study) -> str:
    return _section("conventions", "How the figures are made", _pairs(content.conventions(study)))


def _provenance(study: Study) -> str:
    rows = [(name, "–" if value is None else str(value)) for name, value in content.provenance(study)]
    return _section(
        "provenance",
        "Where this comes from",
        '<p class="quiet">The same model, seed and version give the same figures, bit for bit.</p>',
        _pairs(rows, small=True),
    )
