"""What the documents say, before they have a form: the tables and the conventions of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill import _core, figures
from goodwill.cashflows import DATED
from goodwill.model import core_of

if TYPE_CHECKING:
    from goodwill.study import Study

LINES = {
    "revenue": ("revenue",),
    "cost_of_sales": ("cost_of_sales",),
    "cost_to_serve": ("cost_to_serve",),
    "acquisition": ("acquisition",),
    "events": ("event_once", "event_running"),
    "contribution": (),
    "upfront": ("upfront",),
    "running": ("per_customer", "running", "use"),
    "tax": (),
    "net": (),
    "cumulative": (),
}
"""Lines of the table of flows, and what of the simulator's lines each is; what has none is a sum, or tax."""

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def flows_by_year(study: Study, scenario: str) -> pd.DataFrame:
    """Money by year of one scenario, more than in the world it is compared with; what goes out is negative.

    One row a line: `line`, then `year_1`, `year_2`, ... in currency units of the prices of the terms, not
    discounted; `total`, their sum; and `present_value`. `contribution` and `net` are sums of the lines above
    them; `cumulative` adds up `net`, year by year, and its present values, which are discounted. The present
    value of `net` is the NPV of the table. All within the horizon. Raises `ValueError` for an unknown
    scenario.
    """
    flows, terms = study.result.flows(study.number(scenario)), study.terms
    a_year = study.model.periods_per_year
    periods = round(terms.horizon * a_year) if terms.horizon else study.model.horizon
    starts = np.arange(periods) / a_year
    recurring = (np.arange(periods) + {"start": 0.0, "mid": 0.5, "end": 1.0}[terms.timing]) / a_year
    prices = np.log1p(terms.inflation) if terms.nominal else 0.0
    year = np.floor(starts + 1e-9).astype(np.int64)

    def by_year(amounts: npt.NDArray[Any], at: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """One number a year, and the present value."""
        present = float(amounts @ np.exp(-np.log1p(terms.discount) * at))
        return np.append(np.bincount(year, amounts, minlength=int(year[-1]) + 1), present)

    found: dict[str, npt.NDArray[np.float64]] = {}
    for line, parts in LINES.items():
        total = np.zeros(int(year[-1]) + 2)
        for part in parts:
            at = starts if part in DATED else recurring
            sign = 1.0 if part == "revenue" else -1.0
            total += sign * by_year(np.asarray(flows.line(part))[:periods] * np.exp(prices * at), at)
        found[line] = total
    # Tax falls due with the recurring money, and is in the prices of its time already.
    found["tax"] = -by_year(np.asarray(flows.taxes(terms, a_year))[:periods], recurring)
    found["contribution"] = sum((found[name] for name in list(LINES)[:5]), np.zeros_like(total))
    found["net"] = found["contribution"] + found["upfront"] + found["running"] + found["tax"]
    found["cumulative"] = np.append(np.cumsum(found["net"][:-1]), found["net"][-1])
    rows = []
    for line, amounts in found.items():
        row: dict[str, Any] = {"line": line}
        row |= {f"year_{k + 1}": amount for k, amount in enumerate(amounts[:-1])}
        row["total"] = amounts[-2] if line == "cumulative" else float(amounts[:-1].sum())
        row["present_value"] = amounts[-1]
        rows.append(row)
    return pd.DataFrame(rows)


def cumulative_cash(
    study: Study, scenario: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Years from today, and the incremental cash after tax summed until then: as paid, and discounted.

    Of the mean flow, within the horizon, in currency units; the last discounted sum is the NPV.
    """
    flows, terms = study.result.flows(study.number(scenario)), study.terms
    years, amounts = (np.asarray(x) for x in flows.cash(terms, study.model.periods_per_year, False))
    discounted = amounts * np.exp(-np.log1p(terms.discount) * years)
    return years, np.cumsum(amounts), np.cumsum(discounted)


def acceptability(study: Study, amounts: npt.NDArray[np.float64]) -> pd.DataFrame:
    """P(NPV > amount) over the declared assumptions, by scenario; a row for each amount, in currency units.

    Read as a budget: the chance that a scenario pays if it costs that much more, paid today and after tax,
    than the model says. From draws freed from the error of the simulation. Raises `ValueError` when nothing
    is uncertain.
    """
    draws = study.npv_draws()
    table = pd.DataFrame({"amount": amounts})
    for name in draws.columns:
        table[name] = (draws[name].to_numpy()[None, :] > amounts[:, None]).mean(axis=1)
    return table


def amounts_of_interest(study: Study, points: int = 201) -> npt.NDArray[np.float64]:
    """Amounts from below the worst draw to above the best, 0 among them, for the acceptability curve."""
    draws = study.npv_draws().to_numpy()
    low, high = min(float(draws.min()), 0.0), max(float(draws.max()), 0.0)
    margin = 0.05 * (high - low) or 1.0
    return np.unique(np.append(np.linspace(low - margin, high + margin, points), 0.0))


def uncertainty(study: Study) -> pd.DataFrame:
    """Per scenario, quantiles of the NPV over the declared assumptions and P(NPV > 0), in currency units."""
    draws = study.npv_draws()
    rows = []
    for of_table in study.table().to_dict("records"):
        name = of_table["scenario"]
        row: dict[str, Any] = {"scenario": name}
        for level, value in zip(QUANTILES, np.quantile(draws[name], QUANTILES), strict=True):
            row[f"npv_p{round(100 * level):02d}"] = float(value)
        row["p_npv_positive"] = of_table["p_npv_positive"]
        rows.append(row)
    return pd.DataFrame(rows)


def assumptions(study: Study) -> pd.DataFrame:
    """The register: `low`, `best` and `high` are the 10, 50 and 90 % quantiles, `uses` where they matter."""
    core = core_of(study.model)
    declared = study.model["assumptions"] if core.assumptions else {}
    uses = _core.assumption_uses(core)
    rows = []
    for k, name in enumerate(core.assumptions):
        said = declared[name]
        low, best, high = (_core.assumption_quantile(core, k, p) for p in (0.1, 0.5, 0.9))
        words = {key: str(said.get(key) or "") for key in ("unit", "source", "owner", "note")}
        row = {"assumption": name, "low": low, "best": best, "high": high, **words}
        rows.append({**row, "uses": ", ".join(uses[k])})
    return pd.DataFrame(rows)


def decisions(study: Study) -> list[tuple[str, str, str, str]]:
    """Scenario, kind, name and description of each investment and event in the study."""
    core = core_of(study.model)
    rows = []
    for scenario in study.scenarios:
        for name in core.scenarios.get(scenario, []):
            kind = "investment" if name in core.investments else "event"
            about = study.model[f"{kind}s.{name}"].get("about") or ""
            rows.append((scenario, kind, name, str(about)))
    return rows


def years_of(study: Study) -> str:
    """The length of the horizon in words."""
    model, years = study.model, study.terms.horizon
    if years:
        return figures.plural(years, "year")
    return figures.duration(model.horizon, model.period, model.periods_per_year)


def conventions(study: Study) -> list[tuple[str, str]]:
    """How the figures are made, each as a name and a sentence."""
    model, terms, question, result = study.model, study.terms, study.question, study.result
    dating = {"start": "the start", "mid": "the middle", "end": "the end"}[terms.timing]
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
    together = ", which hold for all scenarios together" if question.simultaneous else ""
    found = [
        (
            "Comparison",
            "Each scenario is simulated with the same customers and the same luck as what it is compared "
            "with; every figure is the difference between the two.",
        ),
        ("Horizon", f"{years_of(study)}, in steps of one {model.period}."),
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
            f"{model.period}s are followed. It is shown apart and is in no other figure.",
        ),
        (
            "Return (ROI)",
            "(contribution - cost of the investments) / that cost, present values before tax; a ratio of "
            "means.",
        ),
        ("Payback", "Years from the first outflow until the mean cash flow, after tax, has paid it back."),
        (
            f"{level} intervals",
            f"The error of the simulation, from {figures.count(study.replications)} paired units{together}. "
            "They do not say how sure the assumptions are.",
        ),
    ]
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


def provenance(study: Study) -> list[tuple[str, Any]]:
    """What the study came from, as names and single values; the number of threads, which changes no figure,
    is left out so that the same study makes the same document."""
    rows: list[tuple[str, Any]] = []
    for name, value in study.provenance.items():
        if name == "threads":
            continue
        if isinstance(value, dict):
            rows += [(f"{name}.{key}", item) for key, item in value.items()]
        else:
            rows.append((name, value))
    return rows


def table_unit(table: pd.DataFrame) -> tuple[float, str]:
    """One unit for all the money of a table (1, 1,000 or a million), so that columns add up by eye."""
    largest = float(np.nanmax(np.abs(table.select_dtypes("number").to_numpy()), initial=0.0))
    units = ((1e6, "million"), (1e3, "thousand"))
    return next(((unit, name) for unit, name in units if largest >= 1e3 * unit), (1.0, ""))
