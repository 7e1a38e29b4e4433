"""`gw.data.from_posterior`: draws of any origin as a `Fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.data.fit import Fit, among, as_name
from goodwill.data.frames import fingerprint, period_days
from goodwill.data.places import placed
from goodwill.engine.model import Model
from goodwill.engine.world import Numbers
from goodwill.fitting.parameters import LINKS, Parameters, to_link
from goodwill.fitting.posterior import off_by, skewness, split_r_hat, support
from goodwill.plots import data_posterior
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked, shown, unknown
from goodwill.text.display import tabled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 100
FAR = 0.15
"""Standard deviations by which a 10 or 90 % quantile of a normal may be off."""
AGREED = 1.01
"""Split R-hat of chains that agree."""


@dataclass(frozen=True, eq=False, repr=False)
class PosteriorFit(Fit):
    """Draws of any origin, normal together on the scales of their support."""

    paths: dict[str, str]
    """Where a parameter stands in a model; those that are missing stand nowhere."""
    original: Numbers
    """The draws themselves: draws x parameters."""
    r_hat: list[float]
    """Split R-hat of each; NaN where nobody said which draws are of one chain."""

    @tabled
    def shapes(self) -> pd.DataFrame:
        """One row for each parameter: its `link`, the `skewness` of the draws on it, how many standard
        deviations a 10 or 90 % quantile of the normal is `off`, and split R-hat."""
        p = self.parameters
        y = [to_link(link, self.original[:, k]) for k, link in enumerate(p.links)]
        return pd.DataFrame(
            {
                "parameter": list(p.names),
                "link": list(p.links),
                "skewness": [skewness(values) for values in y],
                "off": [off_by(values) for values in y],
                "r_hat": self.r_hat,
            }
        )

    @keywords_checked
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The draws of each parameter, standardised on its link scale, beside the normal that stands for
        them."""
        p = self.parameters
        return data_posterior.shapes(
            list(p.names),
            [
                (to_link(link, self.original[:, k]) - p.estimate[k]) / max(p.errors[k], 1e-300)
                for k, link in enumerate(p.links)
            ],
            ax,
        )

    def sentences(self) -> list[str]:
        """What was taken from where, in words."""
        return [f"{figures.plural(len(self.parameters.names), 'parameter')} from {self.n:,} joint draws."]

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        raise ValueError("draws need a model to act in: fit.model(base) puts them where paths= says")

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        if not self.paths:
            raise ValueError(
                "nobody said where these parameters stand: from_posterior(..., paths={'effect': "
                "'customer.churn.satisfaction'})"
            )
        return placed(base, {path: numbers[name] for name, path in self.paths.items()}, segment)

    def assumptions(self, prefix: str = "") -> dict[str, dict[str, Any]]:
        """The parameters as a register of assumptions: those with a path, or all if none has one."""
        found = super().assumptions(prefix)
        if not self.paths:
            return found
        names = {f"{prefix}{name}" for name in self.paths}
        return among({name: told for name, told in found.items() if name in names})


@keywords_checked
def from_posterior(
    draws: object,
    *,
    period: str,
    names: Mapping[str, object] | None = None,
    links: Mapping[str, object] | None = None,
    paths: Mapping[str, object] | None = None,
) -> PosteriorFit:
    """Joint draws as a `Fit`: of a posterior of PyMC (anything with a `.posterior`), or a table with a column
    for each parameter and a row for each draw.

    `names` chooses and renames, `{"beta[csat]": "effect"}`; the elements of an array are named by their
    coordinates. `links` says on which scale a parameter is normal ("plain", "log" or "logit"); without it, by
    its support: shares on the log-odds scale, positive numbers on that of logarithms. `paths` says where a
    parameter stands in a model. Rates are per `period`. Where a normal is far from the draws a warning says
    so. Raises `ValueError` for what are no draws.
    """
    period_days(period)
    columns, chains = _columns(draws)
    chosen = {name: as_name(name) for name in columns} if names is None else {}
    for name, told in (names or {}).items():
        if name not in columns:
            raise ValueError(f"names: {unknown('parameter', str(name), list(columns))}")
        if not isinstance(told, str) or as_name(told) != told:
            raise ValueError(f"names: {name} becomes {shown(told)}; it must be a name such as churn_effect")
        chosen[name] = told
    called = list(chosen.values())
    if not called:
        raise ValueError("names is empty; it says which parameters to take")
    for name in called:
        if called.count(name) > 1:
            raise ValueError(f"two parameters would be called {name!r}; names= gives them others")
    values = np.column_stack([columns[name] for name in chosen])
    if len(values) < LEAST:
        raise ValueError(f"there are {len(values)} draws; at least {LEAST} are needed")
    bad = ~np.isfinite(values).all(axis=0)
    if bad.any():
        raise ValueError(f"the draws of {list(chosen)[int(np.argmax(bad))]!r} are not all finite numbers")
    for name, told in {**(links or {}), **(paths or {})}.items():
        if name not in called:
            raise ValueError(
                f"{'links' if name in (links or {}) else 'paths'}: {unknown('parameter', str(name), called)}"
            )
        if not isinstance(told, str):
            raise ValueError(f"{name} is {shown(told)}; it must be a text")
    link = [_link(name, values[:, k], links) for k, name in enumerate(called)]
    y = np.column_stack([to_link(of, values[:, k]) for k, of in enumerate(link)])
    r_hat = [
        float("nan") if chains is None else split_r_hat(columns[name].reshape(chains, -1)) for name in chosen
    ]
    covariance = np.atleast_2d(np.cov(y, rowvar=False))
    return PosteriorFit(
        Parameters(tuple(called), tuple(link), y.mean(axis=0), covariance),
        float("nan"),
        len(values),
        period,
        f"{len(values):,} draws (data {fingerprint([values])})",
        _doubts(called, link, y, r_hat),
        {name: str(path) for name, path in (paths or {}).items()},
        values,
        r_hat,
    )


