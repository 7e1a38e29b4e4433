"""Estimates of churn by age, of one or several segments: tables, charts, back-test, and the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.backtest import Backtest
from goodwill.data.churn_model import blocks_of, changes_of
from goodwill.data.churn_split import AGE, backtest_of
from goodwill.data.fit import Fit
from goodwill.data.group import Group
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting.lives import ROUNDING, band, by_band, kaplan_meier
from goodwill.fitting.lives import at_risk as seen
from goodwill.fitting.parameters import Parameters, joined
from goodwill.fitting.survival import BETA, PIECEWISE, WEIBULL
from goodwill.plots import churn as charts
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked, numbers, text, unknown, whole
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALL = "all"
WIDE = 1.959963984540054
"""Normal score of the ends of 95 % intervals."""
WORDS = {BETA: "shifted beta geometric", WEIBULL: "Weibull", PIECEWISE: "piecewise constant"}
SURVIVAL, CHURN = CHARTS = ("survival", "churn")


@dataclass(frozen=True, eq=False, repr=False)
class ChurnFit(Fit):
    """Churn by age, by segment. Parameters of several segments carry the segment's name."""

    groups: list[Group]
    currency: str
    on_hold_out: bool
    """Whether the methods were chosen on ages that were held out."""

    def of(self, segment: str) -> ChurnFit:
        """The estimates of one segment alone. Raises `ValueError` for an unknown one."""
        group = self._group(text("segment", segment))
        return replace(
            self,
            groups=[group],
            parameters=group.parameters,
            loglik=group.curve.loglik,
            n=round(group.lives.customers),
            warnings=[w for w in self.warnings if w.startswith((f"{segment}:", "Left out"))],
        )

    @property
    def methods(self) -> dict[str, str]:
        """The method of each segment: `beta`, `weibull` or `piecewise`."""
        return {group.name: group.curve.method for group in self.groups}

    @tabled
    def choice(self) -> pd.DataFrame:
        """How the methods were compared: one row for each segment and method.

        `score` is the log-likelihood of what happens after the age `split`, foretold from what was known
        before, per customer who was still there. The greatest is `chosen`, unless a method was asked for.
        Methods that the data before the split do not restrict are left out.
        """
        rows = [
            (g.name, method, g.split, score, method == g.curve.method)
            for g in self.groups
            for method, score in g.scores.items()
        ]
        return pd.DataFrame(rows, columns=["segment", "method", "split", "score", "chosen"])

    @keywords_checked
    @tabled
    def survival(self, *, at: Iterable[float | str] | None = None) -> pd.DataFrame:
        """Who is still there by age (Kaplan and Meier 1958), a row for each segment and age.

        `at_risk` are the customers seen just before the age, `events` those who leave at it. `survival` is
        the share still there after it, with Greenwood's `standard_error` and a 95 % interval `_low` to
        `_high`; `fitted` is the share of the estimated curve. Without `at` the ages are all at which somebody
        leaves, in periods. NaN where nobody of that age is observed.
        """
        ages = None if at is None else np.array(numbers("at", at))
        if ages is not None and (ages < 0).any():
            raise ValueError(f"at has the age {ages.min():g}; ages are 0 or more")
        parts = []
        for group in self.groups:
            steps = kaplan_meier(group.lives)
            there = steps.age if ages is None else ages
            survival, error = steps.at(there)
            low, high = band(survival, error, WIDE)
            found = pd.DataFrame(
                {
                    "segment": group.name,
                    "age": there,
                    "at_risk": seen(group.lives, there),
                    "events": [steps.events[np.abs(steps.age - age) < ROUNDING].sum() for age in there],
                    "survival": survival,
                    "survival_low": low,
                    "survival_high": high,
                    "standard_error": error,
                    "fitted": group.curve.survival(there),
                }
            )
            beyond = there > group.lives.oldest + ROUNDING
            found.loc[beyond, ["survival", "survival_low", "survival_high", "standard_error"]] = np.nan
            parts.append(found)
        return pd.concat(parts, ignore_index=True)

    @keywords_checked
    @tabled
    def rates(self, *, bands: Iterable[float | str] | None = None) -> pd.DataFrame:
        """Churn by band of age, without a family: one row for each segment and band.

        `from` and `to` are ages in periods; `bands` names those at which a band begins, without it there is
        one band of all. `events` leave in `exposure` customer-periods: their `rate` per period has the
        `standard_error` sqrt(events) / exposure (piecewise exponential, Holford 1980).
        """
        cuts = np.zeros(1) if bands is None else checked_cuts("bands", bands)
        parts = []
        for group in self.groups:
            events, exposure = by_band(group.lives, cuts)
            with np.errstate(invalid="ignore", divide="ignore"):
                rate, error = events / exposure, np.sqrt(events) / exposure
            parts.append(
                pd.DataFrame(
                    {
                        "segment": group.name,
                        "from": cuts,
                        "to": np.append(cuts[1:], np.inf),
                        "events": events,
                        "exposure": exposure,
                        "rate": rate,
                        "standard_error": error,
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    @keywords_checked
    def backtest(
        self,
        *,
        split: float | str = 0.6,
        by: str = AGE,
        origins: int = 1,
        draws: int = 400,
        seed: int = 1,
    ) -> Backtest:
        """Forecasts of what the data hold after a split, by each method from what they hold before it.

        `by="age"` splits by age: the curves are estimated from what is known up to that age, and foretell who
        leaves at greater ages. `by="time"` splits by date, where dates are known: what was known then, and
        who of the customers of that day leaves in each period after it. `split` is the share of the ages
        (of the time) that is known, or from 1 on an age in periods. With several `origins` the split rolls on
        from there, evenly up to the end.

        The methods are the three families, constant churn (`constant hazard`), and the last period's churn
        (`last value`; by time its count). Bands come from so many `draws`. Raises `ValueError` where nothing
        is left to be foretold.
        """
        return backtest_of(self.groups, self.period, split, by, origins, draws, seed)

    @keywords_checked
    def plot(
        self,
        kind: str = SURVIVAL,
        *,
        segment: str | None = None,
        draws: int = 200,
        ax: Axes | None = None,
    ) -> Axes:
        """A chart by age, of all segments or of one.

        `survival`: who is still there (Kaplan-Meier with its 95 % interval, as steps), and the estimated
        curve, dashed beyond the ages observed. `churn`: who leaves in each period of age, observed in bands
        with 95 % intervals, and estimated with the 80 % band of so many `draws`.
        """
        checked_names("kind", kind, CHARTS, "charts")
        draws = whole("draws", draws, 2, 100_000, "a whole number from 2 to 100,000")
        shown = self.groups if segment is None else [self._group(segment)]
        draw = charts.survival if kind == SURVIVAL else charts.churn
        return draw(shown, self.period, draws, ax)

    def model(self, base: Model | None = None, *, segment: str | None = None) -> Model:
        """A model with the estimates as assumptions: a new one, or `base` with this churn instead.

        A new model has a segment and a stage for each segment of the data, because each has a churn of its
        own: the base of today by age, who arrives, and what they pay, so far as the data say.
        In `base` the churn of the stage changes in which the segment of the same name begins (with one
        segment in the data: that of `segment`, or the first stage); effects of its churn stay. With
        `segment` only that one changes. Raises `ModelError` where they do not fit into `base`, and
        `ValueError` where other segments share the stage.
        """
        if segment is not None and len(self.groups) > 1:
            return self.of(segment).model(base, segment=segment)
        return super().model(base, segment=segment)

    def _written(self) -> Parameters:
        return assembled(self.groups, written=True)

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        found = blocks_of(self.groups, numbers, self.period)
        return found | ({"currency": self.currency} if self.currency else {})

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        return changes_of(self.groups, numbers, base, segment)

    def _group(self, name: str) -> Group:
        names = [group.name for group in self.groups]
        if name not in names:
            raise ValueError(unknown("segment", name, names))
        return self.groups[names.index(name)]

    def sentences(self) -> list[str]:
        """How many customers are behind the estimates, how many left, and by which method."""
        lives = [group.lives for group in self.groups]
        events, exposure = sum(x.events for x in lives), sum(x.exposure for x in lives)
        said = [
            f"{figures.count(self.n)} customers, of whom {figures.count(events)} left in "
            f"{figures.count(exposure)} {self.period}s with the firm: "
            f"{figures.percent(events / exposure)} a {self.period}."
        ]
        how = " (chosen on ages that were held out)" if self.on_hold_out else ""
        names = {g.name: WORDS[g.curve.method] for g in self.groups}
        if len(set(names.values())) == 1:
            return [*said, f"Churn by age: {next(iter(names.values()))}{how}."]
        listed = ", ".join(f"{name} {word}" for name, word in names.items())
        return [*said, f"Churn by age{how}: {listed}."]


def assembled(groups: list[Group], *, written: bool = False) -> Parameters:
    """The parameters of all segments; those of one segment alone carry no name of it."""
    parts = [group.written if written else group.parameters for group in groups]
    if len(groups) == 1:
        return parts[0]
    return joined([part.named(f"{group.name}_") for group, part in zip(groups, parts, strict=True)])


def checked_cuts(argument: str, value: Any) -> Numbers:
    """Ages at which bands begin, from 0 on: whole periods, as those of a table by tenure are."""
    found = numbers(argument, value)
    whole = all(age == round(age) for age in found)
    if not found or found[0] != 0 or (np.diff(found) <= 0).any() or not whole:
        raise ValueError(f"{argument} is {found}; it must be whole periods that rise from 0: [0, 12, 24]")
    return np.array(found)
