"""Charts of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from goodwill.analysis.bridge import STEP_NAMES, steps
from goodwill.analysis.cashflows import cumulative
from goodwill.analysis.tornado import SHOWN, moving, tornado
from goodwill.analysis.uncertainty import acceptability, budgets_of_interest, percentages
from goodwill.analysis.words import band, band_name, common_size
from goodwill.plots.axes import axes, beside, colours, dressed, in_words, ink, nothing
from goodwill.results import tables
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked, whole
from goodwill.text.vocabulary import EVENT, NATURES, PERIOD

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _sideways(ax: Axes, title: str, study: StudyResult) -> Axes:
    """Dresses a chart of horizontal bars, with money along x."""
    dressed(ax, title, study.model.currency or "money", "")
    in_words(ax, axis="x", size=common_size(study))
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x", alpha=0.25)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    return ax


def _bar(ax: Axes, y: float, row: dict[Any, Any], best: float, percent: bool) -> None:
    """Draws one assumption of a tornado: from the NPV at its best value to the NPV at both ends."""
    moves = [row["npv_at_low"] - best, row["npv_at_high"] - best]
    one_sided = moves[0] * moves[1] > 0
    height = 0.34 if one_sided else 0.66
    for move, other, end, shift in zip(moves, moves[::-1], ("low", "high"), (0.18, -0.18), strict=True):
        at = y + shift if one_sided else y
        ax.barh(at, move, left=best, height=height, color=colours(ax)[row["kind"]])
        text = figures.assumption(row[end], percent, digits=3)
        beside(ax, text, best + move, at, left=move < 0 or (move == 0 and other > 0))


class StudyPlots:
    """Charts of a study."""

    def __init__(self, study: StudyResult) -> None:
        self._study = study

    @keywords_checked
    def npv(self, *, ax: Axes | None = None) -> Axes:
        """The net present value of each scenario: a bar for 80 % of the draws of the assumptions, if they
        were drawn, and thin lines for the error of the mean."""
        table = self._study.table()
        ax = axes(ax)
        at = np.arange(len(table))[::-1]
        drawn = table["p_npv_positive"].notna()
        level = f"{100 * self._study.level:g} % interval"
        if drawn.any():
            low, high = table.loc[drawn, "npv_p10"], table.loc[drawn, "npv_p90"]
            label = "80 % of the draws of the assumptions"
            ax.barh(at[drawn], high - low, left=low, height=0.5, color="C0", alpha=0.3, label=label)
        errors = np.abs(np.array([table["npv"] - table["npv_low"], table["npv_high"] - table["npv"]]))
        thin: dict[str, Any] = {"elinewidth": 1, "label": f"mean, {level}"}
        ax.errorbar(table["npv"], at, xerr=errors, fmt="o", markersize=4, capsize=3, color="C0", **thin)
        if drawn.any():
            ax.legend(frameon=False, loc="best")
        ax.axvline(0, color=ink(ax), linewidth=0.8)
        ax.set_yticks(at, [str(name) for name in table["scenario"]])
        ax.set_ylim(-0.5, len(table) - 0.5)
        dressed(
            ax,
            "Net present value" if drawn.any() else f"Net present value, {level}s",
            self._study.model.currency or "money",
            "",
        )
        in_words(ax, axis="x", size=common_size(self._study))
        ax.grid(axis="x", alpha=0.25)
        return ax

    @keywords_checked
    def customers(self, *, ax: Axes | None = None) -> Axes:
        """How many more customers each scenario has than what it is compared with, at the end of each
        period."""
        ax = axes(ax)
        for row in self._study.table().to_dict("records"):
            after = tables.customers_and_money(self._study.world(row["scenario"]), [PERIOD])
            before = tables.customers_and_money(self._study.world(row["against"]), [PERIOD])
            ax.plot(after[PERIOD], after["customers_end"] - before["customers_end"], label=row["scenario"])
        ax.axhline(0, color=ink(ax), linewidth=0.8)
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        in_words(ax)
        return dressed(ax, "Customers gained", self._study.model.period, "customers")

    @keywords_checked
    def flow(self, scenario: str, *, ax: Axes | None = None) -> Axes:
        """Cumulative cash after tax of one scenario, less that of what it is compared with.

        The line is discounted and ends at the NPV, which is shown with its band of draws, or with its
        interval if nothing is drawn. Dashes are the same money, not discounted. Both are from the mean flow
        within the horizon. Raises `ValueError` for an unknown scenario.
        """
        study = self._study
        row = study.table().iloc[study.number(scenario)]
        years, paid, discounted = cumulative(study, scenario)
        ax = axes(ax)
        ax.axhline(0, color=ink(ax), linewidth=0.8)
        ax.fill_between(years, discounted, 0, where=discounted < 0, interpolate=True, color="C3", alpha=0.15)
        ax.fill_between(years, discounted, 0, where=discounted > 0, interpolate=True, color="C0", alpha=0.15)
        ax.plot(years, paid, linestyle="--", color="0.55", label="not discounted")
        ax.plot(years, discounted, color="C0", label="present value")
        low, high = band(dict(row))
        error = [[max(0.0, row["npv"] - low)], [max(0.0, high - row["npv"])]]
        ax.errorbar(
            [years[-1]],
            [row["npv"]],
            yerr=error,
            fmt="o",
            color="C0",
            capsize=4,
            label=f"NPV, {band_name(dict(row), study.level)}",
        )
        ax.legend(frameon=False, loc="best")
        in_words(ax, size=common_size(study))
        currency = study.model.currency or "money"
        after = "after tax" if study.terms.tax else "before tax"
        ax.set_xlim(left=0)
        title = f"Cumulative cash flow of {scenario!r} against {study.against(scenario)!r}"
        return dressed(ax, title, "years from today", f"{currency}, {after}")

    @keywords_checked
    def acceptability(self, *, ax: Axes | None = None) -> Axes:
        """The probability, over the declared assumptions, that each NPV exceeds an amount.

        At 0 it is the probability to pay; at a budget, the probability to pay if the scenario costs so much
        more today, after tax. Events are left out if there are investments, because nobody chooses them.
        Raises `ValueError` when nothing is uncertain.
        """
        study = self._study
        budgets = budgets_of_interest(study)
        proposed = [str(name) for name in study.npv_draws() if study.kind(str(name)) != EVENT]
        table = acceptability(study, budgets, proposed or None)
        ax = axes(ax)
        for name, part in table.groupby("scenario", sort=False):
            ax.step(part["budget"], part["probability"], where="post", label=str(name))
        ax.axvline(0, color=ink(ax), linewidth=0.8)
        ax.set_ylim(-0.02, 1.02)
        ax.margins(x=0)
        if table["scenario"].nunique() > 1:
            ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        in_words(ax, percent=True)
        in_words(ax, axis="x", size=common_size(study))
        amount = f"amount, {study.model.currency}" if study.model.currency else "amount"
        return dressed(ax, "Probability that the NPV exceeds an amount", amount, "probability")

    @keywords_checked
    def bridge(self, scenario: str, *, ax: Axes | None = None) -> Axes:
        """Where the NPV comes from: the steps of `study.bridge` from 0 to the NPV, which has its band.

        Steps that are 0 are left out. Raises `ValueError` for an unknown scenario.
        """
        study = self._study
        row = study.table().iloc[study.number(scenario)]
        table = steps(study, scenario)
        values = table["value"].to_numpy()
        ends = np.cumsum(values)
        starts = ends - values
        at = np.arange(len(table), 0, -1)
        ax = axes(ax)
        paint, size = colours(ax), common_size(study)
        ax.axvline(0, color=ink(ax), linewidth=0.8)
        ax.barh(
            at, values, left=starts, color=np.where(values > 0, paint["gain"], paint["loss"]), height=0.62
        )
        ax.vlines(ends, at - 1, at, color="0.5", linewidth=0.8, zorder=0)
        for value, right, y in zip(values, np.maximum(starts, ends), at.tolist(), strict=True):
            beside(ax, ("+" if value > 0 else "") + figures.amount(value, "", size), right, y)
        low, high = band(dict(row))
        error = np.array([[max(0.0, row["npv"] - low)], [max(0.0, high - row["npv"])]])
        ax.barh(0, row["npv"], color=paint["total"], height=0.62)
        ax.errorbar(row["npv"], 0, xerr=error, fmt="none", ecolor=ink(ax), capsize=4)
        beside(ax, figures.amount(row["npv"], "", size), max(high, row["npv"], 0.0), 0, weight="bold")
        ax.set_yticks([*at, 0], [*(STEP_NAMES.get(step, step) for step in table["step"]), "NPV"])
        ax.set_ylim(-0.6, len(table) + 0.6)
        ax.use_sticky_edges = False  # labels need room
        ax.margins(x=0.07)
        title = f"Where the NPV of {scenario!r} comes from ({band_name(dict(row), study.level)})"
        return _sideways(ax, title, study)

    @keywords_checked
    def tornado(
        self,
        scenario: str,
        *,
        structure: bool = True,
        replications: int | None = None,
        threads: int = 0,
        most: int = SHOWN,
        ax: Axes | None = None,
    ) -> Axes:
        """What the NPV depends on: `study.tornado` as bars from the NPV at low to the NPV at high.

        The line is the NPV with all assumptions at their best. At most `most` bars are drawn, the largest
        swing on top; assumptions that do not change the NPV have none. The ends are labelled with the value
        of the assumption. If both ends lie on one side of the line, the two bars stand one above the other.
        Raises `ValueError` for an unknown scenario.
        """
        study = self._study
        most = whole("most", most, 1, 1_000, "a whole number from 1 to 1,000")
        table = tornado(study, scenario, structure, replications, threads)
        all_moving = moving(table)
        bars = all_moving.head(most)
        ax = axes(ax)
        if bars.empty:
            return nothing(ax, "no assumption changes this NPV")
        best = float(bars["npv_at_best"].iloc[0])
        in_percent = percentages(study.model)
        for y, row in zip(range(len(bars) - 1, -1, -1), bars.to_dict("records"), strict=True):
            _bar(ax, y, row, best, row["assumption"] in in_percent)
        ax.axvline(best, color=ink(ax), linewidth=0.8)
        ax.set_yticks(range(len(bars) - 1, -1, -1), list(bars["assumption"]))
        ax.set_ylim(-0.6, len(bars) - 0.4)
        ax.margins(x=0.12)
        from matplotlib.patches import Patch

        kinds = [kind for kind in NATURES if (bars["kind"] == kind).any()]
        handles = [Patch(color=colours(ax)[kind], label=kind) for kind in kinds]
        ax.legend(handles=handles, frameon=False, loc="best")
        rest = len(all_moving) - len(bars)
        more = f" (and {rest} more, with smaller swings)" if rest else ""
        return _sideways(ax, f"What the NPV of {scenario!r} depends on{more}", study)
