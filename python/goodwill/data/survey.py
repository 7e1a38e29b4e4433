"""`gw.data.from_survey`: NPS, the noise of answers, and what satisfaction does, freed from that noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.data.fit import TENTH, Fit
from goodwill.data.places import placed
from goodwill.data.survey_answers import Answered, Asked, Columns, checked_numbers, read_answers
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting import surveys
from goodwill.fitting.parameters import LOGIT, PLAIN, Parameters, joined, to_link
from goodwill.fitting.scores import Scale, net_promoter_score
from goodwill.plots import data_survey
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 50
LEAST_GROUPS = 30
"""Customers with several answers close in time, below which their noise is not estimated."""
NOISE, RESPONSE, CHURN, SPEND = "survey_noise", "survey_response", "churn_satisfaction", "spend_satisfaction"


@dataclass(frozen=True, eq=False, repr=False)
class SurveyFit(Fit):
    """What a survey says about satisfaction, and what satisfaction does."""

    nps: float
    """Of those who answered, in points."""
    nps_error: float
    """Its standard error."""
    classes: dict[str, int]
    """Answers of promoters, passives and detractors."""
    invited: int | None
    """Customers asked, if that was told."""
    customers: float | None
    """On average during the survey, if the exposure was told."""
    noise: float
    """Standard deviation of an answer about satisfaction; NaN: not known."""
    satisfaction: dict[str, float]
    """Mean and standard deviation of the satisfaction of those who answered, with standard errors."""
    naive: dict[str, tuple[float, float]]
    """Effects and their errors if answers were satisfaction."""
    levels: dict[str, float]
    """Churn in a period, and mean spending in one, at a satisfaction of 7."""
    paths: dict[str, str]
    """Where a parameter stands in a model."""
    answers: Numbers
    """From 0 to 10."""
    left: npt.NDArray[np.int64]
    """Whether the customer left later: 1, 0, or -1 where that is not known; of each answer."""

    @tabled
    def corrections(self) -> pd.DataFrame:
        """One row for each effect: what a regression on the answers gives (`on_answers`), what is `corrected`
        for their noise, each with its standard error, and the ratio of the two."""
        estimates, errors = self.values, dict(zip(self.parameters.names, self.parameters.errors, strict=True))
        rows = [
            (name, effect, error, estimates[name], float(errors[name]), estimates[name] / effect)
            for name, (effect, error) in self.naive.items()
        ]
        columns = ["effect", "on_answers", "on_answers_error", "corrected", "corrected_error", "ratio"]
        return pd.DataFrame(rows, columns=columns)

    @tabled
    def nps_table(self) -> pd.DataFrame:
        """The measured NPS in points with its standard error, 10 and 90 % quantiles, and the lowest and
        highest that the NPS of all invited could be, if those who did not answer were all detractors or all
        promoters (NaN where nobody said how many were invited)."""
        share = np.nan if self.invited is None else len(self.answers) / self.invited
        return pd.DataFrame(
            {
                "nps": [self.nps],
                "standard_error": [self.nps_error],
                "low": [self.nps - TENTH * self.nps_error],
                "high": [self.nps + TENTH * self.nps_error],
                "response": [share],
                "lowest": [share * self.nps - 100 * (1 - share)],
                "highest": [share * self.nps + 100 * (1 - share)],
            }
        )

    @keywords_checked
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """How many gave which answer, and the share of them who left later, if that is known."""
        return data_survey.answers(self.answers, self.left, ax)

    def sentences(self) -> list[str]:
        """What was estimated from what, in words."""
        told = [
            f"NPS {self.nps:.0f} of {figures.plural(len(self.answers), 'answer')}, "
            f"{self.nps - TENTH * self.nps_error:.0f} to {self.nps + TENTH * self.nps_error:.0f} "
            "(80 % interval of the sample)."
        ]
        if self.invited is None:
            told.append(
                "How many were asked is not known, so neither is what their silence hides (invited=)."
            )
        else:
            row = self.nps_table().iloc[0]
            told.append(
                f"{figures.percent(row['response'])} of those invited answered. Nothing is known about the "
                f"others: with them the NPS lies anywhere from {row['lowest']:.0f} to {row['highest']:.0f}."
            )
        if np.isfinite(self.noise):
            told.append(
                f"Answers scatter by {self.noise:.2f} points about satisfaction, which has a standard "
                f"deviation of {self.satisfaction['sd']:.2f}."
            )
        for name, (on_answers, _) in self.naive.items():
            told.append(
                f"A point of satisfaction moves {name.split('_')[0]} by {self.values[name]:+.3f} "
                f"(a point of the answer by {on_answers:+.3f})."
            )
        return told

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        count = 10_000 if self.customers is None else max(1, round(self.customers))
        stage = self.paths[CHURN].split(".")[0] if CHURN in self.paths else "customer"
        churn = (
            {"churn": {"base": self.levels[CHURN], "satisfaction": numbers[CHURN]}}
            if CHURN in numbers
            else {}
        )
        found: dict[str, Any] = {
            "horizon": "1 year",
            "segments": {"all": {"count": count}},
            "stages": {stage: churn},
            "survey": self._survey(numbers),
        }
        if SPEND in numbers:
            rate = {"base": 1, "satisfaction": numbers[SPEND]}
            found["orders"] = {"rate": rate, "value": self.levels[SPEND]}
        return found

    def _survey(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        survey = {
            field.removeprefix("survey_"): numbers[field] for field in (RESPONSE, NOISE) if field in numbers
        }
        return survey | ({"nps": round(self.nps, 2)} if RESPONSE in numbers else {})

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        values = {path: numbers[name] for name, path in self.paths.items()}
        found = placed(base, values, segment)
        return found if segment is not None else found | {"survey.nps": round(self.nps, 2)}


@keywords_checked
def from_survey(
    answers: pd.DataFrame,
    *,
    customer: str,
    time: str,
    score: str,
    scale: Sequence[float],
    asof: object,
    period: str,
    close: float,
    churned: str | None = None,
    spent: str | None = None,
    within: float | None = None,
    invited: int | None = None,
    exposure: float | None = None,
    noise: float | None = None,
    stage: str = "customer",
    bad_rows: str = "raise",
) -> SurveyFit:
    """Satisfaction from the answers of customers, one row each, and its effect on what they do later.

    `customer`, `time` and `score` name columns; `scale` is the lowest and highest answer and the step between
    answers, `(0, 10, 1)`. `asof` is the date on which the table was drawn, `period` the unit of time.

    - `close`: days within which answers of one customer are taken to be about one satisfaction. What
      separates them is `noise`; give it as a number of points (of the scale from 0 to 10) where nobody
      answered twice.
    - `churned`: column of whether the customer left `within` so many periods after the answer (0 or 1;
      empty: not known). The effect is one on the log-odds of leaving in one `period`. `spent`: column of what
      they spent `within` that time (empty: not known); the effect is one on the logarithm of the mean.
    - `invited`: how many answers were asked for. How the silent would have answered is not seen, and no
      number here says it; without `invited` not even how many there are.
    - `exposure`: customer-periods during the survey, for the probability to answer in a `period`.
    - `stage`: whose churn it is, in a model.

    Of several answers of a customer close in time, the churn and spending of the last are used. Raises
    `ValueError` with the rows that cannot be used.
    """
    columns = Columns(customer, time, score, churned, spent)
    asked = checked_numbers(close, within, noise, exposure, invited, columns, period)
    return _fitted(read_answers(answers, columns, scale, asof, asked, bad_rows), asked, stage)


def _fitted(read: Answered, asked: Asked, stage: str) -> SurveyFit:
    n, wanted = len(read.ten), _Wanted(bool((read.outcome >= 0).any()), bool(np.isfinite(read.paid).any()))
    found = net_promoter_score(read.ten, read.person)
    warnings = list(read.warnings)
    if read.scale != Scale(0, 10, 1):
        warnings.append("The NPS is defined for answers from 0 to 10; these were stretched to that scale.")
    parts = _response(read, asked)
    satisfaction: dict[str, float] = {}
    naive: dict[str, tuple[float, float]] = {}
    levels: dict[str, float] = {}
    noise = asked.noise
    data = surveys.answers(read.scale, read.ten, read.group, read.outcome)
    if noise is None and data.repeated < LEAST_GROUPS:
        few = (
            f"{data.repeated} customers answered more than once within {asked.close:g} days; below "
            f"{LEAST_GROUPS} the noise of answers cannot be estimated"
        )
        if wanted.churn or wanted.spending:
            raise ValueError(f"{few}, and effects not be freed from it; give noise= in points")
        warnings.append(f"Only {few}.")
    elif np.ptp(read.ten) == 0:
        raise ValueError("score: all answers are the same; they say nothing about satisfaction")
    else:
        _enough_to_see(read, wanted)
        fitted = surveys.fit(data, noise, asked.within if wanted.churn else None)
        measured = fitted.parameters
        if fitted.open:
            warnings.append(f"The answers hardly restrict {' and '.join(fitted.open)}.")
        values, errors = measured.values, measured.errors
        sd_error = float(errors[1] * values["sd"])
        satisfaction = {"mean": values["mean"], "sd": values["sd"], "mean_error": float(errors[0])}
        satisfaction["sd_error"] = sd_error
        parts.append(_renamed(measured, {"noise": NOISE, "effect": CHURN}))
        noise = values.get("noise", noise)
        answer = np.bincount(read.group, read.ten) / np.bincount(read.group)
        if wanted.churn and asked.within is not None:
            known = read.outcome >= 0
            left = read.outcome[known].astype(float)
            naive[CHURN] = surveys.naive_effect(answer[known], left, asked.within)
            levels[CHURN] = values["level"]
        if wanted.spending and asked.within is not None:
            part, mean = _spending(read, measured, asked.noise)
            parts.append(part)
            spending = np.isfinite(read.paid)
            naive[SPEND] = surveys.spending_on_answers(answer[spending], read.paid[spending])
            levels[SPEND] = mean / asked.within
    if n < FEW:
        warnings.append(f"Only {n} answers.")
    if wanted.churn and (left_later := int((read.outcome == 1).sum())) < FEW:
        warnings.append(f"Only {left_later} of those who answered left within the time.")
    known_parts = joined([part for part in parts if part.names])
    paths = {
        RESPONSE: "survey.response",
        NOISE: "survey.noise",
        CHURN: f"{stage}.churn.satisfaction",
        SPEND: "orders.rate.satisfaction",
    }
    return SurveyFit(
        known_parts,
        float("nan"),
        n,
        asked.period,
        read.source,
        warnings,
        found.value,
        found.error,
        {"promoters": found.promoters, "passives": found.passives, "detractors": found.detractors},
        asked.invited,
        None if asked.exposure is None else asked.exposure / read.span,
        float("nan") if noise is None else float(noise),
        satisfaction,
        naive,
        levels,
        {name: path for name, path in paths.items() if name in known_parts.names},
        read.ten,
        read.left,
    )


@dataclass(frozen=True)
class _Wanted:
    """Which effects can be asked for."""

    churn: bool
    spending: bool


def _response(read: Answered, asked: Asked) -> list[Parameters]:
    """The probability to answer in a period. Answers of a customer come together, which widens it."""
    n = len(read.ten)
    if asked.invited is not None and asked.invited < n:
        raise ValueError(f"invited is {asked.invited:,}, fewer than the {n:,} answers")
    if asked.exposure is None:
        return []
    if asked.exposure <= n:
        raise ValueError(
            f"exposure is {asked.exposure:,.6g}, and there are {n:,} answers; it must be "
            f"customer-{asked.period}s, "
            "of which each brings one answer at most"
        )
    clusters = float((np.bincount(read.person).astype(float) ** 2).sum())
    share = n / asked.exposure
    y, variance = to_link(LOGIT, share), clusters / n**2 / (1 - share)
    return [Parameters((RESPONSE,), (LOGIT,), np.array([y]), np.array([[variance]]))]


def _enough_to_see(read: Answered, wanted: _Wanted) -> None:
    known = read.outcome[read.outcome >= 0]
    if wanted.churn and not 0 < known.sum() < len(known):
        raise ValueError(
            "churned: all customers have the same; an effect needs some who left and some who stayed"
        )
    if wanted.spending and not np.nansum(read.paid) > 0:
        raise ValueError("spent: nobody spent anything; an effect needs some who did")


def _renamed(p: Parameters, names: Mapping[str, str]) -> Parameters:
    """Some of the estimates, under other names."""
    here = [k for k, name in enumerate(p.names) if name in names]
    return Parameters(
        tuple(names[p.names[k]] for k in here),
        tuple(p.links[k] for k in here),
        p.estimate[here],
        p.covariance[np.ix_(here, here)],
    )


def _spending(read: Answered, measured: Parameters, noise: float | None) -> tuple[Parameters, float]:
    """The effect on spending, and the mean spent at a satisfaction of 7."""
    known = np.isfinite(read.paid)
    rows = known[read.group]
    group = (np.cumsum(known) - 1)[read.group[rows]]
    own = surveys.each(read.scale, read.ten[rows], group)
    effect, variance, mean = surveys.spending_effect(own, read.paid[known], measured, noise)
    return Parameters((SPEND,), (PLAIN,), np.array([effect]), np.array([[variance]])), mean
