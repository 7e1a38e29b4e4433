"""How likely events are, and what scenarios do about it."""

from __future__ import annotations

import pandas as pd

from goodwill.results import tables
from goodwill.results.study import StudyResult
from goodwill.text import figures
from goodwill.text.vocabulary import BASELINE


def events(study: StudyResult) -> pd.DataFrame:
    """See `Study.events`."""
    parts = []
    for name in study.result.worlds:
        part = tables.events(study.world(name))
        part.insert(0, "scenario", name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def sentences(study: StudyResult) -> list[str]:
    """One for each event: how likely it is, and where that is otherwise."""
    model = study.model
    length = figures.duration(model.horizon, model.period, model.periods_per_year)
    found = []
    for event, rows in events(study).groupby("event", sort=False):
        likely = dict(zip(rows["scenario"], rows["chance_at_least_one"], strict=True))
        usual = likely.pop(BASELINE)
        other = [f"with {name!r} {figures.percent(p)}" for name, p in likely.items() if p != usual]
        text = f"{event!r} happens at least once in {length} with probability {figures.percent(usual)}"
        found.append(", ".join([text, *other]) + ".")
    return found
