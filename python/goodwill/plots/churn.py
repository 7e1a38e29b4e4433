"""Charts of churn by age: who is still there, and who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from goodwill.engine.world import Numbers
from goodwill.fitting.lives import Lives, band, by_band, kaplan_meier
from goodwill.fitting.survival import Curve, bands
from goodwill.plots.axes import axes, dressed, in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 1.959963984540054
"""Normal score of the ends of 95 % intervals."""
FURTHER = 1.35
"""How far beyond the ages observed a curve is drawn."""


class Observed(Protocol):
    """A segment, as a chart needs it."""

    @property
    def name(self) -> str: ...
    @property
    def lives(self) -> Lives: ...
    @property
    def curve(self) -> Curve: ...


def survival(groups: list[Any], period: str, draws: int, ax: Axes | None = None) -> Axes:
    """Kaplan-Meier steps with their interval, and the curve of each segment with the band of its draws."""
    ax = axes(ax)
    for group in groups:
        steps = kaplan_meier(group.lives)
        oldest = group.lives.oldest
        x = np.concatenate([[0.0], steps.age, [oldest]])
        survive, error = steps.at(x)
        low, high = band(survive, error, WIDE)
        (line,) = ax.step(x, survive, where="post", lw=1, alpha=0.9)
        ax.fill_between(x, low, high, step="post", color=line.get_color(), alpha=0.15, lw=0)
        _curve(ax, group, line.get_color(), draws, lambda curve, p, at: np.exp(curve.log_survival(p, at)), 0)
    ax.set_ylim(0, 1.02)
    in_words(ax, percent=True)
    return _dressed(ax, groups, "Still there", period, "of those who joined")


def churn(groups: list[Any], period: str, draws: int, ax: Axes | None = None) -> Axes:
    """Churn by age: observed in bands with 95 % intervals, and the curve with the band of its draws."""
    ax = axes(ax)
    for group in groups:
        lives = group.lives
        cuts = bands(lives, group.wanted)
        events, exposure = by_band(lives, cuts)
        rate = events / exposure
        share = rate if lives.whole else -np.expm1(-rate)
        spread = np.exp(WIDE / np.sqrt(events))
        ends = np.append(cuts[1:], lives.oldest)
        error = [share - share / spread, np.minimum(share * spread, 1) - share]
        marks = ax.errorbar((cuts + ends) / 2, share, yerr=error, fmt="o", ms=4, lw=1, alpha=0.9)

        def leave(curve: Curve, p: Numbers, at: Numbers) -> Numbers:
            stay = curve.log_survival(p, at + 1) - curve.log_survival(p, at)
            return np.asarray(-np.expm1(stay))

        _curve(ax, group, marks[0].get_color(), draws, leave, 0.5)
    ax.set_ylim(bottom=0)
    in_words(ax, percent=True)
    return _dressed(ax, groups, f"Churn a {period}", period, "of those at risk")


def _curve(ax: Axes, group: Observed, colour: Any, draws: int, value: Any, shift: float) -> None:
    """The curve at the estimates, dashed beyond the data, and the central 80 % of its draws."""
    curve, oldest = group.curve, group.lives.oldest
    at = np.arange(0.0, np.ceil(FURTHER * oldest) + 1)
    drawn = curve.parameters.draws(max(draws, 2), 1)
    low, high = np.quantile([value(curve, p, at) for p in drawn], [0.1, 0.9], axis=0)
    best = value(curve, curve.estimate, at)
    inside = at + shift <= oldest
    ax.plot(at[inside] + shift, best[inside], color=colour, lw=2, label=group.name)
    beyond = np.append(~inside[1:], True)
    ax.plot(at[beyond] + shift, best[beyond], color=colour, lw=2, ls=":")
    ax.fill_between(at + shift, low, high, color=colour, alpha=0.12, lw=0)


def _dressed(ax: Axes, groups: list[Any], title: str, period: str, y: str) -> Axes:
    ax.set_xlim(left=0)
    if len(groups) > 1:
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return dressed(ax, title, f"age in {period}s; dotted beyond the data", y)
