"""Charts of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from goodwill.analysis.discovery import scenario_discovery
from goodwill.analysis.measures import amount, measure_name, unit_of
from goodwill.analysis.robust import robust
from goodwill.analysis.sensitivity import sensitivity
from goodwill.analysis.surface import field_of, surface
from goodwill.analysis.tree import loses, tree
from goodwill.plots.axes import axes, beside, colours, dressed, in_words, ink
from goodwill.sweeps.result import SweepResult, scenario_of
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked
from goodwill.text.vocabulary import BASELINE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class SweepPlots:
    """Charts of a sweep, each of an analysis of the same name."""

    def __init__(self, sweep: SweepResult) -> None:
        self._sweep = sweep

    @keywords_checked
    def sensitivity(
        self, scenario: str | None = None, measure: str = "npv", *, seed: int = 1, ax: Axes | None = None
    ) -> Axes:
        """`sweep.sensitivity` as bars with their intervals, the most important factor on top: Sobol's total
        and first-order indices, or Morris's mean sizes and spreads."""
        found = sensitivity(self._sweep, scenario, measure, seed=seed)
        table, is_sobol = found.found, found.kind == "sobol"
        names = {"total": "with others", "first": "alone", "mu_star": "mean size", "sigma": "spread"}
        ax = axes(ax)
        at = np.arange(len(table))[::-1]
        pale = 0.35
        for name, shift, alpha in zip(
            ("total", "first") if is_sobol else ("mu_star", "sigma"), (0.18, -0.18), (pale, 1), strict=True
        ):
            ends = [table[name] - table[f"{name}_low"], table[f"{name}_high"] - table[name]]
            ax.barh(
                at + shift,
                table[name],
                height=0.34,
                color=colours(ax)["total"],
                alpha=alpha if is_sobol else 1 + pale - alpha,
                label=names[name],
            )
            thin: dict[str, Any] = {"fmt": "none", "ecolor": ink(ax), "elinewidth": 1, "capsize": 2}
            ax.errorbar(table[name], at + shift, xerr=np.maximum(ends, 0), **thin)
        ax.axvline(0, color=ink(ax), linewidth=0.8)
        ax.set_yticks(at, list(table["factor"]))
        ax.legend(frameon=False, loc="lower right")
        of = f"{measure_name(measure)} of {scenario_of(self._sweep, scenario)!r}"
        if is_sobol:
            return _sideways(ax, f"What the {of} depends on", "share of the variance", percent=True)
        return _sideways(
            ax, f"What the {of} depends on", f"change over the range, {unit_of(self._sweep, measure)}"
        )

    @keywords_checked
    def tree(
        self,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        depth: int = 3,
        below: float | str = 0.0,
        seed: int = 1,
        ax: Axes | None = None,
    ) -> Axes:
        """The rules of `sweep.tree`, the worst on top: bars are means, beside them stand the share of all
        points and how many of them lose."""
        found = tree(self._sweep, scenario, measure, depth, below, seed)
        mine, ax = ax is None, axes(ax)
        rules = [str(rule).replace(", ", "\n") for rule in found.found["rule"]]
        if mine:  # rules of several lines need room
            figure: Any = ax.figure
            figure.set_size_inches(7.5, 1.2 + 0.17 * sum(rule.count("\n") + 2 for rule in rules))
        paint = colours(ax)
        at = np.arange(len(found.found))[::-1]
        means = found.found[measure].to_numpy()
        ax.barh(at, means, height=0.62, color=np.where(means < found.below, paint["loss"], paint["gain"]))
        for y, row in zip(at.tolist(), found.found.to_dict("records"), strict=True):
            share, lost = (figures.percent(row[name], 0) for name in ("share", "loses"))
            beside(ax, f"{share} of points, {lost} lose", max(row[measure], 0.0), y)
        ax.axvline(found.below, color=ink(ax), linewidth=0.8)
        ax.set_yticks(at, rules, fontsize=8)
        ax.use_sticky_edges = False  # labels need room
        ax.margins(x=0.25)
        ax.set_xlim(right=ax.get_xlim()[1] + 0.3 * float(np.ptp(np.append(means, 0.0))))
        title = f"Where {found.scenario!r} {loses(self._sweep, measure, found.below)}"
        unit = f"mean {measure_name(measure)}, {unit_of(self._sweep, measure)}"
        return _sideways(ax, title, unit)

    @keywords_checked
    def scenario_discovery(
        self,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        below: float | str = 0.0,
        peel: float | str = 0.05,
        least_mass: float | str = 0.05,
        ax: Axes | None = None,
    ) -> Axes:
        """The trade-off of `sweep.scenario_discovery`: coverage and density of each box, coloured by how many
        factors it restricts; the ring is the chosen one."""
        found = scenario_discovery(self._sweep, scenario, measure, below, peel, least_mass)
        table = found.table()
        ax = axes(ax)
        ax.plot(table["coverage"], table["density"], color="0.6", linewidth=0.8, zorder=1)
        for k, (restricted, part) in enumerate(table.groupby("restricted")):
            label = figures.plural(float(str(restricted)), "factor")
            ax.scatter(part["coverage"], part["density"], s=22, color=f"C{k}", label=label, zorder=2)
        chosen = table.iloc[found.chosen]
        ring: dict[str, Any] = {"s": 130, "facecolors": "none", "edgecolors": ink(ax), "linewidths": 1.4}
        ax.scatter([chosen["coverage"]], [chosen["density"]], label="chosen", zorder=3, **ring)
        ax.legend(frameon=False, loc="best")
        ax.set_xlim(-0.02, 1.04)
        ax.set_ylim(-0.02, 1.06)
        in_words(ax, percent=True)
        in_words(ax, percent=True, axis="x")
        title = f"Boxes in which {found.scenario!r} {found.words}"
        return dressed(ax, title, "coverage: share of all such points in the box", "density in the box")

    @keywords_checked
    def surface(
        self,
        x: str,
        y: str,
        scenario: str | None = None,
        measure: str = "npv",
        *,
        at: Mapping[str, object] | None = None,
        seed: int = 1,
        ax: Axes | None = None,
    ) -> Axes:
        """`sweep.surface` over two factors, with the frontier where the measure is 0; the others stand at the
        middle of their ranges, or at what `at` says. Dots are the points of the sweep."""
        from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        found = surface(self._sweep, scenario, measure, seed)
        xs, ys, values = field_of(found, x, y, at)
        ax = axes(ax)
        most = float(np.abs(values).max()) or 1.0
        ends = colours(ax)["loss"], "#f7f5ef", colours(ax)["gain"]
        shades = LinearSegmentedColormap.from_list("money", list(ends))
        levels = np.linspace(min(float(values.min()), 0.0), max(float(values.max()), 0.0), 15)
        filled = ax.contourf(xs, ys, values, levels=levels, cmap=shades, norm=TwoSlopeNorm(0, -most, most))
        if (values < 0).any() and (values > 0).any():
            line = ax.contour(xs, ys, values, levels=[0.0], colors="black", linewidths=2)
            ax.clabel(line, fmt={0.0: f"{measure_name(measure)} = 0"}, fontsize=9)
        points = found.features.numbers(self._sweep.design)
        of = [column.factor for column in found.features.columns]
        ax.scatter(points[:, of.index(x)], points[:, of.index(y)], s=6, color="black", alpha=0.45)
        ax.set_xlim(xs[0], xs[-1])
        ax.set_ylim(ys[0], ys[-1])
        figure: Any = ax.figure
        words = FuncFormatter(lambda value, _: figures.tick(value, most))
        bar = figure.colorbar(filled, ax=ax, format=words)
        bar.locator = MaxNLocator(8)
        bar.update_ticks()
        bar.set_label(unit_of(self._sweep, measure), parse_math=False)
        title = f"{measure_name(measure)} of {found.scenario!r}"
        dressed(ax, f"{title[0].upper()}{title[1:]}", x, y)
        ax.grid(visible=False)
        return ax

    @keywords_checked
    def robust(
        self,
        scenarios: str | Iterable[str] | None = None,
        measure: str = "npv",
        *,
        ax: Axes | None = None,
    ) -> Axes:
        """`sweep.robust`: bars from the worst to the best world of each choice, the middle half of the worlds
        darker, with the mean as a dot; beside them the greatest regret."""
        found = robust(self._sweep, scenarios, measure)
        ax = axes(ax)
        rows = found.found.to_dict("records")
        at = list(range(len(rows) - 1, -1, -1))
        colour = colours(ax)["total"]
        for y, row in zip(at, rows, strict=True):
            low, left, right, high = np.quantile(found.worlds[row["scenario"]], (0, 0.25, 0.75, 1))
            ax.barh(y, high - low, left=low, height=0.3, color=colour, alpha=0.3)
            ax.barh(y, right - left, left=left, height=0.3, color=colour, alpha=0.7)
            ax.plot([row["mean"]], [y], "o", color=ink(ax), markersize=5)
            text = f"regret at most {amount(self._sweep, measure, row['regret'])}"
            beside(ax, text, float(high), y)
        ax.axvline(0, color=ink(ax), linewidth=0.8)
        names = ["doing nothing" if row["scenario"] == BASELINE else str(row["scenario"]) for row in rows]
        ax.set_yticks(at, names)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.use_sticky_edges = False  # labels need room
        ax.margins(x=0.25)
        title = f"{measure_name(measure)} over {len(found.worlds):,} worlds: all, the middle half, mean"
        return _sideways(ax, f"{title[0].upper()}{title[1:]}", unit_of(self._sweep, measure))


def _sideways(ax: Axes, title: str, unit: str, percent: bool = False) -> Axes:
    """Dresses a chart of horizontal bars."""
    dressed(ax, title, unit, "")
    in_words(ax, percent, axis="x")
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x", alpha=0.25)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    return ax
