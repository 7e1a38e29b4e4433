"""Charts of a calibration: by how much targets are missed, and what was learned about each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.plots.axes import axes, colours, dressed, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TENTH = 1.2815515655446004


def misses(names: list[str], residual: Numbers, limits: tuple[float, float], ax: Axes | None) -> Axes:
    """What was got less what was asked, in standard errors, target by target; lines at both limits."""
    ax = axes(ax)
    paint = colours(ax)
    rows = np.arange(len(names), 0, -1)
    found = [paint["loss"] if abs(x) > limits[1] else paint["total"] for x in residual]
    ax.hlines(rows, 0, -residual, color=found, linewidth=1.5)
    ax.scatter(-residual, rows, color=found, zorder=3)
    for limit, style in zip(limits, (":", "--"), strict=True):
        for side in (-limit, limit):
            ax.axvline(side, color=ink(ax), linewidth=0.8, linestyle=style)
    ax.axvline(0, color=ink(ax), linewidth=0.8)
    if len(names) <= 40:
        ax.set_yticks(rows, names)
    else:
        ax.set_yticks([])
    reach = max(1.2 * limits[1], 1.1 * float(np.max(np.abs(residual))))
    ax.set_xlim(-reach, reach)
    ax.set_ylim(0.4, len(names) + 0.6)
    dressed(ax, "Got less asked", f"standard errors (beyond {limits[1]:g}: cannot be reached)", "")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax


def numbers(labels: list[tuple[str, str, str]], at: Numbers, spread: Numbers, ax: Axes | None) -> Axes:
    """80 % intervals of the prior and of the estimate, number by number, in standard deviations of the
    prior."""
    ax = axes(ax)
    paint = colours(ax)
    rows = np.arange(len(labels), 0, -1)
    ax.hlines(rows, -TENTH, TENTH, color=ink(ax), alpha=0.2, linewidth=12, label="believed before")
    ax.hlines(
        rows, at - TENTH * spread, at + TENTH * spread, color=paint["total"], linewidth=5, label="fitted"
    )
    ax.scatter(at, rows, color=paint["total"], zorder=3)
    for row, (_, low, high) in zip(rows, labels, strict=True):
        for text, x, side in ((low, -TENTH, "right"), (high, TENTH, "left")):
            ax.annotate(
                text.replace("-", "\u2212"),
                (x, row),
                xytext=(-4 if side == "right" else 4, 9),
                textcoords="offset points",
                ha=side,
                fontsize=8,
                color=ink(ax),
                parse_math=False,
            )
    ax.set_yticks(rows, [label[0] for label in labels])
    reach = max(1.6 * TENTH, 1.1 * float(np.max(np.abs(at) + TENTH * spread)))
    ax.set_xlim(-reach, reach)
    ax.set_ylim(0.4, len(labels) + 0.6)
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    dressed(ax, "What the targets say: 80 % intervals", "standard deviations of what was believed", "")
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    return ax
