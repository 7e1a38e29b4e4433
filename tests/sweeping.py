"""A small firm, and sweeps of it."""

from pathlib import Path
from typing import Any

import goodwill as gw
import pytest
from goodwill.sweeps import execution

STEP = "investments.training.changes.help.call.failure.times"


WITHOUT_START = {
    "training": {
        "reach": "50 %",
        "cost": {"upfront": 2_000, "each": {"help.call": 0.5}},
        "changes": {"help.call.failure": {"times": 0.5}},
    },
}
"""What is the same by month and by week."""


def small(**blocks: object) -> gw.Model:
    """A small firm; keywords replace whole blocks."""
    parts: dict[str, object] = {
        "horizon": "1 year",
        "agents": 400,
        "segments": {"all": {"count": 3_000, "tenure": "2 years", "arrivals": "60 / month"}},
        "stages": {"customer": {"fee": 30, "churn": {"average": "2 % / month", "failures": 0.5}}},
        "journeys": {"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "cost": 6}}}},
        "finance": {"discount": "10 %"},
        "investments": {
            "training": {
                "start": 3,
                "reach": "50 %",
                "cost": {"upfront": 2_000, "each": {"help.call": 0.5}},
                "changes": {"help.call.failure": {"times": 0.5}},
            },
        },
        "events": {
            "strike": {"start": 6, "impulse": {"satisfaction": -2}, "changes": {"arrivals": {"times": 0.5}}}
        },
        "scenarios": {"train": ["training"]},
    }
    return gw.Model(**{**parts, **blocks})


def sweep(folder: Path, design: Any = None, **options: Any) -> gw.Sweep:
    model = options.pop("model", None) or small()
    asked = gw.grid({STEP: [0.25, 0.5, 1.0], "terms.discount": [0.05, 0.1]}) if design is None else design
    return gw.Sweep(model, asked, **{"scenarios": "train", "folder": folder, "replications": 6, **options})


def piecewise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit of work is one simulation of 6 replications, on one thread."""
    monkeypatch.setattr(execution, "SECONDS", 1e-9)
    monkeypatch.setattr(execution, "FIRST", 6)
