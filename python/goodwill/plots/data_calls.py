"""Charts of the calls of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from goodwill.plots.axes import axes, colours, dressed, in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def by_hour(profile: pd.DataFrame, ax: Axes | None) -> Axes:
    """The share of calls given up in each hour of the day, and what Erlang A expects."""
    ax = axes(ax)
    colour = colours(ax)["total"]
    ax.bar(profile["hour"], profile["unserved"], 0.8, color=colour, alpha=0.6, label="gave up")
    ax.plot(
        profile["hour"], profile["unserved_expected"], "o-", color=colours(ax)["loss"], label="by Erlang A"
    )
    in_words(ax, percent=True)
    ax.margins(y=0.15)
    ax.legend(frameon=False)
    return dressed(ax, "Calls given up", "hour of the day", "share of calls")
