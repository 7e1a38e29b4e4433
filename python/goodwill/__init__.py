"""What is customer goodwill worth? Customers moving through journeys, and what an investment returns.

>>> import goodwill as gw
>>> model = gw.example("telecom")       # or gw.read("firm.yaml")
>>> gw.check(model)                     # does it reproduce the firm's own numbers?
>>> gw.compare(model, ["digital"])      # what does the investment return?
"""

from goodwill._core import ModelError, Problem
from goodwill._core import version as __version__
from goodwill.checking import Check, check
from goodwill.clv import Clv, clv
from goodwill.comparing import compare
from goodwill.expectation import Expectation, expect
from goodwill.model import Model, example, read, reference, schema
from goodwill.running import Run, run
from goodwill.study import Study
from goodwill.terms import Terms

__all__ = [
    "Check",
    "Clv",
    "Expectation",
    "Model",
    "ModelError",
    "Problem",
    "Run",
    "Study",
    "Terms",
    "__version__",
    "check",
    "clv",
    "compare",
    "example",
    "expect",
    "read",
    "reference",
    "run",
    "schema",
]
