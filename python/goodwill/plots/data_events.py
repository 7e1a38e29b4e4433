"""Charts of a journey as a log of contacts shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from goodwill.plots.axes import axes, dressed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def steps(transitions: pd.DataFrame, touchpoints: list[str], ax: Axes | None) -> Axes:
    """From where walks go where: a row for each place they come from, whatever the outcome there."""
    rows, columns = ["start", *touchpoints], [*touchpoints, "done"]
    walks = transitions.groupby(["from", "to"], sort=False)["walks"].sum().unstack(fill_value=0)
    walks = walks.reindex(index=rows, columns=columns, fill_value=0)
    total = walks.sum(axis=1).to_numpy(dtype=float)[:, None]
    share = np.divide(walks.to_numpy(dtype=float), total, out=np.zeros(walks.shape), where=total > 0)
    ax = axes(ax)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i, j in zip(*np.nonzero(share), strict=True):
        ink = "white" if share[i, j] > 0.55 else "black"
        ax.text(j, i, f"{100 * share[i, j]:.0f} %", ha="center", va="center", color=ink, fontsize=8)
    ax.set_xticks(range(len(columns)), columns, rotation=30 if len(columns) > 6 else 0, parse_math=False)
    ax.set_yticks(range(len(rows)), rows, parse_math=False)
    ax = dressed(ax, "Where walks go on", "to", "from")
    ax.grid(visible=False)
    return ax
