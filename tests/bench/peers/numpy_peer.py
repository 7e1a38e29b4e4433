"""The reference workload in NumPy: one array per state variable, one index list per journey, one thread.

Customers are simulated in cohorts (small ones pay NumPy's overhead per call) and in single precision;
leavers are dropped every month.
"""

import math

import numpy as np
from numpy.typing import NDArray

from . import workload as w

COHORT = 131_072

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


class Cohort:
    """Customers who are still here, and what they have done so far."""

    def __init__(self, customers: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.satisfaction = self.trait(customers, w.SATISFACTION_MEAN, w.SATISFACTION_SD, 10.0)
        self.expectation = self.trait(customers, w.EXPECTATION_MEAN, w.EXPECTATION_SD, 10.0)
        self.trust = self.trait(customers, w.TRUST_MEAN, w.TRUST_SD, 1.0)
        self.frailty = self.normal(customers) * np.float32(w.CHURN_FRAILTY)
        self.customer_periods = 0
        self.lost = 0
        self.contacts = [0] * len(w.JOURNEYS)
        self.failures = 0
        self.recovered = 0
        self.referrals = 0
        self.surveyed = 0
        self.promoters = 0
        self.detractors = 0

    def normal(self, n: int) -> Floats:
        return self.rng.standard_normal(n, dtype=np.float32)

    def uniform(self, n: int) -> Floats:
        return self.rng.random(n, dtype=np.float32)

    def trait(self, n: int, mean: float, sd: float, top: float) -> Floats:
        values: Floats = np.clip(np.float32(mean) + np.float32(sd) * self.normal(n), 0, top)
        return values

    def period(self, tenure: int) -> None:
        self.customer_periods += len(self.satisfaction)
        for number, journey in enumerate(w.JOURNEYS):
            self.journey(number, journey)
        self.survey()
        self.advocacy()
        self.moves(tenure)

    def journey(self, number: int, journey: w.Journey) -> None:
        here = len(self.satisfaction)
        who: NDArray[np.intp] | slice
        if journey.starts < 1:
            who = np.flatnonzero(self.uniform(here) < journey.starts)
            contacts = len(who)
        else:
            who, contacts = slice(None), here
        self.contacts[number] += contacts

        s, x, trust = self.satisfaction[who], self.expectation[who], self.trust[who]
        e = self.normal(contacts)
        e *= journey.sd
        e += journey.quality
        np.clip(e, 0, 10, out=e)
        hit = np.flatnonzero(self.uniform(contacts) < journey.failure)
        saved = self.uniform(len(hit)) < journey.recovery
        failed, recovered = hit[~saved], hit[saved]
        self.failures += len(failed)
        self.recovered += len(recovered)
        e[failed] = w.QUALITY_FAILED
        e[recovered] = np.minimum(e[recovered], w.QUALITY_RECOVERED)

        d = e - x
        aversion = np.where(d < 0, w.LOSS_AVERSION - w.LOSS_AVERSION * w.FORGIVENESS * trust, np.float32(1))
        aversion *= w.CONTRAST
        aversion *= d
        e += aversion
        felt = np.clip(e, 0, 10, out=e)
        felt -= s
        felt *= w.step(journey)
        d *= w.ADAPTATION
        gain = np.float32(w.TRUST_GAIN) * (1 - trust)
        gain[failed] = -w.TRUST_LOSS * trust[failed]
        gain[recovered] *= w.TRUST_RECOVERED_GAIN / w.TRUST_GAIN
        self.satisfaction[who] = s + felt
        self.expectation[who] = x + d
        self.trust[who] = trust + gain

    def survey(self) -> None:
        who = np.flatnonzero(self.uniform(len(self.satisfaction)) < w.SURVEY_RESPONSE)
        answer = np.rint(
            np.clip(self.satisfaction[who] + np.float32(w.SURVEY_NOISE) * self.normal(len(who)), 0, 10)
        )
        self.surveyed += len(who)
        self.promoters += int(np.count_nonzero(answer >= w.PROMOTER_FROM))
        self.detractors += int(np.count_nonzero(answer <= w.DETRACTOR_TO))

    def advocacy(self) -> None:
        rate = self.satisfaction - np.float32(w.REFERENCE_SATISFACTION)
        rate *= w.REFERRAL_SATISFACTION
        rate += math.log(w.REFERRAL_BASE)
        np.exp(rate, out=rate)
        # Poisson numbers by inversion: u < rate is necessary for one or more, and rare; u is never 0.
        u = 1 - self.uniform(len(rate))
        who = np.flatnonzero(u < rate)
        u, rate = u[who], rate[who].astype(np.float64)
        term = np.exp(-rate)
        tail, number = 1 - term, 1
        while np.any(more := u < tail):
            self.referrals += int(np.count_nonzero(more))
            term *= rate / number
            tail -= term
            number += 1

    def moves(self, tenure: int) -> None:
        level = math.log(w.CHURN_BASE / (1 - w.CHURN_BASE))
        level += w.CHURN_TENURE * math.log1p(tenure / w.PERIODS_PER_YEAR)
        level -= w.CHURN_SATISFACTION * w.REFERENCE_SATISFACTION + w.CHURN_TRUST * w.REFERENCE_TRUST
        logit = self.satisfaction * np.float32(w.CHURN_SATISFACTION)
        logit += self.trust * np.float32(w.CHURN_TRUST)
        logit += self.frailty
        logit += level
        odds = np.exp(logit, out=logit)
        stays = self.uniform(len(odds)) * (1 + odds) >= odds
        self.lost += len(odds) - int(np.count_nonzero(stays))
        self.satisfaction = self.satisfaction[stays]
        self.expectation = self.expectation[stays]
        self.trust = self.trust[stays]
        self.frailty = self.frailty[stays]


def simulate(customers: int, periods: int, seed: int) -> w.Totals:
    rng = np.random.Generator(np.random.SFC64(seed))
    cohorts = []
    for first in range(0, customers, COHORT):
        cohort = Cohort(min(COHORT, customers - first), rng)
        for tenure in range(periods):
            cohort.period(tenure)
        cohorts.append(cohort)

    contacts = tuple(map(sum, zip(*(cohort.contacts for cohort in cohorts), strict=True)))
    customer_periods = sum(cohort.customer_periods for cohort in cohorts)
    here = sum(len(cohort.satisfaction) for cohort in cohorts)
    return w.Totals(
        customers=customers,
        customer_periods=customer_periods,
        lost=sum(cohort.lost for cohort in cohorts),
        contacts=contacts,
        failures=sum(cohort.failures for cohort in cohorts),
        recovered=sum(cohort.recovered for cohort in cohorts),
        touchpoint_cost=w.touchpoint_cost(contacts),
        fee_revenue=w.FEE * customer_periods,
        referrals=sum(cohort.referrals for cohort in cohorts),
        surveyed=sum(cohort.surveyed for cohort in cohorts),
        promoters=sum(cohort.promoters for cohort in cohorts),
        detractors=sum(cohort.detractors for cohort in cohorts),
        mean_satisfaction=sum(float(cohort.satisfaction.sum(dtype=np.float64)) for cohort in cohorts) / here,
    )
