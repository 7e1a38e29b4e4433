"""A choice among scenarios that holds in many worlds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill import _core
from goodwill.analysis.measures import GAINS, amount, measure_name
from goodwill.engine.model import core_of
from goodwill.engine.world import Numbers
from goodwill.sweeps.result import SweepResult
from goodwill.text import figures
from goodwill.text.arguments import checked_names
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE

CRITERIA = ("mean", "worst", "regret", "mean_regret", "best_in")


@dataclass(frozen=True, eq=False, repr=False)
class Robust:
    """Scenarios, and doing nothing, judged over the worlds of a design."""

    measure: str
    about: str
    worlds: pd.DataFrame
    """The measure by world and choice, means over replications."""
    found: pd.DataFrame

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each choice, that with the best mean first. In units of the measure over all worlds:
        `mean`, with the error of the simulation from `mean_low` to `mean_high`; `worst`, in the worst world
        (Wald's maximin takes the greatest); `regret`, the most that is lost against the best choice of a
        world (Savage's minimax takes the least), and `mean_regret`; `best_in`, the share of the worlds in
        which nothing is better.
        """
        return self.found.copy()

    def __repr__(self) -> str:
        return blocks([self.about], text_table(self.found), [NOTE])

    def _repr_html_(self) -> str:
        return result_html([self.about], html_table(self.found)) + result_html([NOTE], "")


NOTE = (
    f"{BASELINE}: to do nothing, which is worth 0 everywhere. The worlds of the design count alike: a mean "
    "or a share speaks for its ranges and is no probability. The worst of many worlds is a little too bad, "
    "and a regret too large, by the luck of the simulation."
)


def criteria(values: Numbers) -> Numbers:
    """Of worlds x choices, rows `CRITERIA` by choice (Wald 1950; Savage 1951)."""
    best = values.max(axis=1, keepdims=True)
    regret = best - values
    return np.stack(
        [
            values.mean(axis=0),
            values.min(axis=0),
            regret.max(axis=0),
            regret.mean(axis=0),
            (values == best).mean(axis=0),
        ]
    )


def robust(sweep: SweepResult, scenarios: str | Iterable[str] | None = None, measure: str = "npv") -> Robust:
    """See `Sweep.robust`."""
    checked_names("measure", measure, GAINS, "a choice is made by one of")
    names = _chosen(sweep, scenarios)
    answers = [sweep.outcomes(name, measure) for name in names]
    answers.append(np.zeros_like(answers[0]))
    names.append(BASELINE)
    values = np.stack([answer.mean(axis=1) for answer in answers], axis=1)
    found = pd.DataFrame(dict(zip(CRITERIA, criteria(values), strict=True)))
    found.insert(0, "scenario", names)
    over_worlds = [_core.mean_interval(answer.mean(axis=0)[None], sweep.level) for answer in answers]
    found.insert(2, "mean_low", [low for _, low, _ in over_worlds])
    found.insert(3, "mean_high", [high for _, _, high in over_worlds])

    def top(criterion: str, least: bool = False) -> tuple[str, float]:
        at = found[criterion].to_numpy()
        row = found.iloc[int(at.argmin() if least else at.argmax())]
        name = "doing nothing" if row["scenario"] == BASELINE else repr(row["scenario"])
        return name, float(row[criterion])

    said = [
        f"{words} {name} ({amount(sweep, measure, value)})"
        for words, (name, value) in (
            (f"best on average over {len(values):,} worlds, by {measure_name(measure)}:", top("mean")),
            ("best in its worst world:", top("worst")),
            ("with the least regret at most:", top("regret", least=True)),
        )
    ]
    name, share = top("best_in")
    said.append(f"most often the best: {name} (in {figures.percent(share, 0)} of the worlds)")
    about = "; ".join(said)
    found = found.sort_values("mean", ascending=False, kind="stable", ignore_index=True)
    return Robust(measure, f"{about[0].upper()}{about[1:]}.", pd.DataFrame(values, columns=names), found)


def _chosen(sweep: SweepResult, scenarios: str | Iterable[str] | None) -> list[str]:
    """Scenarios that somebody may choose instead of doing nothing. Raises `ValueError` for others."""
    why_not = {name: _no_choice(sweep, name) for name in sweep.scenarios if name != BASELINE}
    if scenarios is None:
        names = [name for name, why in why_not.items() if not why]
        if not names:
            raise ValueError(f"this sweep has nothing to choose: {'; '.join(why_not.values())}")
        return names
    names = checked_names("scenario", scenarios, why_not)
    if not names:
        raise ValueError("scenarios is empty; name one or more, or leave it out for all")
    for name in names:
        if why_not[name]:
            raise ValueError(f"{why_not[name]}; leave it out")
    return names


def _no_choice(sweep: SweepResult, name: str) -> str:
    """Why a scenario cannot stand beside doing nothing; empty: it can."""
    parts, varied = sweep.model.scenarios.get(name, []), sweep.design.rows
    for event in sweep.model.events:
        if event in parts or f"scenarios.{name}.{event}" in varied:
            return f"{name!r} has the event {event!r}, which nobody chooses"
    against = core_of(sweep.model).compare.get(name, BASELINE)
    return "" if against == BASELINE else f"{name!r} is compared with {against!r}, not with doing nothing"
