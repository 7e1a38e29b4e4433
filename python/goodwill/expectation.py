"""Exact expectations of a model that is a Markov chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from goodwill import _core, figures
from goodwill._arguments import checked_threads, keywords_checked, whole
from goodwill.display import html_table, result_html, text_table
from goodwill.model import Model, anchored, core_of


class Expectation:
    """The results of `goodwill.expect`."""

    def __init__(self, model: Model, values: dict[str, Any]) -> None:
        self.model = model
        self._values = values

    def table(self) -> pd.DataFrame:
        """One row per period: expected customers and money."""
        series = {name: value for name, value in self._values.items() if np.ndim(value) == 1}
        length = max((len(value) for value in series.values()), default=0)
        table = pd.DataFrame({name: value for name, value in series.items() if len(value) == length})
        table.insert(0, "period", np.arange(1, length + 1))
        return table

    @property
    def totals(self) -> dict[str, Any]:
        """The figures that are not per period."""
        return {name: value for name, value in self._values.items() if np.ndim(value) == 0}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def _sentence(self) -> str:
        length = figures.plural(len(self.table()), self.model.period)
        return f"{self.model.name or 'Model'}: exact expectations over {length}."

    def __repr__(self) -> str:
        totals = "\n".join(f"{name}: {value}" for name, value in self.totals.items())
        return "\n\n".join(part for part in (self._sentence(), totals, text_table(self.table())) if part)

    def _repr_html_(self) -> str:
        return result_html([self._sentence()], html_table(self.table()))


@keywords_checked
def expect(model: Model, *, horizon: int | None = None, threads: int = 0) -> Expectation:
    """Expected customers and money of the baseline, computed without simulation.

    Only a model without effects, frailty and the like is a Markov chain; otherwise `ModelError` names what stands
    in the way. `horizon` is a number of periods, by default the model's.
    """
    core = core_of(model)
    threads = checked_threads(threads)
    if horizon is not None:
        horizon = whole("horizon", horizon, 1, 100_000, "a whole number of periods from 1 to 100,000")
    return Expectation(model, _core.expect(core, anchored(model, threads), horizon=horizon))
