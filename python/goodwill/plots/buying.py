"""Charts of how customers order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from goodwill.engine.world import Numbers
from goodwill.plots.axes import axes, dressed, in_words, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def frequency(table: pd.DataFrame, title: str, ax: Axes | None = None) -> Axes:
    """Customers by the number of their orders after the first one."""
    return _pairs(table, "customers who ordered so often again", "customers", title, ax)


def conditional(table: pd.DataFrame, title: str, ax: Axes | None = None) -> Axes:
    """Mean orders after the split by the number of orders before it."""
    return _pairs(table, "orders before the split, after the first one", "mean orders after it", title, ax)


def _pairs(table: pd.DataFrame, x: str, y: str, title: str, ax: Axes | None) -> Axes:
    ax = axes(ax)
    at = np.arange(len(table))
    ax.bar(at - 0.2, table["observed"], 0.4, label="observed", color=ink(ax), alpha=0.55)
    ax.bar(at + 0.2, table["expected"], 0.4, label=title)
    ax.set_xticks(at, list(table["orders"]))
    ax.legend(frameon=False)
    in_words(ax)
    return dressed(ax, f"{y[:1].upper()}{y[1:]}, observed and expected", x, y)


def tracking(
    at: Numbers, observed: Numbers, expected: Numbers, title: str, period: str, ax: Axes | None = None
) -> Axes:
    """Orders after the first one since the first order of all, cumulated."""
    ax = axes(ax)
    ax.plot(at, observed, "o", color=ink(ax), ms=3, label="observed")
    ax.plot(at, expected, lw=2, label=title)
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    in_words(ax)
    return dressed(
        ax, "Orders after the first one, cumulated", f"{period}s since the first order of all", "orders"
    )


def alive(
    recency: Numbers, orders: Numbers, share: Numbers, title: str, period: str, ax: Axes | None = None
) -> Axes:
    """The probability that customers have not left: orders x recencies."""
    ax = axes(ax)
    shown = ax.pcolormesh(recency, orders, share, shading="nearest", vmin=0, vmax=1, cmap="viridis")
    bar = ax.figure.colorbar(shown, ax=ax)
    in_words(bar.ax, percent=True)
    bar.set_label("have not left")
    dressed(
        ax,
        f"Who is still there, of customers {recency[-1]:.3g} {period}s old ({title})",
        f"last order, {period}s after the first one",
        "orders after the first one",
    )
    ax.grid(False)
    return ax
