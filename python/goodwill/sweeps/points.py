"""What the points of a design mean: two that mean the same have one key, however they are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from goodwill import _core
from goodwill._core import ModelError, Problem
from goodwill.engine.anchoring import Anchored
from goodwill.engine.model import Model
from goodwill.engine.plain import Plain
from goodwill.engine.terms import Terms, as_dict
from goodwill.engine.world import RESULTS
from goodwill.sweeps.designs import Design
from goodwill.text.arguments import fraction, number, truth, unknown

TERMS = "terms"
ASSUMPTIONS = "assumptions"
SCENARIOS = "scenarios"
DIGITS = 32
"""Of a key."""


@dataclass(frozen=True, eq=False)
class SweepQuestion(Plain):
    """What all points of a sweep have in common."""

    anchored: Anchored
    scenarios: tuple[str, ...]
    terms: Terms
    seed: int
    run_off: bool
    survival_weights: bool | None

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What decides about bits, in plain values."""
        return {
            "results": RESULTS,
            "model": self.anchored.model.hash,
            "levels": self.anchored.levels_hash,
            "seed": self.seed,
            "scenarios": list(self.scenarios),
            "run_off": self.run_off,
            "survival_weights": self.survival_weights,
        }

    @property
    def used_terms(self) -> dict[str, Any]:
        """Those of points that do not say otherwise."""
        return as_dict(terms_at(self, ()))


@dataclass(frozen=True)
class Simulation:
    """What is simulated once, however many points differ in their terms alone."""

    key: str
    values: tuple[tuple[str, Any], ...]
    """Assigned to the model."""
    assumed: tuple[tuple[str, float], ...]
    """Values of assumptions; the others are at their best."""

    @property
    def of_investments(self) -> bool:
        """Whether the baseline is that of the firm as it is."""
        return not self.assumed and all(
            place.startswith(("investments.", "scenarios.")) for place, _ in self.values
        )


@dataclass(frozen=True)
class Point:
    """One point of a sweep."""

    simulation: Simulation
    terms_key: str
    terms: tuple[tuple[str, Any], ...]
    """Fields of `Terms` that this point sets."""

    @property
    def key(self) -> tuple[str, str]:
        return self.simulation.key, self.terms_key


