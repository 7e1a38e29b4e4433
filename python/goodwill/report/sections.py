"""The sections of the page: the answer, each scenario, how sure it is, what it was made with.

One file, because the sections are short and stand here in the order of the page.
"""

from __future__ import annotations

import math
from typing import Any

from goodwill.analysis import uncertainty as assumptions
from goodwill.analysis.events import sentences as event_sentences
from goodwill.analysis.gaps import gaps as gaps_of
from goodwill.analysis.goals import goals as goals_of
from goodwill.analysis.goals import in_words, wanted
from goodwill.analysis.words import (
    DRAWS,
    amount_text,
    band,
    common_size,
    irr_text,
    is_drawn,
    length,
    payback_text,
    remarks,
    roi_text,
    sentences,
)
from goodwill.plots import StudyPlots
from goodwill.report import content
from goodwill.report.markup import (
    assumption_cell,
    chart,
    class_of,
    data,
    escaped,
    figure,
    pairs,
    row_of,
    section,
    table_of,
    typeset,
    with_range,
)
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.vocabulary import BASELINE, EVENT


def _kind(row: dict[Any, Any]) -> str:
    """`gain` or `loss` if the whole band lies on one side of 0, else empty."""
    low, high = band(row)
    if low > 0:
        return "gain"
    return "loss" if high < 0 else ""


def _rows(study: StudyResult) -> list[dict[Any, Any]]:
    return study.table().to_dict("records")


def head(study: StudyResult) -> str:
    about = f"<p>{escaped(study.model.about)}</p>" if study.model.about else ""
    return (
        f'<header>\n<p class="kicker">Business case over {escaped(length(study))}</p>\n'
        f"<h1>{escaped(study.model.name or 'Scenarios compared')}</h1>\n{about}\n</header>"
    )


def answer(study: StudyResult) -> str:
    items, cards = [], []
    for row, sentence in zip(_rows(study), sentences(study), strict=True):
        name = row["scenario"]
        items.append(
            f"<li{class_of(_kind(row))} {data(name, 'npv', row['npv'])}>{escaped(typeset(sentence))}</li>"
        )
        cards.append(_card(study, row))
    items += [f"<li>{escaped(typeset(text))}</li>" for text in event_sentences(study)]
    return section(
        "answer",
        "The answer",
        f'<ul class="answer">\n{chr(10).join(items)}\n</ul>',
        f'<div class="cards">\n{chr(10).join(cards)}\n</div>',
    )


def _card(study: StudyResult, row: dict[Any, Any]) -> str:
    name, event = row["scenario"], row["kind"] == EVENT
    size = common_size(study)
    facts = []

    def amount(value: float) -> str:
        return figures.amount(value, study.model.currency, size)

    if row["cost"] < 0:
        facts.append(("cost saved", "cost", amount(-row["cost"])))
        facts.append(("return", "roi", "none: a net benefit"))
    elif row["cost"]:  # events have none
        facts.append(("investment", "cost", amount(row["cost"])))
        facts.append(("return on it", "roi", figures.percent(row["roi"])))
        facts.append(("payback", "payback", payback_text(row, length(study))))
    facts.append(("beyond horizon", "beyond_horizon", amount(row["beyond_horizon"])))
    if is_drawn(row) and not event:
        facts.append(("chance to pay", "p_npv_positive", figures.percent(row["p_npv_positive"], 0)))
    inner = "".join(
        f"<dt>{label}</dt><dd>{figure(text, name, column, row[column])}</dd>" for label, column, text in facts
    )
    value, ends = _middle_and_ends(amount_text(row, "npv", study.model.currency, size))
    what = "what it does to the net present value" if event else "net present value"
    return (
        f'<div class="card {_kind(row)}"><h3>{escaped(name)}</h3>'
        f'<span class="value" {data(name, "npv", row["npv"])}>{escaped(typeset(value))}</span>'
        f'<div class="quiet">{what}</div>{_card_band(row, ends)}<dl>{inner}</dl></div>'
    )


def _card_band(row: dict[Any, Any], ends: str) -> str:
    """The line below the value of a card: the band of the draws, or that its numbers were taken as
    certain."""
    if not is_drawn(row):
        return '<div class="quiet">all its numbers taken as certain</div>'
    return f'<div class="quiet">{" to ".join(_ends(row, "npv", ends))} {DRAWS}</div>' if ends else ""


def _middle_and_ends(text: str) -> tuple[str, str]:
    """Splits a value with its band: `1.5 M EUR` and `1.1 to 1.9`."""
    middle, _, ends = text.partition(" (")
    return middle, ends.rstrip(")")


def _ends(row: dict[Any, Any], column: str, ends: str) -> tuple[str, str]:
    """The ends of a band as figures that hold their exact numbers."""
    names = ("p10", "p90") if is_drawn(row) else ("low", "high")
    low, high = (
        figure(text, row["scenario"], f"{column}_{name}", row[f"{column}_{name}"])
        for text, name in zip(ends.split(" to "), names, strict=True)
    )
    return low, high


