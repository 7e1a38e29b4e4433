"""Charts of customer lifetime value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodwill.engine.world import World
from goodwill.plots.axes import axes, dressed, in_words, nothing
from goodwill.results import tables
from goodwill.results.lifetimes import NAMES
from goodwill.text.arguments import keywords_checked
from goodwill.text.vocabulary import ORIGIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClvPlots:
    """Charts of customer lifetime value."""

    def __init__(self, world: World, currency: str) -> None:
        self._world, self._currency = world, currency

    @keywords_checked
    def distribution(self, *, ax: Axes | None = None) -> Axes:
        """How many customers have which lifetime value, by origin, without the 1 % at either end."""
        table = tables.distribution(self._world, [ORIGIN])
        if table.empty:
            return nothing(ax, "there are no customers")
        cut = tables.quantiles(self._world, [], (0.01, 0.99)).iloc[0]
        edges = np.linspace(cut["q1"], max(cut["q99"], cut["q1"] + 1), 41)
        ax = axes(ax)
        for origin, part in table.groupby(ORIGIN, sort=False):
            ax.hist(
                part["value"], list(edges), weights=part["customers"], alpha=0.6, label=NAMES[str(origin)]
            )
        ax.legend(frameon=False)
        in_words(ax)
        in_words(ax, axis="x")
        return dressed(ax, "Lifetime value", self._currency or "money", "customers")
