"""People who talk, in Numba: loops over people and over the compressed rows of whom they know.

What each person tells each of those they know is a Poisson number, and all are independent. So what somebody
hears from everybody is one Poisson number, which we draw where it is heard: the same law as goodwill's with
fewer draws, and threads share no counter. Generator and helpers are those of `numba_peer.py`; a chunk of
people has its own stream, so the result does not depend on the number of threads.
"""

import math

import numba
import numpy as np
import numpy.typing as npt

from . import talk_workload as t
from . import workload as w
from .numba_peer import (
    ADAPTATION,
    CHUNK,
    CONTRAST,
    DETRACTOR_BELOW,
    EXPECTATION_MEAN,
    EXPECTATION_SD,
    FORGIVENESS,
    LOSS_AVERSION,
    ONE,
    PROMOTER_ABOVE,
    QUALITY_FAILED,
    REFERENCE_SATISFACTION,
    SATISFACTION_MEAN,
    SATISFACTION_SD,
    TEN,
    TRUST_GAIN,
    TRUST_LOSS,
    ZERO,
    clamped,
    drawn,
    f4,
    high,
    low,
    mixed,
    two_normals,
    u8,
)

STARTS, QUALITY, QUALITY_SD, FAILURE = f4(t.STARTS), f4(t.QUALITY), f4(t.QUALITY_SD), f4(t.FAILURE)
TRUST_MEAN, TRUST_SD = f4(t.TRUST_MEAN), f4(t.TRUST_SD)
MESSAGES, TOLD, REMEMBERED = f4(t.MESSAGES), f4(t.MESSAGES * t.MONTHS_TOLD), f4(t.REMEMBERED)
CHURN_LEVEL, CHURN_SATISFACTION, CHURN_WORD = f4(t.CHURN_LEVEL), f4(t.CHURN_SATISFACTION), f4(t.CHURN_WORD)
LEARNING, SURVEY_NOISE = f4(w.LEARNING), f4(t.SURVEY_NOISE)
GOLDEN = u8(0x9E3779B97F4A7C15)
EDGES_A_PERSON = t.DEGREE // 2


@numba.njit
def edges(people, seed):  # type: ignore[no-untyped-def]
    """Both ends of each edge, anybody each."""
    ends = np.empty((people * EDGES_A_PERSON, 2), np.int32)
    a = mixed(mixed(u8(seed) + GOLDEN))
    b = mixed(a + GOLDEN)
    for k in range(len(ends)):
        word, a, b = drawn(a, b)
        ends[k, 0] = ((word >> u8(32)) * u8(people)) >> u8(32)
        ends[k, 1] = ((word & u8(0xFFFFFFFF)) * u8(people)) >> u8(32)
    return ends


@numba.njit
def rows(people, ends):  # type: ignore[no-untyped-def]
    """Where the row of each person starts, and whom it names."""
    starts = np.zeros(people + 1, np.int64)
    for k in range(len(ends)):
        starts[ends[k, 0] + 1] += 1
        starts[ends[k, 1] + 1] += 1
    starts = np.cumsum(starts)
    place = starts[:-1].copy()
    targets = np.empty(starts[-1], np.int32)
    for k in range(len(ends)):
        i, j = ends[k, 0], ends[k, 1]
        targets[place[i]] = j
        place[i] += 1
        targets[place[j]] = i
        place[j] += 1
    return starts, targets


@numba.njit(parallel=True, fastmath=True)
def begin(people, seed):  # type: ignore[no-untyped-def]
    chunks = (people + CHUNK - 1) // CHUNK
    streams = np.empty((chunks, 2), np.uint64)
    satisfaction, expectation = np.empty(people, f4), np.empty(people, f4)
    trust = np.empty(people, f4)
    for chunk in numba.prange(chunks):
        a = mixed(mixed(u8(seed) + GOLDEN) + u8(chunk + 1) * GOLDEN)
        b = mixed(a + GOLDEN)
        for i in range(chunk * CHUNK, min(people, (chunk + 1) * CHUNK)):
            word, a, b = drawn(a, b)
            z, z2 = two_normals(word)
            satisfaction[i] = clamped(SATISFACTION_MEAN + SATISFACTION_SD * z, TEN)
            expectation[i] = clamped(EXPECTATION_MEAN + EXPECTATION_SD * z2, TEN)
            word, a, b = drawn(a, b)
            z, z2 = two_normals(word)
            trust[i] = clamped(TRUST_MEAN + TRUST_SD * z, ONE)
        streams[chunk, 0], streams[chunk, 1] = a, b
    return streams, satisfaction, expectation, trust


