"""`gw.data.from_regression`: effects from a regression that the firm already has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.fit import TENTH, Fit, as_name
from goodwill.data.frames import fingerprint, period_days
from goodwill.data.places import placed
from goodwill.data.regression_table import Coefficients, coefficients
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting.attenuation import CLOGLOG, LOG, calibration, period_factor
from goodwill.fitting.parameters import PLAIN, Parameters
from goodwill.plots import data_effects
from goodwill.text import figures
from goodwill.text.arguments import fraction, keywords_checked, number, shown, unknown
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class RegressionFit(Fit):
    """Effects of a regression, in the unit of time of a model and freed from noise."""

    paths: dict[str, str]
    """Of each effect."""
    reported: Numbers
    """Coefficients as the regression has them."""
    reported_errors: Numbers
    in_period: Numbers
    """After the correction for the unit of time."""
    factor: float
    """That correction."""
    outcome: str
    """What the regression is about, in words."""

    @tabled
    def corrections(self) -> pd.DataFrame:
        """One row for each effect: the coefficient as `reported` with its standard error, what it is after
        the correction for the unit of time (`in_period`), and after that for noise (`corrected`), with the
        standard error of the last."""
        return pd.DataFrame(
            {
                "effect": list(self.parameters.names),
                "path": list(self.paths.values()),
                "reported": self.reported,
                "reported_error": self.reported_errors,
                "in_period": self.in_period,
                "corrected": list(self.values.values()),
                "corrected_error": self.parameters.errors,
            }
        )

    @keywords_checked
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Each effect as reported and as corrected, with 80 % intervals."""
        low, high = self.parameters.quantiles(-TENTH), self.parameters.quantiles(TENTH)
        return data_effects.effects(
            list(self.paths.values()), self.reported, np.array(list(self.values.values())), low, high, ax
        )

    def sentences(self) -> list[str]:
        """What was estimated from what, in words."""
        told = [f"{figures.plural(len(self.paths), 'effect')} of a regression on {self.outcome}."]
        if abs(self.factor - 1) > 5e-4:
            told.append(
                f"On the log-odds of one {self.period} they are {self.factor:.3f} of what they are on "
                "those of the "
                "whole time."
            )
        ratio = np.array(list(self.values.values())) / self.in_period
        noisy = [(path, r) for path, r in zip(self.paths.values(), ratio, strict=True) if abs(r - 1) > 5e-4]
        if noisy:
            told.append(
                "Freed from noise they are "
                + ", ".join(f"{r:.2f} times as large ({path})" for path, r in noisy)
                + "."
            )
        return told

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        raise ValueError("effects need a model to act in: fit.model(base) puts them into it")

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        return placed(base, {path: numbers[name] for name, path in self.paths.items()}, segment)


@keywords_checked
def from_regression(
    regression: object,
    *,
    paths: Mapping[str, object],
    period: str,
    within: float | None = None,
    probability: float | str | None = None,
    link: str | None = None,
    reliability: Mapping[str, object] | None = None,
    regressors: pd.DataFrame | None = None,
    units: Mapping[str, object] | None = None,
) -> RegressionFit:
    """Effects of a regression as assumptions, correlated as its coefficients are.

    `regression` is a fitted logit or GLM of statsmodels (anything with `params` and `cov_params()`), or a
    table with the columns name, coef and se; a table `covariance` of them may follow it in a tuple. `paths`
    says where a coefficient stands in a model: `{"csat": "customer.churn.satisfaction"}`. What is not named
    there is left out.

    - `within` and `probability`: the outcome was measured within so many periods and has this mean
      probability in the data. A logit on a year's churn acts more weakly on the odds of a month. Leave both
      away where the regression is about one `period`.
    - `link`: "logit", "cloglog" or "log"; a model of statsmodels knows its own.
    - `reliability`: the share of the variance of a regressor that is no noise, `{"csat": 0.64}`, or that with
      its standard error, `{"csat": (0.64, 0.03)}`. With several regressors it takes their covariance:
      statsmodels brings them along, else give a table `regressors`; without, they are taken to be
      uncorrelated, which is said.
    - `units`: how much of a regressor is one unit of the model, `{"csat": 0.4}` where a point from 0 to 10 is
      0.4 of a scale from 1 to 5.

    Raises `ValueError` for what does not fit together.
    """
    period_days(period)
    found = coefficients(regression, link)
    if not paths:
        raise ValueError(
            "paths is empty; it says where a coefficient stands: {'csat': 'customer.churn.satisfaction'}"
        )
    names = [_known(name, found.names, "paths") for name in paths]
    where = [_path(name, value) for name, value in paths.items()]
    if len(set(where)) < len(where):
        twice = next(path for path in where if where.count(path) > 1)
        raise ValueError(f"paths: {twice!r} is named twice")
    factor, outcome = _time(found.link, within, probability, period)
    scale = np.array([_unit(units, name) for name in found.names])
    values, covariance = found.values * scale, found.covariance * np.outer(scale, scale)
    matrix, spread, warnings = _freed(found, scale, reliability, regressors)
    here = [found.names.index(name) for name in names]
    corrected = factor * (matrix @ values)
    doubt = factor**2 * (matrix @ covariance @ matrix.T + spread(values))
    called = tuple(as_name(path.replace(".", "_")) for path in where)
    digest = fingerprint([np.array(found.names), found.values, found.covariance])
    warnings += _sense(where, corrected[here])
    return RegressionFit(
        Parameters(called, (PLAIN,) * len(here), corrected[here], doubt[np.ix_(here, here)]),
        found.loglik,
        found.n,
        period,
        f"regression on {outcome}, coefficients of {', '.join(names)} (data {digest})",
        warnings,
        dict(zip(called, where, strict=True)),
        values[here],
        np.sqrt(np.diag(covariance))[here],
        factor * values[here],
        factor,
        outcome,
    )


