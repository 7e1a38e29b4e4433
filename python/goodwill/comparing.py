"""Scenarios compared on the same customers with the same luck: what is asked, and the asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from goodwill import _core
from goodwill._arguments import (
    checked_level,
    checked_names,
    checked_precision,
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
    number,
    whole,
)
from goodwill._progress import progress_bar
from goodwill.model import Model, anchored, core_of
from goodwill.study import Study
from goodwill.terms import Terms, checked_terms
from goodwill.variants import kept

DRAWS, BATCHES, REPLICATIONS = 64, 4, 30


@dataclass(frozen=True)
class Question:
    """Everything a study was asked: the same question has the same answer."""

    model: Model
    scenarios: tuple[str, ...]
    terms: Terms
    seed: int
    replications: int
    draws: int
    """Of the assumptions; 0: their best values."""
    batches: int
    level: float
    simultaneous: bool
    precision: tuple[float, bool] | None
    floor: float
    most_replications: int
    survival_weights: bool | None
    first_replication: int = 0

    def answer(self, threads: int, run_off: bool = True) -> Study:
        """`run_off=False`: nobody is followed beyond the horizon; what is within it stays the same."""
        core = core_of(self.model)
        anchoring = anchored(self.model, threads)
        target = None
        if self.precision is not None:
            target = _core.Target(self.precision[0], relative=self.precision[1], floor=self.floor)
        with progress_bar("Comparing") as progress:
            result = _core.compare(
                core,
                anchoring,
                self.scenarios,
                self.terms.for_model(core),
                seed=self.seed,
                first_replication=self.first_replication,
                replications=self.replications,
                draws=self.draws,
                batches=self.batches,
                threads=threads,
                level=self.level,
                simultaneous=self.simultaneous,
                target=target,
                most_units=self.most_replications,
                survival_weights=self.survival_weights,
                run_off=run_off,
                progress=progress,
            )
        return Study(self, result)


@keywords_checked
def compare(
    model: Model,
    scenarios: str | Iterable[str] | None = None,
    *,
    terms: Terms | None = None,
    seed: int = 1,
    replications: int | None = None,
    draws: int | None = None,
    batches: int = BATCHES,
    precision: float | str | None = None,
    floor: float = 0.0,
    most_replications: int = 2_000,
    simultaneous: bool = False,
    survival_weights: bool | None = None,
    threads: int = 0,
    level: float = 0.95,
) -> Study:
    """Runs scenarios, and what each is compared with (the baseline by default), on the same customers.

    They share their luck too, so only what a scenario changes makes a difference. `scenarios=None` takes
    all of the model; in a model that has none, each investment and each event is a scenario of its own.
    Where the model uses assumptions, they are drawn `draws` times (64; 0: best values), the same for every
    scenario, and each draw simulates the model's agents in `batches` batches; otherwise the model's agents
    are simulated `replications` times (30). With `precision`, money (`"25_000"`) or a share of the NPV (`"5
    %"`, of `floor` for values nearer to 0), the study goes on until every NPV's interval has that half-
    width, or `most_replications` units are used; `Study.status` says which. A longer study extends a
    shorter one. `simultaneous`: intervals that hold for all scenarios together. `survival_weights=None`
    uses them where they serve. Raises `ModelError` if the model uses what cannot be run yet, and
    `ValueError` for a scenario the model does not have.
    """
    core = core_of(model)
    alone = [] if core.scenarios else [*core.investments, *core.events]
    known = ["baseline", *core.scenarios, *alone]
    names = known[1:] if scenarios is None else checked_names("scenario", scenarios, known)
    if not names:
        why = "the model has none" if scenarios is None else "none was named"
        raise ValueError(f"compare needs a scenario, and {why}")
    terms = checked_terms(terms)
    terms.for_model(core)
    seed, threads, level = checked_seed(seed), checked_threads(threads), checked_level(level)
    uncertain = any(_core.assumption_uses(core))
    if draws is None:
        draws = DRAWS if uncertain and replications is None else 0
    draws = whole("draws", draws, 0, 1_000_000, "a whole number from 8, or 0 for best values")
    if 0 < draws < 8:
        raise ValueError(f"draws is {draws}; it must be a whole number from 8, or 0 for best values")
    if draws and not uncertain:
        why = "uses none of its assumptions" if core.assumptions else "has no assumptions to draw"
        raise ValueError(f"draws is {draws}, and the model {why}")
    if draws and replications is not None:
        raise ValueError("give draws (of the assumptions) or replications (at best values), not both")
    if alone:
        model = kept(model, {f"scenarios.{name}": [name] for name in alone}, threads)
    question = Question(
        model=model,
        scenarios=tuple(names),
        terms=terms,
        seed=seed,
        replications=checked_replications(REPLICATIONS if replications is None else replications, least=2),
        draws=draws,
        batches=whole("batches", batches, 2, 1000, "a whole number from 2 to 1,000"),
        level=level,
        simultaneous=simultaneous,
        precision=checked_precision(precision),
        floor=number("floor", floor),
        most_replications=checked_replications(most_replications, least=2),
        survival_weights=survival_weights,
    )
    return question.answer(threads)
