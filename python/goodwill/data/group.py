"""What is known of one segment: its lives, its curve, and those who are there today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.lives import Lives, by_band
from goodwill.fitting.lives import at_risk as seen
from goodwill.fitting.parameters import LOG, Parameters, joined
from goodwill.fitting.survival import CUTS, METHODS, PIECEWISE, WEIBULL, Curve, bands, chosen, fitted
from goodwill.text import figures

FEW = 50
"""Customers at risk below which a warning says so."""
SLIGHT = 0.002
"""Of a Weibull curve, ages at which not more than this share has left are no band of their own."""
UNLIKELY = 10.0
"""Who should have left in a segment, by the churn of the others, before the first one does."""
MOST_SPREAD = 10.0
"""Of `spend: {cv}` in a model."""
RELATED = 0.6
"""Share of the ages that choose a method, if none is asked for."""


@dataclass(frozen=True, eq=False)
class Group(Plain):
    """One segment of the data."""

    name: str
    lives: Lives
    wanted: Numbers | None
    """Ages at which piecewise churn may change, where the user says so."""
    curve: Curve
    scores: dict[str, float]
    """By method: how well it foretold ages that were held out."""
    split: float
    """The age from which on they were held out."""
    follow: Numbers | None
    """By life: the age it has, or would have, at the end of the data, where dates are known."""
    present: int
    """Customers the model begins with."""
    mean_age: float
    """Of those present."""
    arrivals: tuple[float, float] | None
    """Who joined in the last periods, and how many periods those are."""
    fee: Numbers | None
    """By life, per period."""

    @property
    def fee_cv(self) -> float:
        """How differently those who are there pay: the coefficient of variation of their fees, 0 where it is
        not known."""
        paid = np.zeros(0) if self.fee is None else self.fee[self.there]
        if not paid.any():
            return 0.0
        return round(min(float(paid.std() / paid.mean()), MOST_SPREAD), 4)

    @property
    def there(self) -> Any:
        """Which lives go on at the end of the data."""
        return ~self.lives.event

    @property
    def parameters(self) -> Parameters:
        """The estimates of this segment, without its name."""
        return joined([self.curve.parameters, *self._others()])

    @property
    def written(self) -> Parameters:
        """The same as a model has them: a Weibull curve is a table by tenure there."""
        return joined([self.churn, *self._others()])

    @property
    def churn(self) -> Parameters:
        """Those of the churn as a model has it."""
        if self.curve.method != WEIBULL:
            return self.curve.parameters
        left = 1 - self.curve.survival(np.array(CUTS, dtype=float))
        ages = [age for age, share in zip(CUTS, left, strict=True) if share > SLIGHT]
        last = max(self.lives.oldest, 2.0)
        later = [float(age) for age in ages if 0 < age < last]
        return self.curve.tabled(np.array([0.0, *(later or [1.0])]))

    def _others(self) -> list[Parameters]:
        """What they pay and who arrives; independent of each other and of churn."""
        found = []
        if self.fee is not None and self.there.any():
            paid = self.fee[self.there]
            mean = float(paid.mean())
            error = float(paid.std(ddof=1)) / np.sqrt(len(paid)) if len(paid) > 1 else mean
            if mean > 0:
                found.append(_positive("fee", mean, error / mean))
        if self.arrivals is not None and self.arrivals[0] > 0:
            joined_, periods = self.arrivals
            found.append(_positive("arrivals", joined_ / periods, 1 / np.sqrt(joined_)))
        return found


def _positive(name: str, value: float, relative_error: float) -> Parameters:
    return Parameters((name,), (LOG,), np.log([value]), np.array([[relative_error**2]]))


def curve_of(
    lives: Lives, method: str | None, wanted: Numbers | None, name: str
) -> tuple[Curve, dict[str, float], float]:
    """The curve by the asked method, or by the one that foretells the later ages best; what each scored, and
    where the ages were split. Raises `ValueError` if there is nothing to estimate from."""
    cuts = bands(lives, wanted) if lives.events else None
    scores: dict[str, float] = {}
    split = max(1.0, float(np.round(RELATED * _well_seen(lives))))
    if method is None:
        scores = chosen(lives, split, wanted) if lives.after(split).events else {}
        method = max(scores, key=lambda known: scores[known]) if scores else PIECEWISE
    try:
        curve = fitted(method, lives, cuts if method == PIECEWISE else None)
    except ValueError as error:
        raise ValueError(f"segment {name!r}: {error}" if name != "all" else str(error)) from None
    return curve, scores, split


def _well_seen(lives: Lives) -> float:
    """The greatest age at which enough customers are at risk, or the greatest observed."""
    ages = np.arange(1.0, np.floor(lives.oldest) + 1)
    enough = ages[seen(lives, ages) >= FEW]
    return float(enough.max()) if len(enough) else lives.oldest


def doubts(group: Group, others: list[Lives], period: str) -> list[str]:
    """Warnings about the data of one segment."""
    found, lives = [], group.lives
    ages = np.arange(1.0, max(np.floor(lives.oldest), 1.0) + 1)
    risk = seen(lives, ages)
    if risk.max() < FEW:
        found.append(f"there are never more than {figures.count(risk.max())} customers at risk.")
    elif risk[-1] < FEW:
        age = ages[np.flatnonzero(risk >= FEW)[-1]]
        found.append(f"fewer than {FEW} customers are at risk after {age:g} {period}s.")
    if group.curve.open:
        names = " and ".join(group.curve.open)
        found.append(
            f"the data hardly restrict {names}; another method ({', '.join(METHODS)}) may do better."
        )
    if lives.event.all() and len(lives.event) > 1:
        found.append("everybody left: was the segment recorded after they did?")
    found += _spared(lives, others, period)
    left = float(group.curve.survival(np.array([lives.oldest]))[0])
    if left > 0.05:
        found.append(
            f"{figures.percent(left, 0)} outlive the greatest age observed, {lives.oldest:.3g} {period}s: "
            "what is said of later ages is the method's, not the data's."
        )
    return [f"{group.name}: {sentence}" for sentence in found]


def _spared(lives: Lives, others: list[Lives], period: str) -> list[str]:
    """Whether nobody left at ages at which many others did, which a segment recorded late looks like."""
    first = float(lives.time[lives.event].min(initial=np.inf))
    if not others or not np.isfinite(first) or first < 2:
        return []
    cuts = np.arange(0.0, np.ceil(first))
    events = np.zeros(len(cuts))
    exposure = np.zeros(len(cuts))
    for life in others:
        some, lived = by_band(life, cuts)
        events, exposure = events + some, exposure + lived
    _, own = by_band(lives, cuts)
    rate = np.divide(events, exposure, out=np.zeros(len(cuts)), where=exposure > 0)
    expected = float((rate * own)[:-1].sum())
    if expected < UNLIKELY:
        return []
    return [
        f"nobody left before {period} {np.ceil(first):g}, where {figures.count(expected)} should have by "
        "the churn of the others. If customers can come into this segment later, those who stay are in it "
        "because they stayed: use the segment they joined in."
    ]
