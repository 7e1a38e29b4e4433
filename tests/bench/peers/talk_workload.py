"""The workload of `talk_peers.py`, as a model and as plain numbers: people who talk over a network.

What this file does not name is as in the reference workload (`workload.py`): both take goodwill's defaults.
"""

import math
from typing import Protocol

PERIODS = 36
"""Months; one period is one month."""

DEGREE = 10
"""How many others a person knows on average; every two people with the same probability."""

# The only journey: a contact at most once a month, which fails or does not.
STARTS, QUALITY, QUALITY_SD, FAILURE = 0.5, 7.5, 1.5, 0.1

TRUST_MEAN, TRUST_SD = 0.6, 0.1

# Messages: of a promoter or a detractor in a month, for how many months a failure is told, and what share of
# what they have heard people remember a month later.
MESSAGES, MONTHS_TOLD, REMEMBERED = 0.5, 2.0, 0.5

# Churn: log-odds of the base, and effects per point above 7 and per message remembered, bad or good.
CHURN_BASE, CHURN_SATISFACTION, CHURN_WORD = 0.02, -0.3, 0.05
CHURN_LEVEL = math.log(CHURN_BASE / (1 - CHURN_BASE))

SURVEY_RESPONSE, SURVEY_NOISE = 0.1, 0.7


def model(people: int) -> str:
    return f"""
horizon: {PERIODS}
agents: all
segments: {{all: {{count: {people}, tenure: 0}}}}
stages:
  customer:
    fee: 20
    churn:
      base: {CHURN_BASE:%}
      satisfaction: {CHURN_SATISFACTION}
      bad_word: {CHURN_WORD}
      good_word: {-CHURN_WORD}
journeys:
  use:
    starts: {STARTS:%}
    touchpoints: {{use: {{quality: {QUALITY}, sd: {QUALITY_SD}, failure: {FAILURE:%}}}}}
survey: {{response: {SURVEY_RESPONSE:%}, noise: {SURVEY_NOISE}}}
word_of_mouth: {{positive: {MESSAGES}, negative: {MESSAGES}, network: {{random: {DEGREE}}}}}
"""


class Simulate(Protocol):
    """What a peer offers: how many people are left after the last period."""

    def __call__(self, people: int, seed: int, threads: int) -> int: ...
