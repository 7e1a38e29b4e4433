"""Does the baseline reproduce the firm's own numbers?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from goodwill.analysis import advice, observed
from goodwill.engine.anchoring import Anchored, anchored
from goodwill.engine.calls import simulated
from goodwill.engine.model import Model
from goodwill.engine.plain import Plain
from goodwill.results.provenance import provenance
from goodwill.text import figures
from goodwill.text.arguments import checked_seed, checked_threads, keywords_checked
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE


@dataclass(frozen=True, eq=False, repr=False)
class Check(Plain):
    """The observed figures of a model beside what a run of its baseline gives; see `goodwill.check`."""

    anchored: Anchored
    found: pd.DataFrame
    drift: pd.DataFrame
    warnings: list[str]
    provenance: dict[str, Any]
    """What this result came from."""

    @property
    def model(self) -> Model:
        return self.anchored.model

    @property
    def notes(self) -> list[str]:
        """The tables by tenure of churn and moves, and what people hear of others, in words."""
        heard = observed.heard(self.model, self.anchored.levels)
        return [*advice.tables_of_tenure(self.model), *heard]

    @property
    def ok(self) -> bool:
        return not self.warnings

    @tabled
    def table(self) -> pd.DataFrame:
        """Figures per period: segment (empty: the whole firm), figure, asked, got, miss.

        A table by tenure that something acts on has a figure for each row (`customer.churn.by_tenure.12`:
        from a tenure of 12 periods on), a beta law the share that it takes of a fresh cohort in the first
        year (`customer.churn.beta`). `miss` is got / asked - 1, in points for the NPS.
        """
        return self.found.copy()

    def _sentences(self) -> list[str]:
        name = self.model.name or "The model"
        n = len(self.found)
        if n == 0:
            first = f"{name} states no observed figures: nothing to reproduce."
        else:
            stated = figures.plural(n, "observed figure")
            first = f"{name}: {stated}, asked and got in the first year of the baseline."
            if own := observed.own_error(self.anchored.levels):
                first += f" Solving for them leaves {own} that no replication shows."
        later = bool((self.drift["last"] - self.drift["end"]).any())
        moves = [
            f"{row['segment']} {row['start']:.2f} to {row['end']:.2f}"
            + (f", then {row['last']:.2f}" if later else "")
            for row in self.drift.to_dict("records")
            if not math.isnan(row["start"] + row["end"])
        ]
        if not moves:
            return [first, "There are no customers whose satisfaction could move."]
        when = "in the first year, then at the end of the horizon" if later else "in the first year"
        return [first, f"Mean satisfaction {when}: {'; '.join(moves)}."]

    def _shown(self) -> pd.DataFrame:
        rows = []
        for row in self.found.to_dict("records"):
            text, miss = _figure_text(row["figure"], self.model.period), row["miss"]
            missed = f"{miss:+.1f}" if row["figure"] == "survey.nps" else f"{100 * miss:+.1f} %"
            missed = missed.replace("-0.0", "+0.0")
            rows.append(
                {
                    "segment": row["segment"] or "all",
                    "figure": row["figure"],
                    "asked": text(row["asked"]),
                    "got": text(row["got"]),
                    "miss": "-" if math.isnan(miss) else missed,
                }
            )
        return pd.DataFrame(rows, columns=["segment", "figure", "asked", "got", "miss"])

    def __repr__(self) -> str:
        first, second = self._sentences()
        rest = [second, *self.notes, *(f"Warning: {warning}" for warning in self.warnings)]
        if not len(self.found):
            return blocks([first, *rest])
        return blocks([first], text_table(self._shown()), rest)

    def _repr_html_(self) -> str:
        table = html_table(self._shown()) if len(self.found) else ""
        first, second = self._sentences()
        return result_html([first], table) + result_html(
            [second, *self.notes, *(f"Warning: {w}" for w in self.warnings)], ""
        )


def _figure_text(path: str, period: str) -> Any:
    if path == "survey.nps":
        return lambda x: figures.decimal(x, 1)
    if path.endswith(".tenure"):
        return lambda x: "-" if math.isnan(x) else f"{x:,.1f} {period}s"
    if path.endswith(".beta"):
        return lambda x: "-" if math.isnan(x) else f"{figures.percent(x)} in the first year"
    return lambda x: "-" if math.isnan(x) else f"{figures.percent(x)} / {period}"


@keywords_checked
def check(model: Model, *, seed: int = 1, threads: int = 0) -> Check:
    """Anchors the model, runs its baseline, and compares its first year with the figures the firm observes.
    On a network or in a market, where few of those simulated may be customers, it compares the mean over the
    rounds of anchoring (not where the model lists `edges`, which those do not keep).

    Warns when a figure is missed; when mean satisfaction drifts by more than 0.2 in the first year or until
    the horizon, or the measured NPS from the first year to the last by more than 2 points and more than
    chance; when something waits for a measured NPS that is noisier here than in the firm, or for more answers
    than come; when customers make more than 1,000 orders a year each; when walks are cut off; when an
    investment or event starts after the horizon; when inflation has no effect; when an NPS looks like a
    fraction; and when an assumption is used nowhere, or is held at a bound in more than one draw of a
    thousand. Notes say what tables by tenure mean and what people hear. Raises `ModelError` if the model uses
    what cannot be run yet.
    """
    seed, threads = checked_seed(seed), checked_threads(threads)
    firm = anchored(model, threads)
    ran, (world,) = simulated(firm, [BASELINE], threads, "Checking", seed=seed)
    found, drift = observed.asked_and_got(world, firm), observed.drift(world)
    warnings = [
        *observed.warnings(world, firm.levels, found, drift),
        *observed.seen(world, model),
        *advice.warnings(model),
    ]
    came_from = {"scenario": BASELINE, **provenance(firm, ran, seed, 1, BASELINE)}
    return Check(firm, found, drift, warnings, came_from)
