"""The result of a study, as analyses use it: what was asked and what was found."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from goodwill import _core
from goodwill.engine.compared import Compared, Comparison, StudyWorld
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain, same
from goodwill.engine.question import Question
from goodwill.engine.world import Numbers
from goodwill.results.provenance import study_provenance
from goodwill.text.arguments import checked_names, keywords_checked
from goodwill.text.display import tabled
from goodwill.text.vocabulary import EVENT, INVESTMENT

COLUMNS = (
    *("scenario", "against", "npv", "npv_low", "npv_high", "npv_p10", "npv_p90"),
    *("p_npv_positive", "p_npv_positive_low", "p_npv_positive_high"),
    *("roi", "roi_low", "roi_high", "roi_p10", "roi_p90", "roi_bounded"),
    *("irr", "mirr", "payback", "payback_discounted"),
    *("beyond_horizon", "beyond_horizon_low", "beyond_horizon_high"),
    *("contribution", "contribution_low", "contribution_high", "cost", "cost_low", "cost_high", "tax"),
    *("correlation", "variance_ratio", "p_positive", "p_zero", "p_negative", "replications", "kind"),
    *("payback_last", "payback_beyond", "roi_reason", "irr_reason", "payback_reason"),
    "payback_discounted_reason",
)

T = TypeVar("T")


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(Plain):
    """What `goodwill.compare` found; `goodwill.Study` adds the questions that can be put to it."""

    question: Question
    result: Compared

    @cached_property
    def _table(self) -> pd.DataFrame:
        table = pd.DataFrame(self.result.rows)
        table["kind"] = [_kind_of(self.model, *names) for names in table[["scenario", "against"]].to_numpy()]
        table["replications"] = self.result.units
        return table[list(COLUMNS)]

    @cached_property
    def _known(self) -> dict[Hashable, Any]:
        return {}

    @property
    def irr_rates(self) -> dict[str, list[float]]:
        """Every rate at which the present value of a scenario's mean flow is 0."""
        return {row["scenario"]: list(row["irr_rates"]) for row in self.result.rows}

    @property
    def model(self) -> Model:
        return self.question.model

    @property
    def seed(self) -> int:
        return self.question.seed

    @property
    def level(self) -> float:
        return self.question.level

    @property
    def scenarios(self) -> list[str]:
        return list(self._table["scenario"])

    @property
    def status(self) -> str:
        """`fixed`: as long as asked; with a precision `reached`, `capped`, `degenerate` (nothing varies)."""
        return self.result.status

    @property
    def replications(self) -> int:
        """Number of paired units: replications, or all batches of all draws."""
        return self.result.units

    @property
    def uncertain(self) -> bool:
        """Whether the assumptions were drawn. `table()` says to which scenarios they make a difference."""
        return self.question.draws > 0

    @cached_property
    def terms(self) -> _core.Terms:
        """The terms as they were used: the model's where `compare` was told nothing."""
        return self.question.used_terms

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from: version, model, seed, agents, threads, instruction set, conventions."""
        return study_provenance(self.question, self.result)

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each scenario: present values in currency units, with intervals `_low` to `_high`.

        `npv` is incremental contribution less cost of investments and tax, within the horizon;
        `beyond_horizon` is what comes after it, never part of the others. The intervals are of the means:
        they cover the error of the simulation and, where assumptions were drawn, of having only so many
        draws; a longer study makes them narrower. `_p10` to `_p90` of `npv` and `roi`, and `p_npv_positive`
        (with its own interval), are the uncertainty of the declared assumptions, freed from the error of the
        simulation; a longer study does not change it. They are NaN if no assumption makes a difference to the
        scenario.

        `roi` is (contribution - cost) / cost before tax, NaN unless the cost is above 0; it has bounds
        (`roi_bounded`) unless the interval of the cost contains 0. `irr` (a year; NaN if there is none or
        more than one), `mirr` and `payback` (years from the first outflow; infinite: never within the
        horizon) are those of the mean flow; `payback_last` is when its sum stays above 0, `payback_beyond`
        the payback with what lies beyond the horizon. If nothing is laid out, because a scenario saves cost
        against what it is compared with or costs nothing, it has no ROI, IRR or payback (NaN); its net
        benefit, the `npv`, takes their place. `roi_reason`, `irr_reason` and `payback_reason` say so, or what
        else readers need to know about the three. `correlation` is that of the two worlds' NPV over units;
        `variance_ratio` says how many times as many units would be needed if each world had luck of its own;
        `p_positive`, `p_zero` and `p_negative` are shares of units by the sign of the NPV. `kind` is `event`
        if only events make the difference: nobody chooses them, so they have no chance to pay.
        """
        return self._table.copy()

    @tabled
    def npv_draws(self) -> pd.DataFrame:
        """NPV by draw of the assumptions (rows) and scenario, freed from the error of the simulation.

        In currency units. Each scenario is corrected on its own, so that it does not depend on the others;
        those to which no assumption makes a difference are left out. Raises `ValueError` if the assumptions
        were not drawn.
        """
        if not self.uncertain:
            raise ValueError("nothing is uncertain in this study: it was run at best values")
        draws = {
            one.row["scenario"]: one.npv_draws for one in self.result.comparisons if one.row["uncertain"]
        }
        index = pd.RangeIndex(self.result.draws, name="draw")
        return pd.DataFrame(draws, index=index)

    def npv_units(self, scenario: str) -> Numbers:
        """NPV by unit, uncorrected, in currency units: draws x batches, or one row of replications."""
        return self.comparison(scenario).npv_units.reshape(self.result.draws, -1).copy()

    @tabled
    def assumption_draws(self) -> pd.DataFrame:
        """Values of the assumptions by draw, in the unit of their uses and per period."""
        names = core_of(self.model).assumptions
        return pd.DataFrame(self.result.values.copy(), columns=names).rename_axis("draw")

    @keywords_checked
    def number(self, scenario: str) -> int:
        """The position of a scenario in the study. Raises `ValueError` with the nearest name."""
        checked_names("scenario", scenario, self.scenarios)
        return self.scenarios.index(scenario)

    def comparison(self, scenario: str) -> Comparison:
        """What was found for a scenario; not a copy."""
        return self.result.comparisons[self.number(scenario)]

    @keywords_checked
    def against(self, scenario: str) -> str:
        return str(self._table["against"].iloc[self.number(scenario)])

    @keywords_checked
    def kind(self, scenario: str) -> str:
        """`event` if only events make the difference to what a scenario is compared with, else
        `investment`."""
        return str(self._table["kind"].iloc[self.number(scenario)])

    @keywords_checked
    def world(self, name: str) -> StudyWorld:
        """One world of the study, means over all units, in the form that tables use."""
        checked_names("scenario", name, self.result.worlds)
        return self.result.by_world[name]

    def __eq__(self, other: object) -> bool:
        """Whether two studies have the same answer, unit by unit and bit for bit, even to different
        questions."""
        if not isinstance(other, StudyResult):
            return False
        return same(self.result.comparisons, other.result.comparisons)

    __hash__ = None


def once(study: StudyResult, asked: Hashable, find: Callable[[], T]) -> T:
    """Keeps what took further simulation, by question, so that tables, charts and documents share it."""
    if asked not in study._known:
        study._known[asked] = find()
    found: T = study._known[asked]
    return found


def parts_of(model: Model, scenario: str) -> list[str]:
    """The investments and events that a scenario chooses; events with a chance act in every scenario."""
    core = core_of(model)
    return [name for name in core.scenarios.get(scenario, []) if name not in core.circumstances]


def _kind_of(model: Model, scenario: str, against: str) -> str:
    """See `StudyResult.kind`."""
    differing = set(parts_of(model, scenario)) ^ set(parts_of(model, against))
    return EVENT if differing and not differing & set(core_of(model).investments) else INVESTMENT
