"""goodwill and a hand-written NumPy program compute the same model: the reference workload of the benchmark.

Both simulate 200,000 customers with seeds of their own; every total per customer is compared in standard
errors. A churn wrong by 3 % of itself is found; a right program fails for less than one in 10,000 new
seeds, and these are fixed.
"""

from bench.peers import agreement, goodwill_peer, numpy_peer
from bench.peers import workload as w

CUSTOMERS = 200_000


def test_goodwill_agrees_with_numpy() -> None:
    results = {
        "goodwill": [goodwill_peer.run_goodwill(CUSTOMERS, w.PERIODS, seed=1, threads=2)],
        "NumPy": [numpy_peer.simulate(CUSTOMERS, w.PERIODS, seed=2)],
    }
    found = agreement.differences(results)
    assert len(found) == 11 + len(w.JOURNEYS)
    assert found[0].z < agreement.LARGEST_Z, found[0]


def test_every_customer_is_accounted_for() -> None:
    totals = goodwill_peer.run_goodwill(5_000, w.PERIODS, seed=3, threads=1)
    assert totals.fee_revenue == w.FEE * totals.customer_periods
    assert totals.contacts[0] == totals.customer_periods  # everybody gets a bill
    assert abs(totals.touchpoint_cost - w.touchpoint_cost(totals.contacts)) < 1e-4 * totals.touchpoint_cost
    assert 0 < totals.lost < totals.customers
