"""One scenario in depth: its cash flow, where its value comes from, which investment brings it, what it
depends on."""

from __future__ import annotations

import math

from goodwill.analysis.bridge import STEP_NAMES
from goodwill.analysis.journeys import journeys
from goodwill.analysis.savings import savings
from goodwill.analysis.teams import teams
from goodwill.analysis.tornado import SHOWN, tornado
from goodwill.analysis.tornado import moving as moving_bars
from goodwill.analysis.uncertainty import percentages
from goodwill.analysis.words import common_size
from goodwill.plots import StudyPlots
from goodwill.report import content
from goodwill.report.markup import (
    amount_cell,
    assumption_cell,
    chart,
    escaped,
    figure,
    row_of,
    section,
    table_of,
    with_range,
)
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.vocabulary import CASHABLE, EVENTS, STRUCTURAL

LINE_NAMES = {
    "cost_of_sales": "cost of sales",
    "cost_to_serve": "cost to serve",
    "team_cost": "fixed cost of teams",
    "upfront": "investment, upfront",
    "running": "investment, running",
    "net": "net cash flow",
}
SUMS = ("contribution", "net", "cumulative")


def depth(study: StudyResult, scenario: str, analyses: bool) -> str:
    """The section of one scenario; without `analyses`, only what needs no further simulation."""
    number = study.number(scenario)
    parts = [_flow(study, scenario), _bridge(study, scenario), _savings(study, scenario)]
    parts += [_journeys(study, scenario), _teams(study, scenario)]
    if analyses:
        parts += [_shares(study, scenario), _tornado(study, scenario)]
    title = f"In depth: {scenario}"
    return section(f"scenario-{number}", title, *(part for part in parts if part))


def _flow(study: StudyResult, scenario: str) -> str:
    table = content.flows_by_year(study, scenario)
    unit = content.money_unit(study, table)
    columns = [str(name) for name in table.columns if name != "line"]
    heads = [("line", "")] + [(name.replace("_", " "), "n") for name in columns]
    rows = []
    for row in table.to_dict("records"):
        line = str(row["line"])
        if line not in SUMS and not any(row[column] for column in columns):
            continue
        cells = [amount_cell(row[column], unit, scenario, f"flow.{line}.{column}") for column in columns]
        name = escaped(LINE_NAMES.get(line, line))
        rows.append(row_of(name, *cells, kind="sum" if line in SUMS else ""))
    of_table = study.table().iloc[study.number(scenario)]
    caption = (
        f"In {unit.name}, more than in {study.against(scenario)!r}; what goes out is negative. Years are not "
        "discounted; the last column is."
    )
    value = of_table["beyond_horizon"]
    beyond = figure(
        figures.amount(value, study.model.currency, common_size(study)), scenario, "beyond_horizon", value
    )
    return "\n".join(
        [
            "<h3>Cash flow</h3>",
            chart(
                f"flow-{study.number(scenario)}",
                lambda ax: StudyPlots(study).flow(scenario, ax=ax),
                "Cumulative cash flow within the horizon",
            ),
            table_of(heads, rows, caption),
            f'<p class="quiet">Beyond the horizon, not part of the above: {beyond} (present value).</p>',
        ]
    )


def _bridge(study: StudyResult, scenario: str) -> str:
    table = content.bridge(study, scenario)
    if table.empty:
        return "<h3>Where it comes from</h3>\n<p>Nothing changes, so there is nothing to take apart.</p>"
    columns = [str(name) for name in table.columns if name not in ("step", "customer_periods")]
    unit = content.money_unit(study, table[columns])
    heads = [("step", "")] + [(name, "n") for name in columns]
    rows = []
    for row in table.to_dict("records"):
        step = str(row["step"])
        cells = [amount_cell(row[column], unit, scenario, f"bridge.{step}.{column}") for column in columns]
        name = "NPV" if step == "npv" else STEP_NAMES.get(step, step)
        rows.append(row_of(escaped(name), *cells, kind="sum" if step == "npv" else ""))
    period, against = escaped(study.model.period), escaped(repr(study.against(scenario)))
    kept = float(table["customer_periods"].sum())
    more = "more" if kept > 0 else "fewer"
    gained = figure(figures.count(abs(kept)), scenario, "bridge.customer_periods", kept)
    kept_said = (
        f"<p>There are {gained} customer-{period}s {more} than in {against}: the step <i>customers kept</i> "
        f"takes them at what a customer-{period} is worth there. The other steps are changes per customer, "
        "and what the firm pays.</p>"
        if round(kept)
        else f"<p>There are as many customer-{period}s as in {against}: the steps are changes per customer, "
        "and what the firm pays.</p>"
    )
    caption = (
        f"Present values in {unit.name}, by origin of the customers; what the firm pays as a whole stands "
        "apart."
    )
    return "\n".join(
        [
            "<h3>Where it comes from</h3>",
            kept_said,
            chart(
                f"bridge-{study.number(scenario)}",
                lambda ax: StudyPlots(study).bridge(scenario, ax=ax),
                "The steps from 0 to the net present value",
                height=1.2 + 0.32 * len(table),
            ),
            table_of(heads, rows, caption),
        ]
    )


