"""Numbers of a model that are to be estimated, each with a prior on the scale that suits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from goodwill import _core
from goodwill._core import ModelError
from goodwill.data.fit import TENTH, as_name
from goodwill.engine.model import Model, core_of
from goodwill.engine.plain import Plain
from goodwill.fitting.parameters import LINKS, LOG, LOGIT, PLAIN, from_link, to_link
from goodwill.text.arguments import fraction, shown, unknown
from goodwill.text.figures import assumption

PROBE = "number_that_is_varied"
ASSUMPTIONS = "assumptions"
NARROW = 1e-3
QUARTER = -0.5
"""log(1/3) / log(9): where the 25 % quantile lies between best (0) and low (-1) of a symmetric metalog."""


@dataclass(frozen=True)
class Varied(Plain):
    """One number."""

    path: str
    link: str
    centre: float
    """Of the prior, on the link scale."""
    spread: float
    """Its standard deviation there."""
    low: float
    high: float
    """The 10 and 90 % quantiles of the prior, as the model says them."""

    @property
    def assumption(self) -> str:
        """The assumption of the model that it is; empty where it is a number of the model itself."""
        block, _, name = self.path.partition(".")
        return name if block == ASSUMPTIONS else ""

    def value(self, z: float) -> float:
        """The number that stands `z` standard deviations from the centre of its prior."""
        return float(from_link(self.link, self.centre + z * self.spread))

    def assigned(self, z: float) -> dict[str, object]:
        """What makes a model have this value; an assumption gets it as its best."""
        if not self.assumption:
            return {self.path: self.value(z)}
        low, high = self.value(z - NARROW), self.value(z + NARROW)  # whose tails are within every bound
        return {self.path: {"low": low, "best": self.value(z), "high": high}}


def read_varied(vary: Any, model: Model) -> list[Varied]:
    """The numbers at these paths. Raises `ValueError` for what cannot be estimated, `ModelError` for what the
    model refuses."""
    if not isinstance(vary, Mapping):
        raise ValueError(f"vary is {shown(vary)}; it must be a dict such as {EXAMPLE}")
    if not vary:
        raise ValueError(f"vary is empty; it must name what is to be found, for instance {EXAMPLE}")
    found: list[Varied] = []
    places: dict[str, str] = {}
    for path, ends in vary.items():
        for place in _places(path, model):
            if place in places:
                raise ValueError(f"vary: {path!r} and {places[place]!r} mean the same number")
            places[place] = path
        found.append(_varied(path, ends, model))
    return found


EXAMPLE = '{"phone.quality": (6, 9)}'


def _varied(path: str, ends: Any, model: Model) -> Varied:
    if not isinstance(ends, (tuple, list)) or len(ends) != 2:
        raise ValueError(
            f"vary[{path!r}] is {shown(ends)}; it must be (low, high), the 10 and 90 % quantiles of what you "
            "believe"
        )
    if path.startswith(f"{ASSUMPTIONS}."):
        low, high = (fraction(f"vary[{path!r}]", end) for end in ends)
    else:
        low, high = (_number(path, model.assign({path: end})[path]) for end in ends)
    if not low < high:
        raise ValueError(
            f"vary[{path!r}] is {shown(ends)}; low ({assumption(low, False)}) must be below high "
            f"({assumption(high, False)})"
        )
    link = _link(path, low, high, model)
    ends_there = float(to_link(link, low)), float(to_link(link, high))
    varied = Varied(path, link, sum(ends_there) / 2, (ends_there[1] - ends_there[0]) / (2 * TENTH), low, high)
    try:
        model.assign(varied.assigned(1 / 3**0.5))  # a number that is no whole one
    except ModelError as error:
        raise ValueError(
            f"vary: {path!r} does not take every number from {assumption(low, False)} to "
            f"{assumption(high, False)}, so that it cannot be varied ({error})"
        ) from None
    return varied


def _places(path: Any, model: Model) -> list[str]:
    """The full paths that it stands for."""
    block, _, name = path.partition(".") if isinstance(path, str) else ("", "", "")
    if block != ASSUMPTIONS:
        return model.resolve(path)
    known = core_of(model).assumptions
    if name not in known:
        raise ValueError(f"vary: {unknown('assumption', name, known)}")
    if not model[path].get("best"):
        raise ValueError(
            f"vary: {path!r} has a distribution by name; one with low, best and high can be fitted"
        )
    return [path]


def _number(path: str, value: Any) -> float:
    """The number that stands at a path: the level of a response, that of all segments where there are
    several."""
    while isinstance(value, dict):
        levels = [value[name] for name in ("average", "base") if name in value]
        value = levels[0] if levels else next(iter(value.values()), None)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"vary: {path!r} must be the path of a number, but {shown(value)} stands there")
    return float(value)


def _link(path: str, low: float, high: float, model: Model) -> str:
    """The scale on which the model spreads an assumption at this path: that of what is fitted, which becomes
    one.

    It is told by a quantile of a distribution that is symmetric on one scale only.
    """
    apart: dict[str, float] = {}
    problem: ModelError | None = None
    for link in LINKS:
        if (link != PLAIN and low <= 0) or (link == LOGIT and high >= 1):
            continue
        a, b = float(to_link(link, low)), float(to_link(link, high))
        best = float(from_link(link, (a + b) / 2))
        name = path.partition(".")[2] if path.startswith(f"{ASSUMPTIONS}.") else PROBE
        probe = {f"{ASSUMPTIONS}.{name}": {"low": low, "best": best, "high": high}}
        try:
            probed = core_of(model.assign(probe if name != PROBE else {**probe, path: f"${PROBE}"}))
            at = probed.assumptions.index(name)
            found = _core.assumption_quantile(probed, at, 0.25)
        except ModelError as error:
            problem = problem or error
            continue
        apart[link] = abs(found - float(from_link(link, (a + b) / 2 + QUARTER * (b - a) / 2)))
    if not apart:
        assert problem is not None
        raise ValueError(f"vary: {path!r} cannot be uncertain: {_without(PROBE, problem)}")
    return min((link for link in (LOG, LOGIT, PLAIN) if link in apart), key=lambda link: apart[link])


def _without(name: str, error: ModelError) -> str:
    return (
        str(error).splitlines()[0].replace(f"assumptions.{name}", "the assumption").replace(f"${name}", "it")
    )


def assumption_names(model: Model, varied: list[Varied]) -> list[str]:
    """The name that each has as an assumption: its own, or one that the model does not use yet."""
    taken = set(core_of(model).assumptions)
    names = []
    for one in varied:
        name = one.assumption or as_name(one.path)
        while name in taken and not one.assumption:
            name += "_fitted"
        taken.add(name)
        names.append(name)
    return names
