"""`goodwill.compare`: scenarios on the same customers with the same luck."""

from __future__ import annotations

from collections.abc import Iterable

from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.question import Question, check_survival_weights, checked_scenarios, with_scenarios
from goodwill.engine.size import BATCHES, REPLICATIONS, checked_draws
from goodwill.engine.terms import Terms, checked_terms
from goodwill.study import Study
from goodwill.text.arguments import (
    checked_level,
    checked_precision,
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
    number,
    whole,
)


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
    are simulated `replications` times (30). `precision` is a half-width: money (`"25_000"`) or a share of the
    NPV (`"5 %"`; of `floor` if the NPV is nearer to 0). With it the study goes on until the interval of every
    NPV at `level` is that narrow, or `most_replications` units are used; `Study.status` says which. A longer
    study extends a shorter one. `simultaneous` makes intervals that hold for all scenarios together.
    `survival_weights` carry the probability of still being there instead of drawing churn; None uses them
    where they lower the noise, and never where customers influence one another. `threads=0` takes all
    cores. Raises `ModelError` if the model uses what cannot be run yet, and `ValueError` for a scenario
    the model does not have.
    """
    core = core_of(model)
    names = checked_scenarios(core, scenarios, "compare")
    terms = checked_terms(terms)
    terms.for_model(core)
    seed, threads, level = checked_seed(seed), checked_threads(threads), checked_level(level)
    draws = checked_draws(core, draws, replications)
    firm = with_scenarios(anchored(model, threads))
    check_survival_weights(firm, names, survival_weights)
    question = Question(
        anchored=firm,
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
    return Study(question, question.answer(threads))
