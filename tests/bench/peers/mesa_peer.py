"""The reference workload in Mesa 3: a customer is an agent, a month is a step of the model, one thread."""

import math

import mesa  # type: ignore[import-untyped, unused-ignore]

from . import workload as w

CHURN_LEVEL = math.log(w.CHURN_BASE / (1 - w.CHURN_BASE))
REFERRAL_LEVEL = math.log(w.REFERRAL_BASE)


def clamped(value: float, top: float = 10.0) -> float:
    return min(max(value, 0.0), top)


class Customer(mesa.Agent):  # type: ignore[misc, unused-ignore]
    model: "Firm"

    def __init__(self, model: "Firm") -> None:
        super().__init__(model)
        normal = self.random.gauss
        self.satisfaction = clamped(normal(w.SATISFACTION_MEAN, w.SATISFACTION_SD))
        self.expectation = clamped(normal(w.EXPECTATION_MEAN, w.EXPECTATION_SD))
        self.trust = clamped(normal(w.TRUST_MEAN, w.TRUST_SD), 1.0)
        self.frailty = normal(0, w.CHURN_FRAILTY)
        self.tenure = 0

    def step(self) -> None:
        self.model.customer_periods += 1
        self.model.fee_revenue += w.FEE
        for number, journey in enumerate(w.JOURNEYS):
            if self.random.random() < journey.starts:
                self.contact(number, journey)
        self.survey()
        self.advocate()
        self.move()

    def contact(self, number: int, journey: w.Journey) -> None:
        self.model.contacts[number] += 1
        self.model.touchpoint_cost += journey.cost
        e = clamped(self.random.gauss(journey.quality, journey.sd))
        gain = w.TRUST_GAIN * (1 - self.trust)
        if self.random.random() < journey.failure:
            if self.random.random() < journey.recovery:
                self.model.recovered += 1
                e = min(e, w.QUALITY_RECOVERED)
                gain = w.TRUST_RECOVERED_GAIN * (1 - self.trust)
            else:
                self.model.failures += 1
                e = w.QUALITY_FAILED
                gain = -w.TRUST_LOSS * self.trust
        d = e - self.expectation
        aversion = w.LOSS_AVERSION * (1 - w.FORGIVENESS * self.trust) if d < 0 else 1.0
        felt = clamped(e + w.CONTRAST * aversion * d)
        self.satisfaction += w.step(journey) * (felt - self.satisfaction)
        self.expectation += w.ADAPTATION * d
        self.trust += gain

    def survey(self) -> None:
        if self.random.random() < w.SURVEY_RESPONSE:
            answer = round(clamped(self.random.gauss(self.satisfaction, w.SURVEY_NOISE)))
            self.model.surveyed += 1
            self.model.promoters += answer >= w.PROMOTER_FROM
            self.model.detractors += answer <= w.DETRACTOR_TO

    def advocate(self) -> None:
        """Poisson, by the product of uniform numbers."""
        points = self.satisfaction - w.REFERENCE_SATISFACTION
        none = math.exp(-math.exp(REFERRAL_LEVEL + w.REFERRAL_SATISFACTION * points))
        product = self.random.random()
        while product > none:
            self.model.referrals += 1
            product *= self.random.random()

    def move(self) -> None:
        logit = (
            CHURN_LEVEL
            + w.CHURN_SATISFACTION * (self.satisfaction - w.REFERENCE_SATISFACTION)
            + w.CHURN_TRUST * (self.trust - w.REFERENCE_TRUST)
            + w.CHURN_TENURE * math.log1p(self.tenure / w.PERIODS_PER_YEAR)
            + self.frailty
        )
        if self.random.random() < 1 / (1 + math.exp(-logit)):
            self.model.lost += 1
            self.remove()
        self.tenure += 1


class Firm(mesa.Model):  # type: ignore[misc, unused-ignore]
    def __init__(self, customers: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.customer_periods = 0
        self.lost = 0
        self.contacts = [0] * len(w.JOURNEYS)
        self.failures = 0
        self.recovered = 0
        self.touchpoint_cost = 0.0
        self.fee_revenue = 0.0
        self.referrals = 0
        self.surveyed = 0
        self.promoters = 0
        self.detractors = 0
        Customer.create_agents(self, customers)

    def step(self) -> None:
        # Customers do not influence each other, so their order is left alone: shuffling would only cost time.
        self.agents.do("step")


def simulate(customers: int, periods: int, seed: int) -> w.Totals:
    firm = Firm(customers, seed)
    for _ in range(periods):
        firm.step()
    return w.Totals(
        customers=customers,
        customer_periods=firm.customer_periods,
        lost=firm.lost,
        contacts=tuple(firm.contacts),
        failures=firm.failures,
        recovered=firm.recovered,
        touchpoint_cost=firm.touchpoint_cost,
        fee_revenue=firm.fee_revenue,
        referrals=firm.referrals,
        surveyed=firm.surveyed,
        promoters=firm.promoters,
        detractors=firm.detractors,
        mean_satisfaction=firm.agents.agg("satisfaction", lambda values: sum(values) / len(values)),
    )