def scenarios(study: StudyResult) -> str:
    heads = [("scenario", ""), ("against", "")]
    columns = ["npv", "beyond_horizon", "contribution", "cost", "tax", "roi", "irr", "payback"]
    names = {
        "npv": "NPV",
        "beyond_horizon": "beyond horizon",
        "roi": "ROI",
        "irr": "IRR a year",
    }
    if not study.terms.tax:
        columns.remove("tax")
    heads += [(names.get(column, column), "n") for column in columns]
    rows = []
    for row in _rows(study):
        cells = "".join(_scenario_cell(study, row, column) for column in columns)
        rows.append(row_of(escaped(row["scenario"]), f"<td>{escaped(row['against'])}</td>", cells))
    caption = f"Present values in {study.model.currency or 'money'}; NPV = contribution - cost - tax. "
    drawn = [is_drawn(row) for row in _rows(study)]
    if any(drawn):
        caption += "Below a mean is what 80 % of the draws of the assumptions lie between. "
    if not all(drawn):
        others = "Without draws, below" if any(drawn) else "Below"
        caption += f"{others} each mean is its {100 * study.level:g} % interval: the error of the simulation."
    picture = chart(
        "npv",
        lambda ax: StudyPlots(study).npv(ax=ax),
        "Net present value of each scenario with its interval",
        height=1.3 + 0.42 * len(study.scenarios),
    )
    why = "".join(f'<p class="quiet">{escaped(typeset(reason))}</p>' for reason in remarks(study))
    return section("scenarios", "The scenarios compared", table_of(heads, rows, caption), why, picture)


def _scenario_cell(study: StudyResult, row: dict[Any, Any], column: str) -> str:
    name = row["scenario"]
    value = row[column]
    if column == "payback":
        text = payback_text(row, length(study))
    elif column == "irr":
        text = irr_text(row)
    elif column == "roi":
        text = roi_text(row)
    else:
        text = amount_text(row, column, "", common_size(study))
    middle, ends = _middle_and_ends(text)
    cell = figure(middle, name, column, value)
    if column == "roi" and not row["roi_bounded"] and not math.isnan(value):
        cell += '<span class="range">no bounds</span>'
    elif ends:
        cell = with_range(cell, *_ends(row, column, ends))
    return f'<td class="n">{cell}</td>'


def decisions(study: StudyResult) -> str:
    inside: dict[str, list[str]] = {}
    described: dict[str, str] = {}
    for scenario, kind, name, about in content.decisions(study):
        inside.setdefault(scenario, []).append(name)
        described[name] = f"{about or 'Not described in the model.'} ({kind})"
    if not inside:
        return ""
    return section(
        "decisions",
        "What the scenarios contain",
        pairs([(scenario, ", ".join(names)) for scenario, names in inside.items()]),
        "<h3>Investments and events</h3>",
        pairs(list(described.items())),
    )


def uncertainty(study: StudyResult) -> str:
    drawn = [row["scenario"] for row in _rows(study) if is_drawn(row)]
    if not drawn:
        return section(
            "uncertainty",
            "How sure are we?",
            "<p>Everything was taken at its best value, so there is no probability to report; the intervals "
            "are the error of the simulation alone.</p>",
        )
    table = content.uncertainty(study)
    columns = [name for name in table.columns if name.startswith("npv_p")]
    proposed = any(study.kind(name) != EVENT for name in drawn)
    heads = [("scenario", "")] + [(f"{int(name[5:])} %", "n") for name in columns]
    heads += [("P(NPV > 0)", "n")] if proposed else []
    rows = []
    size = common_size(study)
    for row in table.to_dict("records"):
        name = row["scenario"]
        cells = "".join(
            f'<td class="n">{figure(figures.amount(row[c], "", size), name, c, row[c])}</td>' for c in columns
        )
        chance = "–"  # an event, which nobody chooses
        if study.kind(name) != EVENT:
            chance = with_range(
                *(
                    figure(figures.percent(row[column], 0), name, column, row[column])
                    for column in ("p_npv_positive", "p_npv_positive_low", "p_npv_positive_high")
                )
            )
        rows.append(row_of(escaped(name), cells, f'<td class="n">{chance}</td>' if proposed else ""))
    caption = f"Quantiles of the NPV over the draws, {study.model.currency or 'money'}; "
    caption += "80 % of the draws lie between 10 % and 90 %."
    caption += f" Below each probability its {100 * study.level:g} % interval." if proposed else ""
    certain = [name for name in study.scenarios if name not in drawn]
    without = f"<p>No assumption makes a difference to {escaped(', '.join(certain))}.</p>" if certain else ""
    picture = [
        chart(
            "acceptability",
            lambda ax: StudyPlots(study).acceptability(ax=ax),
            "Probability that the net present value exceeds an amount",
        ),
        '<p class="quiet">Read the curve at 0 for the probability to pay; at a budget, for the probability '
        "to pay if the investment costs that much more than planned (paid today, after tax).</p>",
    ]
    return section(
        "uncertainty",
        "How sure are we?",
        f"<p>The declared assumptions were drawn {figures.count(study.result.draws)} times, jointly.</p>",
        table_of(heads, rows, caption),
        without,
        *(picture if proposed else []),
    )


