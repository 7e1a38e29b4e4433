"""What every estimate from the firm's own data can do: say how sure it is, and become a model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.engine.world import Numbers
from goodwill.fitting.parameters import Parameters, slope
from goodwill.text.arguments import checked_seed, keywords_checked, text, whole
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.files import checked_file, write_atomically

TENTH = 1.2815515655446004
"""Normal score of the 90 % quantile: assumptions are given by their 10, 50 and 90 % quantiles."""
EXACT = 1e-5
"""Relative width below which a number counts as known."""
SMALLEST = 1e-3
"""Correlations below it are not written."""


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Plain):
    """Estimates from data, with their joint uncertainty. Kinds of data add what their estimates mean."""

    parameters: Parameters
    loglik: float
    """Log-likelihood at the estimates; NaN where there is none."""
    n: int
    """Customers (or contacts, or intervals) behind the estimates."""
    period: str
    """Unit of time of the estimates: day, week, month or year."""
    source: str
    """Where the numbers come from, with a hash of the data."""
    warnings: list[str]

    @property
    def values(self) -> dict[str, float]:
        """The estimates by name."""
        return self.parameters.values

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the estimates on their link scales (log of positive ones, log-odds of shares)."""
        names = list(self.parameters.names)
        return pd.DataFrame(self.parameters.covariance, index=names, columns=names)

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each parameter: the `estimate`, its `standard_error` and 10, 50 and 90 % quantiles
        (`low`, `best`, `high`, as an assumption has them); rates and durations are in the `period`.
        """
        parameters = self.parameters
        low, high = parameters.quantiles(-TENTH), parameters.quantiles(TENTH)
        values = np.array(list(self.values.values()))
        return pd.DataFrame(
            {
                "parameter": list(parameters.names),
                "estimate": values,
                "standard_error": _plain_errors(parameters),
                "low": low,
                "best": values,
                "high": high,
            }
        )

    @keywords_checked
    def draws(self, n: int = 1000, seed: int = 1) -> pd.DataFrame:
        """`n` joint draws of the parameters, a row each: normal on the link scales, and correlated."""
        n = whole("n", n, 1, 10_000_000, "a whole number from 1 to 10,000,000")
        found = self.parameters.draws(n, checked_seed(seed))
        return pd.DataFrame(found, columns=list(self.parameters.names))

    @keywords_checked
    def assumptions(self, prefix: str = "") -> dict[str, dict[str, Any]]:
        """The parameters as a register of assumptions, for `gw.Model(assumptions=...)`.

        By `prefix + name` a dict of low, best, high, source and correlation. What is known exactly is left
        out.
        """
        parameters = self._written().named(text("prefix", prefix))
        return register(parameters, self.source)

    def model(self, base: Model | None = None, *, segment: str | None = None) -> Model:
        """A model with the estimates as assumptions: a new one, or `base` with these in place of its own.

        `segment` names the segment of `base` they are about; without it they hold for all. Raises
        `ModelError` where they do not fit into `base`, and `ValueError` for a base of another period or
        currency, or one that uses an assumption of the same name for something else.
        """
        prefix = "" if segment is None else f"{text('segment', segment)}_"
        declared = self.assumptions(prefix)
        numbers: dict[str, Any] = {
            name: f"${prefix}{name}" if f"{prefix}{name}" in declared else value
            for name, value in self._written().values.items()
        }
        if base is None:
            return Model(**{"period": self.period, "assumptions": declared, **self._blocks(numbers)})
        check_units(base, self.period, str(getattr(self, "currency", "")))
        changes = self._changes(numbers, base, segment)
        used = {name: told for name, told in declared.items() if _uses(changes, name)}
        check_names(base, list(used), changes)
        return base.assign({f"assumptions.{name}": told for name, told in among(used).items()} | changes)

    def write(self, file: str | os.PathLike[str]) -> Path:
        """Writes `model()` as a YAML file, with the source of each number. Returns the path; raises
        `ValueError` where it cannot be written."""
        path = checked_file("file", file, ".yaml")
        return write_atomically(path, self.model().to_yaml())

    def _written(self) -> Parameters:
        """The parameters as a model has them: the estimates, if a model takes these."""
        return self.parameters

    def _blocks(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """Blocks of a new model; `numbers` holds a value or the name of an assumption for each parameter."""
        raise NotImplementedError

    def _changes(self, numbers: Mapping[str, Any], base: Model, segment: str | None) -> dict[str, Any]:
        """What `base` is assigned: values by path."""
        raise NotImplementedError

    def sentences(self) -> list[str]:
        """What was estimated from what, in words."""
        return [f"Estimated from {self.source}."]

    def __repr__(self) -> str:
        return blocks(self.sentences(), text_table(self.table()), self.warnings)

    def _repr_html_(self) -> str:
        below = result_html(self.warnings, "") if self.warnings else ""
        return result_html(self.sentences(), html_table(self.table())) + below


def register(parameters: Parameters, source: str) -> dict[str, dict[str, Any]]:
    """A register of assumptions for these parameters, with correlations, each given once."""
    low, high = parameters.quantiles(-TENTH), parameters.quantiles(TENTH)
    correlation = parameters.correlation
    found: dict[str, dict[str, Any]] = {}
    for k, (name, best) in enumerate(parameters.values.items()):
        if not low[k] < best < high[k] or high[k] - low[k] <= EXACT * abs(best):
            continue
        entry: dict[str, Any] = {"low": float(low[k]), "best": best, "high": float(high[k]), "source": source}
        related = {
            parameters.names[j]: round(float(correlation[k, j]), 6)
            for j in range(k)
            if parameters.names[j] in found and abs(correlation[k, j]) >= SMALLEST
        }
        found[name] = entry | ({"correlation": related} if related else {})
    return found


def _uses(value: Any, name: str) -> bool:
    """Whether an assumption stands somewhere in what is assigned."""
    if isinstance(value, Mapping):
        return any(_uses(item, name) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_uses(item, name) for item in value)
    return isinstance(value, str) and value == f"${name}"


def among(register: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A part of a register, without correlations to what is not in it."""
    found = {}
    for name, told in register.items():
        related = {other: r for other, r in told.get("correlation", {}).items() if other in register}
        rest = {key: value for key, value in told.items() if key != "correlation"}
        found[name] = rest | ({"correlation": related} if related else {})
    return found


