"""Charts of draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.plots.axes import axes, dressed, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 8
"""Parameters in one chart."""


def shapes(names: list[str], standard: list[Numbers], ax: Axes | None) -> Axes:
    """Densities of standardised draws, and of the normal that stands for them."""
    ax = axes(ax)
    edges = np.linspace(-4, 4, 49)
    for name, values in list(zip(names, standard, strict=True))[:MOST]:
        density, _ = np.histogram(np.clip(values, -4, 4), bins=edges, density=True)
        ax.stairs(density, edges, label=name)
    x = np.linspace(-4, 4, 161)
    ax.plot(x, np.exp(-x * x / 2) / np.sqrt(2 * np.pi), "--", color=ink(ax), label="normal")
    ax.legend(frameon=False)
    more = f", the first {MOST} of {len(names)} parameters" if len(names) > MOST else ""
    return dressed(ax, f"Draws on their link scales{more}", "standard deviations from the mean", "density")
