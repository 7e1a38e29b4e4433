"""What may be done: ways to do investments, rules between them, and budgets, as callers say it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import numpy.typing as npt

from goodwill.analysis.allocation import Limits, Rules
from goodwill.analysis.cashflows import dates_on
from goodwill.analysis.variants import free_names
from goodwill.engine.model import Model
from goodwill.engine.plain import Plain
from goodwill.engine.question import Question
from goodwill.engine.world import years_of
from goodwill.text.arguments import checked_names, number, shown

TOTAL = "total"


@dataclass(frozen=True)
class Option(Plain):
    """One way to do an investment."""

    investment: str
    name: str
    """Of the investment in the model that has all options."""
    choice: str
    """What differs from the investment as the model has it, in words; empty: nothing."""
    begins: str
    """`month 13`, or how it begins otherwise."""

    def __str__(self) -> str:
        rest = f" ({self.choice})" if self.choice else ""
        return f"{self.investment} from {self.begins}{rest}"


def with_options(
    model: Model, investments: Any, choices: Mapping[str, object]
) -> tuple[list[Option], dict[str, object]]:
    """The options, and the values at paths that add them to the model.

    An option that changes something is an investment of its own with the audience of the first, so that both
    reach the same customers with the same luck. Raises `ValueError` for what the model does not know.
    """
    known = model.investments
    names = known if investments is None else checked_names("investment", investments, known)
    if not names:
        why = "the model has none" if investments is None else "none was named"
        raise ValueError(f"allocate needs an investment, and {why}")
    checked_names("investment", choices, names)
    free = free_names(model, "option")
    options: list[Option] = []
    values: dict[str, object] = {}
    for investment in names:
        for changes in _choices_of(investment, choices.get(investment, [{}])):
            # Mistakes are reported for the investment that callers know; its copy has a name of ours.
            changed = model.assign({f"investments.{investment}.{key}": new for key, new in changes.items()})
            name = next(free) if changes else investment
            if changes:
                fields: Any = model[f"investments.{investment}"]
                values[f"investments.{name}"] = {"audience": investment, **fields}
                values |= {f"investments.{name}.{key}": new for key, new in changes.items()}
            words = [f"{key} {_in_words(new)}" for key, new in changes.items() if key != "start"]
            options.append(Option(investment, name, ", ".join(words), _begins(changed, investment)))
    return options, values


def _choices_of(investment: str, given: object) -> list[dict[str, Any]]:
    argument = f"choices[{investment!r}]"
    example = 'a list of changes, for instance [{"start": 1}, {"start": 13, "reach": "50 %"}]'
    if not isinstance(given, (list, tuple)) or not given:
        raise ValueError(f"{argument} is {shown(given)}; it must be {example}")
    for changes in given:
        if not isinstance(changes, Mapping) or not all(isinstance(key, str) for key in changes):
            raise ValueError(f"{argument} holds {shown(changes)}; it must be {example}")
        if sum(changes == other for other in given) > 1:
            raise ValueError(f"{argument} gives {shown(changes)} twice")
    return [dict(changes) for changes in given]


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_in_words(one)}" for key, one in value.items())
    return str(value)


def _begins(model: Model, investment: str) -> str:
    fields: Any = model[f"investments.{investment}"]
    if fields.get("chance"):
        return "some day, by chance"
    if fields.get("when"):
        return "when it is seen to be needed"
    return f"{model.period} {fields['start']:.0f}"


def checked_rules(options: list[Option], exclusions: Any, prerequisites: Mapping[str, object]) -> Rules:
    """Rules between investments. Raises `ValueError` for unknown ones, and prerequisites in a circle."""
    investments = [option.investment for option in options]
    known = list(dict.fromkeys(investments))
    example = 'a list of groups, for instance [("a", "b")]'
    if isinstance(exclusions, (str, bytes, Mapping)) or not isinstance(exclusions, Iterable):
        raise ValueError(f"exclusions is {shown(exclusions)}; it must be {example}")
    pairs: list[tuple[str, str]] = []
    for group in exclusions:
        if isinstance(group, (str, bytes)) or not isinstance(group, Iterable):
            raise ValueError(f"exclusions holds {shown(group)}; it must be {example}")
        names = checked_names("investment", group, known)
        if len(names) < 2:
            raise ValueError(
                f"exclusions holds {shown(names)}; it takes two investments to exclude each other"
            )
        pairs += itertools.combinations(names, 2)
    checked_names("investment", prerequisites, known)
    needs = {name: checked_names("investment", given, known) for name, given in prerequisites.items()}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        words = ", ".join(f"{one} needs {other}" for one, other in itertools.pairwise(circle))
        raise ValueError(f"prerequisites go round in a circle: {words}") from None
    return Rules(investments, pairs, needs)


def years_within(question: Question) -> npt.NDArray[np.int64]:
    """The year, from 1, of each period within the horizon of the terms."""
    model = question.model
    within = dates_on(question.used_terms, model).within
    return years_of(model.horizon, model.periods_per_year)[:within]


def checked_budget(budget: Any, years: int) -> Limits:
    """A budget in all, or one for each of some years. Raises `ValueError`."""
    known = [f"year {year}" for year in range(1, years + 1)]
    if not isinstance(budget, Mapping):
        return Limits([TOTAL], np.ones((1, years)), np.array([_money("budget", budget)]))
    if not budget:
        raise ValueError('budget is {}; it must be money, in all or by year: {"year 1": 500_000}')
    names = checked_names("year", budget, known)
    amounts = [_money(f"budget[{name!r}]", budget[name]) for name in names]
    return Limits(
        names, np.array([[float(name == year) for year in known] for name in names]), np.array(amounts)
    )


def _money(name: str, value: Any) -> float:
    found = number(name, value)
    if not 0 <= found <= 1e15:
        raise ValueError(f"{name} is {shown(value)}; it must be money of 0 or more, for instance '500_000'")
    return found
