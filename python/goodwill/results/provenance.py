"""What a result came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from goodwill import _core
from goodwill.engine.anchoring import Anchored
from goodwill.engine.question import Question
from goodwill.engine.terms import as_dict


def provenance(firm: Anchored, simulation: _core.Simulation, seed: int) -> dict[str, Any]:
    """Everything needed to get the same bits again, and the conventions of the money."""
    core = firm.core
    agents = np.asarray(simulation.agents)
    return {
        "goodwill": _core.version,
        "model": core.name,
        "model_hash": core.hash,
        "levels_hash": firm.levels_hash,
        "seed": seed,
        "replications": simulation.replications,
        "agents": {name: int(n) for name, n in zip(simulation.segments, agents, strict=True)},
        "horizon": core.horizon,
        "period": core.period,
        "currency": core.currency,
        "discount": core.discount,
        "timing": core.timing,
        "threads": simulation.threads,
        "instruction_set": simulation.instruction_set,
    }


def study_provenance(question: Question, result: _core.Study) -> dict[str, Any]:
    """The same of a study: what it was asked, and how far it went."""
    core, uncertain = question.anchored.core, question.draws > 0
    agents = np.asarray(result.agents)
    return {
        "scenarios": {row["scenario"]: row["against"] for row in result.rows},
        "level": question.level,
        "simultaneous": question.simultaneous,
        "goodwill": _core.version,
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
        "agents_per_replication": {name: int(n) for name, n in zip(result.segments, agents, strict=True)},
        "horizon": core.horizon,
        "run_off": result.run_off_periods,
        "period": core.period,
        "currency": core.currency,
        **as_dict(question.terms.for_model(core)),
        "threads": result.threads,
        "instruction_set": result.instruction_set,
    }
