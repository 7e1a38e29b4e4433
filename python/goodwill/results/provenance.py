"""What a result came from."""

from __future__ import annotations

from typing import Any

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.compared import Compared
from goodwill.engine.question import Question
from goodwill.engine.terms import as_dict
from goodwill.engine.world import Ran


def provenance(firm: Anchored, ran: Ran, seed: int, replications: int, scenario: str) -> dict[str, Any]:
    """Everything needed to get the same bits again, and the conventions of the money."""
    core = firm.core
    return {
        "goodwill": ran.goodwill,
        "model": core.name,
        "model_hash": core.hash,
        "levels_hash": firm.levels_hash,
        "seed": seed,
        "replications": replications,
        "agents": dict(ran.agents),
        **_coupled(core, [scenario]),
        "horizon": core.horizon,
        "period": core.period,
        "currency": core.currency,
        "discount": core.discount,
        "timing": core.timing,
        "threads": ran.threads,
        "instruction_set": ran.instruction_set,
    }


def _coupled(core: _core.Model, scenarios: list[str]) -> dict[str, Any]:
    """Through what customers influence one another in these scenarios, if they do: then all of a world live
    period by period together."""
    found = core.coupled_in(scenarios)
    return {"coupled_by": found} if found else {}


def study_provenance(question: Question, result: Compared) -> dict[str, Any]:
    """The same for a study, with what it was asked and how far it went."""
    core, uncertain, ran = question.anchored.core, question.draws > 0, result.ran
    return {
        "scenarios": {row["scenario"]: row["against"] for row in result.rows},
        "level": question.level,
        "simultaneous": question.simultaneous,
        "goodwill": ran.goodwill,
        "model": core.name,
        "model_hash": core.hash,
        "levels_hash": question.anchored.levels_hash,
        "seed": question.seed,
        "first_replication": question.first_replication,
        "replications": result.units,
        "draws": result.draws if uncertain else 0,
        "batches": question.batches if uncertain else 0,
        "precision": question.precision and question.precision[0],
        "status": result.status,
        "survival_weights": result.survival_weights,
        "agents_per_replication": dict(ran.agents),
        **_coupled(core, result.worlds),
        "horizon": core.horizon,
        "run_off": result.run_off_periods,
        "period": core.period,
        "currency": core.currency,
        **as_dict(question.used_terms),
        "threads": ran.threads,
        "instruction_set": ran.instruction_set,
    }