def _savings(study: StudyResult, scenario: str) -> str:
    table = savings(study, scenario)
    table = table[table["saved"] != 0]
    if table.empty:
        return ""
    rows = []
    of_money = table["kind"] == CASHABLE
    size = figures.common_size(table.loc[of_money, ["before", "after", "saved"]].to_numpy().ravel())
    for row in table.to_dict("records"):
        item, money = str(row["item"]), row["kind"] == CASHABLE
        cells = (
            figure(
                figures.amount(row[column], "", size) if money else figures.count(row[column]),
                scenario,
                f"savings.{item}.{column}",
                row[column],
            )
            for column in ("before", "after", "saved")
        )
        kind = f"<td>{escaped(row['kind'])}, {escaped(row['unit'])}</td>"
        name = escaped(item).replace(".", ".<wbr>")
        rows.append(row_of(name, kind, *(f'<td class="n">{cell}</td>' for cell in cells)))
    heads = [("item", ""), ("kind", "")] + [(name, "n") for name in ("before", "after", "saved")]
    caption = "A year, mean over the horizon, not discounted; below 0, more is spent."
    return "\n".join(
        [
            "<h3>What it saves</h3>",
            "<p><b>Cashable</b> is money no longer spent. <b>Released capacity</b> is work no longer asked "
            "for; what of it is worth money is in the cashable rows already.</p>",
            table_of(heads, rows, caption),
        ]
    )


def _journeys(study: StudyResult, scenario: str) -> str:
    table = journeys(study, scenario)
    shown = {
        "walks a year": ("walks", figures.count),
        "reach their end": ("completion", figures.percent),
        "contacts": ("contacts_per_issue", figures.decimal),
        "minutes waited": ("minutes", figures.decimal),
        "effort, 1 to 7": ("effort", figures.decimal),
    }
    rows = []
    for row in table.to_dict("records"):
        journey = str(row["journey"])
        for text, (column, form) in shown.items():
            pair = (f"{column}_before", column)
            before, after = ("–" if math.isnan(row.get(name, math.nan)) else form(row[name]) for name in pair)
            if before == after:
                continue
            numbers = (
                figure(text, scenario, f"journeys.{journey}.{name}", row[name])
                for name, text in zip(pair, (before, after), strict=True)
            )
            rows.append(row_of(f"{escaped(journey)}: {text}", *(f'<td class="n">{x}</td>' for x in numbers)))
    if not rows:
        return ""
    heads = [("journey", ""), ("before", "n"), ("after", "n")]
    caption = (
        "What differs, means over the horizon. A walk reaches its end unless it ends in a loss, is cut "
        "off, or stops right after a failure or a full team. Contacts and minutes are those of one walk; "
        "effort is the mean over contacts."
    )
    return "\n".join(["<h3>How journeys end, and what they take</h3>", table_of(heads, rows, caption)])


def _teams(study: StudyResult, scenario: str) -> str:
    table = teams(study, scenario)
    if table.empty:
        return ""
    shown = {
        "contacts a year": ("load", figures.count),
        "time for": ("capacity", figures.count),
        "use": ("use", figures.percent),
        "found no room": ("unserved", figures.percent),
        "wait, minutes": ("wait", lambda x: f"{x:.2g}"),
    }
    rows = []
    for row in table.to_dict("records"):
        team = str(row["team"])
        for text, (column, form) in shown.items():
            pair = (f"{column}_before", column)
            if not any(row[name] for name in pair):
                continue
            numbers = (figure(form(row[name]), scenario, f"teams.{team}.{name}", row[name]) for name in pair)
            rows.append(row_of(f"{escaped(team)}: {text}", *(f'<td class="n">{x}</td>' for x in numbers)))
    heads = [("team", ""), ("before", "n"), ("after", "n")]
    caption = (
        "Means over the horizon. Above a use of 100 %, more come than there is time for; whoever finds no "
        "room is annoyed, costs nothing and brings nothing."
    )
    return "\n".join(["<h3>How busy the teams are</h3>", table_of(heads, rows, caption)])


