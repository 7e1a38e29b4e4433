"""How long people wait for a team, and how many give up: Erlang's formulas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from goodwill import _core
from goodwill.text.arguments import keywords_checked, number

MOST_AGENTS, MOST_LOAD = 100_000, 1e6


@dataclass(frozen=True)
class Queue:
    """A queue in its steady state, or the mean over a day, weighted by those who come."""

    unserved: float
    """Share of those who come that give up waiting."""
    waits: float
    """Share that has to wait."""
    wait: float
    """Mean wait of all, in the unit of the handling time."""
    wait_served: float
    """Mean wait of those who are served."""
    occupancy: float
    """Share of the agents' time that is taken up."""
    overload: bool
    """More come than the agents have time for, at least in a part of the day."""


@keywords_checked
def erlang_a(
    arrivals: float,
    agents: float,
    *,
    handling: float,
    patience: float,
    profile: Sequence[float] | None = None,
) -> Queue:
    """Erlang A (Palm 1957; M/M/n+M): people wait for one of the agents, or give up.

    `arrivals` come in a unit of time in which `handling` and `patience`, both means of exponential times, are
    given too. A `profile` holds the arrivals in equal parts of a day, in any unit: they are scaled so that
    their mean is `arrivals`. Between whole numbers of agents results are interpolated. Raises `ValueError`
    for a number out of range.

    >>> round(erlang_a(48, 50, handling=1, patience=2).unserved, 4)
    0.0309
    """
    handling, patience = _positive("handling", handling), _positive("patience", patience)
    load, agents, day = _load(arrivals, handling), _agents(agents), _day(profile)
    if not 1e-6 <= patience / handling <= 1e6:
        raise ValueError(f"patience is {patience:g}; it must be within a factor of a million of handling")
    found = _core.erlang_a(load, agents, handling, patience, day)
    return Queue(*found, overload=_overload(load, agents, day))


@keywords_checked
def erlang_c(
    arrivals: float, agents: float, *, handling: float, profile: Sequence[float] | None = None
) -> Queue:
    """Erlang C (M/M/n): everybody waits for as long as it takes. Arguments are those of `erlang_a`.

    Where more come than the agents have time for there is no steady state: `overload` is true and the waits
    are infinite. Raises `ValueError` for a number out of range.
    """
    handling = _positive("handling", handling)
    load, agents, day = _load(arrivals, handling), _agents(agents), _day(profile)
    found = _core.erlang_c(load, agents, handling, day)
    return Queue(*found, overload=_overload(load, agents, day))


def _load(arrivals: float, handling: float) -> float:
    """Arrivals in a handling time."""
    load = _not_negative("arrivals", arrivals) * handling
    if load > MOST_LOAD:
        raise ValueError(f"arrivals x handling is {load:g}; it must be at most {MOST_LOAD:,.0f}")
    return load


def _agents(agents: float) -> float:
    found = _not_negative("agents", agents)
    if found > MOST_AGENTS:
        raise ValueError(f"agents is {found:g}; it must be at most {MOST_AGENTS:,}")
    return found


def _day(profile: Sequence[float] | None) -> list[float]:
    """The profile, scaled to a mean of 1."""
    parts = [1.0] if profile is None else [_not_negative("profile", part) for part in profile]
    mean = math.fsum(parts) / len(parts) if parts else 0.0
    if mean == 0:
        raise ValueError("profile holds nobody; it must be the arrivals in each part of a day")
    return [part / mean for part in parts]


def _not_negative(name: str, value: float) -> float:
    found = number(name, value)
    if found < 0:
        raise ValueError(f"{name} is {found:g}; it must not be negative")
    return found


def _positive(name: str, value: float) -> float:
    found = number(name, value)
    if found <= 0:
        raise ValueError(f"{name} is {found:g}; it must be above 0")
    return found


def _overload(load: float, agents: float, day: Sequence[float]) -> bool:
    return max(load * part for part in day) >= agents and load > 0
