"""The reference workload in Numba, tuned: blocks of customers in parallel, in loops that LLVM vectorizes.

A whole life in one inner loop (`numba_peer.py`) reads better; its branches keep it scalar. Here one small
loop does one thing for all customers of a block: draw words, list those concerned, gather, compute without
branches, scatter. What makes that work in Numba: single precision throughout, fastmath, the NumPy error
model (a division that may raise is a branch), one array per variable, and its own polynomials for exp, log
and the normal quantile. A block has its own streams: totals do not depend on the number of threads.
"""

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from . import workload as w

BLOCK = 1_024

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64


def word_below(probability: float) -> np.uint32:
    """A random word is below this with that probability."""
    return u4(min(round(probability * 2**32), 2**32 - 1))


# Typed constants: one double among them would turn the arithmetic around it into double precision.
ZERO, HALF, ONE, TEN = f4(0), f4(0.5), f4(1), f4(10)
RESOLUTION = f4(2**-24)
N_JOURNEYS = len(w.JOURNEYS)
ALWAYS = tuple(journey.starts == 1 for journey in w.JOURNEYS)
STARTS = tuple(word_below(journey.starts) for journey in w.JOURNEYS)
FAILS = tuple(word_below(journey.failure) for journey in w.JOURNEYS)
RECOVERS = tuple(word_below(journey.failure * journey.recovery) for journey in w.JOURNEYS)
QUALITY = tuple(f4(journey.quality) for journey in w.JOURNEYS)
SD = tuple(f4(journey.sd) for journey in w.JOURNEYS)
STEP = tuple(f4(w.step(journey)) for journey in w.JOURNEYS)
QUALITY_FAILED, QUALITY_RECOVERED = f4(w.QUALITY_FAILED), f4(w.QUALITY_RECOVERED)
ADAPTATION, CONTRAST = f4(w.ADAPTATION), f4(w.CONTRAST)
LOSS_AVERSION, FORGIVENESS = f4(w.LOSS_AVERSION), f4(w.FORGIVENESS)
TRUST_GAIN, TRUST_LOSS = f4(w.TRUST_GAIN), f4(w.TRUST_LOSS)
TRUST_RECOVERED_GAIN = f4(w.TRUST_RECOVERED_GAIN)
CHURN_SATISFACTION, CHURN_TRUST = f4(w.CHURN_SATISFACTION), f4(w.CHURN_TRUST)
REFERENCE_SATISFACTION, REFERENCE_TRUST = f4(w.REFERENCE_SATISFACTION), f4(w.REFERENCE_TRUST)
REFERRAL_LEVEL, REFERRAL_SATISFACTION = f4(math.log(w.REFERRAL_BASE)), f4(w.REFERRAL_SATISFACTION)
RESPONDS, SURVEY_NOISE = word_below(w.SURVEY_RESPONSE), f4(w.SURVEY_NOISE)
PROMOTER_ABOVE, DETRACTOR_BELOW = f4(w.PROMOTER_FROM - 0.5), f4(w.DETRACTOR_TO + 0.5)

# Columns of what a block counts; the journeys' contacts come last.
PERIODS_HERE, LOST, SATISFACTION, FAILURES, RECOVERIES = range(5)
REFERRALS, SURVEYED, PROMOTERS, DETRACTORS, CONTACTS = range(5, 10)
COLUMNS = CONTACTS + N_JOURNEYS

Function = Callable[..., Any]


def loop(function: Function) -> Function:
    compiled: Function = numba.njit(fastmath=True, error_model="numpy")(function)
    return compiled


def inlined(function: Function) -> Function:
    compiled: Function = numba.njit(fastmath=True, error_model="numpy", inline="always")(function)
    return compiled


@inlined
def mixed(z):  # type: ignore[no-untyped-def]
    """splitmix64: seeds the streams."""
    z = (z ^ (z >> u8(30))) * u8(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> u8(27))) * u8(0x94D049BB133111EB)
    return z ^ (z >> u8(31))


@inlined
def rotated(x, k):  # type: ignore[no-untyped-def]
    return u4(u4(x << u4(k)) | u4(x >> u4(32 - k)))