def _shares(study: StudyResult, scenario: str) -> str:
    table = content.shares(study, scenario)
    if table is None:
        return ""
    unit = content.money_unit(study, table)
    rows = []
    for row in table.to_dict("records"):
        name = str(row["investment"])
        value, low, high, alone, last, worst, best = (
            figure(unit.text(row[column]), scenario, f"shapley.{name}.{column}", row[column])
            for column in (
                "shapley",
                "shapley_low",
                "shapley_high",
                "alone",
                "last",
                "order_low",
                "order_high",
            )
        )
        cells = [with_range(value, low, high), alone, last, f"{worst} to {best}"]
        shown = "events and the rest" if name == EVENTS else name
        rows.append(row_of(escaped(shown), *(f'<td class="n">{cell}</td>' for cell in cells)))
    heads = [("investment", "")]
    heads += [(head, "n") for head in ("share", "alone", "added last", "in the worst and best order")]
    caption = f"Present values in {unit.name}; below each share its {100 * study.level:g} % interval."
    return "\n".join(
        [
            "<h3>Who brings it</h3>",
            "<p>What an investment adds depends on what is there already. Its <i>share</i> is the mean over "
            "all orders in which they could be made (Shapley value); the shares add up to the NPV.</p>",
            table_of(heads, rows, caption),
        ]
    )


def _tornado(study: StudyResult, scenario: str) -> str:
    table = tornado(study, scenario)
    moving = moving_bars(table)
    idle = [str(name) for name in table["assumption"] if name not in set(moving["assumption"])]
    smaller = len(moving) - SHOWN
    rest = f"<p>{smaller} more have smaller swings than these; the workbook holds them.</p>"
    without = f"<p>Without any effect here: {escaped(', '.join(idle))}.</p>" if idle else ""
    if moving.empty:
        return "<h3>What it depends on</h3>\n<p>No assumption changes this value.</p>"
    unit = content.money_unit(study, moving[["npv_at_low", "npv_at_best", "npv_at_high"]])
    in_percent = percentages(study.model)
    rows = []
    for row in moving.head(SHOWN).to_dict("records"):
        name = str(row["assumption"])
        ends = [
            assumption_cell(row[end], name in in_percent, scenario, f"tornado.{name}.{end}")
            for end in ("low", "best", "high")
        ]
        money_cells = [
            amount_cell(row[column], unit, scenario, f"tornado.{name}.{column}")
            for column in ("npv_at_low", "npv_at_high", "swing")
        ]
        note = "" if row["extremes_at_ends"] else '<span class="range">extreme between the ends</span>'
        said = ", ".join(str(word) for word in (row["unit"], row["source"]) if word) or "–"
        words = f"<td>{escaped(row['kind'])}</td>", f'<td class="words">{escaped(said)}</td>'
        head = escaped(name).replace(".", ".<wbr>") + note
        rows.append(row_of(head, words[0], *ends, *money_cells, words[1]))
    heads = [("assumption", ""), ("kind", "")] + [(end, "n") for end in ("low", "best", "high")]
    heads += [("NPV at low", "n"), ("NPV at high", "n"), ("swing", "n"), ("unit, source", "")]
    best = float(moving["npv_at_best"].iloc[0])
    centre = figure(
        figures.amount(best, study.model.currency, common_size(study)), scenario, "tornado.npv_at_best", best
    )
    mean = " (the answer above is the mean over the draws)" if study.uncertain else ""
    structural = (
        "<p><b>Structural assumptions</b> are inner workings that no data of the firm say. They are not in "
        "P(NPV &gt; 0), nor in any other probability here; at each end the model still reproduces the "
        "firm&#x27;s observed figures.</p>"
    )
    return "\n".join(
        [
            "<h3>What it depends on</h3>",
            "<p>One assumption at a time at its 10 and 90 % quantile (structural ones at the ends of their "
            f"range), all others at their best, where the NPV is {centre}{mean}.</p>",
            structural if (table["kind"] == STRUCTURAL).any() else "",
            chart(
                f"tornado-{study.number(scenario)}",
                lambda ax: StudyPlots(study).tornado(scenario, ax=ax),
                "Net present value at both ends of each assumption",
                height=1.1 + 0.36 * min(len(moving), SHOWN),
            ),
            table_of(heads, rows, f"NPV and swing (at high less at low) in {unit.name}."),
            rest if smaller > 0 else "",
            without,
        ]
    )