def goals(study: StudyResult) -> str:
    table = goals_of(study)
    if table.empty:
        return ""
    rows = []
    for row in table.to_dict("records"):
        goal, scenario = str(row["goal"]), str(row["scenario"])
        cells = [f"<td>{escaped(wanted(row, study.model.period))}</td>"]
        cells.append(f"<td>{escaped(scenario)}</td>")
        if row["met"] is None:
            cells.append(f'<td class="words" colspan="3">{escaped(row["reason"])}</td>')
        else:
            value, low, high = (
                figure(in_words(goal, row[end]), scenario, f"goal.{goal}.{end}", row[end])
                for end in ("value", "value_low", "value_high")
            )
            cells.append(f'<td class="n">{with_range(value, low, high)}</td>')
            verdict = "met" if row["met"] else "missed"
            cells.append(f"<td>{escaped(', '.join(word for word in (verdict, row['reason']) if word))}</td>")
            cells.append(f'<td class="n">{_goal_chance(row)}</td>')
        rows.append(row_of(escaped(goal), *cells))
    heads = [("goal", ""), ("wanted", ""), ("scenario", ""), ("value", "n"), ("", ""), ("probability", "n")]
    caption = (
        f"Below each value its {100 * study.level:g} % interval. The probability is over the draws of the "
    )
    caption += "assumptions; where they make no difference, a goal is met or missed."
    return section("goals", "Goals", table_of(heads, rows, caption))


def _goal_chance(row: dict[Any, Any]) -> str:
    if math.isnan(row["probability"]):
        return "–"
    chance, low, high = (
        figure(figures.percent(row[end], 0), row["scenario"], f"goal.{row['goal']}.{end}", row[end])
        for end in ("probability", "probability_low", "probability_high")
    )
    return with_range(chance, low, high)


def gaps(study: StudyResult) -> str:
    table = gaps_of(study, by=[]).sort_values("worth", ascending=False)
    if table.empty:
        return ""
    rows = []
    size = figures.common_size(table["worth"])
    for row in table.to_dict("records"):
        place = f"{row['journey']}.{row['touchpoint']}"
        shown = [("contacts", figures.count(row["contacts"])), ("failure", figures.percent(row["failure"]))]
        shown += [(column, f"{row[column]:.1f}") for column in ("expected", "delivered", "felt")]
        cells = [figure(text, BASELINE, f"gap.{place}.{column}", row[column]) for column, text in shown]
        worth, low, high = (
            figure(figures.amount(row[end], "", size), BASELINE, f"gap.{place}.{end}", row[end])
            for end in ("worth", "worth_low", "worth_high")
        )
        cells.append("–" if math.isnan(row["worth"]) else with_range(worth, low, high))
        name = escaped(place).replace(".", ".<wbr>")
        rows.append(row_of(name, *(f'<td class="n">{cell}</td>' for cell in cells)))
    heads = ("contacts a year", "failed", "expected", "delivered", "felt", "a point more, a year")
    caption = "In the baseline, means over contacts on a scale of 0 to 10. The last column is what one point "
    caption += "more of quality at this touchpoint alone would add to the contribution, in "
    caption += f"{study.model.currency or 'money'} a year (mean over the model's horizon, not discounted)."
    return section(
        "gaps",
        "Where experience falls short",
        "<p>What customers expect, what they get, and what is left of it after comparison.</p>",
        table_of([("touchpoint", ""), *((head, "n") for head in heads)], rows, caption),
    )


def register(study: StudyResult) -> str:
    table = assumptions.register(study.model)
    if table.empty:
        return section("assumptions", "Assumptions", "<p>The model declares no number as uncertain.</p>")
    heads = [("assumption", "")] + [(name, "n") for name in ("low", "best", "high")]
    heads += [(name, "") for name in ("unit", "source", "owner", "used by")]
    rows = []
    in_percent = assumptions.percentages(study.model)
    for row in table.to_dict("records"):
        name = row["assumption"]
        numbers = "".join(
            assumption_cell(row[end], name in in_percent, name, end) for end in ("low", "best", "high")
        )
        note = f'<span class="range">{escaped(row["note"])}</span>' if row["note"] else ""
        rest = "".join(
            f'<td class="words">{escaped(row[key] or "–")}</td>' for key in ("unit", "source", "owner")
        )
        uses = escaped(row["uses"]).replace(".", ".<wbr>")
        rows.append(row_of(escaped(name) + note, numbers, rest, f'<td class="path">{uses}</td>'))
    caption = "Low, best and high are the 10, 50 and 90 % quantiles; rates are per period."
    if not study.uncertain:
        caption += " This study took the best values."
    return section("assumptions", "Assumptions", table_of(heads, rows, caption))


def conventions(study: StudyResult) -> str:
    return section("conventions", "How the figures are made", pairs(content.conventions(study)))


def provenance(study: StudyResult) -> str:
    rows = [(name, "–" if value is None else str(value)) for name, value in content.provenance(study)]
    return section(
        "provenance",
        "Where this comes from",
        '<p class="quiet">The same model, seed and version give the same figures, bit for bit.</p>',
        pairs(rows, small=True),
    )