def _known(name: str, names: list[str], argument: str) -> str:
    if name not in names:
        raise ValueError(f"{argument}: {unknown('coefficient', str(name), names)}")
    return name


def _path(name: str, value: object) -> str:
    if not isinstance(value, str) or value.count(".") < 1:
        raise ValueError(
            f"paths: {name} stands at {shown(value)}; it must be a path of a model, "
            "customer.churn.satisfaction"
        )
    return value


def _unit(units: Mapping[str, object] | None, name: str) -> float:
    value = (units or {}).get(name, 1.0)
    found = number(f"units[{name}]", value)
    if found == 0:
        raise ValueError(f"units: {name} is 0; it must be how much of it is one unit of the model")
    return found


def _time(link: str, within: Any, probability: Any, period: str) -> tuple[float, str]:
    """The factor for the unit of time, and what the regression is about."""
    if within is None:
        if probability is not None:
            raise ValueError("probability goes with within: what share had the outcome within that time")
        return (period_factor(link, 1e-9, 1) if link != CLOGLOG else 1.0), f"what happens in a {period}"
    periods = number("within", within)
    if not 0 < periods <= 1e5:
        raise ValueError(f"within is {shown(within)}; it must be {period}s, above 0")
    outcome = f"what happens within {figures.plural(periods, period)}"
    if link == LOG:
        return 1.0, outcome
    share = fraction("probability", probability) if probability is not None else None
    if share is None or not 0 < share < 1:
        raise ValueError(
            f"probability is {shown(probability)}; with within= it must be the share that had the outcome "
            "in that "
            "time, between 0 and 1"
        )
    return period_factor(link, share, periods), outcome


def _freed(
    found: Coefficients, scale: Numbers, reliability: Any, regressors: Any
) -> tuple[Numbers, Any, list[str]]:
    """The matrix that frees coefficients from noise; what the doubt about reliabilities adds to their
    covariance when it is given the coefficients; and warnings."""
    size = len(found.names)
    if not reliability:
        return np.eye(size), lambda values: np.zeros((size, size)), []
    shares, errors = np.ones(size), np.zeros(size)
    for name, told in reliability.items():
        k = found.names.index(_known(name, found.names, "reliability"))
        pair = list(told) if isinstance(told, (tuple, list)) and len(told) == 2 else [told, 0.0]
        shares[k], errors[k] = (number(f"reliability[{name}]", value) for value in pair)
        if not 0.05 <= shares[k] <= 1 or not 0 <= errors[k] <= 0.5:
            raise ValueError(f"reliability: {name} is {shown(told)}; it must be a share from 0.05 to 1")
    table = found.regressors if regressors is None else _columns(regressors, found.names)
    warnings = []
    moving = np.zeros(size, bool)
    covariance = np.eye(size)
    if table is not None:
        spread = np.cov(np.asarray(table, dtype=float) / scale, rowvar=False).reshape(size, size)
        moving = np.diag(spread) > 0  # a constant is no regressor
        covariance = np.where(np.outer(moving, moving), spread, np.eye(size))
    elif sum(name.lower() not in ("const", "intercept", "(intercept)") for name in found.names) > 1:
        warnings.append(
            "Regressors are taken to be uncorrelated when effects are freed from noise; regressors= (a "
            "table) would "
            "say how they are."
        )

    def matrix(of: Numbers) -> Numbers:
        return calibration(np.diag(covariance), of, covariance)

    def spread_of(values: Numbers) -> Numbers:
        """First order: how the corrected coefficients move with each reliability."""
        step = 1e-4
        slopes = np.column_stack(
            [
                (matrix(shares) - matrix(shares - step * unit)) @ values / step
                if errors[k]
                else np.zeros(size)
                for k, unit in enumerate(np.eye(size))
            ]
        )
        return np.asarray((slopes * errors**2) @ slopes.T)

    return matrix(shares), spread_of, warnings


def _columns(regressors: Any, names: list[str]) -> pd.DataFrame:
    if not isinstance(regressors, pd.DataFrame):
        raise ValueError(f"regressors is {shown(regressors)}; it must be a table of pandas with their values")
    missing = [
        n
        for n in names
        if n not in regressors.columns and n.lower() not in ("const", "intercept", "(intercept)")
    ]
    if missing:
        raise ValueError(f"regressors: {unknown('column', missing[0], [str(c) for c in regressors.columns])}")
    found = pd.DataFrame({name: regressors[name] if name in regressors.columns else 1.0 for name in names})
    for name in names:
        values = pd.to_numeric(found[name], errors="coerce").to_numpy(dtype=float)
        if not np.isfinite(values).all():
            bad = int((~np.isfinite(values)).sum())
            raise ValueError(
                f"regressors: values of {name!r} that are no number: {bad:,}; give the rows that the "
                "regression used"
            )
        found[name] = values
    return found


def _sense(paths: list[str], effects: Numbers) -> list[str]:
    """Effects whose sign is the opposite of what experience says."""
    told = []
    for path, effect in zip(paths, effects, strict=True):
        if ".churn." in path and path.rpartition(".")[2] in ("satisfaction", "trust") and effect > 0:
            told.append(f"{path} is positive: happier customers would leave more often.")
    return told
