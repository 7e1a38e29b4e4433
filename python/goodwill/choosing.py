"""`goodwill.best`: the best of many scenarios, with as few replications as it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.analysis.elimination import LEAST_FIRST, Elimination, eliminate
from goodwill.engine.anchoring import anchored
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.engine.question import Question, checked_scenarios, with_scenarios
from goodwill.engine.size import BATCHES, REPLICATIONS
from goodwill.engine.terms import Terms, checked_terms
from goodwill.engine.world import Numbers
from goodwill.study import FRESH, Study
from goodwill.text import figures
from goodwill.text.arguments import (
    checked_replications,
    checked_seed,
    checked_threads,
    keywords_checked,
    number,
    shown,
    whole,
)
from goodwill.text.display import blocks, html_table, result_html, tabled, text_table
from goodwill.text.vocabulary import BASELINE


@dataclass(frozen=True, eq=False, repr=False)
class Best(Plain):
    """The result of `goodwill.best`."""

    question: Question
    winner: str
    """The scenario that is the best, or `baseline`: to do nothing."""
    decided: bool
    """False: `most_replications` were used before only one was left."""
    probability: float
    indifference: float
    candidates: list[str]
    values: list[Numbers]
    """NPV by replication against the baseline, as long as the candidate was simulated."""
    eliminated_at: list[int]

    @tabled
    def table(self) -> pd.DataFrame:
        """One row for each candidate, the best first: its NPV against the baseline (currency units), mean
        over the `replications` it was simulated for, and after which of them it was `eliminated` (0: it was
        not). The mean of the winner is a little too high, because it was chosen by it: `study()` estimates it
        again.
        """
        rows = [
            (name, float(values.mean()), len(values), at)
            for name, values, at in zip(self.candidates, self.values, self.eliminated_at, strict=True)
        ]
        table = pd.DataFrame(rows, columns=["scenario", "npv", "replications", "eliminated"])
        table["order"] = table["eliminated"].where(table["eliminated"] > 0, np.inf)
        table["winner"] = table["scenario"] == self.winner
        found = table.sort_values(["winner", "order", "npv"], ascending=False, kind="stable")
        return found[["scenario", "npv", "replications", "eliminated"]].reset_index(drop=True)

    @keywords_checked
    def study(self, *, replications: int = REPLICATIONS, threads: int = 0) -> Study:
        """A study of the winner, on luck that chose nothing. Raises `ValueError` if the best is to do
        nothing."""
        if self.winner == BASELINE:
            raise ValueError("the best is to do nothing, which has the value 0 without a study")
        asked = replace(
            self.question,
            scenarios=(self.winner,),
            replications=checked_replications(replications, least=2),
            first_replication=FRESH,
        )
        return Study(asked, asked.answer(checked_threads(threads)))

    def sentences(self) -> list[str]:
        """What was found, in words."""
        name = "To do nothing" if self.winner == BASELINE else repr(self.winner)
        zone = figures.amount(self.indifference, self.question.model.currency)
        used = sum(map(len, self.values[1:]))
        longest = max(len(values) for values in self.values)
        rivals = figures.plural(len(self.candidates), "candidate")
        if not self.decided:
            return [
                f"Not decided after {longest:,} replications: {name} leads among {rivals}. Allow more "
                f"(most_replications), or a wider indifference than {zone}."
            ]
        return [
            f"{name} is the best of {rivals}, to do nothing among them: with a probability of at least "
            f"{100 * self.probability:g} % nothing is better by {zone} or more.",
            f"That took {used:,} replications of scenarios, where {longest:,} of each would have been "
            f"{longest * (len(self.candidates) - 1):,}.",
        ]

    def __repr__(self) -> str:
        return blocks(self.sentences(), text_table(self.table()), [NOTE])

    def _repr_html_(self) -> str:
        return result_html(self.sentences(), html_table(self.table())) + result_html([NOTE], "")


NOTE = (
    "npv: against the baseline, mean over replications, at best values of the assumptions. That of the "
    "winner is a little too high, because it was chosen by it; best.study() estimates it on fresh luck."
)


@keywords_checked
def best(
    model: Model,
    scenarios: str | Iterable[str] | None = None,
    *,
    indifference: float | str,
    probability: float = 0.95,
    terms: Terms | None = None,
    seed: int = 1,
    first: int = 30,
    most_replications: int = 10_000,
    threads: int = 0,
) -> Best:
    """The scenario with the greatest expected NPV against the baseline, or to do nothing.

    With a probability of at least `probability` it is the best, if the best is better than all others by
    `indifference` (money: `"10_000"`) or more; otherwise it is one that is worse by less than that, which
    makes no difference. Candidates are simulated on the same luck and leave as soon as they cannot be the
    best any more (Kim and Nelson 2001); the spread of their differences is estimated from the `first`
    replications. Assumptions are at their best values. Scenarios with events, which nobody chooses, are no
    candidates. Raises `ModelError` if the model uses what cannot be run yet, and `ValueError` for a scenario
    the model does not have.
    """
    core = core_of(model)
    asked = [name for name in checked_scenarios(core, scenarios, "best") if name != BASELINE]
    events = {name: [e for e in core.events if e in core.scenarios.get(name, [name])] for name in asked}
    names = asked if scenarios is not None else [name for name in asked if not events[name]]
    for name in names:
        if events[name]:
            raise ValueError(
                f"{name!r} has the event {events[name][0]!r}, which nobody chooses; leave it out"
            )
    if not names:
        raise ValueError("best needs a scenario beside the baseline, which is always a candidate")
    zone = number("indifference", indifference)
    if not 1e-9 <= zone <= 1e15:
        raise ValueError(
            f"indifference is {shown(indifference)}; it must be money above 0, for instance '10_000'"
        )
    if not 0.5 <= number("probability", probability) < 1:
        raise ValueError(
            f"probability is {shown(probability)}; it must be from 0.5 to below 1, for instance 0.95"
        )
    first = whole("first", first, LEAST_FIRST, 10_000, f"a whole number from {LEAST_FIRST} to 10,000")
    allowed = f"a whole number from first ({first:,}) to 1,000,000"
    most = whole("most_replications", most_replications, first, 1_000_000, allowed)
    terms = checked_terms(terms)
    terms.for_model(core)
    threads = checked_threads(threads)
    firm = with_scenarios(anchored(model, threads))
    firm = firm.changed({f"compare.{name}": BASELINE for name in core.compare})
    coupled = firm.core.coupled_in([BASELINE, *names])
    question = Question(
        anchored=firm,
        scenarios=tuple(names),
        terms=terms,
        seed=checked_seed(seed),
        replications=first,
        draws=0,
        batches=BATCHES,
        level=0.95,
        simultaneous=False,
        precision=None,
        floor=0.0,
        most_replications=most,
        # The same for all candidates until the end, whoever is left.
        survival_weights=False if coupled else None,
    )
    candidates = [BASELINE, *names]
    found: list[list[Numbers]] = [[] for _ in candidates]

    def more(wanted: npt.NDArray[np.int64], begin: int, n: int) -> Numbers:
        """NPV of these candidates: n replications x candidates."""
        asked = [candidates[k] for k in wanted if k > 0]
        longer = replace(question, scenarios=tuple(asked), first_replication=begin, replications=n)
        values = longer.values(threads) if asked else {}
        columns = [values[candidates[k]].reshape(-1) if k > 0 else np.zeros(n) for k in wanted]
        for k, column in zip(wanted, columns, strict=True):
            found[k].append(column)
        return np.stack(columns, axis=1)

    procedure = Elimination(float(probability), zone, first, len(candidates))
    decided = eliminate(procedure, more, most)
    return Best(
        question,
        candidates[procedure.best],
        decided,
        float(probability),
        zone,
        candidates,
        [np.concatenate(parts) for parts in found],
        [int(at) for at in procedure.eliminated_at],
    )