@inlined
def clamped(value, top):  # type: ignore[no-untyped-def]
    return min(max(value, ZERO), top)


@inlined
def uniform(word):  # type: ignore[no-untyped-def]
    """In [0, 1)."""
    return f4(i4(word >> u4(8))) * RESOLUTION


@inlined
def log(x):  # type: ignore[no-untyped-def]
    """The polynomial of Cephes' logf, for normal positive numbers."""
    bits = np.float32(x).view(np.int32)
    exponent = i4((bits - i4(0x3F3504F3)) >> i4(23))
    t = np.int32(bits - i4(exponent << i4(23))).view(np.float32) - ONE
    p = f4(7.0376836292e-2)
    p = p * t + f4(-1.1514610310e-1)
    p = p * t + f4(1.1676998740e-1)
    p = p * t + f4(-1.2420140846e-1)
    p = p * t + f4(1.4249322787e-1)
    p = p * t + f4(-1.6668057665e-1)
    p = p * t + f4(2.0000714765e-1)
    p = p * t + f4(-2.4999993993e-1)
    p = p * t + f4(3.3333331174e-1)
    return t + (p * t - HALF) * (t * t) + f4(exponent) * f4(math.log(2))


@inlined
def exp(x):  # type: ignore[no-untyped-def]
    """A power of two times a Taylor polynomial, for |x| < 80."""
    y = x * f4(1 / math.log(2))
    k = i4(math.floor(y + HALF))
    r = (y - f4(k)) * f4(math.log(2))
    p = f4(1 / 720)
    p = p * r + f4(1 / 120)
    p = p * r + f4(1 / 24)
    p = p * r + f4(1 / 6)
    p = p * r + HALF
    p = p * r + ONE
    p = p * r + ONE
    return p * np.int32((k + i4(127)) << i4(23)).view(np.float32)


@inlined
def normal(word):  # type: ignore[no-untyped-def]
    """The normal quantile of Odeh and Evans (1974); the sign is the word's top bit."""
    tail = (f4(i4(word >> u4(8)) & i4(0x7FFFFF)) + HALF) * RESOLUTION
    y = math.sqrt(f4(-2) * log(tail))
    p = f4(-0.453642210148e-4)
    p = p * y + f4(-0.0204231210245)
    p = p * y + f4(-0.342242088547)
    p = p * y + f4(-1.0)
    p = p * y + f4(-0.322232431088)
    q = f4(0.38560700634e-2)
    q = q * y + f4(0.103537752850)
    q = q * y + f4(0.531103462366)
    q = q * y + f4(0.588581570495)
    q = q * y + f4(0.0993484626060)
    return (y + p / q) * f4(i4(1) - i4(2) * i4(word >> u4(31)))


@inlined
def drawn(a, b, c, d):  # type: ignore[no-untyped-def]
    """xoshiro128++: a word of 32 bits and the next state."""
    word = u4(rotated(u4(a + d), 7) + a)
    t = u4(b << u4(9))
    c = u4(c ^ a)
    d = u4(d ^ b)
    b = u4(b ^ c)
    a = u4(a ^ d)
    return word, a, b, u4(c ^ t), rotated(d, 11)


