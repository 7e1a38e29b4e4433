"""The reference workload (`tests/bench/reference.yaml`) as plain numbers, and what every peer counts."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey of one touchpoint: it starts at most once a month, and the contact fails or does not."""

    name: str
    starts: float
    quality: float
    sd: float
    failure: float
    recovery: float
    cost: float
    weight: float


JOURNEYS = (
    Journey("bill", starts=1.00, quality=7.2, sd=1.2, failure=0.02, recovery=0.5, cost=0.10, weight=0.3),
    Journey("support", starts=0.15, quality=6.0, sd=2.0, failure=0.10, recovery=0.4, cost=6.00, weight=1.0),
    Journey("shop", starts=0.30, quality=7.5, sd=1.5, failure=0.03, recovery=0.5, cost=1.00, weight=0.5),
    Journey("advice", starts=0.05, quality=6.5, sd=1.8, failure=0.05, recovery=0.5, cost=8.00, weight=0.8),
    Journey("app", starts=0.60, quality=7.8, sd=1.0, failure=0.01, recovery=0.3, cost=0.05, weight=0.2),
    Journey("repair", starts=0.02, quality=5.0, sd=2.0, failure=0.20, recovery=0.5, cost=20.0, weight=1.5),
)

PERIODS = 36
"""Months; one period is one month."""

# New customers: normal, clamped to the scale; everybody starts with tenure 0.
SATISFACTION_MEAN, SATISFACTION_SD = 7.0, 1.0
EXPECTATION_MEAN, EXPECTATION_SD = 7.0, 0.7
TRUST_MEAN, TRUST_SD = 0.5, 0.1

# How an experience changes a customer.
QUALITY_FAILED, QUALITY_RECOVERED = 2.0, 6.0
LEARNING, ADAPTATION, CONTRAST = 0.3, 0.1, 0.3
LOSS_AVERSION, FORGIVENESS = 2.0, 0.3
TRUST_GAIN, TRUST_RECOVERED_GAIN, TRUST_LOSS = 0.03, 0.015, 0.3

# Churn: log-odds of the base, and effects per point above 7, per unit of trust above .5, per ln(1 + years).
CHURN_BASE = 0.02
CHURN_SATISFACTION, CHURN_TRUST, CHURN_TENURE, CHURN_FRAILTY = -0.45, -0.6, -0.2, 0.5

# Referrals: Poisson with a rate on the log scale.
REFERRAL_BASE, REFERRAL_SATISFACTION = 0.01, 0.35

# Survey: who answers, and with what error (points).
SURVEY_RESPONSE, SURVEY_NOISE = 0.15, 0.7
PROMOTER_FROM, DETRACTOR_TO = 9, 6

FEE = 20.0
REFERENCE_SATISFACTION, REFERENCE_TRUST = 7.0, 0.5
PERIODS_PER_YEAR = 12


def step(journey: Journey) -> float:
    """How far satisfaction moves towards what was felt in one contact."""
    return min(1.0, LEARNING * journey.weight)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all customers and periods. Outcomes exclude each other: a recovered contact is no failure."""

    customers: int
    customer_periods: int
    lost: int
    contacts: tuple[int, ...]
    """Per journey, in the order of `JOURNEYS`."""
    failures: int
    recovered: int
    touchpoint_cost: float
    fee_revenue: float
    referrals: int
    surveyed: int
    promoters: int
    detractors: int
    mean_satisfaction: float
    """Of those still here after the last period (0 to 10)."""


class Simulate(Protocol):
    """What a peer offers."""

    def __call__(self, customers: int, periods: int, seed: int) -> Totals: ...


def touchpoint_cost(contacts: tuple[int, ...]) -> float:
    return sum(journey.cost * count for journey, count in zip(JOURNEYS, contacts, strict=True))
