"""What is customer goodwill worth? Customers moving through journeys, and what an investment returns.

>>> import goodwill as gw
>>> model = gw.example("telecom")       # or gw.read("firm.yaml")
>>> gw.check(model)                     # does it reproduce the firm's own numbers?
>>> gw.compare(model, ["digital"])      # what does the investment return?
"""

import importlib
from typing import TYPE_CHECKING

from goodwill._core import ModelError, Problem
from goodwill._core import version as __version__
from goodwill.engine.gallery import example, read, reference, schema
from goodwill.engine.model import Model
from goodwill.engine.terms import Terms

if TYPE_CHECKING:
    from goodwill import data
    from goodwill.advocacy import Advocacy, advocacy
    from goodwill.allocating import Plan, allocate
    from goodwill.calibrating import Calibration, fit
    from goodwill.checking import Check, check
    from goodwill.choosing import Best, best
    from goodwill.comparing import compare
    from goodwill.expectation import Expectation, expect
    from goodwill.networks import Network
    from goodwill.queues import Queue, erlang_a, erlang_c
    from goodwill.running import Run, run
    from goodwill.saving import open, save
    from goodwill.study import Study
    from goodwill.sweep import Sweep
    from goodwill.sweeps.designs import Design, grid, latin_hypercube, morris, saltelli, sobol
    from goodwill.sweeps.files import read_design
    from goodwill.valuing import Clv, clv

__all__ = [
    "Advocacy",
    "Best",
    "Calibration",
    "Check",
    "Clv",
    "Design",
    "Expectation",
    "Model",
    "ModelError",
    "Network",
    "Plan",
    "Problem",
    "Queue",
    "Run",
    "Study",
    "Sweep",
    "Terms",
    "__version__",
    "advocacy",
    "allocate",
    "best",
    "check",
    "clv",
    "compare",
    "data",
    "erlang_a",
    "erlang_c",
    "example",
    "expect",
    "fit",
    "grid",
    "latin_hypercube",
    "morris",
    "open",
    "read",
    "read_design",
    "reference",
    "run",
    "saltelli",
    "save",
    "schema",
    "sobol",
]


def __getattr__(name: str) -> object:
    """Imports modules that need pandas only when one of their names is first used: the package loads fast."""
    if name not in __all__:
        raise AttributeError(f"module 'goodwill' has no attribute {name!r}")
    if name == "data":
        return importlib.import_module("goodwill.data")
    for module in (
        "advocacy",
        "allocating",
        "calibrating",
        "checking",
        "choosing",
        "comparing",
        "expectation",
        "networks",
        "queues",
        "running",
        "saving",
        "study",
        "sweep",
        "sweeps.designs",
        "sweeps.files",
        "valuing",
    ):
        found = vars(importlib.import_module(f"goodwill.{module}"))
        globals().update({public: found[public] for public in __all__ if public in found})
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
