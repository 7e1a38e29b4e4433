"""Families of retention curves: shifted beta geometric, Weibull, and piecewise constant churn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.likelihood import maximise
from goodwill.fitting.lives import Lives, by_band, summed
from goodwill.fitting.parameters import LOG, LOGIT, Parameters, from_link, to_link
from goodwill.text.arguments import missing

METHODS = BETA, WEIBULL, PIECEWISE = ("beta", "weibull", "piecewise")
CUTS = (0, 1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 60, 84, 120)
"""Ages at which churn may change if nobody says other ones: fine where customers are new."""
LEAST = 20
"""Events that a band of its own takes: its rate then has a standard error of 22 %."""


@dataclass(frozen=True, eq=False)
class Curve(Plain):
    """A retention curve of one of the families, with its parameters."""

    method: str
    parameters: Parameters
    loglik: float
    cuts: Numbers
    """Ages from which each probability of a piecewise curve holds."""
    open: tuple[str, ...]
    """Parameters that the data hardly restrict."""

    @property
    def estimate(self) -> Numbers:
        return np.array(list(self.parameters.values.values()))

    def log_survival(self, parameters: Numbers, ages: Numbers) -> Numbers:
        """Logarithm of the share that is still there at these ages."""
        return log_survival(self.method, parameters, self.cuts, ages)

    def survival(self, ages: Numbers) -> Numbers:
        """Share that is still there at these ages, at the estimates."""
        return np.asarray(np.exp(self.log_survival(self.estimate, ages)))

    def loglik_of(self, lives: Lives) -> float:
        """Log-likelihood of other lives at these estimates."""
        return _loglik(self.method, lives, self.cuts)(self.estimate)

    def tabled(self, ages: Numbers) -> Parameters:
        """Probabilities to leave in a period by age, as a table by tenure has them, with what is known of
        them: `churn_12` holds from age 12 on, up to the next age.

        A piecewise curve has such a table already. Of the others each probability is the constant one that
        leaves as many at the end of its band; the covariance on log-odds is that of the parameters, by their
        slopes (delta method). The last band is as long as the one before.
        """
        if self.method == PIECEWISE:
            return self.parameters
        ends = np.append(ages[1:], 2 * ages[-1] - ages[-2])

        def log_odds(y: Numbers) -> Numbers:
            natural = np.array([from_link(LOG, value) for value in y])
            stay = (self.log_survival(natural, ends) - self.log_survival(natural, ages)) / (ends - ages)
            return np.log(-np.expm1(stay)) - stay

        at = self.parameters.estimate
        steps = 1e-5 * np.eye(len(at))
        slopes = np.array([(log_odds(at + h) - log_odds(at - h)) / 2e-5 for h in steps]).T
        covariance = slopes @ self.parameters.covariance @ slopes.T
        # More probabilities than parameters: some always move together, which a register cannot say.
        apart = np.where(np.eye(len(ages), dtype=bool), 1.0, 1 - 1e-3)
        return Parameters(_named(ages), (LOGIT,) * len(ages), log_odds(at), covariance * apart)


def log_survival(method: str, parameters: Numbers, cuts: Numbers, ages: Numbers) -> Numbers:
    """Logarithm of the share still there at these ages, which may have fractions.

    - beta: the probability p to leave in a period is beta(a, b) over customers,
      S(t) = E (1 - p)^t = B(a, b + t) / B(a, b) (Fader and Hardie 2007);
    - weibull: S(t) = exp(-(t / scale)^shape); at whole ages that of Nakagawa and Osaki (1975);
    - piecewise: log S falls by -log(1 - p) in each period, where p is the probability of the band.
    """
    if method == BETA:
        a, b = parameters
        return np.asarray(_betaln(a, b + ages) - _betaln(a, b))
    if method == WEIBULL:
        shape, scale = parameters
        return np.asarray(-((ages / scale) ** shape))
    lengths = np.append(np.diff(cuts), np.inf)
    lived = np.clip(np.asarray(ages, dtype=float)[..., None] - cuts, 0.0, lengths)
    return np.asarray(lived @ np.log1p(-parameters))


def fitted(method: str, lives: Lives, cuts: Numbers | None = None) -> Curve:
    """The curve of maximum likelihood. Raises `ValueError` if nobody leaves, or all do at once."""
    if not lives.events:
        raise ValueError("nobody leaves, so that no churn can be estimated")
    if method == PIECEWISE:
        return piecewise(lives, bands(lives, None) if cuts is None else cuts)
    none = np.zeros(1)
    share = lives.events / max(lives.exposure, lives.events)
    starts = [(1.0, max(1 / share - 1, 0.5)), (0.5, max(0.5 / share - 0.5, 0.5))]
    if method == WEIBULL:
        starts = [(1.0, 1 / share), (0.7, 1 / share)]
    names = ("a", "b") if method == BETA else ("shape", "scale")
    loglik = _loglik(method, lives, none)
    start = max(starts, key=lambda at: loglik(np.array(at)))
    best = maximise(loglik, start, names, (LOG, LOG), max(round(lives.customers), 1))
    return Curve(method, best.parameters, best.loglik, none, best.open)


def piecewise(lives: Lives, cuts: Numbers) -> Curve:
    """Constant churn from each of the ages `cuts` up to the next: events / exposure.

    Where customers leave at whole ages, that is the probability itself (binomial); otherwise a rate with
    standard error sqrt(events) / exposure (Holford 1980), of which the probability 1 - exp(-rate) is made.
    Raises `ValueError` for a band in which nobody leaves, or everybody does.
    """
    events, exposure = by_band(lives, cuts)
    rate = np.divide(events, exposure, out=np.zeros(len(cuts)), where=exposure > 0)
    p = rate if lives.whole else -np.expm1(-rate)
    if not ((p > 0) & (p < 1)).all():
        where = cuts[int(np.argmin((p > 0) & (p < 1)))]
        raise ValueError(f"from age {where:g} on nobody leaves before the next age, or all do at once")
    variance = 1 / (exposure * p * (1 - p)) if lives.whole else (rate / p) ** 2 / events
    parameters = Parameters(_named(cuts), (LOGIT,) * len(cuts), to_link(LOGIT, p), np.diag(variance))
    return Curve(PIECEWISE, parameters, _loglik(PIECEWISE, lives, cuts)(p), cuts, ())


def bands(lives: Lives, wanted: Numbers | None) -> Numbers:
    """Ages at which piecewise churn changes: the `wanted` ones, otherwise `CUTS`, joined until at least 20
    leave in each band (where the ages are wanted: one), and not all."""
    cuts = np.array(CUTS, dtype=float) if wanted is None else wanted
    least = min(LEAST, lives.events) if wanted is None else 1
    kept = [0.0]
    for cut in cuts[1:]:
        if cut < lives.oldest and _enough(lives, kept[-1], cut, least):
            kept.append(float(cut))
    while len(kept) > 1 and not _enough(lives, kept[-1], np.inf, least):
        kept.pop()
    return np.array(kept)


def _enough(lives: Lives, start: float, end: float, least: float) -> bool:
    events, exposure = by_band(lives, np.array([0.0, start, end] if start else [0.0, end]))
    k = 1 if start else 0
    return bool(events[k] >= max(least, 1e-9) and events[k] < exposure[k])


def constant(lives: Lives) -> Curve:
    """The same churn at all ages."""
    return piecewise(lives, np.zeros(1))


def chosen(lives: Lives, split: float, cuts: Numbers | None) -> dict[str, float]:
    """By method: the log-likelihood of what happens after the age `split`, from what was known before, per
    customer who is still there; the greatest is the best. Without methods that the data do not restrict."""
    known, later = lives.until(split), lives.after(split)
    found = {}
    for method in METHODS:
        try:
            known_cuts = None if cuts is None else bands(known, cuts)
            curve = fitted(method, known, known_cuts)
        except ValueError:
            continue
        if not curve.open:
            found[method] = curve.loglik_of(later) / max(later.customers, 1)
    return found


def _loglik(method: str, lives: Lives, cuts: Numbers) -> Callable[[Numbers], float]:
    """The log-likelihood of lives by the parameters. Each row is conditional on being there at its entry."""
    left, left_weight = _summed(lives.time[lives.event], lives.weight[lives.event])
    ends = np.concatenate([lives.time[~lives.event], lives.entry])
    signs = np.concatenate([lives.weight[~lives.event], -lives.weight])
    ages, weight = _summed(ends, signs)

    def value(parameters: Numbers) -> float:
        def survival(at: Numbers) -> Numbers:
            return log_survival(method, parameters, cuts, at)

        if lives.whole:  # they left somewhere in the period that ends at this age
            before = survival(left - 1)
            leave = before + np.log(-np.expm1(survival(left) - before))
        else:
            leave = survival(left) + _log_hazard(method, parameters, cuts, left)
        return float(left_weight @ leave + weight @ survival(ages))

    return value


def _log_hazard(method: str, parameters: Numbers, cuts: Numbers, ages: Numbers) -> Numbers:
    """Logarithm of the rate at which customers leave at these ages, the derivative of -log S."""
    if method == BETA:
        from scipy.special import digamma

        a, b = parameters
        return np.asarray(np.log(digamma(a + b + ages) - digamma(b + ages)))
    if method == WEIBULL:
        shape, scale = parameters
        return np.asarray(np.log(shape / scale) + (shape - 1) * np.log(ages / scale))
    which = np.searchsorted(cuts, ages, side="left") - 1
    return np.asarray(np.log(-np.log1p(-parameters))[np.maximum(which, 0)])


def _summed(ages: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """The different ages and the sum of the weights at each: fewer terms, the same sum."""
    age, which = np.unique(ages, return_inverse=True)
    return age, summed(which, weights, len(age))


def _betaln(a: float, b: Numbers | float) -> Numbers:
    try:
        from scipy.special import betaln
    except ImportError:
        raise ImportError(missing("estimates need", "scipy")) from None
    return np.asarray(betaln(a, b))


def _named(ages: Numbers) -> tuple[str, ...]:
    return tuple(f"churn_{age:g}".replace(".", "_") for age in ages)
