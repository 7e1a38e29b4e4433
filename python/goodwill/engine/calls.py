"""The one place that calls the simulator, with a progress bar; the bindings listen for Ctrl-C.

The results are plain arrays: nothing of the simulator outlives the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.compared import Compared, Worth, compared_of, lines_of
from goodwill.engine.progress import progress_bar
from goodwill.engine.size import Size
from goodwill.engine.world import Numbers, Pool, Ran, World, units_of, world_of

AT_ONCE = 16
"""So many replications are held at a time where each is large."""


def compared(
    asked: Anchored, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> Compared:
    """Compares scenarios on common luck."""
    found = _compared(asked, scenarios, terms, threads, **options)
    return compared_of(found, terms, asked.model.periods_per_year)


def values(
    asked: Anchored, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> dict[str, Numbers]:
    """Only the NPV of each scenario: draws x batches, or one row of replications."""
    return {name: worth.npv for name, worth in worths(asked, scenarios, terms, threads, **options).items()}


def worths(
    asked: Anchored, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> dict[str, Worth]:
    """The NPV of each scenario and its money by period.

    Nobody is followed beyond the horizon, which would be most of the work.
    """
    found = _compared(asked, scenarios, terms, threads, run_off=False, **options)
    return {
        row["scenario"]: Worth(found.npv_units(k).reshape(found.draws, -1), lines_of(found.flows(k)))
        for k, row in enumerate(found.rows)
    }


def _compared(
    asked: Anchored, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> _core.Study:
    with progress_bar("Comparing") as progress:
        return _core.compare(
            asked.core, asked.levels, scenarios, terms, threads=threads, progress=progress, **options
        )


def simulated(
    asked: Anchored, scenarios: Sequence[str], threads: int, title: str, **options: Any
) -> tuple[Ran, Iterator[World]]:
    """Scenarios at best values, with each replication kept. The simulator is freed after the last world."""
    with progress_bar(title) as progress:
        found = _core.simulate(
            asked.core, asked.levels, scenarios, threads=threads, progress=progress, **options
        )
    worlds = (world_of(found, k, asked.model.periods_per_year) for k in range(len(scenarios)))
    return Ran.of(found), worlds


def measured(
    asked: Anchored,
    scenario: str,
    size: Size,
    threads: int,
    title: str,
    measure: Callable[[World], Numbers],
    **options: Any,
) -> tuple[Ran, World, Numbers]:
    """One scenario: all replications at once, or the batches of one draw of the assumptions after the other.

    Returns how it was run, the mean world, and what `measure` gives for each unit: units x its shape.
    """
    whole = bool(options.get("values"))
    pool, units = Pool(), []
    with progress_bar(title) as progress:
        for found in _simulations(asked, [scenario], size, progress, threads=threads, **options):
            world = world_of(found, 0, asked.model.periods_per_year, whole)
            units += [measure(unit) for unit in units_of(world, found, whole)]
            if not size.draws:
                return Ran.of(found), world, np.array(units)
            pool.add(found, world)
    return pool.ran, pool.world, np.array(units)


def paired(
    asked: Anchored,
    scenarios: Sequence[str],
    size: Size,
    threads: int,
    title: str,
    measure: Callable[[list[World]], Numbers],
    **options: Any,
) -> Numbers:
    """Scenarios on common luck, with whole lives: what `measure` gives for the worlds of each unit, units x
    its shape. Few replications are held at a time."""
    units: list[Numbers] = []
    parts = size.parts(AT_ONCE)
    with progress_bar(title) as progress:
        for number, part in enumerate(parts):
            done = _later(progress, number, len(parts))
            for found in _simulations(asked, scenarios, part, done, threads=threads, values=True, **options):
                each = []
                for k in range(len(scenarios)):
                    world = world_of(found, k, asked.model.periods_per_year, True)
                    each.append(units_of(world, found, True, k))
                units += [measure(list(worlds)) for worlds in zip(*each, strict=True)]
    return np.array(units)


def _later(progress: Callable[[float], None], number: int, parts: int) -> Callable[[float], None]:
    """The progress of one of several parts."""
    return lambda share: progress((number + share) / parts)


def _simulations(
    asked: Anchored, scenarios: Sequence[str], size: Size, progress: Callable[[float], None], **options: Any
) -> Iterator[_core.Simulation]:
    options |= {"seed": size.seed}
    if not size.draws:
        options |= {"first_replication": size.first_replication, "replications": size.replications}
        yield _core.simulate(asked.core, asked.levels, scenarios, progress=progress, **options)
        return
    options |= {"replications": size.batches, "share": 1 / size.batches}
    for d, drawn in enumerate(_core.draw_assumptions(asked.core, size.seed, 0, size.draws)):
        options["first_replication"] = size.first_replication + d * size.batches
        found = _core.simulate(asked.core, asked.levels, scenarios, drawn=drawn, **options)
        options["run_off_periods"] = found.run_off_periods
        progress((d + 1) / size.draws)
        yield found


def logged(
    asked: Anchored, scenario: str, size: Size, customers: float, agents: int
) -> tuple[dict[str, Any], dict[str, Any], list[list[str]], Numbers]:
    """Some of the simulated customers of the first replication one by one, at best values: who is present,
    what happens to them, the touchpoints of each journey, and by segment for how many customers each stands.
    """
    with progress_bar("Customers") as progress:
        return _core.log_customers(
            asked.core,
            asked.levels,
            scenario,
            seed=size.seed,
            first_replication=size.first_replication,
            progress=progress,
            share=min(1.0, customers / max(agents, 1)),
            customers=customers,
        )


def measured_customers(
    asked: Anchored,
    scenario: str,
    size: Size,
    customers: float,
    measure: Callable[[dict[str, Any], Numbers], Numbers],
) -> Numbers:
    """What `measure` gives for who is present in each unit, and for how many customers each stands: units x
    its shape. Only about so many customers of a unit are kept at a time."""
    each: list[dict[str, Any]] = [
        {"first_replication": size.first_replication + k} for k in range(size.units)
    ]
    if size.draws:
        drawn = _core.draw_assumptions(asked.core, size.seed, 0, size.draws)
        for k, how in enumerate(each):
            how |= {"drawn": drawn[k // size.batches], "share": 1 / size.batches}
    found = []
    with progress_bar("Customers") as progress:
        for number, how in enumerate(each):
            present, _, _, weights = _core.log_customers(
                asked.core,
                asked.levels,
                scenario,
                seed=size.seed,
                progress=_later(progress, number, len(each)),
                customers=customers,
                **how,
            )
            found.append(measure(present, weights))
    return np.array(found)


def expected(asked: Anchored, scenario: str, horizon: int | None, infinite: bool) -> dict[str, Any]:
    """The figures of the exact solver, which draws nothing."""
    return dict(_core.expect(asked.core, asked.levels, scenario=scenario, horizon=horizon, infinite=infinite))
