"""The state of customers, as arrays of equal length, and how new customers begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .definition import Path, Response, Values

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ORIGINS = ("initial", "acquired", "referred")
GONE = -1  # the stage of a lost customer
NEVER = -(10**6)  # the period of a failure that never was, or that was closed
NO_ANSWER = -1
NO_PERSON = -1


@dataclass
class Customers:
    """One row per customer; rows of lost customers are dropped at the end of a period."""

    number: Ints  # order of creation
    segment: Ints
    origin: Ints
    weight: Floats  # real customers that this one stands for
    stage: Ints
    satisfaction: Floats  # 0 to 10
    expectation: Floats  # 0 to 10
    trust: Floats  # 0 to 1
    tenure: Floats  # periods since joining
    failures: Floats  # failed and not closed, as far as remembered
    recoveries: Floats  # as far as remembered
    last_failure: Ints  # period of the latest failure that was not closed
    moved: Flags  # the stage changed in this period
    answer: Ints  # to the survey, the latest
    answered: Ints  # the period of that answer
    appetite: Floats  # multiplier of the order rate, mean 1
    spend: Floats  # multiplier of fees, order values and earnings, mean 1
    frailty: Floats  # standard normal, one column per response that needs a trait
    chance: Floats  # the probability itself where a beta law gives it, same columns
    luck: Floats  # decides who is reached, one column per audience
    good_word: Floats  # messages heard and still remembered
    bad_word: Floats
    person: Ints  # number in the network, if there is one

    def __len__(self) -> int:
        return len(self.segment)

    def take(self, rows: Ints | Flags) -> Customers:
        """The customers in these rows."""
        return Customers(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def __add__(self, other: Customers) -> Customers:
        names = [f.name for f in fields(self)]
        return Customers(**{n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in names})


@dataclass(frozen=True)
class Traits:
    """Columns of the arrays of traits: responses with a frailty or a beta law, and audiences."""

    responses: Mapping[Path, int]
    audiences: Mapping[str, int]


def newcomers(
    rng: np.random.Generator,
    traits: Traits,
    values: Values,
    segment: int,
    name: str,
    stage: int,
    origin: str,
    weight: Floats,
    good_word: float,
    bad_word: float,
) -> Customers:
    """As many new customers of the segment as there are weights; they hear what its people have heard."""
    n = len(weight)

    def drawn(field: str, top: float) -> Floats:
        path: Path = ("segments", name, field)
        mean, sd, rise = values[path], values[(*path, "sd")], values[(*path, "good_word")]
        assert isinstance(mean, float)
        assert isinstance(sd, float)
        assert isinstance(rise, float)
        return np.clip(mean + rise * good_word + sd * rng.standard_normal(n), 0.0, top)

    chance = np.zeros((n, len(traits.responses)))
    for path, column in traits.responses.items():
        response = values[path]
        if isinstance(response, Response) and response.beta:
            chance[:, column] = rng.beta(*response.beta, size=n)
    shape, cv = values.get(("orders", "spread", "gamma"), 0.0), values["segments", name, "spend"]
    assert isinstance(shape, float)
    assert isinstance(cv, float)
    variance = np.log1p(cv**2)  # of the logarithm, with which a lognormal of mean 1 has this cv
    return Customers(
        number=np.arange(n),
        segment=np.full(n, segment),
        origin=np.full(n, ORIGINS.index(origin)),
        weight=weight,
        stage=np.full(n, stage),
        satisfaction=drawn("satisfaction", 10.0),
        expectation=drawn("expects", 10.0),
        trust=drawn("trust", 1.0),
        tenure=np.zeros(n),
        failures=np.zeros(n),
        recoveries=np.zeros(n),
        last_failure=np.full(n, NEVER),
        moved=np.zeros(n, dtype=bool),
        answer=np.full(n, NO_ANSWER),
        answered=np.full(n, NEVER),
        appetite=rng.gamma(shape, 1.0 / shape, n) if shape > 0.0 else np.ones(n),
        spend=np.exp(rng.normal(-variance / 2, np.sqrt(variance), n)) if cv > 0.0 else np.ones(n),
        frailty=rng.standard_normal((n, len(traits.responses))),
        chance=chance,
        luck=rng.random((n, len(traits.audiences))),
        good_word=np.full(n, good_word),
        bad_word=np.full(n, bad_word),
        person=np.full(n, NO_PERSON),
    )
