"""From the customers kept to the net present value, step by step, adding up to the cent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from goodwill.analysis.cashflows import dates
from goodwill.engine.world import Numbers
from goodwill.results.ledger import of_role
from goodwill.results.study import StudyResult
from goodwill.text.arguments import checked_names
from goodwill.text.vocabulary import FIRM, ORIGIN, SEGMENT

MARGIN_STEPS = {"fee_margin": "fees", "order_margin": "orders", "earnings_margin": "earnings"}
"""The names of the steps of margins, in their order; any other margin keeps the name of its counter."""
UNIT_LINES: dict[str, tuple[tuple[str, int], ...]] = {
    **{
        MARGIN_STEPS.get(name, name): ((name, 1),)
        for name in {**MARGIN_STEPS, **dict.fromkeys(of_role("margin"))}
    },
    "cost_to_serve": tuple((name, -1) for name in of_role("cost_to_serve")),
}
"""The parts of recurring contribution: the counters of each, with their sign."""
STEPS = ("customers", *UNIT_LINES, "acquisition", "teams", "events", "upfront", "running", "tax")
STEP_NAMES = {
    "customers": "customers kept",
    "cost_to_serve": "cost to serve",
    "teams": "fixed cost of teams",
    "upfront": "investment, upfront",
    "running": "investment, running",
}
"""The names that people see; any other step keeps its own."""


def bridge(study: StudyResult, scenario: str, by: str | Iterable[str] = (ORIGIN,)) -> pd.DataFrame:
    """The steps from 0 to the net present value; see `Study.bridge`."""
    keys = checked_names("key", by, (ORIGIN, SEGMENT), "a bridge can be broken down by")
    scenario_world, other = study.world(scenario), study.world(study.against(scenario))
    when = dates(study)
    index = scenario_world.index
    a, b = scenario_world.mean, other.mean
    n_a, n_b = a[..., index["start"]], b[..., index["start"]]
    kept = n_a - n_b
    recurring = when.recurring_factor[None, :, None]
    volume = np.zeros_like(kept)
    steps: dict[str, Numbers] = {}
    for name, counters in UNIT_LINES.items():
        of_a = sum((sign * a[..., index[counter]] for counter, sign in counters), start=np.zeros_like(kept))
        of_b = sum((sign * b[..., index[counter]] for counter, sign in counters), start=np.zeros_like(kept))
        # A cell without customers in the comparison world has no unit value there. With that of the scenario
        # everything is volume.
        unit = np.divide(of_b, n_b, out=np.zeros_like(of_b), where=n_b > 0)
        unit = np.where((n_b <= 0) & (n_a > 0), np.divide(of_a, n_a, out=unit.copy(), where=n_a > 0), unit)
        volume += kept * unit * recurring
        steps[name] = (of_a - of_b - kept * unit) * recurring
    steps = {"customers": volume, **steps}
    acquired = sum(
        (a[..., index[name]] - b[..., index[name]] for name in of_role("acquisition")),
        start=np.zeros_like(kept),
    )
    steps["acquisition"] = -acquired * when.dated_factor[None, :, None]

    rows = []
    for s, segment in enumerate(scenario_world.segments):
        for o, origin in enumerate(scenario_world.origins):
            place = {"segment": segment, "origin": origin}
            gained = float(kept[s, : when.within, o].sum())
            for step, values in steps.items():
                value = float(values[s, :, o].sum())
                periods = gained if step == "customers" else 0.0
                rows.append({"step": step, **place, "value": value, "customer_periods": periods})
    rows += [
        {"step": step, "segment": FIRM, "origin": FIRM, "value": value, "customer_periods": 0.0}
        for step, value in of_the_firm(study, scenario).items()
    ]
    table = pd.DataFrame(rows)
    table["step"] = pd.Categorical(table["step"], STEPS, ordered=True)
    for key in keys:
        names = scenario_world.segments if key == SEGMENT else scenario_world.origins
        table[key] = pd.Categorical(table[key], [*names, FIRM], ordered=True)
    columns = ["step", *keys]
    grouped = table.groupby(columns, observed=True, sort=True)[["value", "customer_periods"]]
    result = grouped.sum().reset_index()
    return result.astype(dict.fromkeys(columns, "object"))


def steps(study: StudyResult, scenario: str) -> pd.DataFrame:
    """The steps over all customers, without those that are 0 but for rounding."""
    table = bridge(study, scenario, ())
    size = table["value"].abs()
    return table[size > 1e-9 * size.sum()].reset_index(drop=True)


def of_the_firm(study: StudyResult, scenario: str) -> dict[str, float]:
    """Teams, events, investments and tax, which belong to no customer."""
    when = dates(study)
    found = study.comparison(scenario).flows

    def value(*lines: str) -> float:
        return -sum(float(found.line(line) @ when.factor(line)) for line in lines)

    tax = found.tax
    teams = {"teams": value("team_cost")} if study.result.any_world.teams else {}
    return {
        **teams,
        "events": value("event_once", "event_running"),
        "upfront": value("upfront"),
        "running": value("running", "use", "per_customer"),
        "tax": -tax,
    }
