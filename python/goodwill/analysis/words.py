"""A study in words, and its table as people read it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from goodwill.analysis import run_off
from goodwill.results import tables
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.vocabulary import BASELINE, EVENT

ROUNDING = 1e-9
"""A value below this share of the money that moves is only the rounding of sums."""
DRAWS = "in 80 % of the draws"


def uneven_years(periods: pd.Series[int], period: str) -> list[str]:
    """A sentence where the years of a table do not have the same number of periods."""
    if periods.nunique() <= 1:
        return []
    lengths = figures.listed([str(length) for length in periods.drop_duplicates()])
    return [
        f"The years have {lengths} {period}s (column periods), and their sums differ accordingly; "
        f"compare what is per {period}."
    ]


def is_drawn(row: dict[Any, Any]) -> bool:
    """Whether the assumptions were drawn and make a difference to a scenario, so that it has a band of
    draws."""
    return not math.isnan(row["p_npv_positive"])


def band(row: dict[Any, Any], name: str = "npv") -> tuple[float, float]:
    """The interval to show: the band of the draws (NaN for a figure that has none), else the error of the
    mean."""
    low, high = ("p10", "p90") if is_drawn(row) else ("low", "high")
    return row.get(f"{name}_{low}", math.nan), row.get(f"{name}_{high}", math.nan)


def band_name(row: dict[Any, Any], level: float) -> str:
    return "80 % of the draws" if is_drawn(row) else f"{100 * level:g} % interval"


def sentences(study: StudyResult) -> list[str]:
    """What was found, one sentence for each scenario."""
    currency, of_years, size = study.model.currency, length(study), common_size(study)
    return [sentence(row, currency, of_years, size) for row in study.table().to_dict("records")]


def remarks(study: StudyResult) -> list[str]:
    """What readers of the table need to know; see `Study.remarks`."""
    worlds = {name: study.world(name) for name in study.result.worlds}
    found = {
        name: [*tables.walks_cut_off(world), *tables.overloads(world, study.model.period)]
        for name, world in worlds.items()
    }
    warnings = [f"Warning: {what} (scenario {name!r})." for name, texts in found.items() for what in texts]
    return [*reasons(study), *run_off.warnings(study), *warnings]


def sentence(row: dict[Any, Any], currency: str, length: str, size: float | None = None) -> str:
    """One scenario in a sentence: its value, what lies beyond the horizon, its return, and how sure that is.

    `size` sets the unit of all amounts.
    """
    name, against = row["scenario"], row["against"]
    beside = f" against {against!r}" if against != BASELINE else ""
    value, low, high = row["npv"], row["npv_low"], row["npv_high"]
    moved = abs(row["contribution"]) + abs(row["cost"])
    if row["p_zero"] == 1 and moved == 0 and row["beyond_horizon"] == 0:
        return f"{name!r} changes nothing{beside}: its value is exactly 0 over {length}."
    if max(abs(value), high - low) <= ROUNDING * moved:
        text = f"{name!r} is worth 0 over {length}{beside}: it brings exactly what it costs"
    else:
        drawn = is_drawn(row)
        verb, middle, left, right = _verb_and_ends(value, *band(row), row["kind"] == EVENT)
        amount = figures.amount_between(middle, left, right, currency, size, what=DRAWS if drawn else "")
        text = f"{name!r} {verb} {amount} over {length}{beside}"
        if low < 0 < high:
            text += f", which these {'draws' if drawn else 'replications'} cannot tell from 0"
    return text + _beyond(row, currency, size) + _return_of_one(row, currency, size) + _chance(row) + "."


def _verb_and_ends(value: float, low: float, high: float, event: bool) -> tuple[str, float, float, float]:
    """The verb, the value and its ends: a loss as a positive number, unless its interval reaches above 0."""
    if value < 0 and not high > 0:
        return "costs the firm" if event else "loses", -value, -high, -low
    return "brings" if event and value >= 0 else "is worth", value, low, high


def _beyond(row: dict[Any, Any], currency: str, size: float | None) -> str:
    beyond = row["beyond_horizon"]
    if beyond == 0:
        return ""
    more = "more" if beyond > 0 else "less"
    return f", {figures.amount(abs(beyond), currency, size)} {more} beyond"


def _return_of_one(row: dict[Any, Any], currency: str, size: float | None) -> str:
    if row["kind"] == EVENT or row["cost"] == 0:
        return ""
    if row["cost"] < 0:
        saved = figures.amount(-row["cost"], currency, size)
        return f"; it saves {saved} of cost: nothing is laid out, so this net benefit stands for a return"
    if row["contribution"] < 0:
        cost, lost = (figures.amount(abs(row[key]), currency, size) for key in ("cost", "contribution"))
        return f"; it costs {cost} and lowers contribution by another {lost}"
    if not row["roi_bounded"]:
        return f"; {row['roi_reason']}"
    back, low, high = (1 + value for value in (row["roi"], *band(row, "roi")))
    one, what = f"1 {currency}".strip(), DRAWS if is_drawn(row) else ""
    return f"; {one} invested returns {figures.amount_between(back, low, high, currency, what=what)}"


def _chance(row: dict[Any, Any]) -> str:
    if not is_drawn(row):
        return "; all its numbers were taken as certain"
    if row["kind"] == EVENT:  # nobody chooses an event
        return ""
    return f"; under the declared assumptions it pays with probability {_probability(row)}"


def _probability(row: dict[Any, Any]) -> str:
    return figures.percent_between(*(row[f"p_npv_positive{end}"] for end in ("", "_low", "_high")))


def length(study: StudyResult) -> str:
    """The horizon of a study in words."""
    model, years = study.model, study.terms.horizon
    if years:
        return figures.plural(years, "year")
    return figures.duration(model.horizon, model.period, model.periods_per_year)


def common_size(study: StudyResult) -> float:
    """The size that sets the unit of all money of a study."""
    table = study.table()
    return figures.common_size(
        table[["npv", "beyond_horizon", "contribution", "cost"]].to_numpy().ravel(), least=0.3
    )


def shown(study: StudyResult) -> pd.DataFrame:
    """The table of a study with intervals beside their values, all money in one unit."""
    table, currency, size = study.table(), study.model.currency, common_size(study)
    years = length(study)
    rows = []
    for row in table.to_dict("records"):
        one = {"scenario": row["scenario"]}
        if (table["against"] != BASELINE).any():
            one["against"] = row["against"]
        drawn = is_drawn(row)
        for name in ("npv", "beyond_horizon", "cost"):
            one[name] = amount_text(row, name, currency, size)
        one["roi"] = roi_text(row)
        one["irr"] = irr_text(row)
        one["payback"] = payback_text(row, years)
        if table["p_npv_positive"].notna().any():
            one["p(npv > 0)"] = _probability(row) if drawn and row["kind"] != EVENT else "-"
        rows.append(one)
    return pd.DataFrame(rows)


def reasons(study: StudyResult) -> list[str]:
    """Remarks on the ROI, IRR and payback of each scenario: why there is none, or several."""
    found = []
    for row in study.table().to_dict("records"):
        if row["kind"] == EVENT or (row["cost"] == 0 and row["contribution"] == 0):
            continue  # nobody chooses it, or it changes nothing: its dashes need no reason
        said: dict[str, list[str]] = {}
        for name, key in (("ROI", "roi"), ("IRR", "irr"), ("payback", "payback")):
            if row[f"{key}_reason"]:
                said.setdefault(row[f"{key}_reason"], []).append(name)
        found += [f"{row['scenario']!r}, {', '.join(names)}: {why}." for why, names in said.items()]
    return found


def no_return(row: dict[Any, Any]) -> str:
    """What stands in place of a ROI: a scenario that saves cost has a net benefit, which is its NPV."""
    return "net benefit" if row["cost"] < 0 else "-"


def irr_text(row: dict[Any, Any]) -> str:
    """`21.8 %`; a star sends the reader to the remarks."""
    star = " *" if row["irr_reason"] and not math.isnan(row["irr"]) else ""
    return figures.rate_of_return(row["irr"]) + star


def payback_text(row: dict[Any, Any], years: str) -> str:
    """`2.4 years`, or whether it pays back beyond the horizon or never; a star sends the reader to the
    remarks."""
    value = row["payback"]
    if math.isnan(value):
        return "-"
    if not math.isinf(value):
        some = value == 0 or value >= 0.05
        text = figures.plural(round(value, 1), "year") if some else "below 0.1 years"
        return text + (" *" if row["payback_reason"] else "")
    return f"not within {years}" if math.isfinite(row["payback_beyond"]) else "never"


def note(study: StudyResult) -> str:
    """What the intervals cover, and the terms of the values."""
    level = f"{100 * study.level:g} % intervals"
    what = f"{study.replications} paired replications"
    if study.uncertain:
        what = f"{study.result.draws} draws of the assumptions, {study.question.batches} batches each"
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
    first = f"{level}{together} from {what}: the error of the simulation."
    if study.table()["p_npv_positive"].notna().any():
        first = (
            f"The ranges of npv and roi hold 80 % of {what}, without the error of the simulation. The "
            f"mean npv is known to {_errors(study)} ({level}{together}): the error of the simulation and of "
            "so few draws."
        )
    return (
        f"{first}{_common_luck(study)}{weights}{sure.get(study.status, '')} "
        f"Present values at {100 * terms.discount:g} % a year, timing {terms.timing}, {prices}{tax}."
    )


def _common_luck(study: StudyResult) -> str:
    """What pairing saves, where customers influence one another and it may be little."""
    ratios = study.table()["variance_ratio"].dropna()
    if not study.question.anchored.core.coupled_in(study.result.worlds) or ratios.empty:
        return ""
    least = ratios.min()
    if least < 2:
        return (
            " Customers influence one another so much that common luck saves little: without it only "
            f"{figures.number(least)} times as much would have to be simulated for the same error."
        )
    several = "at least " if len(ratios) > 1 else ""
    return (
        f" Without common luck {several}{figures.number(least)} times as much would have to be simulated for "
        "the same error."
    )


def _errors(study: StudyResult) -> str:
    """`±14 k EUR`, or the smallest and the largest if scenarios differ."""
    table, currency = study.table(), study.model.currency
    halves = (table["npv_high"] - table["npv_low"])[table["p_npv_positive"].notna()] / 2
    ends = [figures.error(float(half), currency) for half in (halves.min(), halves.max())]
    return f"±{ends[0]}" if ends[0] == ends[1] else f"±{ends[0]} to ±{ends[1]}"


def amount_text(row: dict[Any, Any], name: str, currency: str, size: float) -> str:
    """`1.5 M EUR (1.1 to 1.9)`: an amount of the table with its band."""
    return figures.amount_between(row[name], *band(row, name), currency, size, spread=is_drawn(row))


def roi_text(row: dict[Any, Any]) -> str:
    if math.isnan(row["roi"]):
        return no_return(row)
    if not row["roi_bounded"]:
        return f"{figures.percent(row['roi'])} (unbounded)"
    return figures.percent_between(row["roi"], *band(row, "roi"), spread=is_drawn(row))
