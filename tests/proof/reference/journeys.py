"""A journey: who starts, where they go, and what every touchpoint leaves in them."""

from __future__ import annotations

import numpy as np

from .customers import GONE, NEVER, NO_ANSWER, Customers, Flags, Floats, Ints
from .definition import LOST, OUTCOMES, Branch, Journey, Model, Path, Touchpoint, Value, Who
from .ledger import Page
from .parameters import Parameters
from .word_of_mouth import SPOKEN

STEPS = 64
WALKS = 15
DONE, ELSEWHERE = -1, -2  # the walk is over: with nothing more to do, or by a change of stage
WAITING = 0.0949  # points of quality per unit of ln(1 + minutes waited)
OK, FAILED, RECOVERED, FULL = 0, 1, 2, 3


class Walk:
    """One journey in one period."""

    def __init__(self, model: Model, journey: Journey, c: Customers, p: Parameters, rng: np.random.Generator,
                 page: Page) -> None:  # fmt: skip
        self.model, self.journey, self.c, self.p, self.rng, self.page = model, journey, c, p, rng, page
        self.stages = list(model.stages)
        self.names = [point.name for point in journey.touchpoints]
        self.broken_off = np.zeros(len(c), dtype=bool)  # did not reach the end of the walk

    def run(self, started: Ints) -> None:
        """Walk at most 64 steps, then leave; customers change in place."""
        self.page.add(f"started.{self.journey.name}", started)
        at = np.full(len(self.c), DONE)
        at[started] = self._pick((*self.journey.path, "first"), started)
        for _ in range(STEPS):
            waiting = [np.flatnonzero(at == k) for k in range(len(self.names))]
            if not any(len(here) for here in waiting):
                break
            for point, here in zip(self.journey.touchpoints, waiting, strict=True):
                if len(here):
                    at[here] = self._visit(point, here)
        self.broken_off |= at >= 0
        self.page.add(f"truncated.{self.journey.name}", np.flatnonzero(at >= 0))
        self.page.add(f"completed.{self.journey.name}", started[~self.broken_off[started]])

    def _visit(self, point: Touchpoint, here: Ints) -> Ints:
        """One touchpoint; returns where each customer goes. Those passed over go on as `ok`."""
        happens = self.p.number((*point.path, "happens"), here)
        done = matches(self.model, point.who, self.c, here, self.p.t) & (self.rng.random(len(here)) < happens)
        outcome = np.full(len(here), OK)
        if point.team:
            self.page.come(point.team, here[done])
            full = done & (self.rng.random(len(here)) < self.p.teams[point.team].full)
            self._turn_away(point, here[full])
            outcome[full] = FULL
            done &= ~full
        outcome[done] = self._contact(point, here[done])
        onward = np.full(len(here), DONE)
        for code, name in enumerate(OUTCOMES):
            mine = outcome == code
            if name in point.onward and mine.any():
                onward[mine] = self._pick(point.onward[name], here[mine])
        self.broken_off[here] |= np.isin(outcome, (FAILED, FULL)) & (onward == DONE)
        return onward

    def _contact(self, point: Touchpoint, who: Ints) -> Ints:
        """Outcome, experience and money of a touchpoint that happens; returns the outcomes."""
        c, rng, name = self.c, self.rng, f"{self.journey.name}.{point.name}"

        def field(key: str) -> Floats:
            return self.p.number((*point.path, key), who)

        if point.who.failed_ago is not None:  # it closes that failure, and with it every earlier one
            c.last_failure[who], c.failures[who] = NEVER, 0.0
        failed = rng.random(len(who)) < field("failure")
        recovered = failed & (rng.random(len(who)) < field("recovery"))
        failed &= ~recovered
        quality, wait = field("quality"), field("wait")
        if point.team:
            crowd = self.p.teams[point.team]
            quality, wait = quality - crowd.strain, wait + crowd.wait
        luck = quality - WAITING * np.log1p(wait) + field("sd") * rng.standard_normal(len(who))
        experience = np.clip(luck, 0.0, 10.0)
        mended = field("quality_recovered")
        mended = mended if self.model.paradox else np.minimum(mended, experience)
        experience = np.where(failed, field("quality_failed"), np.where(recovered, mended, experience))
        self._feel(who, experience, field("weight"), failed, recovered)

        impression = np.minimum(1.0, self.p.number(("experience", "memory"), who))
        c.failures[who] += failed * impression
        c.recoveries[who] += recovered * impression
        c.last_failure[who[failed]] = self.p.t
        self._take_effort(point, who)
        self.page.add(f"waited.{self.journey.name}", who, wait)
        self.page.visits.append((point.path, who))
        self.page.add(f"contacts.{name}", who)
        self.page.add(f"failed.{name}", who[failed])
        self.page.add(f"recovered.{name}", who[recovered])
        self._tell(point, "good_word", who[recovered])
        self._tell(point, "bad_word", who[failed])
        self.page.money(who, field("earns") * c.spend[who], field("margin"))
        self.page.cost("touchpoint_cost", who, field("cost") + recovered * field("recovery_cost"))
        return np.where(failed, FAILED, np.where(recovered, RECOVERED, OK))

    def _turn_away(self, point: Touchpoint, who: Ints) -> None:
        """Nobody has time: a failure to those who came, but no contact, and no end of an earlier failure."""
        c, everybody, nobody = self.c, np.ones(len(who), dtype=bool), np.zeros(len(who), dtype=bool)
        experience = self.p.number((*point.path, "quality_full"), who)
        self._feel(who, experience, self.p.number((*point.path, "weight"), who), everybody, nobody)
        c.failures[who] += np.minimum(1.0, self.p.number(("experience", "memory"), who))
        c.last_failure[who] = self.p.t
        self._take_effort(point, who)
        self.page.add(f"full.{self.journey.name}.{point.name}", who)
        self._tell(point, "bad_word", who)

    def _take_effort(self, point: Touchpoint, who: Ints) -> None:
        """Whoever came, served or not, remembers it for the period; 0 points do not count."""
        points = self.p.number((*point.path, "effort"), who)
        who, points = who[points > 0], points[points > 0]
        self.page.effort[who] += points
        self.page.efforts[who] += 1
        self.page.add("effort", who, points)
        self.page.add("efforts", who)

    def _tell(self, point: Touchpoint, word: str, who: Ints) -> None:
        """At once, as many messages as a promoter or detractor sends while this is remembered."""
        visibility = self.p.number((*point.path, "visibility"), who)
        memory = self.p.number(("experience", "memory"), who)
        say(self.model, self.p, self.page, word, who, visibility * memory)

    def _feel(self, who: Ints, experience: Floats, weight: Floats, failed: Flags, recovered: Flags) -> None:
        """Satisfaction, expectation and trust after an experience (0 to 10)."""
        c = self.c

        def constant(key: str) -> Floats:
            return self.p.number(("experience", key), who)

        s, x, trust = c.satisfaction[who], c.expectation[who], c.trust[who]
        gap = experience - x
        aversion = np.where(
            gap < 0.0, constant("loss_aversion") * (1.0 - constant("forgiveness") * trust), 1.0
        )
        felt = np.clip(experience + constant("contrast") * aversion * gap, 0.0, 10.0)
        c.satisfaction[who] = s + np.minimum(1.0, constant("learning") * weight) * (felt - s)
        c.expectation[who] = x + constant("adaptation") * gap
        rise = np.where(recovered, constant("recovered_gain"), constant("gain")) * (1.0 - trust)
        c.trust[who] = trust + np.where(failed, -constant("loss") * trust, rise)

    def _pick(self, path: Path, who: Ints) -> Ints:
        """Draw a target of a branch for each customer; stages take effect at once, and end the walk."""
        targets, cumulative = self.p.branch(path, who)
        drawn = (self.rng.random(len(who))[:, None] >= cumulative).sum(axis=1)
        onward = np.full(len(who), DONE)
        for k, target in enumerate(targets):
            mine = drawn == k
            if target in self.names:
                onward[mine] = self.names.index(target)
            elif target == LOST or target in self.stages:
                onward[mine] = ELSEWHERE
                self.broken_off[who[mine]] |= target == LOST
                self._leave(who[mine], target)
        return onward

    def _leave(self, who: Ints, target: str) -> None:
        """Change the stage, unless it changed before in this period (then this exit is a plain `done`)."""
        stage = GONE if target == LOST else self.stages.index(target)
        who = who[~self.c.moved[who] & (self.c.stage[who] != stage)]
        self.c.stage[who] = stage
        self.c.moved[who] = True
        self.page.add(f"exits.{self.journey.name}.{target}", who)


