"""What a decision costs: CPU seconds until the 95 % interval of a difference in value is +-5 % of it.

python tests/bench/time_to_decision.py [--threads T] [--only PART ...]

CPU seconds are those of the whole process, all threads. Three parts:

telecom   scenarios of the telecom model: paired, and with independent seeds in the same engine, killing (no
          survival weights).
peer      an improvement of the reference workload: paired, and each Numba peer with independent seeds.
weights   customers needed by `gw.compare` with and without survival weights.

A row is *measured* where the study ran until the interval was that narrow. It is *extrapolated* where that
would take too long: from the variance of `n` replications or batches and the CPU seconds of a shorter run, by
half-width ~ 1 / sqrt(customers). All rows of a question share its difference, that of `gw.compare`; the
independent estimates of it are printed beside. Ratios compare the time within the horizon, where the peers
end; the time of `gw.compare` with its line beyond the horizon is printed too. The smaller a difference, the
more pairing is worth: a ratio belongs to its question. Speed never decides the exit code.
"""

import argparse
import dataclasses
import importlib.util
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import goodwill as gw
import numpy as np
import pandas as pd
from goodwill import _core
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import core_of
from peers import workload as w
from peers.goodwill_peer import MODEL

SHARE = 0.05
Z = statistics.NormalDist().inv_cdf(0.975)
TIMES_PEER = 1_000
"""The target."""

TELECOM_SCENARIOS = ("people", "all")
TELECOM_AGENTS = 5_000
"""Of a replication; with more, the 30 replications a sequential study begins with would be too many."""
TELECOM_REPLICATIONS = 200

IMPROVED, FEWER_FAILURES = "support", 0.5
"""A journey of the reference workload, and what its failures are multiplied by."""
REFERENCE_AGENTS = 500
"""As few, for the same reason."""
PEERS = {"Numba (parallel)": "numba_peer", "Numba, tuned to blocks": "numba_blocks_peer"}
BATCHES, BATCH, PEER_TIMED = 100, 10_000, 1_000_000

WEIGHTS_AGENTS, WEIGHTS_REPLICATIONS = 1_000, 100

TIMED = 10
"""Replications."""

T = TypeVar("T")


