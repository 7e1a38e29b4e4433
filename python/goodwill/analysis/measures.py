"""Measures of a sweep in words."""

from __future__ import annotations

from goodwill.sweeps.result import SweepResult
from goodwill.text import figures

MONEY = ("npv", "contribution", "cost", "tax", "beyond_horizon", "value")
GAINS = ("npv", "contribution", "customers_gained", "nps_gained")
"""Measures of which more is better, and 0 is what doing nothing gives."""


def measure_name(measure: str) -> str:
    return "NPV" if measure == "npv" else measure.replace("_", " ").replace("nps", "NPS")


def unit_of(sweep: SweepResult, measure: str) -> str:
    """Beside an axis."""
    if measure in MONEY:
        return sweep.model.currency or "money"
    return "points" if measure.startswith("nps") else "customers"


def amount(sweep: SweepResult, measure: str, value: float) -> str:
    """With its unit where that is money."""
    return figures.amount(value, sweep.model.currency) if measure in MONEY else figures.number(value)
