"""What a scenario does to how journeys end, and to what they take."""

from __future__ import annotations

import pandas as pd

from goodwill.engine.world import World
from goodwill.results import tables
from goodwill.results.study import StudyResult

COLUMNS = {
    "started": "walks",
    "completion": "completion",
    "contacts_per_issue": "contacts_per_issue",
    "minutes": "minutes",
    "effort": "effort",
}
"""Columns of the table of a run, and what they are called here."""


def journeys(study: StudyResult, scenario: str) -> pd.DataFrame:
    """See `Study.journeys`."""
    after, before = study.world(scenario), study.world(study.against(scenario))
    table = pd.DataFrame({"journey": after.names("started.")})
    of_after, of_before = _means(after), _means(before)
    for column in of_after:
        table[f"{column}_before"] = of_before[column]
        table[column] = of_after[column]
    return table


def _means(world: World) -> pd.DataFrame:
    found = tables.journeys(world, [])
    found = found[[name for name in COLUMNS if name in found]].rename(columns=COLUMNS)
    return found.assign(walks=found["walks"] / (world.periods / world.periods_per_year))
