"""People who talk, in Starsim: a module with a step of a month, on Starsim's own network, on one thread.

As in `talk_scipy.py`, people hear the mean of the messages. Who leaves is removed from people and network by
Starsim.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import starsim as ss  # type: ignore[import-untyped, unused-ignore]

from . import talk_workload as t
from . import workload as w


def received(edges: Any, sent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """By person, the sum of what those whom they know send along each edge."""
    one, other, sums = edges.p1, edges.p2, np.zeros(len(sent))
    sums += np.bincount(one, sent[other], len(sent))
    sums += np.bincount(other, sent[one], len(sent))
    return sums


class Custom(ss.Disease):  # type: ignore[misc, unused-ignore]
    """Contacts, answers, words and churn of customers."""

    def __init__(self) -> None:
        super().__init__(name="custom")
        self.define_states(
            ss.FloatArr("satisfaction", default=ss.normal(w.SATISFACTION_MEAN, w.SATISFACTION_SD)),
            ss.FloatArr("expectation", default=ss.normal(w.EXPECTATION_MEAN, w.EXPECTATION_SD)),
            ss.FloatArr("trust", default=ss.normal(t.TRUST_MEAN, t.TRUST_SD)),
            ss.FloatArr("good", default=0.0),
            ss.FloatArr("bad", default=0.0),
        )
        self.starts = ss.bernoulli(p=t.STARTS)
        self.fails = ss.bernoulli(p=t.FAILURE)
        self.quality = ss.normal(t.QUALITY, t.QUALITY_SD)
        self.noise = ss.normal(0, t.SURVEY_NOISE)
        self.leaves = ss.random()

    def init_post(self) -> None:
        super().init_post()
        for state, top in ((self.satisfaction, 10), (self.expectation, 10), (self.trust, 1)):
            state[:] = np.clip(state.values, 0, top)

    def step(self) -> None:
        everybody = self.sim.people.auids
        failed = self.contacts()
        answer = np.clip(self.satisfaction[everybody] + self.noise.rvs(everybody), 0, 10)
        answer = np.floor(answer + 0.5)
        size = len(self.satisfaction.raw)
        says_good, says_bad = np.zeros(size), np.zeros(size)
        says_good[everybody[answer >= w.PROMOTER_FROM]] = t.MESSAGES
        says_bad[everybody[answer <= w.DETRACTOR_TO]] = t.MESSAGES
        says_bad[failed] += t.MESSAGES * t.MONTHS_TOLD
        here = self.churn(everybody)
        self.tell(here, says_good, says_bad)

    def contacts(self) -> ss.uids:
        """Those whose contact failed."""
        who = self.starts.filter()
        fails = self.fails.rvs(who)
        e = np.where(fails, w.QUALITY_FAILED, np.clip(self.quality.rvs(who), 0, 10))
        d = e - self.expectation[who]
        trust = self.trust[who]
        aversion = np.where(d < 0, w.LOSS_AVERSION * (1 - w.FORGIVENESS * trust), 1)
        felt = np.clip(e + w.CONTRAST * aversion * d, 0, 10)
        self.satisfaction[who] += w.LEARNING * (felt - self.satisfaction[who])
        self.expectation[who] += w.ADAPTATION * d
        self.trust[who] += np.where(fails, -w.TRUST_LOSS * trust, w.TRUST_GAIN * (1 - trust))
        return who[fails]

    def churn(self, everybody: ss.uids) -> npt.NDArray[np.bool_]:
        """Whether each person is still here, by number."""
        points = self.satisfaction[everybody] - w.REFERENCE_SATISFACTION
        words = self.bad[everybody] - self.good[everybody]
        logit = t.CHURN_LEVEL + t.CHURN_SATISFACTION * points + t.CHURN_WORD * words
        gone = self.leaves.rvs(everybody) < 1 / (1 + np.exp(-logit))
        self.sim.people.request_removal(everybody[gone])
        here = np.zeros(len(self.satisfaction.raw), bool)
        here[everybody[~gone]] = True
        return here

    def tell(
        self,
        here: npt.NDArray[np.bool_],
        says_good: npt.NDArray[np.float64],
        says_bad: npt.NDArray[np.float64],
    ) -> None:
        """The network still has those who left this month: they talk, and nobody talks to them."""
        edges = self.sim.networks[0].edges
        stay = np.flatnonzero(here).view(ss.uids)
        known = np.maximum(received(edges, here.astype(float)), 1)  # of each person, how many are here
        for state, says in ((self.good, says_good / known), (self.bad, says_bad / known)):
            state[stay] = t.REMEMBERED * state[stay] + received(edges, says)[stay]


def simulate(people: int, seed: int, threads: int) -> int:
    network = ss.RandomExactNet(n_contacts=ss.poisson(t.DEGREE), dynamic=False)
    sim = ss.Sim(
        n_agents=people,
        diseases=Custom(),
        networks=network,
        dt=ss.month,
        dur=ss.months(t.PERIODS - 1),  # the last one counts
        rand_seed=seed,
        verbose=0,
    )
    sim.run()
    if len(sim.timevec) != t.PERIODS:
        raise RuntimeError(f"Starsim took {len(sim.timevec)} steps")
    return int(sim.people.alive.sum())
