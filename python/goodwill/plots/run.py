"""Charts of one run, over periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodwill.engine.model import Model
from goodwill.engine.world import World
from goodwill.plots.axes import axes, dressed, in_words
from goodwill.results import tables
from goodwill.text.arguments import checked_names, keywords_checked
from goodwill.text.vocabulary import ORIGIN, PERIOD, SEGMENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class RunPlots:
    """Charts of one run, over periods."""

    def __init__(self, world: World, model: Model, scenario: str) -> None:
        self._world, self._model, self._scenario = world, model, scenario

    @keywords_checked
    def customers(self, *, by: str = SEGMENT, ax: Axes | None = None) -> Axes:
        """Customers at the end of each period, stacked by segment or by origin."""
        checked_names("key", by, (SEGMENT, ORIGIN), "customers can be stacked by")
        table = tables.customers_and_money(self._world, [PERIOD, by])
        order = list(dict.fromkeys(table[by]))
        wide = table.pivot(index="period", columns=by, values="customers_end")[order]
        ax = axes(ax)
        ax.stackplot(wide.index, wide.to_numpy().T, labels=list(wide.columns), alpha=0.85)
        ax.margins(x=0)
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], labels[::-1], frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        in_words(ax)
        return self._dressed(ax, "Customers", "customers")

    @keywords_checked
    def churn(self, *, ax: Axes | None = None) -> Axes:
        """Customers lost per customer and period, by segment."""
        return self._lines("churn", "Churn", f"a {self._model.period}", ax, percent=True)

    @keywords_checked
    def satisfaction(self, *, ax: Axes | None = None) -> Axes:
        """Mean satisfaction (0 to 10), by segment."""
        return self._lines("satisfaction", "Satisfaction", "mean, 0 to 10", ax)

    @keywords_checked
    def contribution(self, *, ax: Axes | None = None) -> Axes:
        """Contribution per period, by segment, without the costs of investments and events."""
        return self._lines("contribution", "Contribution", self._model.currency or "money", ax)

    def _lines(self, column: str, title: str, unit: str, ax: Axes | None, percent: bool = False) -> Axes:
        table = tables.customers_and_money(self._world, [PERIOD, SEGMENT])
        ax = axes(ax)
        for segment, part in table.groupby("segment", sort=False):
            ax.plot(part["period"], part[column], label=str(segment))
        if table["segment"].nunique() > 1:
            ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        if column != "satisfaction":
            in_words(ax, percent)
        return self._dressed(ax, title, unit)

    def _dressed(self, ax: Axes, title: str, unit: str) -> Axes:
        return dressed(ax, f"{title}, scenario {self._scenario!r}", self._model.period, unit)
