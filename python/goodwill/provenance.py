"""What a result came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from goodwill import _core
from goodwill.model import Model, core_of


def provenance(model: Model, simulation: _core.Simulation, seed: int) -> dict[str, Any]:
    """Everything needed to get the same bits again, and the conventions of the money."""
    core = core_of(model)
    agents = np.asarray(simulation.agents)
    return {
        "goodwill": _core.version,
        "model": core.name,
        "model_hash": core.hash,
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
