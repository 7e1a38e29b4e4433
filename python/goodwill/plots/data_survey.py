"""Charts of the answers to a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from goodwill.engine.world import Numbers
from goodwill.plots.axes import axes, colours, dressed, in_words, ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 10
"""Answers below which a share of those who left says nothing."""


def answers(ten: Numbers, left: npt.NDArray[np.int64], ax: Axes | None) -> Axes:
    """The share of each answer, coloured by class; above it which share of these customers left later."""
    ax = axes(ax)
    values, counts = np.unique(ten, return_counts=True)
    width = 0.8 * (np.diff(values).min() if len(values) > 1 else 1.0)
    by_class = colours(ax)
    groups = (
        ("detractors", values <= 6, by_class["loss"]),
        ("passives", (values > 6) & (values < 9), "#9a9a9a"),
        ("promoters", values >= 9, by_class["gain"]),
    )
    share = counts / counts.sum()
    for name, here, colour in groups:
        if here.any():
            total = f"{100 * share[here].sum():.0f} % {name}"
            ax.bar(values[here], share[here], width, color=colour, label=total)
    for value, height in zip(values, share, strict=True):
        known = left[(ten == value) & (left >= 0)]
        if len(known) >= FEW:
            ax.annotate(
                f"{100 * known.mean():.0f} %",
                (value, height),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=ink(ax),
            )
    in_words(ax, percent=True)
    ax.margins(y=0.1)
    ax.legend(frameon=False)
    told = (left >= 0).any()
    return dressed(
        ax,
        "Answers, and who left later" if told else "Answers",
        "answer (above: share who left later)" if told else "answer",
        "share of answers",
    )