def walk_journey(
    model: Model,
    journey: Journey,
    c: Customers,
    p: Parameters,
    rng: np.random.Generator,
    page: Page,
    done: dict[str, Ints],
) -> None:
    """All walks of one journey in a period: one at most by a probability, 15 by a rate or after others.

    `done`: how often each customer walked the journeys before in this period, and how many orders they made.
    """
    stages = [list(model.stages).index(stage) for stage in journey.stages]
    eligible = np.flatnonzero(np.isin(c.stage, stages))
    wanted = np.zeros(len(c), dtype=np.int64)
    for source in journey.after:
        share = p.number((*journey.path, "after", source), eligible)
        wanted[eligible] += rng.binomial(done[source][eligible], share)
    if not journey.after:
        path = (*journey.path, "starts")
        chance = p.response(path, c, eligible)
        tally(page, path, eligible, chance, p.starts(path))
        rate = p.scale(path) == "log"
        wanted[eligible] = rng.poisson(chance) if rate else rng.random(len(eligible)) < chance
    walks = done[journey.name] = np.zeros(len(c), dtype=np.int64)
    page.add(f"truncated.{journey.name}", np.arange(len(c)), np.maximum(0, wanted - WALKS))
    for k in range(min(WALKS, int(wanted.max(initial=0)))):
        started = np.flatnonzero((wanted > k) & np.isin(c.stage, stages))
        walks[started] += 1
        Walk(model, journey, c, p, rng, page).run(started)


