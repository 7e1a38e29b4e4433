"""Teams with limited capacity: who finds them full, how long the others wait, and what overwork spoils.

A team meets the load of the period before with its figures of this period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .customers import Floats
from .definition import TEAMS, Model, Values

DAY = np.array([0.6, 0.8, 1.0, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75])  # callers in tenths of the hours open
DAYS_A_YEAR = 365.0
EASY = 0.8  # the use above which quality suffers; at 1 it has lost all of the strain


@dataclass(frozen=True)
class Crowding:
    """What somebody who comes to a team meets in a period."""

    full: float  # the probability that there is no room
    wait: float  # minutes, on average, of those who are served
    strain: float  # points of quality lost


def crowding(model: Model, figures: Values, loads: Mapping[str, float]) -> dict[str, Crowding]:
    """By team, from its figures and its load: contacts that came in a period, of all real customers."""
    return {name: _crowding(model, name, figures, loads.get(name, 0.0)) for name in model.teams}


def cost(model: Model, figures: Values) -> float:
    """Of all teams in a period, whatever they do."""
    return sum(_figure(figures, name, "cost") for name in model.teams)


def _figure(figures: Values, team: str, name: str) -> float:
    value = figures[TEAMS, team, name]
    assert isinstance(value, float)
    return value


def _crowding(model: Model, team: str, figures: Values, load: float) -> Crowding:
    def figure(name: str) -> float:
        return _figure(figures, team, name)

    if (TEAMS, team, "capacity") in figures:
        capacity = figure("capacity")
        full, wait = max(0.0, 1.0 - capacity / load) if load > 0.0 else 0.0, 0.0
    else:
        agents = figure("agents") * (1.0 - figure("shrinkage"))
        minutes = figure("hours") * 60.0 * DAYS_A_YEAR / model.units.per_year
        full, wait = queue_of_a_day(load / minutes, agents, figure("handling"), figure("patience"))
        capacity = agents * minutes / figure("handling")
    if load <= 0.0:
        return Crowding(0.0, 0.0, 0.0)
    use = load / capacity if capacity > 0.0 else np.inf
    return Crowding(full, wait, figure("strain") * float(np.clip((use - EASY) / (1.0 - EASY), 0.0, 1.0)))


def queue_of_a_day(rate: float, agents: float, handling: float, patience: float) -> tuple[float, float]:
    """The share of callers who give up, and the mean wait of the others; `rate` is the day's mean.

    Between whole numbers of agents, both are interpolated in every tenth of the day.
    """
    less = int(np.floor(agents))
    more = agents - less
    unserved, wait = np.zeros(len(DAY)), np.zeros(len(DAY))
    for n, share in ((less, 1.0 - more), (less + 1, more)):
        if share > 0.0:
            tenths = np.array([erlang_a(rate * part, n, handling, patience) for part in DAY])
            unserved += share * tenths[:, 0]
            wait += share * tenths[:, 1]
    served = DAY * (1.0 - unserved)
    total = float(np.sum(served))
    return float(np.average(unserved, weights=DAY)), float(served @ wait) / total if total > 0.0 else 0.0


def erlang_a(rate: float, agents: int, handling: float, patience: float) -> tuple[float, float]:
    """The share who give up, and the mean wait of the served, of M/M/n+M (Palm; Garnett et al., 2002).

    Callers in the system are a birth-death chain. One who is j-th in the queue is served if the others and
    then the agents are faster than his patience, j times in a row, which has probability n s / (n s + j a),
    where s = 1 / handling and a = 1 / patience. Each of these steps from place i takes 1 / (n s + i a).
    """
    if rate <= 0.0:
        return 0.0, 0.0
    longest = int(np.ceil(2.0 * rate * patience)) + 100  # then at most half as likely with each one more
    place = np.arange(1, longest + 1)
    leaving = np.concatenate([np.arange(1, agents + 1) / handling, agents / handling + place / patience])
    logs = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(leaving))])
    chances: Floats = np.exp(logs - logs.max())
    chances /= chances.sum()
    queued = chances[agents:-1]  # a caller finds all agents busy and place - 1 others waiting
    steps = leaving[agents:]
    served = queued * (agents / handling) / steps
    share = float(chances[:agents].sum() + served.sum())
    waited = float(served @ np.cumsum(1.0 / steps))
    return 1.0 - share, waited / share if agents > 0 else 0.0
