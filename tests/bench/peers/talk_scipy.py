"""People who talk, in NumPy; messages go over a sparse matrix of SciPy, on one thread.

It adds the mean of the messages that reach a person, where goodwill draws them.
"""

import numpy as np
import scipy.sparse

from . import talk_workload as t
from . import workload as w


def network(people: int, luck: np.random.Generator) -> scipy.sparse.csr_array:
    ends = luck.integers(0, people, (people * t.DEGREE // 2, 2))
    ones = np.ones(len(ends), dtype=np.float32)
    half = scipy.sparse.coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(people, people))
    return (half + half.T).tocsr()


def simulate(people: int, seed: int, threads: int) -> int:
    luck = np.random.default_rng(seed)
    knows = network(people, luck)
    satisfaction = np.clip(luck.normal(w.SATISFACTION_MEAN, w.SATISFACTION_SD, people), 0, 10)
    expectation = np.clip(luck.normal(w.EXPECTATION_MEAN, w.EXPECTATION_SD, people), 0, 10)
    trust = np.clip(luck.normal(t.TRUST_MEAN, t.TRUST_SD, people), 0, 1)
    here = np.ones(people, dtype=bool)
    good, bad = np.zeros(people), np.zeros(people)
    for _ in range(t.PERIODS):
        who = np.flatnonzero(here & (luck.random(people) < t.STARTS))
        failed = luck.random(len(who)) < t.FAILURE
        quality = np.clip(luck.normal(t.QUALITY, t.QUALITY_SD, len(who)), 0, 10)
        e = np.where(failed, w.QUALITY_FAILED, quality)
        d = e - expectation[who]
        aversion = np.where(d < 0, w.LOSS_AVERSION * (1 - w.FORGIVENESS * trust[who]), 1)
        felt = np.clip(e + w.CONTRAST * aversion * d, 0, 10)
        satisfaction[who] += w.LEARNING * (felt - satisfaction[who])
        expectation[who] += w.ADAPTATION * d
        trust[who] += np.where(failed, -w.TRUST_LOSS * trust[who], w.TRUST_GAIN * (1 - trust[who]))
        answer = np.floor(np.clip(satisfaction + luck.normal(0, t.SURVEY_NOISE, people), 0, 10) + 0.5)
        says_bad = t.MESSAGES * (here & (answer <= w.DETRACTOR_TO))
        says_bad[who[failed]] += t.MESSAGES * t.MONTHS_TOLD
        says_good = t.MESSAGES * (here & (answer >= w.PROMOTER_FROM))
        points = satisfaction - w.REFERENCE_SATISFACTION
        logit = t.CHURN_LEVEL + t.CHURN_SATISFACTION * points + t.CHURN_WORD * (bad - good)
        here &= luck.random(people) >= 1 / (1 + np.exp(-logit))
        known = np.maximum(knows @ here.astype(np.float32), 1)
        bad = t.REMEMBERED * bad + knows @ (says_bad / known) * here
        good = t.REMEMBERED * good + knows @ (says_good / known) * here
    return int(here.sum())