def key_of(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def terms_at(question: SweepQuestion, said: tuple[tuple[str, Any], ...]) -> _core.Terms:
    return replace(question.terms, **dict(said)).for_model(question.anchored.core)


class Meaning:
    """Finds what the points of a design mean for a firm. Raises `ModelError` for factors that mean nothing,
    with all of them."""

    def __init__(self, question: SweepQuestion, design: Design) -> None:
        self.question, self.model, self._design = question, question.anchored.model, design
        self._assumptions = question.anchored.core.assumptions
        self._known: dict[tuple[str, str], Any] = {}
        self._terms: dict[tuple[tuple[str, Any], ...], str] = {}
        problems: list[Problem] = []
        self._places: dict[str, str] = {}
        covered: dict[str, list[str]] = {}
        for name in design.rows:
            where = design.places.get(name, ("", 0, 0))
            try:
                self._places[name], covered[name] = self._place(name)
                if other := next((other for other in covered if _overlap(covered, name, other)), None):
                    same = covered[name] == covered[other]
                    how = "means the same as" if same else "moves what belongs to"
                    raise ValueError(f"{how} {other!r}; only one of them can vary")
            except ModelError as error:
                problems += [Problem(*where, name, problem.text) for problem in error.problems]
            except ValueError as error:
                problems.append(Problem(*where, name, str(error)))
        if problems:
            _core.refuse(problems)

    def points(self) -> Iterator[Point]:
        columns = [(self._places[name], column) for name, column in self._design.rows.items()]
        for row in range(len(self._design)):
            yield self._point({place: column[row] for place, column in columns if column[row] is not None})

    def _place(self, name: str) -> tuple[str, list[str]]:
        """The factor as it is known everywhere, and the full paths that it sets. Raises `ValueError` if it
        means nothing."""
        block, _, rest = name.partition(".")
        if block == TERMS:
            fields = list(Terms.__dataclass_fields__)
            if rest not in fields:
                raise ValueError(unknown("term", rest, fields))
            return name, [name]
        if block == ASSUMPTIONS and "." not in rest:
            if rest not in self._assumptions:
                raise ValueError(unknown("assumption", rest, self._assumptions))
            return name, [name]
        if block == SCENARIOS and "." in rest:
            scenario, _, part = rest.partition(".")
            if scenario not in self.model.scenarios:
                raise ValueError(unknown("scenario", scenario, self.model.scenarios))
            parts = [*self.model.investments, *self.model.events]
            if part not in parts:
                raise ValueError(unknown("investment or event", part, parts, "investments and events"))
            return name, [name]
        if block == "finance":
            raise ValueError(f"is judged by the terms; write terms.{rest or 'discount'}")
        if block == SCENARIOS:
            raise ValueError(
                f"is a list; whether a part is in: {SCENARIOS}.{rest or 'NAME'}.PART, True or False"
            )
        places = self.model.resolve(name)
        return places[0] if len(places) == 1 else name, places

    def _point(self, said: dict[str, Any]) -> Point:
        values: dict[str, Any] = {}
        assumed: dict[str, float] = {}
        terms: dict[str, Any] = {}
        parts: dict[str, dict[str, bool]] = {}
        for place, value in said.items():
            block, _, rest = place.partition(".")
            if block == TERMS:
                terms[rest] = self._once(place, value, _term)
            elif block == ASSUMPTIONS and "." not in rest:
                assumed[rest] = self._once(place, value, number)
            elif block == SCENARIOS and "." in rest:
                scenario, _, part = rest.partition(".")
                parts.setdefault(scenario, {})[part] = truth(place, value)
            else:
                values[place] = self._once(place, value, self._canonical)
        for scenario, chosen in parts.items():
            before = self.model.scenarios[scenario]
            parts_of_model = [*self.model.investments, *self.model.events]
            added = [part for part in parts_of_model if chosen.get(part) and part not in before]
            values[f"{SCENARIOS}.{scenario}"] = [p for p in [*before, *added] if chosen.get(p, True)]
        if all(self._is_as_said(place, value) for place, value in values.items()):
            values = {}  # some of them alone would not do: the shares of a branch move one another
        kept = tuple(sorted(values.items()))
        moved = tuple(sorted((name, value) for name, value in assumed.items() if value != self._best(name)))
        simulation = Simulation(key_of(self.question.asked, kept, moved), kept, moved)
        of_terms = tuple(sorted(terms.items()))
        if of_terms not in self._terms:
            used = terms_at(self.question, of_terms)
            if "horizon" not in values:  # one that is too long is refused here, not by its simulation
                used.periods_within(self.model.horizon, self.model.periods_per_year)
            self._terms[of_terms] = key_of(as_dict(used))
        return Point(simulation, self._terms[of_terms], of_terms)

    def _once(self, place: str, value: Any, find: Callable[[str, Any], Any]) -> Any:
        """What a value means, looked up once for each way of writing it."""
        asked = place, repr(value)
        if asked not in self._known:
            self._known[asked] = find(place, value)
        return self._known[asked]

    def _canonical(self, place: str, value: Any) -> Any:
        """The value as the model would say it. One that the model refuses stays as it is: its point fails,
        with the reason."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        try:
            return _said(self.model.assign({place: value}), place)
        except ModelError:
            return value

    def _is_as_said(self, place: str, value: Any) -> bool:
        return bool(self._once(place, None, lambda place, _: _said(self.model, place)) == value)

    def _best(self, assumption: str) -> Any:
        return self._once(f"{ASSUMPTIONS}.{assumption}", None, lambda place, _: self.model[place].get("best"))


def _overlap(covered: dict[str, list[str]], one: str, other: str) -> bool:
    """Whether two factors set the same number, or one sets a block that holds what the other sets."""
    return one != other and any(
        f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.")
        for a in covered[one]
        for b in covered[other]
    )


def _said(model: Model, place: str) -> Any:
    block, _, name = place.partition(".")
    return model.scenarios[name] if block == SCENARIOS else model[place]


def _term(place: str, value: Any) -> Any:
    name = place.partition(".")[2]
    if name in ("discount", "tax", "inflation"):
        return fraction(place, value)
    return number(place, value) if name in ("depreciation", "horizon") else value
