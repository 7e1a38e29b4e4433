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
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def sentences(study: StudyResult) -> list[str]:
    """One for each event: how likely it is, and where that is otherwise."""
    model = study.model
    length = figures.duration(model.horizon, model.period, model.periods_per_year)
    found = []
    for event, rows in events(study).groupby("event", sort=False):
        if rows["expected"].isna().all():
            found.append(_when(str(event), rows, model.period))
            continue
        likely = dict(zip(rows["scenario"], rows["chance_at_least_one"], strict=True))
        first = BASELINE if BASELINE in likely else next(iter(likely))
        usual = likely.pop(first)
        other = [f"with {name!r} {figures.percent(p)}" for name, p in likely.items() if p != usual]
        text = f"{event!r} happens at least once in {length} with probability {figures.percent(usual)}"
        found.append(", ".join([text, *other]) + ".")
    return found


def _when(event: str, rows: pd.DataFrame, period: str) -> str:
    """In how many worlds it began by what was seen, and when."""
    parts: dict[str, list[str]] = {}
    for row in rows.to_dict("records"):
        text = f"in {figures.percent(row['share'])} of all worlds"
        if row["share"] > 0:
            text += f", first in {period} {row['first']:.0f} on average"
        parts.setdefault(text, []).append(repr(row["scenario"]))
    told = [f"with {figures.listed(names)} {text}" for text, names in parts.items()]
    return f"{event!r} begins {'; '.join(told)}."
