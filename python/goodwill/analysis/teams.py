"""What a scenario does to how busy the teams are."""

from __future__ import annotations

import pandas as pd

from goodwill.engine.world import World
from goodwill.results import tables
from goodwill.results.study import StudyResult

COLUMNS = {"load": "load", "capacity": "capacity", "use": "use", "unserved_share": "unserved", "wait": "wait"}
"""Columns of the table of a run, and what they are called here."""


def teams(study: StudyResult, scenario: str) -> pd.DataFrame:
    """See `Study.teams`."""
    after, before = study.world(scenario), study.world(study.against(scenario))
    table = pd.DataFrame({"team": after.teams})
    of_after, of_before = _means(after), _means(before)
    for column in COLUMNS.values():
        table[f"{column}_before"] = of_before[column]
        table[column] = of_after[column]
    table["overloaded_before"] = tables.overloaded(before)
    table["overloaded"] = tables.overloaded(after)
    return table


def _means(world: World) -> pd.DataFrame:
    found = tables.teams(world, [])[list(COLUMNS)].rename(columns=COLUMNS)
    years = world.periods / world.periods_per_year
    found[["load", "capacity"]] /= years
    return found
