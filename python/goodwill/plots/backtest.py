"""Charts of back-tests: what happened beside what was forecast, and how often bands held it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from goodwill.fitting.backtest import BOTH, LUCK, PARAMETERS, Held
from goodwill.plots.axes import axes, dressed, in_words, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = 0.8
MARKS = {LUCK: "o", PARAMETERS: "s", BOTH: "D"}


def tracking(
    held: Held, best: str, what: str, period: str, cumulative: bool = False, ax: Axes | None = None
) -> Axes:
    """What happened by period, each method's forecast, and the band of the best method with both doubts."""
    ax = axes(ax)
    observed = held.observed.cumsum() if cumulative else held.observed
    for told in held.forecasts:
        shown = told.cumulated() if cumulative else told
        chosen = told.method == best
        (line,) = ax.plot(
            held.at, shown.expected, label=told.method, lw=2 if chosen else 1.2, ls="-" if chosen else "--"
        )
        if chosen:
            low, high = shown.band(BOTH, BAND)
            label = f"{round(100 * BAND)} % band of {best}"
            ax.fill_between(held.at, low, high, color=line.get_color(), alpha=0.18, lw=0, label=label)
    ax.plot(held.at, observed, "o", color=ink(ax), ms=4, label="observed")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    in_words(ax)
    title = what[:1].upper() + what[1:] + (", cumulated" if cumulative else "")
    where = f" ({held.group})" if held.group != "all" else ""
    return dressed(ax, f"{title}{where}", f"{period}, {held.origin}", what)


def calibration(coverage: pd.DataFrame, group: str, best: str, ax: Axes | None = None) -> Axes:
    """The share of periods that bands of a level held, by source of doubt, beside the level."""
    ax = axes(ax)
    rows = coverage[(coverage["group"] == group) & (coverage["method"] == best)]
    ax.plot([0, 1], [0, 1], color=ink(ax), lw=0.8, alpha=0.5)
    for source, part in rows.groupby("source", sort=False):
        mark = MARKS[str(source)]
        ax.plot(part["level"], part["coverage"], marker=mark, lw=1.5, ms=5, label=str(source))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02)
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.legend(frameon=False, title="bands of", loc="upper left")
    in_words(ax, percent=True)
    in_words(ax, percent=True, axis="x")
    periods = int(rows["periods"].iloc[0])
    return dressed(
        ax, f"Calibration of {best}", "level of the band", f"held what happened ({periods} periods)"
    )
