"""What a scenario saves: money no longer spent, and, apart from it, work no longer needed."""

from __future__ import annotations

import pandas as pd

from goodwill.results.ledger import of_role
from goodwill.results.study import StudyResult
from goodwill.text.vocabulary import CAPACITY, CASHABLE

SPENT_ON = {
    "touchpoint_cost": "contacts",
    "recovery_cost": "recoveries",
    "service_cost": "service",
    "referral_cost": "rewards",
}
"""What avoidable cost is spent on; any other counter keeps its own name."""
AVOIDABLE = {
    name: SPENT_ON.get(name, name) for name in {**SPENT_ON, **dict.fromkeys(of_role("cost_to_serve"))}
}
COLUMNS = ("kind", "item", "unit", "before", "after", "saved")


def savings(study: StudyResult, scenario: str) -> pd.DataFrame:
    """See `Study.savings`."""
    after, before = study.world(scenario), study.world(study.against(scenario))
    within = study.terms.periods_within(after.periods, after.periods_per_year)
    years = within / after.periods_per_year
    of_after, of_before = (world.mean[:, :within].sum(axis=(0, 1, 2)) / years for world in (after, before))
    currency = study.model.currency or "money"
    items = [(name, CASHABLE, item, currency) for name, item in AVOIDABLE.items()]
    items += [(f"contacts.{place}", CAPACITY, place, "contacts") for place in after.names("contacts.")]
    rows = []
    for counter, kind, item, unit in items:
        spent, spent_before = (float(of[after.index[counter]]) for of in (of_after, of_before))
        if spent or spent_before:
            rows.append((kind, item, unit, spent_before, spent, spent_before - spent))
    return pd.DataFrame(rows, columns=COLUMNS)
