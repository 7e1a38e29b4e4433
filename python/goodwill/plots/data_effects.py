"""Charts of effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodwill.engine.world import Numbers
from goodwill.plots.axes import axes, colours, dressed, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def effects(
    names: list[str], reported: Numbers, corrected: Numbers, low: Numbers, high: Numbers, ax: Axes | None
) -> Axes:
    """Each effect as it was reported and as it is in a model, with an interval."""
    ax = axes(ax)
    rows = list(range(len(names)))[::-1]
    colour = colours(ax)["total"]
    ax.axvline(0, color=ink(ax), linewidth=0.8)
    ax.hlines(rows, low, high, color=colour, linewidth=2)
    ax.plot(corrected, rows, "o", color=colour, label="in the model, 80 % interval")
    ax.plot(reported, rows, "o", markerfacecolor="none", color=ink(ax), label="as reported")
    ax.set_yticks(rows, names, parse_math=False)
    ax.margins(y=0.2)
    ax.legend(frameon=False)
    ax = dressed(ax, "Effects", "log-odds (or logarithm of a rate) for one unit", "")
    ax.grid(visible=False)
    return ax
