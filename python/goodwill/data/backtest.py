"""The answer of `Fit.backtest`: what was held out, beside what each method had forecast of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from goodwill.engine.plain import Plain
from goodwill.fitting.backtest import CONSTANT, LAST, LEVELS, SOURCES, Held, inside, scores
from goodwill.plots import backtest as charts
from goodwill.text import figures
from goodwill.text.arguments import checked_names, keywords_checked
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRACKING, CUMULATIVE, CALIBRATION = CHARTS = ("tracking", "cumulative", "calibration")


@dataclass(frozen=True, eq=False, repr=False)
class Backtest(Plain):
    """Forecasts of a part of the data from the rest of it, by several methods on the same split."""

    held: list[Held]
    """By group and origin."""
    what: str
    """What is counted in each period: `customers who leave`."""
    period: str
    split: str
    """How the data were split, in words."""
    chosen: dict[str, str]
    """By group: the method of the estimates."""
    warnings: list[str]

    @property
    def origins(self) -> int:
        """Splits of each group: one, or several that roll on through the data."""
        return max(sum(held.group == group for held in self.held) for group in self.groups)

    @property
    def groups(self) -> list[str]:
        """The segments, or `all`."""
        return list(dict.fromkeys(held.group for held in self.held))

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each group and method: how far its forecasts are off, all in the unit counted.

        `origins` and `periods` say how many forecasts of how many periods in all the row is made of.
        `observed` and `forecast` are totals of what was held out, means over the origins, `total_error`
        their relative difference. `bias`, `mae` and `rmse` are the mean error of a period (forecast less
        observed), its mean size, and the root of its mean square. `cumulative_error` is the largest gap
        between the cumulated curves, as a share of the total. `chosen` is the method of the estimates.
        """
        rows = []
        for group, method in self._pairs():
            found = [(len(observed), scores(observed, told)) for observed, told in self._of(group, method)]
            lengths = np.array([length for length, _ in found], dtype=float)

            def mean(name: str, weights: Any = None, found: Any = found) -> float:
                return float(np.average([score[name] for _, score in found], weights=weights))

            total, forecast = mean("total"), mean("forecast")
            rows.append(
                {
                    "group": group,
                    "method": method,
                    "chosen": self.chosen.get(group) == method,
                    "origins": len(found),
                    "periods": int(lengths.sum()),
                    "observed": total,
                    "forecast": forecast,
                    "total_error": forecast / total - 1 if total > 0 else np.nan,
                    "bias": mean("bias", lengths),
                    "mae": mean("mae", lengths),
                    "rmse": float(np.sqrt(np.average([s["rmse"] ** 2 for _, s in found], weights=lengths))),
                    "cumulative_error": mean("cumulative_error"),
                }
            )
        return pd.DataFrame(rows)

    @tabled
    def coverage(self) -> pd.DataFrame:
        """How often a band held what happened, beside how often it should (`level`), by group and method.

        Bands are made of luck at the estimates, of doubt about the parameters alone, or of both (`source`):
        only the last one is a forecast's honest doubt. `coverage` is the share of the `periods`, `total` the
        share of the `origins` where the band of the sum over all periods held it.
        """
        rows = []
        for group, method in self._pairs():
            told = [
                (held.observed, forecast)
                for held in self.held
                for forecast in held.forecasts
                if held.group == group and forecast.method == method
            ]
            for source in SOURCES:
                for level in LEVELS:
                    hits = np.concatenate([inside(observed, f, source, level) for observed, f in told])
                    sums = [
                        inside(observed.sum(keepdims=True), f.total(), source, level) for observed, f in told
                    ]
                    rows.append(
                        {
                            "group": group,
                            "method": method,
                            "source": source,
                            "level": level,
                            "coverage": float(hits.mean()),
                            "periods": len(hits),
                            "total": float(np.mean(sums)),
                            "origins": len(told),
                        }
                    )
        return pd.DataFrame(rows)

    @keywords_checked
    def plot(self, kind: str = TRACKING, *, group: str | None = None, ax: Axes | None = None) -> Axes:
        """A chart of one group, without `group` of the first.

        `tracking`: what happened in each period of the last origin, the forecast of each method, and the
        80 % band of the chosen one. `cumulative`: the same, summed up to each period. `calibration`: how
        often bands of each level held what happened, over all origins. Raises `ValueError` for a group or
        kind there is not.
        """
        checked_names("kind", kind, CHARTS, "charts")
        groups = self.groups
        name = checked_names("group", groups[0] if group is None else group, groups)[0]
        if kind == CALIBRATION:
            return charts.calibration(self.coverage(), name, self._best(name), ax)
        held = [held for held in self.held if held.group == name][-1]
        return charts.tracking(held, self._best(name), self.what, self.period, kind == CUMULATIVE, ax)

    def sentences(self) -> list[str]:
        """What was compared, and how far off the chosen method and the simple ones were."""
        several = f", {figures.plural(self.origins, 'origin')} each" if self.origins > 1 else ""
        said = [f"Forecasts of {self.what}, {self.split}{several}."]
        table = self.table()
        for group in self.groups:
            rows = table[table["group"] == group]
            errors: dict[str, float] = dict(zip(rows["method"], rows["total_error"], strict=True))
            best = self._best(group)
            told = [
                f"{method} {100 * errors[method]:+.1f} %"
                for method in dict.fromkeys([best, CONSTANT, LAST])
                if method in errors
            ]
            name = "" if len(self.groups) == 1 else f"{group}: "
            said.append(f"{name}Error of the total: {', '.join(told)}.")
        return said

    def _best(self, group: str) -> str:
        """The chosen method of a group, or the first where it could not be estimated."""
        methods = [method for name, method in self._pairs() if name == group]
        return self.chosen[group] if self.chosen.get(group) in methods else methods[0]

    def _pairs(self) -> list[tuple[str, str]]:
        """Groups with their methods; those of the last origin are the ones of all."""
        last = {held.group: held for held in self.held}
        return [(group, f.method) for group, held in last.items() for f in held.forecasts]

    def _of(self, group: str, method: str) -> list[tuple[Any, Any]]:
        return [
            (held.observed, forecast.expected)
            for held in self.held
            for forecast in held.forecasts
            if held.group == group and forecast.method == method
        ]

    def __repr__(self) -> str:
        return blocks(self.sentences(), text_table(self.table()), self.warnings)

    def _repr_html_(self) -> str:
        below = result_html(self.warnings, "") if self.warnings else ""
        return result_html(self.sentences(), html_table(self.table())) + below
