"""A study in words, and its table as people read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from goodwill import figures

if TYPE_CHECKING:
    from goodwill.study import Study


def sentence(row: dict[Any, Any], currency: str, length: str) -> str:
    """What one scenario is worth: its value, what lies beyond the horizon, its return, and how sure it is."""
    name, against = row["scenario"], row["against"]
    beside = f" against {against!r}" if against != "baseline" else ""
    value, low, high = row["npv"], row["npv_low"], row["npv_high"]
    if row["p_zero"] == 1 and row["beyond_horizon"] == 0:
        return f"{name!r} changes nothing{beside}: its value is exactly 0 over {length}."
    if value >= 0:
        text = f"{name!r} is worth {figures.amount_between(value, low, high, currency)} over {length}{beside}"
    else:
        text = f"{name!r} loses {figures.amount_between(-value, -high, -low, currency)} over {length}{beside}"
    if low < 0 < high:
        text += ", which these replications cannot tell from 0"
    return text + _beyond(row, currency) + _return_of_one(row, currency) + _chance(row) + "."


def _beyond(row: dict[Any, Any], currency: str) -> str:
    beyond = row["beyond_horizon"]
    if beyond == 0:
        return ""
    more = "more" if beyond > 0 else "less"
    return f", {figures.amount(abs(beyond), currency)} {more} beyond"


def _return_of_one(row: dict[Any, Any], currency: str) -> str:
    if math.isnan(row["roi"]):
        return ""
    if not row["roi_bounded"]:
        return "; its cost may be 0 or less, so the return on it has no bounds"
    if row["cost"] <= 0:
        saved = figures.amount(-row["cost"], currency)
        return f"; it saves {saved} of cost, so there is no return on it"
    back, low, high = (1 + row[key] for key in ("roi", "roi_low", "roi_high"))
    one = f"1 {currency}".strip()
    return f"; {one} invested returns {figures.amount_between(back, low, high, currency)}"


def _chance(row: dict[Any, Any]) -> str:
    chance = row["p_npv_positive"]
    if math.isnan(chance):
        return ""
    return f"; under the declared assumptions it pays with probability {figures.percent(chance, 0)}"


def length(study: Study) -> str:
    """The horizon of a study in words."""
    model, years = study.model, study.terms.horizon
    if years:
        return figures.plural(years, "year")
    return figures.duration(model.horizon, model.period, model.periods_per_year)


def shown(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The table of a study with intervals beside their values."""
    rows = []
    for row in table.to_dict("records"):
        one = {"scenario": row["scenario"]}
        if (table["against"] != "baseline").any():
            one["against"] = row["against"]
        for name in ("npv", "beyond_horizon", "cost"):
            one[name] = figures.amount_between(row[name], row[f"{name}_low"], row[f"{name}_high"], currency)
        one["roi"] = _roi_text(row)
        one["irr"] = figures.percent(row["irr"])
        one["payback"] = _years(row["payback"])
        if not math.isnan(row["p_npv_positive"]):
            one["80 % of draws"] = (
                f"{figures.amount(row['npv_p10'])} to {figures.amount(row['npv_p90'], currency)}"
            )
            one["p(npv > 0)"] = figures.percent(row["p_npv_positive"], 0)
        rows.append(one)
    return pd.DataFrame(rows)


def note(study: Study) -> str:
    """What the intervals are of, and on which terms."""
    what = (
        f"{study.result.draws} draws of the assumptions, {study.question.batches} batches each"
        if study.uncertain
        else f"{study.replications} paired replications"
    )
    sure = {
        "reached": " The precision asked for is reached.",
        "capped": " The precision asked for is not reached.",
    }
    terms = study.terms
    prices = (
        f"nominal prices, inflation {figures.percent(terms.inflation)}" if terms.nominal else "real prices"
    )
    tax = f", tax {figures.percent(terms.tax)}" if terms.tax else ", before tax"
    together = " for all scenarios together" if study.question.simultaneous else ""
    weights = " Survival weights were used." if study.result.survival_weights else ""
    return (
        f"{100 * study.level:g} % intervals{together} from {what}: the error of the simulation.{weights}"
        f"{sure.get(study.status, '')} Present values at {100 * terms.discount:g} % a year, timing "
        f"{terms.timing}, {prices}{tax}."
    )


def _roi_text(row: dict[Any, Any]) -> str:
    if math.isnan(row["roi"]):
        return "-"
    if not row["roi_bounded"]:
        return f"{figures.percent(row['roi'])} (unbounded)"
    return figures.percent_between(row["roi"], row["roi_low"], row["roi_high"])


def _years(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "never" if math.isinf(value) else f"{value:.1f} years"