def changes_stage(model: Model, journey: Journey, p: Parameters) -> bool:
    """Whether a walk may end in a stage or in `lost`."""
    paths = [(*journey.path, "first")]
    paths += [path for point in journey.touchpoints for path in point.onward.values()]
    ends = {target for path in paths for values in p.cells for target in branch_of(values[path])}
    return bool(ends & {LOST, *model.stages})


def branch_of(value: Value) -> Branch:
    """A value that must be a branch."""
    assert isinstance(value, dict)
    return value


def tally(page: Page, path: Path, rows: Ints, expected: Floats, starts: tuple[float, ...] = ()) -> None:
    """Customer-periods at risk of a response, and its expected events: their ratio is its average. With a
    table by tenure that `starts` there, also by row."""
    page.add(f"at_risk.{'.'.join(path)}", rows)
    page.add(f"expected.{'.'.join(path)}", rows, expected)
    row = np.searchsorted(starts, page.customers.tenure[rows], side="right") - 1
    for k in range(len(starts)):
        page.add(f"at_risk.{'.'.join(path)}.{k}", rows[row == k])
        page.add(f"expected.{'.'.join(path)}.{k}", rows[row == k], expected[row == k])


def say(
    model: Model, p: Parameters, page: Page, word: str, rows: Ints, promoters: Floats | float = 1.0
) -> None:
    """Customers say as much as so many promoters (of a bad word: detractors) each."""
    if model.mixing is not None:
        rate = p.number(("word_of_mouth", SPOKEN[word]), rows)
        page.say(word, rows, rate * promoters)


def matches(model: Model, who: Who, c: Customers, rows: Ints, t: int) -> Flags:
    """Which of these customers pass the filter of a touchpoint."""
    passed = np.ones(len(rows), dtype=bool)
    if who.failed_ago is not None:
        ago = t - c.last_failure[rows]
        passed &= (who.failed_ago[0] <= ago) & (ago < who.failed_ago[1])
    if who.segments:
        passed &= np.isin(c.segment[rows], [list(model.segments).index(name) for name in who.segments])
    if who.stages:
        passed &= np.isin(c.stage[rows], [list(model.stages).index(stage) for stage in who.stages])
    for limits, state in ((who.tenure, c.tenure[rows]), (who.satisfaction, c.satisfaction[rows])):
        for word, limit in limits:
            passed &= state < limit if word == "below" else state >= limit
    answer = np.where(t - c.answered[rows] <= who.within, c.answer[rows], NO_ANSWER)
    match who.surveyed:
        case "promoter":
            passed &= answer >= 9  # no answer is negative
        case "passive":
            passed &= (answer >= 7) & (answer <= 8)
        case "detractor":
            passed &= (answer != NO_ANSWER) & (answer <= 6)
    return passed
