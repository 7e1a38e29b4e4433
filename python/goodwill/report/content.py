"""What the documents say, without their form: the tables and the conventions of a study."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.analysis.bridge import bridge as bridge_of
from goodwill.analysis.bridge import steps
from goodwill.analysis.bundle import EXACT, own_investments, shapley
from goodwill.analysis.cashflows import by_period, dates
from goodwill.analysis.words import common_size, length
from goodwill.engine.model import core_of
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.vocabulary import BASELINE, END, EVENT, INVESTMENT, MID, START

FURTHER = 2
"""So many analyses of a document are simulated whatever the number of its scenarios."""

INCOMING = ("revenue", "contribution", "net", "cumulative")
"""Lines of the table of flows that are positive when money comes in; the others go out."""
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


TOGETHER = {
    "teams": (
        "Teams",
        "Customers take the time of teams from one another, so all of a scenario are simulated together. A "
        "team is as busy as it was in the month before; beyond the horizon it stays as busy as it was last, "
        "without the investments in it and without the fixed cost.",
    ),
    "word of mouth": (
        "Word of mouth",
        "Customers hear what others tell, so all of a scenario are simulated together. What is said in a "
        "period is heard in the next and fades with time; beyond the horizon it stays as it was last.",
    ),
    "market": (
        "A market of people",
        "Who may become a customer is limited, and customers draw others after them, so all of a scenario "
        "are simulated together. Whoever arrives, is referred or comes on their own is one of the people of "
        "the market; who leaves does not come again. Beyond the horizon nobody comes.",
    ),
    "triggers": (
        "Reactions",
        "What an investment or event waits for is seen in figures of the whole firm, reported once a month, "
        "so all of a scenario are simulated together. What is reported of a month can begin something in the "
        "next at the earliest.",
    ),
}
"""Why customers are simulated together."""


def flows_by_year(study: StudyResult, scenario: str) -> pd.DataFrame:
    """Incremental money of one scenario by year within the horizon; what goes out is negative.

    One row for each `line`, with `year_1`, `year_2`, ... in currency units, in the prices of the terms and
    not discounted; `total`, their sum; and `present_value`. `contribution` and `net` are sums of lines above
    them; `cumulative` adds up `net` year by year, and repeats its `total` and `present_value`. The present
    value of `net` is the NPV of the study. Raises `ValueError` for an unknown scenario.
    """
    paid, present = by_period(study, scenario)
    years = study.world(scenario).years()
    within = dates(study).within
    table = paid.iloc[:within].groupby(years[:within]).sum().T
    table.columns = [f"year_{year}" for year in table.columns]
    table["total"] = table.sum(axis=1)
    table["present_value"] = present.sum()
    table.loc[~table.index.isin(INCOMING)] *= -1.0
    cumulative = table.loc["net"].cumsum()
    cumulative[["total", "present_value"]] = table.loc["net", ["total", "present_value"]]
    table.loc["cumulative"] = cumulative
    return table.rename_axis("line").reset_index()


def bridge(study: StudyResult, scenario: str) -> pd.DataFrame:
    """The bridge with a row for each step that is not 0 and a last row `npv`; empty if nothing changes.

    Columns, in currency units: one for each origin with money, `(firm)` for what belongs to no customer, and
    `total`; then `customer_periods` kept, which only the first step has.
    """
    names = list(steps(study, scenario)["step"])
    found = bridge_of(study, scenario)
    wide = found.pivot_table(index="step", columns="origin", values="value", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(index=names, columns=list(dict.fromkeys(found["origin"])))
    wide = wide.loc[:, (wide != 0).any()]
    wide["total"] = wide.sum(axis=1)
    if names:
        wide.loc["npv"] = wide.sum()
    kept = found.groupby("step")["customer_periods"].sum()
    wide["customer_periods"] = kept.reindex(wide.index).fillna(0.0)
    wide.columns.name = None
    return wide.rename_axis("step").reset_index()


def shares(study: StudyResult, scenario: str) -> pd.DataFrame | None:
    """Shapley values of a bundle of 2 to `EXACT` investments; None for any other scenario, because a larger
    bundle has no exact values."""
    if not 2 <= len(own_investments(study, scenario)) <= EXACT:
        return None
    return shapley(study, scenario)


def uncertainty(study: StudyResult) -> pd.DataFrame:
    """By scenario, quantiles of the NPV over the declared assumptions (currency units), and P(NPV > 0)."""
    draws = study.npv_draws()
    rows = []
    for of_table in study.table().to_dict("records"):
        name = of_table["scenario"]
        if name not in draws:  # no assumption makes a difference to it
            continue
        row: dict[str, Any] = {"scenario": name}
        for level, value in zip(QUANTILES, np.quantile(draws[name], QUANTILES), strict=True):
            row[f"npv_p{round(100 * level):02d}"] = float(value)
        row |= {f"p_npv_positive{end}": of_table[f"p_npv_positive{end}"] for end in ("", "_low", "_high")}
        rows.append(row)
    return pd.DataFrame(rows)


def decisions(study: StudyResult) -> list[tuple[str, str, str, str]]:
    """Scenario, kind, name and description of each investment and event in the study."""
    core = core_of(study.model)
    rows = []
    for scenario in study.scenarios:
        for name in core.scenarios.get(scenario, []):
            kind = INVESTMENT if name in core.investments else EVENT
            about = study.model[f"{kind}s.{name}"].get("about") or ""
            rows.append((scenario, kind, name, str(about)))
    return rows


def conventions(study: StudyResult) -> list[tuple[str, str]]:
    """How the figures are made: pairs of a name and a sentence."""
    model, terms, question, result = study.model, study.terms, study.question, study.result
    dating = {START: "the start", MID: "the middle", END: "the end"}[terms.timing]
    prices = "Real: amounts are in prices of today, and the discount rate is real."
    if terms.nominal:
        grow = f"{100 * terms.inflation:g} %"
        prices = f"Nominal: amounts grow by {grow} a year, and the discount rate is nominal."
    tax = "None: all figures are before tax."
    if terms.tax:
        tax = f"{100 * terms.tax:g} % of profit, losses being credited at once; upfront costs are "
        tax += "written off "
        tax += f"over {figures.plural(terms.depreciation, 'year')}." if terms.depreciation else "at once."
    level = f"{100 * study.level:g} %"
    few = " and of having only so many draws" if study.uncertain else ""
    together = ", which hold for all scenarios together" if question.simultaneous else ""
    found = [
        (
            "Comparison",
            "Each scenario is simulated with the same customers and the same luck as what it is compared "
            "with; every figure is the difference between the two.",
        ),
        ("Horizon", f"{length(study)}, in steps of one {model.period}."),
        ("Discount", f"{100 * terms.discount:g} % a year, effective; present values are of today."),
        (
            "Timing",
            f"Recurring money is dated at {dating} of its {model.period}, dated money (acquisition, upfront "
            "costs, costs per customer first reached) at its start.",
        ),
        ("Prices", prices),
        ("Tax", tax),
        (
            "Beyond the horizon",
            "What those still customers bring until they have left: no newcomers, no referrals, and "
            f"investments and their effects have ended; {figures.count(result.run_off_periods)} further "
            f"{model.period}s are followed, at the end of which {_left(study)}. It is shown apart and is in "
            "no other figure.",
        ),
        (
            "Return (ROI)",
            "(contribution - cost of the investments) / that cost, present values before tax; a ratio of "
            "means.",
        ),
        ("Payback", "Years from the first outflow until the mean cash flow, after tax, has paid it back."),
        (
            f"{level} intervals",
            f"Of the means: the error of the simulation{few}, from {figures.count(study.replications)} "
            f"paired units{together}. They do not say how sure the assumptions are.",
        ),
    ]
    found += [TOGETHER[what] for what in study.question.anchored.core.coupled_in(result.worlds)]
    if result.survival_weights:
        found.append(
            (
                "Survival weights",
                "Churn was multiplied into the weight of each simulated customer instead of being drawn: the "
                "same means with less noise.",
            )
        )
    if study.uncertain:
        found.append(
            (
                "Uncertainty",
                f"{figures.count(result.draws)} joint draws of the declared assumptions, the same for all "
                f"scenarios, {question.batches} batches each. Ranges and probabilities over draws are freed "
                "from the error of the simulation. What is not declared uncertain counts as known.",
            )
        )
    else:
        found.append(("Uncertainty", "None: everything was taken at its best value."))
    return found


def _left(study: StudyResult) -> str:
    """How many customers of the baseline are left at the end of the run-off, in words."""
    left = float(study.world(BASELINE).left.mean())
    are = "is" if round(left) == 1 else "are"
    return f"{figures.plural(round(left), 'customer')} of the baseline {are} left"


def provenance(study: StudyResult) -> list[tuple[str, Any]]:
    """The provenance of the study as names and single values, without the number of threads: it changes no
    figure, and the same study is to make the same document."""
    rows: list[tuple[str, Any]] = []
    for name, value in study.provenance.items():
        if name == "threads":
            continue
        if isinstance(value, dict):
            rows += [(f"{name}.{key}", item) for key, item in value.items()]
        elif isinstance(value, list):
            rows.append((name, ", ".join(value)))
        else:
            rows.append((name, value))
    return rows


@dataclass(frozen=True)
class MoneyUnit:
    """One unit for the money of a table, so that columns add up by eye."""

    size: float
    digits: int
    name: str

    def text(self, value: float) -> str:
        """The value in this unit, without the unit's name; a dash for 0."""
        if value == 0:
            return "–"
        rounded = round(value / self.size, self.digits) + 0.0  # + 0 turns -0 into 0
        return f"{rounded:,.{self.digits}f}"


def money_unit(study: StudyResult, table: pd.DataFrame) -> MoneyUnit:
    """The unit of the whole page, with as many decimals as show four digits of the largest amount of the
    table."""
    unit, _ = figures.scale(common_size(study))
    largest = float(np.nanmax(np.abs(table.select_dtypes("number").to_numpy()), initial=0.0)) / unit
    digits = min(max(3 - math.floor(math.log10(largest)), 0), 3 if unit > 1 else 2) if largest > 0 else 0
    words = {1e3: "thousand ", 1e6: "million ", 1e9: "billion "}
    return MoneyUnit(unit, digits, words.get(unit, "") + (study.model.currency or "currency units"))