def cpu_timed(task: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = task()
    return result, time.process_time() - start


@dataclass
class Way:
    """One way to the decision: customers simulated in both worlds together, and what that took."""

    name: str
    customers: float
    cpu_seconds: float
    how: str


def sequential(name: str, model: gw.Model, scenario: str, threads: int) -> tuple[Way, Way, gw.Study]:
    """The study a user would run, which stops by itself: within the horizon alone, and as it is."""
    anchored(model, threads)  # kept by the model: not part of the comparison
    asked = f"{100 * SHARE:g} %"
    study, seconds = cpu_timed(lambda: gw.compare(model, scenario, precision=asked, draws=0, threads=threads))
    row = study.table().iloc[0]
    customers = 2 * int(sum(study.provenance["agents_per_replication"].values()))
    width = (row["npv_high"] - row["npv_low"]) / 2 / abs(row["npv"])
    weights = "survival weights" if study.provenance["survival_weights"] else "no weights"
    how = f"measured: {study.status} +-{100 * width:.1f} %, {study.replications} replications, {weights}"
    _, within = cpu_timed(lambda: study.question.values(threads))
    alone = Way(name, customers * study.replications, within, how)
    return alone, Way(f"{name}, and beyond the horizon", alone.customers, seconds, how), study


def extrapolated(
    name: str, difference: float, variance: float, unit: int, seconds_per_customer: float, how: str
) -> Way:
    """`variance` is that of the difference estimated by a unit of so many customers."""
    customers = unit * variance * (Z / (SHARE * difference)) ** 2
    return Way(name, customers, customers * seconds_per_customer, f"extrapolated: {how}")


def known_from(n: int, unit: int, deviation: float) -> str:
    """What a variance rests on; its own standard error is for values that are nearly normal."""
    error = 100 * math.sqrt(2 / (n - 1))
    return f"n = {n} of {unit:,}, standard deviation {deviation:,.4g} (its square to {error:.0f} %)"


def print_ways(title: str, ways: Sequence[Way]) -> None:
    print(f"\n{title}\n{'':42}{'customers':>15}{'CPU s':>12}{'times the first':>17}")
    for way in ways:
        times = way.cpu_seconds / ways[0].cpu_seconds
        print(f"{way.name:42}{way.customers:15,.0f}{way.cpu_seconds:12.3g}{times:17,.3g}   {way.how}")


def print_agreement(name: str, estimate: float, error: float, study: gw.Study) -> None:
    """Both were asked the same question if they differ by a few standard errors at most."""
    row = study.table().iloc[0]
    own_error = (row["npv_high"] - row["npv_low"]) / 2 / Z
    z = (estimate - row["npv"]) / math.hypot(error, own_error)
    print(f"  difference by {name}: {estimate:,.4g} +- {Z * error:,.2g}, {z:+.1f} standard errors away")


def seconds_per_customer(model: gw.Model, scenarios: list[str], threads: int) -> float:
    """CPU seconds within the horizon, killing."""
    simulation, seconds = cpu_timed(
        lambda: _core.simulate(
            core_of(model),
            anchored(model, threads),
            scenarios,
            replications=TIMED,
            threads=threads,
        )
    )
    return seconds / (len(scenarios) * TIMED * int(simulation.agents.sum()))


# ------------------------------------------------------------------------------------------ independent seeds


def net_values(model: gw.Model, scenario: str, seed: int, replications: int, threads: int) -> pd.Series:
    """Net present value of a world within the horizon, one number per replication."""
    run = gw.run(model, scenario=scenario, seed=seed, replications=replications, threads=threads)
    table = run.table(by=["replication", "period"])
    core = core_of(model)
    terms = _core.Terms(core)
    shift = {"start": 0.0, "mid": 0.5, "end": 1.0}[terms.timing]
    due = table["period"] - 1
    once, recurring = ((1 + terms.discount) ** (-(due + s) / core.periods_per_year) for s in (0.0, shift))
    upfront = np.zeros(core.horizon)
    for _, part in run.investments().groupby("name"):
        upfront = upfront + part["upfront"].to_numpy()
    upfront = np.tile(upfront, replications)
    dated = table["acquisition_cost"] + upfront
    net = table["contribution"] - table["investment_cost"] - table["event_cost"] + dated
    return (net * recurring - dated * once).groupby(table["replication"]).sum()


def check_net_values(model: gw.Model, scenario: str, threads: int) -> None:
    """With equal seeds these are the values a study takes differences of."""
    study = gw.compare(model, scenario, replications=2, draws=0, survival_weights=False, threads=threads)
    one, two = (net_values(model, world, study.seed, 2, threads) for world in (scenario, "baseline"))
    np.testing.assert_allclose(one - two, np.ravel(study.npv_units(study.scenarios[0])), rtol=1e-9)


def telecom(threads: int) -> None:
    model = gw.example("telecom").assign({"agents": TELECOM_AGENTS})
    baseline = net_values(model, "baseline", 1, TELECOM_REPLICATIONS, threads)
    for number, scenario in enumerate(TELECOM_SCENARIOS):
        check_net_values(model, scenario, threads)
        paired, beyond, study = sequential("paired", model, scenario, threads)
        npv = study.table().iloc[0]["npv"]
        differences = net_values(model, scenario, 1_001 + number, TELECOM_REPLICATIONS, threads) - baseline
        unit = 2 * int(sum(study.provenance["agents_per_replication"].values()))
        variance = differences.var()
        independent = extrapolated(
            "independent seeds, same engine",
            npv,
            variance,
            unit,
            seconds_per_customer(model, ["baseline", scenario], threads),
            known_from(TELECOM_REPLICATIONS, unit, math.sqrt(variance)),
        )
        print_ways(
            f"Telecom, {scenario!r}: NPV {npv:,.0f} {study.model.currency}", [paired, beyond, independent]
        )
        error = math.sqrt(variance / TELECOM_REPLICATIONS)
        print_agreement("independent seeds", differences.mean(), error, study)


# ------------------------------------------------------------------------------------------------- the peers


def improved_model() -> gw.Model:
    """Margin is fees less touchpoint costs, as the peers count; not discounted."""
    path = f"{IMPROVED}.{IMPROVED}.failure"
    return gw.read(MODEL).assign(
        {
            "agents": REFERENCE_AGENTS,
            "finance.discount": 0,
            "investments.better": {"changes": {path: {"times": FEWER_FAILURES}}},
            "scenarios.better": ["better"],
        }
    )


def improved_journeys() -> tuple[w.Journey, ...]:
    return tuple(
        dataclasses.replace(journey, failure=FEWER_FAILURES * journey.failure)
        if journey.name == IMPROVED
        else journey
        for journey in w.JOURNEYS
    )


def compiled(module: str, journeys: tuple[w.Journey, ...], threads: int) -> w.Simulate:
    """A peer of its own for these journeys: Numba takes the numbers of a module as constants."""
    import numba

    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    spec = importlib.util.find_spec(f"peers.{module}")
    assert spec is not None
    assert spec.loader is not None
    peer = importlib.util.module_from_spec(spec)
    before = w.JOURNEYS
    w.JOURNEYS = journeys
    try:
        spec.loader.exec_module(peer)
        peer.simulate(1_000, w.PERIODS, 0)
    finally:
        w.JOURNEYS = before
    simulate: w.Simulate = peer.simulate
    return simulate


def margin(totals: w.Totals) -> float:
    """Per customer who began."""
    return (totals.fee_revenue - totals.touchpoint_cost) / totals.customers


def independent_peer(name: str, module: str, study: gw.Study, threads: int) -> Way:
    worlds = [compiled(module, journeys, threads) for journeys in (w.JOURNEYS, improved_journeys())]
    customers = int(study.model["segments.all.count"])
    # Seeds of the two worlds do not meet.
    values = [
        [margin(world(BATCH, w.PERIODS, 2 * batch + number)) for batch in range(BATCHES)]
        for number, world in enumerate(worlds)
    ]
    differences = [b - a for a, b in zip(*values, strict=True)]
    _, seconds = cpu_timed(lambda: [world(PEER_TIMED, w.PERIODS, 12_345) for world in worlds])
    variance = statistics.variance(differences)
    error = customers * math.sqrt(variance / BATCHES)
    print_agreement(name, customers * statistics.fmean(differences), error, study)
    return extrapolated(
        f"independent seeds, {name}",
        study.table().iloc[0]["npv"] / customers,
        variance,
        2 * BATCH,
        seconds / (2 * PEER_TIMED),
        known_from(BATCHES, 2 * BATCH, math.sqrt(variance)) + ", per customer",
    )


def peer(threads: int) -> None:
    ours, beyond, study = sequential("goodwill, paired", improved_model(), "better", threads)
    print(f"\nReference workload, failures of {IMPROVED!r} times {FEWER_FAILURES:g}")
    ways = [ours, beyond]
    for name, module in PEERS.items():
        try:
            ways.append(independent_peer(name, module, study, threads))
        except ImportError as error:
            print(f"{name} cannot run: {error}")
    npv = study.table().iloc[0]["npv"]
    print_ways(f"Reference workload: {npv:,.0f} more in {w.PERIODS} months", ways)
    for way in ways[2:]:
        times = way.cpu_seconds / ours.cpu_seconds
        verdict = "" if times >= TIMES_PEER else "   MISSED"
        print(f"  {way.name}: {times:,.0f} times the CPU seconds, wanted {TIMES_PEER:,}{verdict}")


# ------------------------------------------------------------------------------------------ survival weights


def weights(threads: int) -> None:
    print(f"\nCustomers needed, paired, extrapolated from n = {WEIGHTS_REPLICATIONS} replications")
    print(f"{'':34}{'killing':>15}{'weights':>12}{'ratio':>8}   CPU seconds, ratio")
    models = {
        ("hotel", "repair"): gw.example("hotel"),
        ("telecom", "all"): gw.example("telecom"),
        ("reference workload", "better"): improved_model(),
    }
    for (name, scenario), model in models.items():
        model = model.assign({"agents": WEIGHTS_AGENTS})
        anchored(model, threads)
        killing, weighted = (needed(model, scenario, survival, threads) for survival in (False, True))
        print(
            f"{f'{name}, {scenario!r}':34}{killing.customers:15,.0f}{weighted.customers:12,.0f}"
            f"{killing.customers / weighted.customers:8.2f}   {killing.cpu_seconds:.3g} / "
            f"{weighted.cpu_seconds:.3g} = {killing.cpu_seconds / weighted.cpu_seconds:.2f}"
        )


def needed(model: gw.Model, scenario: str, survival: bool, threads: int) -> Way:
    study, seconds = cpu_timed(
        lambda: gw.compare(
            model,
            scenario,
            draws=0 if core_of(model).assumptions else None,
            replications=WEIGHTS_REPLICATIONS,
            survival_weights=survival,
            threads=threads,
        )
    )
    units = np.asarray(study.npv_units(study.scenarios[0])).ravel()
    unit = 2 * int(sum(study.provenance["agents_per_replication"].values()))
    per_customer = seconds / (unit * WEIGHTS_REPLICATIONS)
    return extrapolated("", float(units.mean()), float(units.var(ddof=1)), unit, per_customer, "")


PARTS = {"telecom": telecom, "peer": peer, "weights": weights}


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU seconds until an interval is +-5 %.")
    parser.add_argument("--threads", type=int, default=2, help="of goodwill and Numba (default %(default)s)")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS)
    )
    args = parser.parse_args()
    if args.threads < 1:
        parser.error("--threads is at least 1")
    print(f"Time to a decision: 95 % interval of +-{100 * SHARE:g} %, {args.threads} threads")
    for part in args.only:
        PARTS[part](args.threads)


if __name__ == "__main__":
    main()
