"""The reference workload in Numba: one customer's life in an inner loop, chunks of customers in parallel.

Single precision, fastmath, and a small generator (xoroshiro128+) that lives in registers; a chunk has its own
stream, so totals do not depend on the number of threads.
"""

import math

import numba
import numpy as np

from . import workload as w

CHUNK = 1_024

f4 = np.float32
u8 = np.uint64

# Typed constants: one double among them would turn the arithmetic around it into double precision.
ZERO, ONE, TEN, HALF = f4(0), f4(1), f4(10), f4(0.5)
STARTS = tuple(f4(journey.starts) for journey in w.JOURNEYS)
QUALITY = tuple(f4(journey.quality) for journey in w.JOURNEYS)
SD = tuple(f4(journey.sd) for journey in w.JOURNEYS)
FAILURE = tuple(f4(journey.failure) for journey in w.JOURNEYS)
RECOVERED = tuple(f4(journey.failure * journey.recovery) for journey in w.JOURNEYS)
STEP = tuple(f4(w.step(journey)) for journey in w.JOURNEYS)
N_JOURNEYS = len(w.JOURNEYS)
QUALITY_FAILED, QUALITY_RECOVERED = f4(w.QUALITY_FAILED), f4(w.QUALITY_RECOVERED)
ADAPTATION, CONTRAST = f4(w.ADAPTATION), f4(w.CONTRAST)
LOSS_AVERSION, FORGIVENESS = f4(w.LOSS_AVERSION), f4(w.FORGIVENESS)
TRUST_GAIN, TRUST_RECOVERED_GAIN, TRUST_LOSS = f4(w.TRUST_GAIN), f4(w.TRUST_RECOVERED_GAIN), f4(w.TRUST_LOSS)
SATISFACTION_MEAN, SATISFACTION_SD = f4(w.SATISFACTION_MEAN), f4(w.SATISFACTION_SD)
EXPECTATION_MEAN, EXPECTATION_SD = f4(w.EXPECTATION_MEAN), f4(w.EXPECTATION_SD)
TRUST_MEAN, TRUST_SD = f4(w.TRUST_MEAN), f4(w.TRUST_SD)
CHURN_SATISFACTION, CHURN_TRUST, CHURN_FRAILTY = (
    f4(w.CHURN_SATISFACTION),
    f4(w.CHURN_TRUST),
    f4(w.CHURN_FRAILTY),
)
REFERENCE_SATISFACTION, REFERENCE_TRUST = f4(w.REFERENCE_SATISFACTION), f4(w.REFERENCE_TRUST)
REFERRAL_LEVEL, REFERRAL_SATISFACTION = f4(math.log(w.REFERRAL_BASE)), f4(w.REFERRAL_SATISFACTION)
SURVEY_RESPONSE, SURVEY_NOISE = f4(w.SURVEY_RESPONSE), f4(w.SURVEY_NOISE)
PROMOTER_ABOVE, DETRACTOR_BELOW = f4(w.PROMOTER_FROM - 0.5), f4(w.DETRACTOR_TO + 0.5)
TWO_PI, RESOLUTION = f4(2 * math.pi), f4(2**-24)

# Columns of what a chunk counts; the journeys' contacts come last.
(
    PERIODS_HERE,
    LOST,
    FAILURES,
    RECOVERIES,
    REFERRALS,
    SURVEYED,
    PROMOTERS,
    DETRACTORS,
    SATISFACTION,
    CONTACTS,
) = range(10)
COLUMNS = CONTACTS + N_JOURNEYS


@numba.njit(inline="always")
def mixed(z):  # type: ignore[no-untyped-def]
    """splitmix64: seeds the streams."""
    z = (z ^ (z >> u8(30))) * u8(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> u8(27))) * u8(0x94D049BB133111EB)
    return z ^ (z >> u8(31))


@numba.njit(inline="always")
def rotated(x, k):  # type: ignore[no-untyped-def]
    return (x << u8(k)) | (x >> u8(64 - k))


@numba.njit(inline="always")
def drawn(a, b):  # type: ignore[no-untyped-def]
    """xoroshiro128+: a word of 64 bits and the next state."""
    word = a + b
    b ^= a
    return word, rotated(a, 24) ^ b ^ (b << u8(16)), rotated(b, 37)


@numba.njit(inline="always")
def high(word):  # type: ignore[no-untyped-def]
    """A uniform number in [0, 1) of the upper 24 bits."""
    return f4(np.int32(word >> u8(40))) * RESOLUTION


@numba.njit(inline="always")
def low(word):  # type: ignore[no-untyped-def]
    """A uniform number in [0, 1) of 24 other bits."""
    return f4(np.int32((word >> u8(12)) & u8(0xFFFFFF))) * RESOLUTION


@numba.njit(inline="always", fastmath=True)
def two_normals(word):  # type: ignore[no-untyped-def]
    """Box and Muller."""
    radius = math.sqrt(f4(-2) * math.log(high(word) + HALF * RESOLUTION))
    angle = TWO_PI * low(word)
    return radius * math.cos(angle), radius * math.sin(angle)


@numba.njit(inline="always", fastmath=True)
def clamped(value, top):  # type: ignore[no-untyped-def]
    return min(max(value, ZERO), top)