@numba.njit(parallel=True, fastmath=True)
def live(streams, here, satisfaction, expectation, trust, heard, says):  # type: ignore[no-untyped-def]
    """A month of everybody: contact, answer, what they will say (good, bad), and who leaves."""
    people = len(here)
    for chunk in numba.prange(len(streams)):
        a, b = streams[chunk, 0], streams[chunk, 1]
        for i in range(chunk * CHUNK, min(people, (chunk + 1) * CHUNK)):
            says[i, 0] = says[i, 1] = ZERO
            if not here[i]:
                continue
            word, a, b = drawn(a, b)
            normals, a, b = drawn(a, b)
            z, z2 = two_normals(normals)
            if high(word) < STARTS:
                failed = low(word) < FAILURE
                e = QUALITY_FAILED if failed else clamped(QUALITY + QUALITY_SD * z, TEN)
                d = e - expectation[i]
                aversion = LOSS_AVERSION * (ONE - FORGIVENESS * trust[i]) if d < ZERO else ONE
                felt = clamped(e + CONTRAST * aversion * d, TEN)
                satisfaction[i] += LEARNING * (felt - satisfaction[i])
                expectation[i] += ADAPTATION * d
                trust[i] += -TRUST_LOSS * trust[i] if failed else TRUST_GAIN * (ONE - trust[i])
                if failed:
                    says[i, 1] = TOLD
            answer = satisfaction[i] + SURVEY_NOISE * z2
            if answer >= PROMOTER_ABOVE:
                says[i, 0] = MESSAGES
            elif answer < DETRACTOR_BELOW:
                says[i, 1] += MESSAGES
            odds = math.exp(
                CHURN_LEVEL
                + CHURN_SATISFACTION * (satisfaction[i] - REFERENCE_SATISFACTION)
                + CHURN_WORD * (heard[i, 1] - heard[i, 0])
            )
            word, a, b = drawn(a, b)
            here[i] = high(word) * (ONE + odds) >= odds
        streams[chunk, 0], streams[chunk, 1] = a, b


@numba.njit(parallel=True, fastmath=True)
def divide(starts, targets, here, says):  # type: ignore[no-untyped-def]
    """What each says becomes what they say to each of those they know who are here."""
    for i in numba.prange(len(here)):
        if says[i, 0] == ZERO and says[i, 1] == ZERO:
            continue
        known = 0
        for k in range(starts[i], starts[i + 1]):
            known += here[targets[k]]
        share = ONE / f4(max(known, 1))
        says[i, 0] *= share
        says[i, 1] *= share


@numba.njit(inline="always", fastmath=True)
def poisson(mean, u):  # type: ignore[no-untyped-def]
    """By inversion."""
    term = math.exp(-mean)
    tail = ONE - term
    number = ZERO
    while u < tail:
        number += ONE
        term *= mean / number
        if term <= ZERO:
            break
        tail -= term
    return number


@numba.njit(parallel=True, fastmath=True)
def hear(streams, starts, targets, here, says, heard):  # type: ignore[no-untyped-def]
    people = len(here)
    for chunk in numba.prange(len(streams)):
        a, b = streams[chunk, 0], streams[chunk, 1]
        for i in range(chunk * CHUNK, min(people, (chunk + 1) * CHUNK)):
            if not here[i]:
                continue
            good, bad = ZERO, ZERO
            for k in range(starts[i], starts[i + 1]):
                good += says[targets[k], 0]
                bad += says[targets[k], 1]
            word, a, b = drawn(a, b)
            heard[i, 0] = REMEMBERED * heard[i, 0] + poisson(good, high(word))
            heard[i, 1] = REMEMBERED * heard[i, 1] + poisson(bad, low(word))
        streams[chunk, 0], streams[chunk, 1] = a, b


def simulate(people: int, seed: int, threads: int) -> int:
    most = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined, unused-ignore]
    numba.set_num_threads(min(threads, most))
    starts, targets = rows(people, edges(people, seed))
    streams, satisfaction, expectation, trust = begin(people, seed)
    here: npt.NDArray[np.bool_] = np.ones(people, np.bool_)
    heard, says = np.zeros((people, 2), np.float32), np.zeros((people, 2), np.float32)
    for _ in range(t.PERIODS):
        live(streams, here, satisfaction, expectation, trust, heard, says)
        divide(starts, targets, here, says)
        hear(streams, starts, targets, here, says, heard)
    return int(here.sum())