def check_units(base: Model, period: str, currency: str = "") -> None:
    """Raises `ValueError` for a base in another unit of time or money than the estimates."""
    core = core_of(base)
    if core.period != period:
        raise ValueError(
            f"these are estimates by {period}, and the model's period is {core.period}; estimate with "
            f"period={core.period!r}, or give a model by {period}"
        )
    if currency and core.currency and currency != core.currency:
        raise ValueError(f"these are estimates in {currency}, and the model is in {core.currency}")


def check_names(base: Model, declared: list[str], changes: Mapping[str, Any]) -> None:
    """Raises `ValueError` where an assumption of the base that will be replaced also stands elsewhere."""
    known = dict(zip(base["assumptions"] or {}, _core.assumption_uses(core_of(base)), strict=True))
    replaced = [full for path in changes for full in (base.resolve(path) if path in base else [path])]
    for name in declared:
        kept = [
            use
            for use in known.get(name, [])
            if not any(use == path or use.startswith(f"{path}.") for path in replaced)
        ]
        if kept:
            raise ValueError(
                f"the model has an assumption {name!r} of its own, which {kept[0]} uses; give it another "
                "name there, or say segment="
            )


def _plain_errors(parameters: Parameters) -> Numbers:
    """Standard errors on the natural scales: the slope of the link times that on the link scale."""
    slopes = [
        slope(link, value) for link, value in zip(parameters.links, parameters.values.values(), strict=True)
    ]
    return np.asarray(np.array(slopes) * parameters.errors)


def as_name(value: object) -> str:
    """A name that model files take, made of a value of a column: `Month-to-month` is `month_to_month`."""
    plain = re.sub(r"\W+", "_", str(value).strip().lower()).strip("_")
    return plain if plain and not plain[0].isdigit() else f"group_{plain}".rstrip("_")
