"""Charts of a plan of investments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.analysis.options import TOTAL, Option
from goodwill.engine.model import Model
from goodwill.plots.axes import axes, colours, dressed, in_words, ink, nothing
from goodwill.text import figures
from goodwill.text.arguments import keywords_checked

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class PlanPlots:
    """Charts of a plan of investments."""

    def __init__(
        self, model: Model, done: list[Option], spent: pd.DataFrame, frontier: pd.DataFrame, value: float
    ) -> None:
        self._model, self._done, self._spent, self._frontier = model, done, spent, frontier
        self._value = value

    @keywords_checked
    def roadmap(self, *, ax: Axes | None = None) -> Axes:
        """What is at work when: each option with its ramp, and below them what each year costs, in currency
        units not discounted, beside its budget. What begins by chance or by what is seen has a thin line."""
        if not self._done:
            return nothing(ax, "the plan does nothing")
        ax = axes(ax)
        paint, lanes = colours(ax), len(self._done)
        for lane, option in zip(range(lanes, 0, -1), self._done, strict=True):
            fields: Any = self._model[f"investments.{option.name}"]
            if fields.get("chance") or fields.get("when"):
                ax.hlines(lane, 0, self._model.horizon, color=paint["total"], linestyle=":")
                continue
            for begin, end in self._at_work(fields):
                full = min(begin + fields.get("ramp", 1) - 1, end)
                corners = [(begin, lane - 0.3), (full, lane + 0.3), (end, lane + 0.3), (end, lane - 0.3)]
                ax.fill(*zip(*corners, strict=True), color=paint["total"], alpha=0.75, linewidth=0)
        size = self._years(ax)
        ax.set_yticks([*range(lanes, 0, -1), 0], [*(self._label(option) for option in self._done), "spent"])
        length, horizon = self._model.periods_per_year, self._model.horizon
        if 1 < horizon / length <= 12:  # months are counted by years
            ax.set_xticks(np.arange(0, horizon + 1e-9, length))
        ax.set_xlim(0, horizon)
        ax.set_ylim(-0.6, lanes + 0.6)
        currency = self._model.currency or "money"
        spent, budget = self._spent.loc[self._spent["when"] == TOTAL, ["spent", "budget"]].to_numpy(float)[0]
        of = "" if np.isnan(budget) else f" of {figures.amount(budget, size=size)}"
        title = f"The plan: {figures.amount(spent, size=size)}{of} {currency}"
        dressed(ax, title, f"{self._model.period}s from today", "")
        ax.grid(visible=False, axis="y")
        ax.tick_params(axis="y", length=0)
        return ax

    def _at_work(self, fields: dict[str, Any]) -> list[tuple[float, float]]:
        """When an investment begins and ends, in periods from today."""
        horizon, every = self._model.horizon, int(fields.get("every", 0)) or self._model.horizon
        begins = np.arange(fields["start"] - 1, horizon, every)
        lasts = fields.get("lasts") or horizon
        return [(begin, min(begin + lasts, horizon)) for begin in begins.tolist()]

    def _label(self, option: Option) -> str:
        return "\n".join(part for part in (option.investment, option.choice) if part)

    def _years(self, ax: Axes) -> float:
        """Boxes of the years in lane 0, each as high as its amount; returns the size of the amounts."""
        years = self._spent[self._spent["when"] != TOTAL]
        length = self._model.periods_per_year
        amounts = [x for x in years[["spent", "budget"]].to_numpy(float).ravel().tolist() if x == x]
        size, most = figures.common_size(amounts, least=0.3), max(max(amounts, default=0.0), 1e-9)
        for k, row in enumerate(years.to_dict("records")):
            begin, end = k * length, min((k + 1) * length, self._model.horizon)
            bar: dict[str, Any] = {"left": begin, "align": "edge", "linewidth": 1}
            ax.barh(-0.4, end - begin, height=0.8 * row["spent"] / most, color=ink(ax), alpha=0.2, **bar)
            text = figures.amount(row["spent"], size=size)
            if row["budget"] == row["budget"]:
                high = 0.8 * row["budget"] / most
                ax.barh(-0.4, end - begin, height=high, fill=False, edgecolor=ink(ax), linestyle="--", **bar)
                text += f" of {figures.amount(row['budget'], size=size)}"
            ax.text((begin + end) / 2, 0, text, ha="center", va="center", fontsize=8, color=ink(ax))
        return size

    @keywords_checked
    def frontier(self, *, ax: Axes | None = None) -> Axes:
        """The value that the best simulated plan has at each budget, in currency units, as `plan.frontier()`;
        the dot is this plan at its budget, estimated on luck that chose nothing."""
        ax = axes(ax)
        budget = float(self._spent["budget"].sum())
        steps = self._frontier
        end = 1.1 * max(budget, float(steps["budget"].iloc[-1]), 1e-9)
        x, y = [*steps["budget"], end], [*steps["npv"], steps["npv"].iloc[-1]]
        ax.step(x, y, where="post", color="C0", label="best simulated plan")
        ax.axvline(budget, color=ink(ax), linewidth=0.8, linestyle="--", label="budget")
        ax.plot([budget], [self._value], "o", color="C0", label="this plan, on fresh luck")
        ax.set_xlim(0, end)
        ax.legend(frameon=False, loc="best")
        in_words(ax)
        in_words(ax, axis="x")
        currency = self._model.currency or "money"
        return dressed(ax, "What a budget buys", f"budget, {currency}, not discounted", f"NPV, {currency}")
