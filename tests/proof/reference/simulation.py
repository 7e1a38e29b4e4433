"""A run: the base, then period after period of joining, treatments, living and leaving."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .customers import GONE, NO_PERSON, ORIGINS, Customers, Flags, Floats, Ints
from .definition import Path, Treatment, Values
from .environment import Environment
from .journeys import matches
from .ledger import Ledger, Page
from .market import Prospects, share_of_acquaintances
from .network import Network
from .period import live
from .teams import cost, crowding
from .word_of_mouth import SPOKEN, Messages, reaching, received, remembered
from .world import World


class Run:
    """One replication of one scenario.

    `count` customers of each segment are simulated, each standing for `weight` real ones, and with a market
    `people`, these customers among them.
    """

    def __init__(
        self,
        world: World,
        count: dict[str, int],
        weight: dict[str, float],
        periods: int,
        rng: np.random.Generator,
        people: Mapping[str, int] | None = None,
    ) -> None:
        self.world, self.model, self.rng, self.weight = world, world.model, rng, weight
        self.periods = periods
        self.ledger = Ledger(periods, world.segments)
        self.began = dict.fromkeys((each.name for each in world.treatments), 0)  # in which period, last
        self.investment_cost = np.zeros(periods)
        self.event_cost = np.zeros(periods)
        self.loads: list[Mapping[str, float]] = [dict(world.levels.loads)]  # of the periods from 0 on
        self.heard: list[Messages] = [world.usual.heard]  # likewise: what is remembered of it at the end
        self.told: list[Messages] = []  # messages that reach a person, of the periods from 1 on
        segments = self.model.segments.values()
        bases = [world.base(rng, s, count[s.name], weight[s.name]) for s in segments]
        self.customers = bases[0]
        for base in bases[1:]:
            self.customers = self.customers + base
        nobody = self.customers.take(np.zeros(0, dtype=np.int64))
        self.referrers = dict.fromkeys(world.segments, nobody)  # who referred somebody in the last period
        people = people or count
        self.size = (
            {name: people[name] * weight[name] for name in self.model.market.size}
            if self.model.market
            else {}
        )
        self.prospects = Prospects(rng, {name: people[name] - count[name] for name in world.segments})
        self.network: Network | None = None  # on which they talk
        self.sight: Network | None = None  # on which prospects look at others
        if self.model.on_a_network:
            self._networks()
        self.mean_state = {s.name: world.mean_state(s.name, b) for s, b in zip(segments, bases, strict=True)}
        self.mean_tenure = {
            s.name: float(np.mean(b.tenure)) for s, b in zip(segments, bases, strict=True) if len(b)
        }

    def run(self) -> Run:
        """Live all periods."""
        for t in range(1, self.periods + 1):
            self._period(t)
        return self

    def _period(self, t: int) -> None:
        world = self.world
        acting = self._acting(t)
        active = [each for each, _ in acting if each.at_work(self._age(each, t))]
        present = self.ledger.page(self.customers, t)
        present.add("start", self._of_kind("customer", self.customers))
        values = {name: world.values(name, acting) for name in world.segments}  # whoever is reached
        joining, adopted = self._joining(t, values)
        page = self.ledger.page(joining, t)
        page.add("joined", self._of_kind("customer", joining))
        page.add("leads", self._of_kind("prospect", joining))
        page.add("adopted", np.flatnonzero(adopted))
        acquired = np.flatnonzero((joining.origin == 1) & ~adopted)
        due = np.array([_number(values[name], name, "acquisition_cost") for name in world.segments])
        page.cost("acquisition_cost", acquired, due[joining.segment[acquired]])

        c = self.customers + joining
        # teams are the whole firm's: no reach scales what is done to them
        figures = values[world.segments[0]]
        environment = Environment(crowding(self.model, figures, self.loads[-1]), self.heard[-1])
        p = world.parameters(t, c, acting, environment)
        for each in active:
            rows = np.flatnonzero(world.reached(each, c))
            if each.impulse_who is not None:
                rows = rows[matches(self.model, each.impulse_who, c, rows, t)]
            if t == self.began[each.name] or each.impulse_who is not None:
                for state in each.impulse:
                    _impulse(state, p.number((*each.path, "impulse", state), rows), c, rows)
        page = self.ledger.page(c, t)
        joined = np.arange(len(c)) >= len(self.customers)
        bearing = self._of_kind("customer", c)
        converted = live(self.model, c, p, world.bias, self.rng, page, past=False)
        self.loads.append(page.loads)
        self._talk(page, c, world.memory())
        self._team_cost(page, bearing, cost(self.model, figures))
        for each in active:
            self._treatment_cost(each, c, page, joined)
        self.referrers = self._converted(c, converted)
        self.customers = c.take(c.stage != GONE)
        end, left = self.ledger.page(self.customers, t), self.customers
        rows = self._of_kind("customer", left)
        end.add("end", rows)
        for state in ("satisfaction", "expectation", "trust", "tenure"):
            end.add(f"{state}_sum", rows, getattr(left, state)[rows])
        end.add("prospects", self._of_kind("prospect", left))
        end.add("lapsed", self._of_kind("lapsed", left))
        self._book_potential(t)

    def _joining(self, t: int, values: Mapping[str, Values]) -> tuple[Customers, Flags]:
        """Who joins in period t, and which of them came out of a market by themselves."""
        nobody = self.customers.take(np.zeros(0, dtype=np.int64))
        joining, adopted = nobody, np.zeros(0, dtype=bool)
        referrers = np.zeros(0, dtype=np.int64)
        self._look_around(values)
        for name in self.world.segments:
            arrivals, referred = self._arrivals(name, values[name]), self._referred(name, values[name])
            out, who = nobody, self.referrers[name].person
            if name in self.size:
                arrivals, referred = self._to_places(t, name, arrivals, referred)
                out, who = self._out_of_the_market(name, values[name]), np.full(len(referred), NO_PERSON)
            strangers = (np.full(len(arrivals), NO_PERSON), np.full(len(out), NO_PERSON))
            joining = joining + arrivals + referred + out
            referrers = np.concatenate([referrers, strangers[0], who, strangers[1]])
            by_themselves = np.repeat([False, True], [len(arrivals) + len(referred), len(out)])
            adopted = np.concatenate([adopted, by_themselves])
        if self.model.on_a_network:
            self._get_to_know(joining, referrers)
        return joining, adopted

    def _age(self, each: Treatment, t: int) -> int:
        """1 in the period in which it began last, 0 if it has not."""
        return t - self.began[each.name] + 1 if self.began[each.name] else 0

    def _acting(self, t: int) -> list[tuple[Treatment, float]]:
        """What begins in period t or has begun before, with its factor. Chances are those of the period."""
        known = [each for each in self.world.treatments if not each.by_chance]
        for each in known:
            if each.begins(t):
                self.began[each.name] = t
        factors = [(each, each.factor(self._age(each, t))) for each in known]
        values = self.world.values(self.world.segments[0], [(each, f) for each, f in factors if f > 0])
        for each in self.world.treatments:
            if each.by_chance and not each.at_work(self._age(each, t)):
                chance = values[(*each.path, "chance")]
                assert isinstance(chance, float)
                if self.rng.random() < chance:
                    self.began[each.name] = t
        acting = [(each, each.factor(self._age(each, t))) for each in self.world.treatments]
        return [(each, factor) for each, factor in acting if factor > 0]

    def _networks(self) -> None:
        """Who knows whom of the base and the prospects. Who would be told more has heard more."""
        c, prospects, segments = self.customers, self.prospects, self.world.segments
        everybody = np.concatenate([c.segment, prospects.segment])
        if len({self.weight[segments[i]] for i in everybody}) > 1:
            raise ValueError("on a network all customers have the same weight")
        persons = self.rng.permutation(len(everybody))  # segments are mixed
        c.person, prospects.person = persons[: len(c)], persons[len(c) :]
        by_person = [segments[i] for i in everybody[np.argsort(persons)]]
        absent = np.arange(len(everybody)) >= len(c)
        numbered = persons[np.lexsort((absent, everybody))]  # by segment, its customers first
        look = self.model.market.network if self.model.market else ()
        if self.model.network:
            self.network = Network(self.model.network, self.rng, by_person, numbered)
            self._spread_words(self.network)
        if look:
            same = look == self.model.network
            self.sight = self.network if same else Network(look, self.rng, by_person, numbered)

    def _distinct_networks(self) -> list[Network]:
        """On which people know one another; one if both are described alike."""
        both = [self.network] if self.sight is self.network else [self.network, self.sight]
        return [each for each in both if each is not None]

    def _spread_words(self, network: Network) -> None:
        """Who would be told more than others has heard more than others."""
        c, segments = self.customers, self.world.segments
        exposure = network.exposure(c.person)[c.person]
        mean = received(c.segment, {"": exposure}, len(segments))[""][c.segment]
        relative = np.divide(exposure, mean, out=np.zeros(len(c)), where=mean > 0.0)
        for word in SPOKEN:
            setattr(c, word, self.heard[0][word][c.segment] * relative)

    def _get_to_know(self, joining: Customers, referrers: Ints) -> None:
        """Who comes from outside a market gets to know people who were here at the end of the last period."""
        here, segments = self.customers, self.world.segments
        present = {name: here.person[here.segment == i] for i, name in enumerate(segments)}
        new = np.flatnonzero(joining.person == NO_PERSON)
        newcomers = [(segments[joining.segment[i]], int(referrers[i])) for i in new]
        for network in self._distinct_networks():
            joining.person[new] = network.join(newcomers, present)

    def _look_around(self, values: Mapping[str, Values]) -> None:
        """Prospects feel a hazard that grows with the customers at the end of the last period."""
        if not self.size:
            return
        segments, prospects = self.world.segments, self.prospects
        rows = self._of_kind("customer", self.customers)
        if self.sight is not None:
            share = share_of_acquaintances(self.sight, self.customers.person[rows])[prospects.person]
        else:
            theirs = np.isin(self.customers.segment[rows], [segments.index(name) for name in self.size])
            customers = float(np.sum(self.customers.weight[rows[theirs]]))
            share = np.full(len(prospects.person), customers / sum(self.size.values()))
        innovation, imitation = (
            np.array([_figure(values[name], ("market", field)) for name in segments])[prospects.segment]
            for field in ("innovation", "imitation")
        )
        prospects.feel(innovation + imitation * share)

    def _to_places(
        self, t: int, name: str, arrivals: Customers, referred: Customers
    ) -> tuple[Customers, Customers]:
        """Arrivals and then the referred take the places of prospects, or are turned away."""
        segment = self.world.segments.index(name)
        if np.any(referred.weight != self.weight[name]):
            raise ValueError("in a market who refers weighs as much as who is referred")
        arrivals.person = self.prospects.give_way(segment, len(arrivals))
        networks = self._distinct_networks()
        if networks:
            referrers = self.referrers[name].person
            referred.person = self.prospects.give_way_to_friends(segment, referrers, networks)
        else:
            referred.person = self.prospects.give_way(segment, len(referred))
        for each in (arrivals, referred):
            away = np.flatnonzero(each.person == NO_PERSON)
            self.ledger.page(each, t).add("turned_away", away)
        return arrivals.take(arrivals.person != NO_PERSON), referred.take(referred.person != NO_PERSON)

    def _out_of_the_market(self, name: str, values: Values) -> Customers:
        """Those whose patience has ended."""
        assert self.model.market is not None
        persons = self.prospects.come(self.world.segments.index(name))
        stage = self.model.market.stage or self.model.segments[name].stage
        weight = np.full(len(persons), self.weight[name])
        out = self.world.fresh(self.rng, name, stage, "acquired", weight, values, self.heard[-1])
        out.person = persons
        return out

    def _book_potential(self, t: int) -> None:
        """Who has not come yet counts as acquired."""
        left = self.prospects.segment[self.prospects.here]
        weight = np.array([self.weight[name] for name in self.world.segments])
        origin = np.full(len(left), ORIGINS.index("acquired"))
        self.ledger.book("potential", t, left, origin, weight[left])

    def _talk(self, page: Page, c: Customers, memory: Floats) -> None:
        """What was said in the period reaches people who were there, of any stage."""
        segments = len(memory)
        if self.network is None:
            people = np.bincount(c.segment, c.weight, segments)
            said = {w: np.bincount(c.segment, c.weight * each, segments) for w, each in page.said.items()}
            mean = reaching(self.model, said, people)
            new = {word: messages[c.segment] for word, messages in mean.items()}
        else:
            new = {word: self.network.passed_on(each, c) for word, each in page.said.items()}
            mean = received(c.segment, new, segments)
        self.told.append(mean)
        self.heard.append(remembered(self.heard[-1], mean, memory))
        before = {word: getattr(c, word) for word in SPOKEN}
        for word, heard in remembered(before, new, memory[c.segment]).items():
            setattr(c, word, heard)

    def _of_kind(self, kind: str, c: Customers) -> Ints:
        return np.flatnonzero(np.array(list(self.model.stages.values()))[c.stage] == kind)

    def _arrivals(self, name: str, values: Values) -> Customers:
        """A rate of lambda simulated customers gives floor(lambda + u)."""
        rate = _number(values, name, "arrivals") / self.weight[name]
        weight = np.full(int(np.floor(rate + self.rng.random())), self.weight[name])
        stage = self.model.segments[name].arrival_stage
        return self.world.fresh(self.rng, name, stage, "acquired", weight, values, self.heard[-1])

    def _referred(self, name: str, values: Values) -> Customers:
        """Who was referred to this segment in the last period, each with the weight of the referrer."""
        stage = self.model.referral_stage or self.model.segments[name].stage
        weight = self.referrers[name].weight
        return self.world.fresh(self.rng, name, stage, "referred", weight, values, self.heard[-1])

    def _converted(self, c: Customers, referrers: Ints) -> dict[str, Customers]:
        """Who referred those who join in the next period, by their segment: the referrer's or that named."""
        named = self.model.referral_segment
        segment = {name: i for i, name in enumerate(self.world.segments)}
        chosen = np.full(len(referrers), segment[named]) if named else c.segment[referrers]
        return {name: c.take(referrers[chosen == i]) for name, i in segment.items()}

    def _team_cost(self, page: Page, bearing: Ints, due: float) -> None:
        """Shared by all who were customers in the period; without any, the first segment bears it."""
        if len(bearing):
            weight = float(np.sum(page.customers.weight[bearing]))
            page.cost("team_cost", bearing, np.full(len(bearing), due / weight))
        elif self.model.teams:
            first = np.zeros(1, dtype=np.int64)
            self.ledger.book("team_cost", page.t, first, first, np.array([due]))
            self.ledger.book("contribution", page.t, first, first, np.array([-due]))

    def _treatment_cost(self, each: Treatment, c: Customers, page: Page, joined: Flags) -> None:
        """Upfront in the first period; running, and by contact, in every active one.

        Per customer once, when first reached: those present in the first period, later those who join.
        """
        reached = self.world.reached(each, c)
        first = page.t == self.began[each.name]
        due = reached if first else reached & joined
        cost = each.running + each.per_customer * float(np.sum(c.weight[due])) + first * each.upfront
        for path, rows in page.visits:
            cost += each.each.get(path, 0.0) * float(np.sum(c.weight[rows[reached[rows]]]))
        (self.event_cost if each.is_event else self.investment_cost)[page.t - 1] += cost


def _number(values: Values, segment: str, name: str) -> float:
    return _figure(values, ("segments", segment, name))


def _figure(values: Values, path: Path) -> float:
    value = values[path]
    assert isinstance(value, float)
    return value


def _impulse(name: str, size: Floats, c: Customers, rows: Ints) -> None:
    """A jump of a state, kept on its scale; in full whatever the ramp."""
    state: Floats = getattr(c, name)
    state[rows] = np.clip(state[rows] + size, 0.0, 1.0 if name == "trust" else 10.0)
