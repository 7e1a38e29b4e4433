"""Times customers who talk over a network here and in NumPy with SciPy's sparse matrices.

python tests/bench/talk_peers.py [--people N] [--rounds R] [--threads T]

36 months of people who know ten others on average: contacts, failures, satisfaction, answers, churn, and what
each hears. Both take turns; the ratio is the median of those within a round. The peer does less: it adds the
mean of the messages that reach a person, where goodwill draws them one by one, and keeps no money. It stops
with exit code 1 where the two do not lose about the same customers; speed decides nothing.
"""

import argparse
import statistics
import sys
import time

import goodwill as gw
import numpy as np

PERIODS = 36
MODEL = """
horizon: 36
agents: all
segments: {{all: {{count: {people}, tenure: 0}}}}
stages: {{customer: {{fee: 20, churn: {{base: 2 %, satisfaction: -0.3, bad_word: 0.05, good_word: -0.05}}}}}}
journeys: {{use: {{starts: 50 %, touchpoints: {{use: {{quality: 7.5, sd: 1.5, failure: 10 %}}}}}}}}
survey: {{response: 10 %, noise: 0.7}}
word_of_mouth: {{positive: 0.5, negative: 0.5, network: {{random: 10}}}}
"""


def by_goodwill(people: int, seed: int, threads: int) -> float:
    """Those who are left."""
    model = gw.Model.from_yaml(MODEL.format(people=people))
    run = gw.run(model, replications=1, seed=seed, threads=threads)
    return float(run.table(by="period")["customers_end"].iloc[-1])


def by_scipy(people: int, seed: int) -> float:
    import scipy.sparse

    luck = np.random.default_rng(seed)
    ends = luck.integers(0, people, (people * 5, 2))
    ones = np.ones(len(ends), dtype=np.float32)
    half = scipy.sparse.coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(people, people))
    knows = (half + half.T).tocsr()
    satisfaction = np.clip(luck.normal(7, 1, people), 0, 10)
    expectation = np.clip(luck.normal(7, 0.7, people), 0, 10)
    trust = np.clip(luck.normal(0.6, 0.1, people), 0, 1)
    here = np.ones(people, dtype=bool)
    good, bad = np.zeros(people), np.zeros(people)
    for _ in range(PERIODS):
        who = np.flatnonzero(here & (luck.random(people) < 0.5))
        failed = luck.random(len(who)) < 0.1
        e = np.where(failed, 2, np.clip(luck.normal(7.5, 1.5, len(who)), 0, 10))
        d = e - expectation[who]
        weight = np.where(d < 0, 0.3 * 2 * (1 - 0.3 * trust[who]), 0.3)
        felt = np.clip(e + weight * d, 0, 10)
        satisfaction[who] += 0.3 * (felt - satisfaction[who])
        expectation[who] += 0.1 * d
        trust[who] += np.where(failed, -0.3 * trust[who], 0.03 * (1 - trust[who]))
        answer = np.floor(np.clip(satisfaction + luck.normal(0, 0.7, people), 0, 10) + 0.5)
        says_bad = 0.5 * (here & (answer <= 6))
        says_bad[who[failed]] += 0.5 * 2
        says_good = 0.5 * (here & (answer >= 9))
        logit = np.log(0.02 / 0.98) - 0.3 * (satisfaction - 7) + 0.05 * bad - 0.05 * good
        here &= luck.random(people) >= 1 / (1 + np.exp(-logit))
        known = np.maximum(knows @ here.astype(np.float32), 1)
        bad = 0.5 * bad + knows @ (says_bad / known) * here
        good = 0.5 * good + knows @ (says_good / known) * here
    return float(here.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    by_goodwill(10_000, 0, asked.threads)  # anchors, which a model needs once
    ratios = []
    for seed in range(asked.rounds):
        seconds, left = [], []
        for simulate in (
            lambda s: by_goodwill(asked.people, s, asked.threads),
            lambda s: by_scipy(asked.people, s),
        ):
            start = time.perf_counter()
            left.append(simulate(seed))
            seconds.append(time.perf_counter() - start)
        ratios.append(seconds[1] / seconds[0])
        print(
            f"goodwill {seconds[0]:6.2f} s, scipy {seconds[1]:6.2f} s; "
            f"left: {left[0]:,.0f} and {left[1]:,.0f}"
        )
        if abs(left[0] / left[1] - 1) > 0.02:
            sys.exit("they do not agree")
    print(f"scipy takes {statistics.median(ratios):.1f} times as long")


if __name__ == "__main__":
    main()
