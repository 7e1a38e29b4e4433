"""How sure an answer is under the declared assumptions, and what it would be worth to know more."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.model import Model, core_of
from goodwill.engine.world import Numbers
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.arguments import checked_names, number
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import EVENT


@dataclass(frozen=True)
class Uncertainty:
    """What the declared assumptions do to the NPV of one scenario; money in currency units."""

    scenario: str
    currency: str
    register: pd.DataFrame
    p_npv_positive: float
    """Probability that it pays, over the declared assumptions, not the structural ones."""
    p_npv_positive_low: float
    p_npv_positive_high: float
    """Ends of its interval at the level of the study: the error of so few draws, and of the simulation."""
    npv: Numbers
    """By draw, freed from the error of the simulation."""
    payback: Numbers
    """Years by draw, with the error of the simulation; infinite: never within the horizon; NaN: nothing is
    laid out."""
    parameter_variance: float
    """Variance of the NPV between draws of the assumptions; more customers do not make it smaller."""
    simulation_variance: float
    """Variance of the mean of one draw by the luck of its customers; more customers make it smaller."""
    evpi: float
    """Expected value of perfect information for the choice between the scenario and doing nothing."""
    kind: str
    """`investment` or `event`, as in the table of the study."""

    @tabled
    def table(self) -> pd.DataFrame:
        """One row per assumption: `low`, `best`, `high` are the 10, 50 and 90 % quantiles, in the unit of its
        uses and per period. `share` is its share of the parameter variance; `evppi` is the value of knowing
        it alone, in currency units, with its standard error `evppi_se`; both are by regression (Strong,
        Oakley, Brennan 2014). A value no higher than its 95 % quantile if it did not matter (`evppi_null`,
        `share_null`) is reported as 0. `held` is the share of its draws that are held at a bound, because the
        places where it is used do not accept values further out.
        """
        return self.register.copy()

    def p_payback(self, years: float) -> float:
        """Probability that the scenario has paid back within so many years from the first outflow.

        A draw in which nothing is laid out counts as paid back; NaN if that is so in every draw. Raises
        `ValueError` for years below 0.
        """
        limit = number("years", years)
        if limit < 0:
            raise ValueError(f"years is {years!r}; it must be 0 or more")
        nothing_to_pay = np.isnan(self.payback)
        if nothing_to_pay.all():
            return math.nan
        return float(((self.payback <= limit) | nothing_to_pay).mean())

    def _sentence(self) -> str:
        ranked = self.register.sort_values("share", ascending=False)
        ends = self.p_npv_positive_low, self.p_npv_positive_high
        chance = figures.percent_between(self.p_npv_positive, *ends)
        why = ""
        if len(ranked) and ranked["share"].iloc[0] > 0:
            first, share = ranked["assumption"].iloc[0], figures.percent(ranked["share"].iloc[0], 0)
            why = f"; {first} explains {share} of the variance"
        # Nobody chooses an event, so there is no chance to pay and nothing to decide.
        if self.kind == EVENT:
            ends = np.quantile(self.npv, (0.1, 0.9)).tolist()
            low, high = (figures.amount(x, size=figures.common_size(ends, least=0.3)) for x in ends)
            of = f" {self.currency}" if self.currency else ""
            return f"What {self.scenario!r} does to the NPV is {low} to {high}{of} in 80 % of the draws{why}."
        text = f"Under the declared assumptions {self.scenario!r} pays with probability {chance}{why}"
        worth = figures.amount(self.evpi, self.currency)
        return f"{text}. To know all of them before deciding is worth {worth}."

    def __repr__(self) -> str:
        return blocks([self._sentence()], text_table(self._shown()))

    def _repr_html_(self) -> str:
        return result_html([self._sentence()], html_table(self._shown()))

    def _shown(self) -> pd.DataFrame:
        shown = self.register[["assumption", "low", "best", "high", "unit", "source"]].copy()
        for end in ("low", "best", "high"):
            shown[end] = [figures.assumption(value, False) for value in self.register[end]]
        shown["share"] = [figures.percent(share, 0) for share in self.register["share"]]
        shown["evppi"] = [figures.amount(value, self.currency) for value in self.register["evppi"]]
        return shown


def register(model: Model) -> pd.DataFrame:
    """The assumptions of a model: 10, 50 and 90 % quantiles; unit, source, owner and note (empty if not
    given); and the paths where each is used."""
    core = core_of(model)
    uses = _core.assumption_uses(core)
    rows: list[dict[str, Any]] = []
    for k, name in enumerate(core.assumptions):
        said: Any = core.get(f"assumptions.{name}")
        low, best, high = (_core.assumption_quantile(core, k, p) for p in (0.1, 0.5, 0.9))
        words = {word: str(said.get(word) or "") for word in ("unit", "source", "owner", "note")}
        row = {"assumption": name, "low": low, "best": best, "high": high, **words}
        rows.append({**row, "uses": ", ".join(uses[k])})
    columns = ["assumption", "low", "best", "high", "unit", "source", "owner", "note", "uses"]
    return pd.DataFrame(rows, columns=columns)


def percentages(model: Model) -> set[str]:
    """The assumptions that are shares of a whole wherever they are used, which people read in percent."""
    core = core_of(model)
    shares = _core.assumptions_that_are_shares(core)
    return {name for name, is_share in zip(core.assumptions, shares, strict=True) if is_share}


def _refuse_certainty(study: StudyResult) -> None:
    if not study.uncertain:
        raise ValueError(
            "nothing is uncertain in this study: it was run at best values; "
            "gw.compare(model, draws=64) draws the assumptions of a model"
        )
    if not any(row["uncertain"] for row in study.result.rows):
        raise ValueError("nothing is uncertain in this study: no assumption makes a difference to a scenario")


def _refuse_untouched(study: StudyResult, scenario: str) -> None:
    if not study.comparison(scenario).row["uncertain"]:
        raise ValueError(f"nothing is uncertain about {scenario!r}: no assumption makes a difference to it")


def uncertainty(study: StudyResult, scenario: str) -> Uncertainty:
    """See `Study.uncertainty`."""
    found = study.comparison(scenario)
    _refuse_certainty(study)
    _refuse_untouched(study, scenario)
    row, units = found.row, found.npv_units
    information = _core.Information([units], study.result.values)
    parameter, simulation = _core.variances(units)
    table = register(study.model)
    influences = [information.of([a]) for a in range(len(table))]
    table["share"] = [one.share[0] for one in influences]
    table["share_null"] = [one.share_null[0] for one in influences]
    table["evppi"] = [one.evppi for one in influences]
    table["evppi_se"] = [one.standard_error for one in influences]
    table["evppi_null"] = [one.null for one in influences]
    table["held"] = _core.held(core_of(study.model))
    return Uncertainty(
        scenario=scenario,
        currency=study.model.currency,
        register=table,
        **{name: row[name] for name in ("p_npv_positive", "p_npv_positive_low", "p_npv_positive_high")},
        npv=found.npv_draws.copy(),
        payback=found.payback_by_draw.copy(),
        parameter_variance=parameter,
        simulation_variance=simulation,
        evpi=information.evpi,
        kind=study.kind(scenario),
    )


def acceptability(
    study: StudyResult, budgets: Iterable[float | str], scenarios: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """See `Study.acceptability`."""
    _refuse_certainty(study)
    listed: list[Any] = [budgets] if isinstance(budgets, (str, int, float)) else list(budgets)
    if not listed:
        raise ValueError("budgets is empty; give amounts of money, for instance [0, 1e6]")
    amounts = [number("budgets", budget) for budget in listed]
    drawn = [str(name) for name in study.npv_draws()]
    names = drawn if scenarios is None else checked_names("scenario", scenarios, study.scenarios)
    for name in names:
        _refuse_untouched(study, name)
    rows: list[dict[str, Any]] = []
    for budget in amounts:
        for name in names:
            above = np.nextafter(budget, np.inf)
            units = study.comparison(name).npv_units
            p, low, high = _core.probability_within(units, above, np.inf, study.level)
            row = {"budget": budget, "scenario": name}
            rows.append({**row, "probability": p, "probability_low": low, "probability_high": high})
    return pd.DataFrame(rows)


def budgets_of_interest(study: StudyResult, points: int = 201) -> Numbers:
    """Amounts for the acceptability curve: from below the worst draw to above the best, with 0 among them."""
    _refuse_certainty(study)
    draws = study.npv_draws().to_numpy()
    low, high = min(float(draws.min()), 0.0), max(float(draws.max()), 0.0)
    margin = 0.05 * (high - low) or 1.0
    return np.unique(np.append(np.linspace(low - margin, high + margin, points), 0.0))
