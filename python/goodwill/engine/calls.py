"""The one place that sets the simulator to work, with a progress bar; Ctrl-C is heard by the bindings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.progress import progress_bar
from goodwill.engine.size import Size


def compared(
    asked: Anchored, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> _core.Study:
    """Scenarios on common luck."""
    with progress_bar("Comparing") as progress:
        return _core.compare(
            asked.core, asked.levels, scenarios, terms, threads=threads, progress=progress, **options
        )


def simulated(
    asked: Anchored, scenarios: Sequence[str], threads: int, title: str, **options: Any
) -> _core.Simulation:
    """Scenarios at best values, each replication kept."""
    with progress_bar(title) as progress:
        return _core.simulate(
            asked.core, asked.levels, scenarios, threads=threads, progress=progress, **options
        )


def simulated_as_long(
    asked: Anchored, scenario: str, size: Size, threads: int, title: str, **options: Any
) -> Iterator[_core.Simulation]:
    """One scenario: all replications at once, or the batches of each draw of the assumptions, one by one."""
    options |= {"seed": size.seed, "threads": threads}
    with progress_bar(title) as progress:
        if not size.draws:
            options |= {"first_replication": size.first_replication, "replications": size.replications}
            yield _core.simulate(asked.core, asked.levels, [scenario], progress=progress, **options)
            return
        options |= {"replications": size.batches, "share": 1 / size.batches, "run_off_periods": -1}
        for d, drawn in enumerate(_core.draw_assumptions(asked.core, size.seed, 0, size.draws)):
            options["first_replication"] = size.first_replication + d * size.batches
            found = _core.simulate(asked.core, asked.levels, [scenario], drawn=drawn, **options)
            options["run_off_periods"] = found.run_off_periods
            progress((d + 1) / size.draws)
            yield found


def expected(asked: Anchored, scenario: str, horizon: int | None, infinite: bool) -> dict[str, Any]:
    """By the exact solver, in which nothing is drawn."""
    return dict(_core.expect(asked.core, asked.levels, scenario=scenario, horizon=horizon, infinite=infinite))
