"""The one place that sets the simulator to work, with a progress bar; Ctrl-C is heard by the bindings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from goodwill import _core
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.progress import progress_bar
from goodwill.engine.size import Size


def compared(
    model: Model, scenarios: Sequence[str], terms: _core.Terms, threads: int, **options: Any
) -> _core.Study:
    """Scenarios on common luck."""
    levels = anchored(model, threads)
    with progress_bar("Comparing") as progress:
        return _core.compare(
            core_of(model), levels, scenarios, terms, threads=threads, progress=progress, **options
        )


def simulated(
    model: Model, scenarios: Sequence[str], threads: int, title: str, **options: Any
) -> _core.Simulation:
    """Scenarios at best values, each replication kept."""
    levels = anchored(model, threads)
    with progress_bar(title) as progress:
        return _core.simulate(
            core_of(model), levels, scenarios, threads=threads, progress=progress, **options
        )


def simulated_as_long(
    model: Model, core: _core.Model, scenario: str, size: Size, threads: int, title: str, **options: Any
) -> Iterator[_core.Simulation]:
    """One scenario: all replications at once, or the batches of one draw of the assumptions after the other.

    `core` is the model on the terms of what is asked.
    """
    levels = anchored(model, threads)
    options |= {"seed": size.seed, "threads": threads}
    with progress_bar(title) as progress:
        if not size.draws:
            options |= {"first_replication": size.first_replication, "replications": size.replications}
            yield _core.simulate(core, levels, [scenario], progress=progress, **options)
            return
        options |= {"replications": size.batches, "share": 1 / size.batches, "run_off_periods": -1}
        for d, drawn in enumerate(_core.draw_assumptions(core, size.seed, 0, size.draws)):
            options["first_replication"] = size.first_replication + d * size.batches
            found = _core.simulate(core, levels, [scenario], drawn=drawn, **options)
            options["run_off_periods"] = found.run_off_periods
            progress((d + 1) / size.draws)
            yield found


def expected(
    model: Model, scenario: str, horizon: int | None, infinite: bool, threads: int
) -> dict[str, Any]:
    """By the exact solver, in which nothing is drawn."""
    levels = anchored(model, threads)
    return dict(_core.expect(core_of(model), levels, scenario=scenario, horizon=horizon, infinite=infinite))
