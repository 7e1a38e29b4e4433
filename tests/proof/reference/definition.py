"""What a model is, once read: a few records, and one flat table of values by path."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .kinds import Edges, Layer
from .units import Units

Path = tuple[str, ...]
Branch = dict[str, float]
"""Probability by target; what is missing to 1 goes to `done`."""

LOST = "lost"
DONE = "done"
OUTCOMES = ("ok", "failed", "recovered", "full")
CHANNELS, SEGMENTS, TEAMS = "channels", "segments", "teams"


@dataclass(frozen=True)
class Response:
    """A probability (`scale` "odds") or a rate ("log") per period that depends on the customer's state.

    `figure` is the number a modeller wrote (`average` or `base`); `offset` is what anchoring adds on the link
    scale, so that level = link(figure) + offset. A tenure table or a beta law stands in for the figure; the
    rows of a table have `offsets` of their own.
    """

    scale: str
    figure: float = 0.0
    anchored: bool = False
    offset: float = 0.0
    frailty: float = 0.0
    effects: Mapping[str, float] = field(default_factory=dict)
    table: tuple[tuple[float, float], ...] = ()  # (tenure in periods from which it holds, figure)
    beta: tuple[float, float] | None = None
    log_price: float = 0.0  # the feature `price`
    offsets: tuple[float, ...] = ()


Value = float | Response | Branch
Values = dict[Path, Value]


@dataclass(frozen=True)
class Change:
    """`part` names a branch's target, or a response's effect or frailty; empty for the value itself."""

    path: Path
    part: str
    operation: str  # set, add, times, odds
    value: float


@dataclass(frozen=True)
class Who:
    """The filter of a touchpoint: `A to B` includes A and excludes B."""

    failed_ago: tuple[float, float] | None = None
    stages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tenure: tuple[tuple[str, float], ...] = ()  # (below | above, limit), in periods
    satisfaction: tuple[tuple[str, float], ...] = ()
    surveyed: str = ""  # promoter, passive or detractor
    within: int = 1  # periods since that answer


@dataclass(frozen=True)
class Touchpoint:
    """`onward` leads from an outcome to the path of a branch; an outcome that is not there ends the walk."""

    name: str
    path: Path
    channel: str
    team: str  # empty if nobody's
    who: Who
    onward: Mapping[str, Path]


@dataclass(frozen=True)
class Journey:
    """A walk over touchpoints, for customers in `stages`; by itself, or after other journeys or `orders`."""

    name: str
    path: Path
    stages: tuple[str, ...]
    touchpoints: tuple[Touchpoint, ...]
    after: tuple[str, ...] = ()
    after_orders: bool = False  # its turn is after the orders, because of what it comes after


@dataclass(frozen=True)
class Segment:
    """`tenure`: ("stationary", 0), ("mean", periods) or ("exactly", periods)."""

    name: str
    count: int
    tenure: tuple[str, float]
    stage: str
    arrival_stage: str


@dataclass(frozen=True)
class Treatment:
    """An investment or an event. Times in periods; money in currency units."""

    name: str
    is_event: bool
    start: float
    lasts: float
    every: float  # infinite if it begins once
    fades: float  # half-life after it has ended; 0 if it ends at once
    by_chance: bool  # begins by the chance at `path` instead of at its start
    ramp: float
    audience: str
    reach: Mapping[str, float]  # by segment
    impulse: tuple[str, ...]  # the states that it moves
    impulse_who: Who | None  # with it, whoever matches in every active period; without, once
    upfront: float
    running: float  # per period
    per_customer: float  # per treated customer, once
    each: Mapping[Path, float]  # by path of a touchpoint
    changes: Mapping[str, Mapping[str, str]]  # still text: changes that no scenario uses are never resolved

    @property
    def path(self) -> Path:
        """Where the values of this treatment are that others may change."""
        return ("events" if self.is_event else "investments", self.name)

    def begins(self, t: int) -> bool:
        """Whether it begins in period t, of a treatment that does not wait for chance."""
        since = t - self.start
        return since == 0 or (since > 0 and math.isfinite(self.every) and since % self.every == 0)

    def at_work(self, age: int) -> bool:
        """Whether it lasts in the period of this age, 1 in that of its beginning; 0: it has not begun."""
        return 1 <= age <= self.lasts

    def factor(self, age: int) -> float:
        """How much of its changes holds, 0 to 1; what is left after 7 half-lives is cut."""
        if age < 1:
            return 0.0
        full = min(1.0, min(age, self.lasts) / self.ramp)
        past = max(0.0, age - self.lasts)
        if past == 0.0:
            return full
        return float(full * 0.5 ** (past / self.fades)) if past < 7 * self.fades else 0.0


@dataclass(frozen=True)
class Market:
    """Who may become a customer; the hazards are values."""

    size: Mapping[str, int]  # customers at the start and prospects, by segment; others have no limit
    stage: str  # where those enter who come by themselves; empty: the segment's own
    network: tuple[Layer, ...]  # on which they look at each other; empty if they look at the whole market


@dataclass(frozen=True)
class Model:
    """The whole definition; `values` holds every number that a change may address."""

    units: Units
    horizon: int
    agents: str
    segments: dict[str, Segment]
    stages: dict[str, str]  # kind by name
    moves: dict[str, tuple[str, ...]]  # targets in order of trial, by stage
    journeys: dict[str, Journey]
    teams: tuple[str, ...]
    values: Values
    segment_changes: dict[str, Mapping[str, Mapping[str, str]]]
    orders: bool
    referrals: bool
    referral_stage: str
    referral_segment: str
    mixing: Mapping[str, Mapping[str, float]] | None  # of word of mouth; None if nobody talks
    network: tuple[Layer, ...]  # on which they talk; empty if it is the mean field
    market: Market | None
    paradox: bool
    treatments: dict[str, Treatment]
    scenarios: dict[str, tuple[str, ...]]

    @property
    def on_a_network(self) -> bool:
        """Whether it matters who knows whom."""
        return bool(self.network or (self.market and self.market.network))

    @property
    def of_listed_people(self) -> bool:
        """Whether a list says who knows whom, so that nobody may be missing."""
        layers = self.network + (self.market.network if self.market else ())
        return any(isinstance(layer.kind, Edges) for layer in layers)

    @property
    def people(self) -> dict[str, int]:
        """By segment: all of its market, or the customers at the start."""
        size = self.market.size if self.market else {}
        return {name: size.get(name, segment.count) for name, segment in self.segments.items()}

    @property
    def first_year(self) -> int:
        """Periods over which averages are anchored."""
        return min(self.horizon, round(self.units.per_year))

    @property
    def memory(self) -> int:
        """Periods of past lived in full: two years or the longest memory, ten years at most."""
        spans = [p.who.failed_ago for j in self.journeys.values() for p in j.touchpoints]
        spans += [each.impulse_who.failed_ago for each in self.treatments.values() if each.impulse_who]
        longest = max((span[1] for span in spans if span), default=0.0)
        return round(min(10 * self.units.per_year, max(2 * self.units.per_year, longest)))
