"""Reads coefficients: of a fitted model of statsmodels, or from a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from goodwill.engine.world import Numbers
from goodwill.fitting.attenuation import CLOGLOG, LINKS, LOG, LOGIT
from goodwill.text.arguments import shown, unknown


@dataclass(frozen=True)
class Coefficients:
    """Of a regression."""

    names: list[str]
    values: Numbers
    covariance: Numbers
    link: str
    loglik: float
    n: int
    regressors: Numbers | None
    """Rows x coefficients, where they are at hand."""


def coefficients(regression: Any, link: str | None) -> Coefficients:
    """Checked. Raises `ValueError` for what is no regression."""
    if link is not None and link not in LINKS:
        raise ValueError(f"link is {shown(link)}; it must be one of {', '.join(LINKS)}")
    if isinstance(regression, tuple) and len(regression) == 2:
        found = _of_table(regression[0], regression[1], link)
    elif isinstance(regression, pd.DataFrame):
        found = _of_table(regression, None, link)
    elif hasattr(regression, "params") and callable(getattr(regression, "cov_params", None)):
        found = _of_model(regression, link)
    else:
        raise ValueError(
            f"regression is {shown(regression)}; it must be a fitted model of statsmodels, or a table with "
            "the "
            "columns name, coef and se"
        )
    if not np.isfinite(found.values).all() or not np.isfinite(found.covariance).all():
        raise ValueError("regression: a coefficient or its covariance is no finite number")
    if (np.diag(found.covariance) < 0).any() or not np.allclose(found.covariance, found.covariance.T):
        raise ValueError(
            "regression: the covariance of the coefficients is none (symmetric, variances above 0)"
        )
    return found


def _of_model(regression: Any, link: str | None) -> Coefficients:
    values = regression.params
    names = [str(name) for name in getattr(values, "index", getattr(regression.model, "exog_names", ()))]
    plain = np.asarray(values, dtype=float)
    if plain.ndim != 1 or len(names) != len(plain):
        raise ValueError("regression: its params must be one number for each name (no multinomial models)")
    covariance = np.asarray(regression.cov_params(), dtype=float)
    model = getattr(regression, "model", None)
    exog = getattr(model, "exog", None)
    regressors = None if exog is None else np.asarray(exog, dtype=float)
    if regressors is not None and regressors.shape[1:] != (len(names),):
        regressors = None
    loglik, n = getattr(regression, "llf", np.nan), getattr(regression, "nobs", 0)
    return Coefficients(names, plain, covariance, _link(model, link), float(loglik), int(n), regressors)


def _link(model: Any, told: str | None) -> str:
    """What the model says, which `link` may not contradict."""
    kind = type(model).__name__.lower()
    family = getattr(model, "family", None)
    name = type(getattr(family, "link", None)).__name__.lower()
    own = {"logit": LOGIT, "poisson": LOG, "negativebinomial": LOG}.get(kind)
    own = own or {"logit": LOGIT, "cloglog": CLOGLOG, "log": LOG}.get(name)
    if own is None and told is None:
        raise ValueError(
            f"link: the model is of another kind ({type(model).__name__}); say link= {', '.join(LINKS)}"
        )
    if own is not None and told is not None and own != told:
        raise ValueError(f"link is {told!r}, and the model has {own!r}")
    return str(own or told)


def _labelled(covariance: Any, names: list[str]) -> Any:
    """A covariance with labels in the order of the coefficients."""
    if not isinstance(covariance, pd.DataFrame) or isinstance(covariance.index, pd.RangeIndex):
        return covariance
    rows, columns = ([str(label) for label in axis] for axis in (covariance.index, covariance.columns))
    if sorted(rows) != sorted(names) or sorted(columns) != sorted(names):
        raise ValueError(
            f"regression: the covariance is of {', '.join(rows)}; the coefficients are {', '.join(names)}"
        )
    plain = covariance.to_numpy()
    return plain[[rows.index(name) for name in names]][:, [columns.index(name) for name in names]]


def _of_table(table: Any, covariance: Any, link: str | None) -> Coefficients:
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ValueError(
            f"regression is {shown(table)}; it must be a table with the columns name, coef and se"
        )
    if link is None:
        raise ValueError(f"link is None; with a table it must be said: one of {', '.join(LINKS)}")
    wanted = ["name", "coef"] if covariance is not None else ["name", "coef", "se"]
    for column in wanted:
        if column not in table.columns:
            raise ValueError(f"regression: {unknown('column', column, [str(c) for c in table.columns])}")
    names = [str(name) for name in table["name"]]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"regression: the coefficient {twice!r} is listed twice")
    values = pd.to_numeric(table["coef"], errors="coerce").to_numpy(dtype=float)
    if covariance is None:
        errors = pd.to_numeric(table["se"], errors="coerce").to_numpy(dtype=float)
        if not (errors > 0).all():
            raise ValueError("regression: a standard error (se) is not above 0")
        return Coefficients(names, values, np.diag(errors**2), link, float("nan"), 0, None)
    matrix = np.asarray(_labelled(covariance, names), dtype=float)
    if matrix.shape != (len(names), len(names)):
        raise ValueError(
            f"regression: the covariance must have {len(names)} rows and columns, as there are coefficients"
        )
    return Coefficients(names, values, matrix, link, float("nan"), 0, None)
