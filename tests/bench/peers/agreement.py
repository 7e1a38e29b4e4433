"""Whether implementations of the reference workload agree: every total, per customer, in standard errors."""

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import numpy_peer
from . import workload as w

LARGEST_Z = 5.0
"""More than this is a difference between models, not luck."""

BATCHES, BATCH = 50, 2_000


def per_customer(totals: w.Totals) -> dict[str, float]:
    """Means over the customers who began; mean satisfaction alone is over those still here."""
    n = totals.customers
    means = {
        "customer_periods": totals.customer_periods / n,
        "lost": totals.lost / n,
        "failures": totals.failures / n,
        "recovered": totals.recovered / n,
        "touchpoint_cost": totals.touchpoint_cost / n,
        "fee_revenue": totals.fee_revenue / n,
        "referrals": totals.referrals / n,
        "surveyed": totals.surveyed / n,
        "promoters": totals.promoters / n,
        "detractors": totals.detractors / n,
        "mean_satisfaction": totals.mean_satisfaction,
    }
    for journey, count in zip(w.JOURNEYS, totals.contacts, strict=True):
        means[f"contacts.{journey.name}"] = count / n
    return means


def variances() -> dict[str, float]:
    """Of each mean, times the number of customers: from independent batches of the NumPy peer."""
    seeds = range(1_000_000, 1_000_000 + BATCHES)
    batches = [per_customer(numpy_peer.simulate(BATCH, w.PERIODS, seed)) for seed in seeds]
    return {name: BATCH * statistics.variance(batch[name] for batch in batches) for name in batches[0]}


def pooled(rounds: Sequence[w.Totals]) -> tuple[dict[str, float], int]:
    """Means over runs of equal size, each with its own seed, and the number of customers behind them."""
    means = [per_customer(totals) for totals in rounds]
    customers = sum(totals.customers for totals in rounds)
    return {name: statistics.fmean(mean[name] for mean in means) for name in means[0]}, customers


@dataclass(order=True)
class Difference:
    z: float
    total: str
    peers: str
    values: tuple[float, float]


def differences(results: Mapping[str, Sequence[w.Totals]]) -> list[Difference]:
    """All totals of all pairs of peers, the largest difference first; `results` are of each peer's runs."""
    variance = variances()
    pools = {name: pooled(rounds) for name, rounds in results.items()}
    found = []
    for one, other in itertools.combinations(pools, 2):
        (means, n), (other_means, other_n) = pools[one], pools[other]
        for total, value in means.items():
            error = math.sqrt(variance[total] * (1 / n + 1 / other_n))
            z = abs(value - other_means[total]) / error
            found.append(Difference(z, total, f"{one} / {other}", (value, other_means[total])))
    return sorted(found, reverse=True)
