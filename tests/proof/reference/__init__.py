"""A slow, plain simulator of customers moving through journeys: the judge of the fast one.

It shares no code with the engine and draws its own random numbers, so the two agree in distribution only.

`simulate` reads a model (a YAML file, or a mapping of the same shape) and returns a dictionary with

- `periods`: a DataFrame, one row per replication and period (1 is the first). A column is a sum over
  simulated customers times their weight (real customers per simulated one), except `satisfaction`,
  `expectation`, `trust`, `tenure` (means over those present at the end), `nps_true` and `nps_measured`
  (points; of those in a stage of kind customer), `ces` and `ces_measured` (mean effort of contacts, and mean
  answer, 1 to 7; 0 where there is none);
- `ledger`: the same sums by replication, period, segment and origin (initial, acquired, referred);
- `anchored`: a DataFrame of what was asked and got: segment, path, asked, got, level (on the link scale; for
  the tenure the hazard of the candidates' law, for `survey.nps` the bias in points);
- `levels`: what anchoring solved, to be handed to another call for the same model.

Columns
- customers of any stage: `start`, `joined`, `joined.<origin>`, `lost`, `end` (start + joined - lost = end);
- stages: `stage.<s>` (when fees are due), `end.<s>` (at the end), `moved.<stage>.<target>`;
- journeys: `started.<journey>`, `exits.<journey>.<stage>`, `truncated.<journey>`, `completed.<journey>`, and
  `waited.<journey>`, the minutes of those served;
- touchpoints: `contacts`, `failed` (and not recovered), `recovered`, and `full` (the team had no room; this
  is no contact), each with `.<journey>.<touchpoint>`;
- `good_words`, `bad_words`: messages said, if the model has word of mouth;
- people of a market: `adopted`, `turned_away`, and `potential` (at the end, of origin acquired);
- `orders`, `referrals`, `converted`; `asked`, `answered`, `true_promoters`, `measured_detractors` and so on;
- money of the period, not discounted: `revenue`, `service_cost`, `touchpoint_cost`, `acquisition_cost`,
  `team_cost` (each customer bears an equal share), `contribution`; and, not part of contribution,
  `investment_cost` and `event_cost`;
- `at_risk.<response>`, `expected.<response>`: customer-periods, and the events expected in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .anchoring import anchor
from .customers import ORIGINS
from .definition import Model
from .reading import read
from .simulation import Run
from .world import Levels, World, shares_of

__all__ = ["Levels", "World", "anchor", "read", "simulate"]

DEFAULT_AGENTS = 20_000


def simulate(
    source: str | Path | Mapping[str, Any],
    *,
    scenario: str | list[str] | None = None,
    seed: int = 0,
    agents: int | None = None,
    replications: int = 1,
    levels: Levels | None = None,
) -> dict[str, Any]:
    """Simulate a model; what comes back is described above.

    `scenario` is the name of a scenario, or a list of investments and events; None is the baseline. `agents`
    is the number of simulated customers (default: the model's, else at most 20,000); `levels` skip anchoring.
    """
    model = read(source)
    names = model.scenarios[scenario or "baseline"] if not isinstance(scenario, list) else scenario
    circumstances = [each.name for each in model.treatments.values() if each.is_event and each.by_chance]
    names = [*circumstances, *(name for name in names if name not in circumstances)]
    treatments = [model.treatments[name] for name in names]
    anchored = pd.DataFrame(columns=["segment", "path", "asked", "got", "level"])
    if levels is None:
        levels, anchored = anchor(model)
    world = World(model, levels, treatments)
    count, weight, people = _sizes(model, agents)
    ledgers, periods = [], []
    for replication in range(replications):
        rng = np.random.default_rng([seed, replication])
        run = Run(world, count, weight, model.horizon, rng, people).run()
        ledger = _ledger(run, replication)
        ledgers.append(ledger)
        periods.append(_periods(run, ledger))
    return {
        "periods": pd.concat(periods).fillna(0.0),
        "ledger": pd.concat(ledgers).fillna(0.0),
        "anchored": anchored,
        "levels": levels,
    }


def _sizes(model: Model, agents: int | None) -> tuple[dict[str, int], dict[str, float], dict[str, int]]:
    """By segment: simulated customers, their weight (the mean one without any), and people of the market."""
    total = sum(model.people.values())
    wanted = str(agents) if agents is not None else model.agents
    if wanted == "all":
        number = total
    else:
        number = round(model.units.plain(wanted)) if wanted else min(total, DEFAULT_AGENTS)
    people = shares_of(model, number)
    mean = total / sum(people.values()) if total else 1.0
    weight = {name: all_ / people[name] if people[name] else mean for name, all_ in model.people.items()}
    count = {name: round(s.count / weight[name]) for name, s in model.segments.items()}
    return count, weight, people


def _ledger(run: Run, replication: int) -> pd.DataFrame:
    """Sums by replication, period, segment and origin."""
    index = pd.MultiIndex.from_product(
        [[replication], range(1, run.periods + 1), run.world.segments, ORIGINS],
        names=["replication", "period", "segment", "origin"],
    )
    return pd.DataFrame(
        {name: column.reshape(-1) for name, column in run.ledger.columns.items()}, index=index
    )


def _periods(run: Run, ledger: pd.DataFrame) -> pd.DataFrame:
    """Sums by replication and period, with means and NPS."""
    table = ledger.groupby(level=["replication", "period"]).sum()
    for origin in ORIGINS:
        table[f"joined.{origin}"] = ledger["joined"].xs(origin, level="origin").groupby(level=[0, 1]).sum()
    for state in ("satisfaction", "expectation", "trust", "tenure"):
        table[state] = table[f"{state}_sum"] / table["end"]
    for kind, answers in (("true", "asked"), ("measured", "answered")):
        net = table[f"{kind}_promoters"] - table[f"{kind}_detractors"]
        table[f"nps_{kind}"] = 100.0 * net / table[answers]
    for ces, points, number in (
        ("ces", "effort", "efforts"),
        ("ces_measured", "effort_answers", "answered_effort"),
    ):
        if number in table:
            table[ces] = table[points] / table[number]
    table["investment_cost"] = run.investment_cost
    table["event_cost"] = run.event_cost
    return table.copy()