@numba.njit(parallel=True, fastmath=True)
def lives(customers, periods, seed, churn_level):  # type: ignore[no-untyped-def]
    chunks = (customers + CHUNK - 1) // CHUNK
    totals = np.zeros((chunks, COLUMNS))
    for chunk in numba.prange(chunks):
        a = mixed(mixed(u8(seed) + u8(0x9E3779B97F4A7C15)) + u8(chunk + 1) * u8(0x9E3779B97F4A7C15))
        b = mixed(a + u8(0x9E3779B97F4A7C15))
        here = lost = failures = recoveries = referrals = surveyed = promoters = detractors = 0
        satisfaction = 0.0
        contacts = np.zeros(N_JOURNEYS, np.int64)
        for _ in range(chunk * CHUNK, min(customers, (chunk + 1) * CHUNK)):
            word, a, b = drawn(a, b)
            z, z2 = two_normals(word)
            s = clamped(SATISFACTION_MEAN + SATISFACTION_SD * z, TEN)
            x = clamped(EXPECTATION_MEAN + EXPECTATION_SD * z2, TEN)
            word, a, b = drawn(a, b)
            z, z2 = two_normals(word)
            trust = clamped(TRUST_MEAN + TRUST_SD * z, ONE)
            frailty = CHURN_FRAILTY * z2
            stays = True
            spare, has_spare = ZERO, False  # normal numbers come in pairs
            for period in range(periods):
                here += 1
                for j in range(N_JOURNEYS):
                    word, a, b = drawn(a, b)
                    if high(word) >= STARTS[j]:
                        continue
                    contacts[j] += 1
                    luck = low(word)
                    if has_spare:
                        z, has_spare = spare, False
                    else:
                        word, a, b = drawn(a, b)
                        z, spare = two_normals(word)
                        has_spare = True
                    e = clamped(QUALITY[j] + SD[j] * z, TEN)
                    gain = TRUST_GAIN * (ONE - trust)
                    if luck < FAILURE[j]:  # of these, the first part recovers: one number decides both
                        if luck < RECOVERED[j]:
                            recoveries += 1
                            e = min(e, QUALITY_RECOVERED)
                            gain = TRUST_RECOVERED_GAIN * (ONE - trust)
                        else:
                            failures += 1
                            e = QUALITY_FAILED
                            gain = -TRUST_LOSS * trust
                    d = e - x
                    aversion = LOSS_AVERSION * (ONE - FORGIVENESS * trust) if d < ZERO else ONE
                    felt = clamped(e + CONTRAST * aversion * d, TEN)
                    s += STEP[j] * (felt - s)
                    x += ADAPTATION * d
                    trust += gain

                word, a, b = drawn(a, b)
                if high(word) < SURVEY_RESPONSE:
                    surveyed += 1
                    if has_spare:
                        z, has_spare = spare, False
                    else:
                        pair, a, b = drawn(a, b)
                        z, spare = two_normals(pair)
                        has_spare = True
                    answer = s + SURVEY_NOISE * z
                    promoters += answer >= PROMOTER_ABOVE
                    detractors += answer <= DETRACTOR_BELOW

                # Poisson by inversion; u < rate is necessary for one or more, and rare; u is never 0.
                u = ONE - low(word)
                rate = math.exp(REFERRAL_LEVEL + REFERRAL_SATISFACTION * (s - REFERENCE_SATISFACTION))
                if u < rate:
                    term = math.exp(-rate)
                    tail = ONE - term
                    number = 1
                    while u < tail:
                        referrals += 1
                        term *= rate / f4(number)  # type: ignore[assignment, unused-ignore]
                        tail -= term
                        number += 1

                word, a, b = drawn(a, b)
                odds = math.exp(
                    churn_level[period]
                    + CHURN_SATISFACTION * (s - REFERENCE_SATISFACTION)
                    + CHURN_TRUST * (trust - REFERENCE_TRUST)
                    + frailty
                )
                if high(word) * (ONE + odds) < odds:
                    lost += 1
                    stays = False
                    break
            if stays:
                satisfaction += s

        row = totals[chunk]
        row[PERIODS_HERE], row[LOST], row[SATISFACTION] = here, lost, satisfaction
        row[FAILURES], row[RECOVERIES], row[REFERRALS] = failures, recoveries, referrals
        row[SURVEYED], row[PROMOTERS], row[DETRACTORS] = surveyed, promoters, detractors
        for j in range(N_JOURNEYS):
            row[CONTACTS + j] = contacts[j]
    return totals


def simulate(customers: int, periods: int, seed: int) -> w.Totals:
    level = math.log(w.CHURN_BASE / (1 - w.CHURN_BASE))
    years = np.arange(periods) / w.PERIODS_PER_YEAR
    churn_level = (level + w.CHURN_TENURE * np.log1p(years)).astype(np.float32)
    total = lives(customers, periods, seed, churn_level).sum(axis=0)
    contacts = tuple(int(count) for count in total[CONTACTS:])
    customer_periods, lost = int(total[PERIODS_HERE]), int(total[LOST])
    return w.Totals(
        customers=customers,
        customer_periods=customer_periods,
        lost=lost,
        contacts=contacts,
        failures=int(total[FAILURES]),
        recovered=int(total[RECOVERIES]),
        touchpoint_cost=w.touchpoint_cost(contacts),
        fee_revenue=w.FEE * customer_periods,
        referrals=int(total[REFERRALS]),
        surveyed=int(total[SURVEYED]),
        promoters=int(total[PROMOTERS]),
        detractors=int(total[DETRACTORS]),
        mean_satisfaction=float(total[SATISFACTION]) / (customers - lost),
    )
