"""Scenarios compared: what an investment returns, with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from goodwill import _core, figures
from goodwill._arguments import (
    checked_level,
    checked_names,
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
)
from goodwill._progress import progress_bar
from goodwill.display import html_table, result_html, text_table
from goodwill.model import Model, anchored, core_of
from goodwill.provenance import provenance
from goodwill.running import Run

if TYPE_CHECKING:
    from goodwill.plots import StudyPlots

COLUMNS = (
    *("scenario", "against", "npv", "npv_low", "npv_high", "roi", "roi_low", "roi_high", "roi_bounded"),
    *("contribution", "contribution_low", "contribution_high", "cost", "cost_low", "cost_high"),
    *("correlation", "p_positive", "p_zero", "p_negative", "replications"),
)


class Study:
    """The results of `goodwill.compare`."""

    def __init__(self, model: Model, comparison: _core.Comparison, seed: int, level: float) -> None:
        self.model = model
        self.seed = seed
        self.level = level
        self._comparison = comparison
        self._table = pd.DataFrame(comparison.rows, columns=list(COLUMNS))
        self._table.loc[self._table["roi"].isna(), ["roi_low", "roi_high"]] = math.nan

    def table(self) -> pd.DataFrame:
        """One row for each scenario: present values in currency units, with intervals `_low` to `_high`.

        `npv` is incremental contribution less incremental cost of investments; `roi` is npv / cost, NaN
        without cost, and has bounds (`roi_bounded`) unless the interval of the cost contains 0.
        `correlation` is that of the two worlds over replications. `p_positive`, `p_zero` and `p_negative` are
        shares of replications: the error of the simulation, not the uncertainty of assumptions.
        """
        return self._table.copy()

    @property
    def replications(self) -> int:
        return self._comparison.simulation.replications

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result came from: version, model, seed, agents, threads, instruction set, conventions."""
        pairs = dict(zip(self._table["scenario"], self._table["against"], strict=True))
        return {
            "scenarios": pairs,
            "level": self.level,
            **provenance(self.model, self._comparison.simulation, self.seed),
        }

    @keywords_checked
    def run(self, scenario: str = "baseline") -> Run:
        """The run of one scenario of the study, with the tables of `goodwill.run`."""
        names = self._comparison.simulation.scenarios
        checked_names("scenario", scenario, names)
        return Run(self.model, self._comparison.simulation, names.index(scenario), self.seed)

    @property
    def plot(self) -> StudyPlots:
        """Charts, which need matplotlib: `study.plot.npv()`, `study.plot.customers()`."""
        from goodwill.plots import StudyPlots

        return StudyPlots(self)

    def sentences(self) -> list[str]:
        """What was found, in words, one sentence for each scenario."""
        model = self.model
        length = figures.duration(model.horizon, model.period, model.periods_per_year)
        return [_sentence(row, model.currency, length) for row in self._table.to_dict("records")]

    def _note(self) -> str:
        core = core_of(self.model)
        return (
            f"{100 * self.level:g} % intervals from {self.replications} paired replications: the error of "
            f"the simulation. Present values at {100 * core.discount:g} % a year, timing {core.timing}."
        )

    def _shown(self) -> pd.DataFrame:
        currency = self.model.currency
        rows = []
        for row in self._table.to_dict("records"):
            money = {
                name: figures.amount_between(row[name], row[f"{name}_low"], row[f"{name}_high"], currency)
                for name in ("npv", "contribution", "cost")
            }
            rows.append(
                {
                    "scenario": row["scenario"],
                    "against": row["against"],
                    **money,
                    "roi": _roi_text(row),
                    "correlation": figures.decimal(row["correlation"]),
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        if self._table.empty:
            return "The model has no scenarios to compare."
        return "\n".join([*self.sentences(), "", text_table(self._shown()), "", self._note()])

    def _repr_html_(self) -> str:
        if self._table.empty:
            return "<p>The model has no scenarios to compare.</p>"
        return result_html(self.sentences(), html_table(self._shown())) + result_html([self._note()], "")


def _roi_text(row: dict[Any, Any]) -> str:
    if math.isnan(row["roi"]):
        return "-"
    if not row["roi_bounded"]:
        return f"{figures.percent(row['roi'])} (unbounded)"
    return figures.percent_between(row["roi"], row["roi_low"], row["roi_high"])


def _sentence(row: dict[Any, Any], currency: str, length: str) -> str:
    name, against = row["scenario"], row["against"]
    beside = f" against {against!r}" if against != "baseline" else ""
    value, low, high = row["npv"], row["npv_low"], row["npv_high"]
    if row["p_zero"] == 1:
        return f"{name!r} changes nothing{beside}: its value is exactly 0 over {length}."
    if value >= 0:
        text = f"{name!r} is worth {figures.amount_between(value, low, high, currency)} over {length}{beside}"
    else:
        text = f"{name!r} loses {figures.amount_between(-value, -high, -low, currency)} over {length}{beside}"
    if low < 0 < high:
        text += ", which these replications cannot tell from 0"
    return text + _return_of_one(row, currency) + "."


def _return_of_one(row: dict[Any, Any], currency: str) -> str:
    if math.isnan(row["roi"]):
        return ""
    if not row["roi_bounded"]:
        return "; its cost may be 0 or less, so the return on it has no bounds"
    if row["cost"] <= 0:
        saved = figures.amount(-row["cost"], currency)
        return f"; it saves {saved} of cost, so there is no return on it"
    back, low, high = (1 + row[key] for key in ("roi", "roi_low", "roi_high"))
    one = f"1 {currency}".strip()
    return f"; {one} invested returns {figures.amount_between(back, low, high, currency)}"


@keywords_checked
def compare(
    model: Model,
    scenarios: str | Iterable[str] | None = None,
    *,
    seed: int = 1,
    replications: int = 30,
    threads: int = 0,
    level: float = 0.95,
) -> Study:
    """Runs scenarios, and what each is compared with (the baseline by default), on the same customers.

    They share their luck too, so only what a scenario changes makes a difference. `scenarios=None` takes all
    of the model. Replication r is the same in a longer study. Raises `ModelError` if the model uses what
    cannot be run yet, and `ValueError` for a scenario the model does not have.
    """
    core = core_of(model)
    known = ["baseline", *core.scenarios]
    names = list(core.scenarios) if scenarios is None else checked_names("scenario", scenarios, known)
    if not names:
        why = "the model has none" if scenarios is None else "none was named"
        raise ValueError(f"compare needs a scenario, and {why}")
    seed, threads, level = checked_seed(seed), checked_threads(threads), checked_level(level)
    replications = checked_replications(replications, least=2)
    anchoring = anchored(model, threads)
    with progress_bar("Comparing") as progress:
        comparison = _core.compare(
            core,
            anchoring,
            names,
            seed=seed,
            replications=replications,
            threads=threads,
            level=level,
            progress=progress,
        )
    return Study(model, comparison, seed, level)