@loop
def draw(a, b, c, d, words, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        words[i], a[i], b[i], c[i], d[i] = drawn(a[i], b[i], c[i], d[i])


@loop
def draw_two(a, b, c, d, words, others, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        words[i], a1, b1, c1, d1 = drawn(a[i], b[i], c[i], d[i])
        others[i], a[i], b[i], c[i], d[i] = drawn(a1, b1, c1, d1)


@loop
def normals(z, words, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        z[i] = normal(words[i])


@loop
def traits(values, z, mean, sd, top, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        values[i] = clamped(mean + sd * z[i], top)


@loop
def compress(who, words, below, n):  # type: ignore[no-untyped-def]
    """Lists those whose word is below the limit."""
    k = 0
    for i in range(n):
        who[k] = i
        k += words[i] < below
    return k


@loop
def count(words, below, n):  # type: ignore[no-untyped-def]
    k = 0
    for i in range(n):
        k += words[i] < below
    return k


@loop
def gather(s, x, trust, s_of, x_of, trust_of, who, n):  # type: ignore[no-untyped-def]
    for k in range(n):
        i = who[k]
        s_of[k] = s[i]
        x_of[k] = x[i]
        trust_of[k] = trust[i]


@loop
def scatter(s, x, trust, s_of, x_of, trust_of, who, n):  # type: ignore[no-untyped-def]
    for k in range(n):
        i = who[k]
        s[i] = s_of[k]
        x[i] = x_of[k]
        trust[i] = trust_of[k]


@loop
def contact(s, x, trust, z, luck, quality, sd, fails, recovers, step, n):  # type: ignore[no-untyped-def]
    """One word decides failure and recovery: of the words that fail, the first part recovers."""
    for i in range(n):
        s0, x0, trust0 = s[i], x[i], trust[i]
        hit = f4(luck[i] < fails)  # 0 or 1: products, where a choice would be a branch
        saved = f4(luck[i] < recovers)
        e = clamped(quality + sd * z[i], TEN)
        e_hit = QUALITY_FAILED + saved * (min(e, QUALITY_RECOVERED) - QUALITY_FAILED)
        e = e + hit * (e_hit - e)
        gain = TRUST_GAIN * (ONE - trust0)
        loss = -TRUST_LOSS * trust0
        gain_hit = loss + saved * (TRUST_RECOVERED_GAIN * (ONE - trust0) - loss)
        gain = gain + hit * (gain_hit - gain)
        d = e - x0
        aversion = LOSS_AVERSION * (ONE - FORGIVENESS * trust0)
        felt = clamped(e + CONTRAST * (max(d, ZERO) + aversion * min(d, ZERO)), TEN)
        s[i] = s0 + step * (felt - s0)
        x[i] = x0 + ADAPTATION * d
        trust[i] = trust0 + gain


@loop
def referral_rates(rate, s, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        rate[i] = exp(REFERRAL_LEVEL + REFERRAL_SATISFACTION * (s[i] - REFERENCE_SATISFACTION))


@loop
def referred(rate, words, who, n):  # type: ignore[no-untyped-def]
    """Poisson numbers by inversion; u < rate is necessary for one or more, and rare; u is never 0."""
    candidates = 0
    for i in range(n):
        who[candidates] = i
        candidates += ONE - uniform(words[i]) < rate[i]
    total = 0
    for k in range(candidates):
        i = who[k]
        u = ONE - uniform(words[i])
        term = math.exp(-rate[i])
        tail = ONE - term
        number = 1
        while u < tail:
            total += 1
            term *= rate[i] / f4(number)
            tail -= term
            number += 1
    return total


@loop
def churn_odds(odds, s, trust, frailty, level, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        odds[i] = exp(
            level
            + CHURN_SATISFACTION * (s[i] - REFERENCE_SATISFACTION)
            + CHURN_TRUST * (trust[i] - REFERENCE_TRUST)
            + frailty[i]
        )


@loop
def leavers(who, odds, words, n):  # type: ignore[no-untyped-def]
    k = 0
    for i in range(n):
        who[k] = i
        k += uniform(words[i]) * (ONE + odds[i]) < odds[i]
    return k


@loop
def lives(n, key, churn_level, total):  # type: ignore[no-untyped-def]
    """All months of one block of n customers, added to `total`."""
    a, b, c, d = np.empty(BLOCK, u4), np.empty(BLOCK, u4), np.empty(BLOCK, u4), np.empty(BLOCK, u4)
    words, luck, who = np.empty(BLOCK, u4), np.empty(BLOCK, u4), np.empty(BLOCK + 1, i4)
    s, x, trust, frailty = np.empty(BLOCK, f4), np.empty(BLOCK, f4), np.empty(BLOCK, f4), np.empty(BLOCK, f4)
    s_of, x_of, trust_of, z = (
        np.empty(BLOCK, f4),
        np.empty(BLOCK, f4),
        np.empty(BLOCK, f4),
        np.empty(BLOCK, f4),
    )
    for i in range(BLOCK):
        first = mixed(key + u8(2 * i + 1) * u8(0x9E3779B97F4A7C15))
        second = mixed(key + u8(2 * i + 2) * u8(0x9E3779B97F4A7C15))
        a[i], b[i], c[i], d[i] = u4(first), u4(first >> u8(32)), u4(second), u4(second >> u8(32))

    draw_two(a, b, c, d, words, luck, n)
    normals(z, words, n)
    traits(s, z, f4(w.SATISFACTION_MEAN), f4(w.SATISFACTION_SD), TEN, n)
    normals(z, luck, n)
    traits(x, z, f4(w.EXPECTATION_MEAN), f4(w.EXPECTATION_SD), TEN, n)
    draw_two(a, b, c, d, words, luck, n)
    normals(z, words, n)
    traits(trust, z, f4(w.TRUST_MEAN), f4(w.TRUST_SD), ONE, n)
    normals(frailty, luck, n)
    for i in range(n):
        frailty[i] *= f4(w.CHURN_FRAILTY)

    for level in churn_level:
        total[PERIODS_HERE] += n
        for j in range(N_JOURNEYS):
            if ALWAYS[j]:
                m = n
                draw_two(a, b, c, d, words, luck, m)
                normals(z, words, m)
                contact(s, x, trust, z, luck, QUALITY[j], SD[j], FAILS[j], RECOVERS[j], STEP[j], m)
            else:
                draw(a, b, c, d, words, n)
                m = compress(who, words, STARTS[j], n)
                gather(s, x, trust, s_of, x_of, trust_of, who, m)
                draw_two(a, b, c, d, words, luck, m)
                normals(z, words, m)
                contact(s_of, x_of, trust_of, z, luck, QUALITY[j], SD[j], FAILS[j], RECOVERS[j], STEP[j], m)
                scatter(s, x, trust, s_of, x_of, trust_of, who, m)
            recovered = count(luck, RECOVERS[j], m)
            total[RECOVERIES] += recovered
            total[FAILURES] += count(luck, FAILS[j], m) - recovered
            total[CONTACTS + j] += m

        draw(a, b, c, d, words, n)
        m = compress(who, words, RESPONDS, n)
        draw(a, b, c, d, words, m)
        normals(z, words, m)
        total[SURVEYED] += m
        for k in range(m):
            answer = s[who[k]] + SURVEY_NOISE * z[k]
            total[PROMOTERS] += answer >= PROMOTER_ABOVE
            total[DETRACTORS] += answer <= DETRACTOR_BELOW

        draw_two(a, b, c, d, words, luck, n)
        referral_rates(z, s, n)
        total[REFERRALS] += referred(z, words, who, n)
        churn_odds(z, s, trust, frailty, level, n)
        m = leavers(who, z, luck, n)
        total[LOST] += m
        for k in range(m - 1, -1, -1):  # the last customer moves into the gap
            i = who[k]
            n -= 1
            s[i], x[i], trust[i], frailty[i] = s[n], x[n], trust[n], frailty[n]

    for i in range(n):
        total[SATISFACTION] += s[i]


@numba.njit(parallel=True)  # type: ignore[untyped-decorator, unused-ignore]
def all_lives(customers, seed, churn_level):  # type: ignore[no-untyped-def]
    blocks = (customers + BLOCK - 1) // BLOCK
    totals = np.zeros((blocks, COLUMNS))
    for block in numba.prange(blocks):
        key = mixed(mixed(u8(seed) + u8(0x9E3779B97F4A7C15)) + u8(block))
        total = np.zeros(COLUMNS)
        lives(min(BLOCK, customers - block * BLOCK), key, churn_level, total)
        totals[block] = total
    return totals


def simulate(customers: int, periods: int, seed: int) -> w.Totals:
    level = math.log(w.CHURN_BASE / (1 - w.CHURN_BASE))
    years = np.arange(periods) / w.PERIODS_PER_YEAR
    churn_level = (level + w.CHURN_TENURE * np.log1p(years)).astype(np.float32)
    total = all_lives(customers, seed, churn_level).sum(axis=0)
    contacts = tuple(int(number) for number in total[CONTACTS:])
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
