"""How long reading a million orders and estimating from them takes, and how much memory.

.venv/bin/python tests/bench/data_bench.py [--orders 1_000_000] [--model pareto_nbd]
"""

from __future__ import annotations

import argparse
import resource
import time

import goodwill as gw
import numpy as np
import pandas as pd

R, ALPHA, S, BETA = 0.55, 10.6, 0.61, 11.7
WEEKS = 104


def orders(n: int, seed: int = 1) -> pd.DataFrame:
    """n orders of customers who come in the course of two years, shuffled."""
    luck = np.random.default_rng(seed)
    customers = int(n / 1.7)
    came = luck.uniform(0, WEEKS, customers)
    rate = luck.gamma(R, 1 / ALPHA, customers)
    life = np.minimum(luck.exponential(1 / luck.gamma(S, 1 / BETA, customers)), WEEKS - came)
    again = luck.poisson(rate * life)
    who = np.repeat(np.arange(customers), again)
    when = np.concatenate([came, came[who] + luck.random(len(who)) * life[who]])
    who = np.concatenate([np.arange(customers), who])
    mean = 6.25 / luck.gamma(3.74, 1 / 15.4, customers)
    value = np.round(luck.gamma(6.25, mean[who] / 6.25), 2)
    day = np.datetime64("2024-01-01") + (7 * when).astype("timedelta64[D]")
    table = pd.DataFrame({"customer": who, "date": day, "value": value})
    table = table.sort_values("customer", kind="stable").head(n)
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", default="1_000_000")
    parser.add_argument("--model", default="pareto_nbd", choices=["pareto_nbd", "bg_nbd", "bg_bb"])
    asked = parser.parse_args()
    table = orders(int(asked.orders))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start, cpu = time.perf_counter(), time.process_time()
    fit = gw.data.from_transactions(
        table,
        id="customer",
        date="date",
        amount="value",
        asof="2025-12-28",
        period="week",
        model=asked.model,
        same_day="one order",
    )
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    start = time.perf_counter()
    rows = len(fit.customers())
    listed = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(table):,} orders of {fit.n:,} customers, {asked.model}: {fit.values}")
    print(f"read and fitted in {seconds:.1f} s ({used:.1f} s of CPU)")
    print(f"{rows:,} customers listed in {listed:.1f} s")
    print(f"memory at its peak: {peak:.2f} GiB, of which {before:.2f} GiB before the call")


if __name__ == "__main__":
    main()