def _link(name: str, values: Numbers, links: Mapping[str, object] | None) -> str:
    own = support(values)
    asked = (links or {}).get(name, own)
    if asked not in LINKS:
        raise ValueError(f"links: {name} is {shown(asked)}; it must be one of {', '.join(LINKS)}")
    if (asked == "logit" and own != "logit") or (asked == "log" and own == "plain"):
        inside = "between 0 and 1" if asked == "logit" else "above 0"
        raise ValueError(f"links: {name} is {asked!r}, and its draws are not all {inside}")
    return str(asked)


def _doubts(names: list[str], links: list[str], y: Numbers, r_hat: list[float]) -> list[str]:
    told = []
    for k, name in enumerate(names):
        off = off_by(y[:, k])
        if off > FAR:
            told.append(
                f"{name} is far from normal on the {links[k]} scale (skewness {skewness(y[:, k]):.1f}): "
                "its 10 or 90 % "
                f"quantile is off by {off:.2f} standard deviations. Another scale may serve (links=)."
            )
        if r_hat[k] > AGREED:
            told.append(f"The chains of {name} do not agree (R-hat {r_hat[k]:.2f}); draw longer.")
    return told


def _columns(draws: Any) -> tuple[dict[str, Numbers], int | None]:
    """The draws of each scalar by name, chain after chain, and how many chains there are, if that is
    known."""
    posterior = getattr(draws, "posterior", None)
    if posterior is not None and hasattr(posterior, "data_vars"):
        return _of_arrays(posterior)
    if not isinstance(draws, pd.DataFrame):
        raise ValueError(
            f"draws is {shown(draws)}; it must be a table of pandas with a column for each parameter, or "
            "have a "
            ".posterior (arviz, PyMC)"
        )
    if not draws.columns.is_unique or draws.empty:
        raise ValueError("draws has no rows, or two columns of one name")
    found = {}
    for name in draws.columns:
        if not pd.api.types.is_numeric_dtype(draws[name]):
            raise ValueError(f"draws: column {shown(name)} does not hold numbers")
        found[str(name)] = draws[name].to_numpy(dtype=float)
    return found, None


def _of_arrays(posterior: Any) -> tuple[dict[str, Numbers], int]:
    found: dict[str, Numbers] = {}
    chains = 1
    for name, array in posterior.data_vars.items():
        dims = [str(dim) for dim in array.dims]
        if dims[:2] != ["chain", "draw"]:
            raise ValueError(
                f"draws: {name} has the dimensions {', '.join(dims)}; the first two must be chain, draw"
            )
        values = np.asarray(array.values, dtype=float)
        chains = values.shape[0]
        labels = [
            [str(label) for label in (array.coords[dim].values if dim in array.coords else range(size))]
            for dim, size in zip(dims[2:], values.shape[2:], strict=True)
        ]
        for at in np.ndindex(*values.shape[2:]):
            where = ", ".join(labels[k][i] for k, i in enumerate(at))
            found[f"{name}[{where}]" if at else str(name)] = values[(..., *at)].reshape(-1)
    return found, chains
