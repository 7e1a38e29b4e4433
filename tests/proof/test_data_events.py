"""Journeys estimated from logs of a known one: recovery, coverage, and the model that is written back."""

from __future__ import annotations

import os

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.fitting.parameters import from_link, to_link
from goodwill.fitting.scores import (
    Scale,
    limit_of_recovered,
    log_likelihoods,
    mean_of_lesser,
    net_promoter_score,
    normal_scores,
)
from goodwill.fitting.shares import share, shares
from goodwill.fitting.walks import visits
from numpy.testing import assert_allclose
from scipy.stats import norm

SETS = 200 if os.environ.get("GOODWILL_FULL") else 24

POINTS = {
    "bot": {"failure": 0.45, "recovery": 0.10, "quality": 6.5, "sd": 1.5, "quality_failed": 3.0},
    "call": {"failure": 0.15, "recovery": 0.40, "quality": 7.6, "sd": 1.4, "quality_failed": 2.0},
    "desk": {"failure": 0.05, "recovery": 0.50, "quality": 8.2, "sd": 1.0, "quality_failed": 2.0},
}
RECOVERED = 6.0
WAIT = {"call": 3.0}
NEXT = {
    ("bot", "ok"): {"call": 0.1, "done": 0.9},
    ("bot", "failed"): {"call": 0.8, "done": 0.2},
    ("bot", "recovered"): {"call": 0.2, "done": 0.8},
    ("call", "ok"): {"desk": 0.1, "done": 0.9},
    ("call", "failed"): {"desk": 0.6, "call": 0.15, "done": 0.25},  # escalation
    ("call", "recovered"): {"done": 1.0},
    ("desk", "ok"): {"done": 1.0},
    ("desk", "failed"): {"desk": 0.5, "done": 0.5},
    ("desk", "recovered"): {"done": 1.0},
}
FIRST = {"bot": 0.3, "call": 0.7}
RATE = 0.125


def log_of(customers: int, months: int, seed: int) -> pd.DataFrame:
    """Walks of a Poisson number for each customer; contacts of a walk lie minutes apart. Three contacts in
    four are scored, by whole numbers from 0 to 10."""
    random = np.random.default_rng(seed)
    rows = []
    for case, who in enumerate(np.repeat(np.arange(customers), random.poisson(RATE * months, customers))):
        at = pd.Timestamp("2026-01-01") + pd.Timedelta(days=float(random.uniform(0, 30.4375 * months - 1)))
        point = "bot" if random.random() < FIRST["bot"] else "call"
        while point != "done":
            has = POINTS[point]
            experience = has["quality"] - 0.0949 * np.log1p(WAIT.get(point, 0)) + has["sd"] * random.normal()
            experience, outcome = np.clip(experience, 0, 10), "ok"
            if random.random() < has["failure"]:
                outcome = "recovered" if random.random() < has["recovery"] else "failed"
                experience = has["quality_failed"] if outcome == "failed" else min(RECOVERED, experience)
            score = np.floor(experience + 0.5) if random.random() < 0.75 else np.nan
            rows.append((case, who, at, point, outcome, score, WAIT.get(point, 0.0)))
            at += pd.Timedelta(minutes=float(random.uniform(1, 60)))
            branch = NEXT[point, outcome]
            point = str(random.choice(list(branch), p=list(branch.values())))
    return pd.DataFrame(rows, columns=["case", "who", "at", "point", "result", "score", "wait"])


def fitted(log: pd.DataFrame, customers: int, months: int) -> gw.data.EventsFit:
    return gw.data.from_events(
        log,
        case="case",
        time="at",
        touchpoint="point",
        outcome="result",
        score="score",
        scale=(0, 10, 1),
        wait="wait",
        wait_unit="minutes",
        asof="2027-01-01",
        exposure=customers * months,
        period="month",
        journey="help",
    )


def truths() -> dict[str, float]:
    found = {"help_starts": RATE, "help_first_to_bot": FIRST["bot"], "help_call_wait": 3.0}
    for (point, outcome), branch in NEXT.items():
        found |= {f"help_{point}_{outcome}_to_{to}": p for to, p in branch.items()}
    for point, has in POINTS.items():
        found |= {f"help_{point}_{field}": value for field, value in has.items()}
        found[f"help_{point}_quality_recovered"] = RECOVERED
    return found


def test_estimates_recover_a_known_journey_within_their_intervals() -> None:
    """The pull of each number (its error over its standard error, on the link scale) is standard normal; over
    many logs its mean square is 1 and four in five lie within the 80 % interval."""
    pulls: dict[str, list[float]] = {}
    truth = truths()
    for seed in range(SETS):
        fit = fitted(log_of(1_500, 6, seed), 1_500, 6)
        p = fit.parameters
        for name, link, y, error in zip(p.names, p.links, p.estimate, p.errors, strict=True):
            # All failures are equally bad here, so their score has no spread, only the width of a step; the
            # same holds for the wait.
            if not name.endswith(("quality_failed", "wait")):
                pulls.setdefault(name, []).append(float((y - to_link(link, truth[name])) / error))
    z = np.concatenate(list(pulls.values()))
    assert len(z) > 20 * SETS
    # Numbers are independent or nearly so: the standard error of a share is that of that many tosses.
    for level, allowed in ((0.5, 0.03), (0.8, 0.02), (0.95, 0.015)):
        inside = np.abs(z) < norm.ppf(0.5 + level / 2)
        assert abs(inside.mean() - level) < 4 * np.sqrt(level * (1 - level) / len(z)) + allowed, level
    for name, pull in pulls.items():
        # Rare steps (six failures at the desk in a log) are skewed; their medians are off by a third of an
        # error at most.
        assert abs(np.mean(pull)) < 4 / np.sqrt(len(pull)) + 0.35, name


def test_the_model_written_back_shows_contacts_failures_and_nps_of_the_log() -> None:
    customers, months, agents = 8_000, 6, 100_000
    log = log_of(customers, months, seed=77)
    # Satisfaction is the latest experience here, so that the NPS of the model is that of latest contacts;
    # who had none answers 7 and does not count.
    model = (
        fitted(log, customers, months)
        .model()
        .assign(
            {
                "horizon": 1,
                "agents": agents,
                "segments.all": {"count": agents, "tenure": 0, "satisfaction": {"mean": 7, "sd": 0}},
                "experience": {"learning": 1, "contrast": 0, "adaptation": 0},
                "survey.noise": 0,
            }
        )
    )
    run = gw.run(model, replications=4)
    asked = log.groupby("point")["result"].agg(
        [("contacts", "size"), ("failed", lambda r: (r != "ok").mean())]
    )
    table = run.touchpoints(by=[])
    assert set(table["touchpoint"]) == set(POINTS)
    for row in table.itertuples():
        contacts, failed = asked.loc[row.touchpoint]
        # The log has the luck of its contacts, the run that of a third as many customer-months: four standard
        # errors of both. Contacts come in walks, which widens their spread by a fifth at most.
        luck = 4 * 1.2 * np.sqrt(1 / contacts + 1 / (4 * row.contacts))
        assert abs(row.contacts / agents / (contacts / customers / months) - 1) < luck
        luck = 4 * np.sqrt(failed * (1 - failed) * (1 / contacts + 1 / (4 * row.contacts)))
        assert abs(row.failure - failed) < luck
    month = ((log["at"] - pd.Timestamp("2026-01-01")) / pd.Timedelta(days=30.4375)).astype(int)
    latest = log.sort_values("at", kind="stable").groupby([log["who"], month]).tail(1)
    scored = latest["score"].dropna()
    nps = 100 * ((scored >= 9).mean() - (scored <= 6).mean())
    of_all = nps * len(latest) / (customers * months)
    assert nps < -10
    # Points of an answer scatter by 90; those of a model by as much, over four times the customers.
    luck = 4 * 90 * np.sqrt(1 / len(scored) + 1 / (4 * agents * len(latest) / (customers * months)))
    assert abs(run.table(by=[])["nps"].iloc[0] - of_all) < luck * len(latest) / (customers * months)


def test_expected_contacts_of_a_walk_follow_from_its_branches() -> None:
    step = np.zeros((3, 4))
    names = ["bot", "call", "desk", "done"]
    for (point, outcome), branch in NEXT.items():
        f, r = POINTS[point]["failure"], POINTS[point]["recovery"]
        share = {"ok": 1 - f, "failed": f * (1 - r), "recovered": f * r}[outcome]
        for to, p in branch.items():
            step[names.index(point), names.index(to)] += share * p
    expected = visits(np.array([0.3, 0.7, 0.0]), step)
    log = log_of(20_000, 6, seed=5)
    seen = log["point"].value_counts() / log["case"].nunique()
    for k, name in enumerate(names[:3]):
        assert abs(seen[name] / expected[k] - 1) < 4 * 1.3 / np.sqrt(seen[name] * log["case"].nunique())


@pytest.mark.parametrize(("k", "n"), [(0, 40), (3, 40), (20, 40), (400, 1000)])
def test_a_share_has_the_quantiles_of_its_posterior(k: int, n: int) -> None:
    from scipy.stats import beta

    y, variance = share(k, n)
    posterior = beta(k + 0.5, n - k + 0.5)
    assert_allclose(from_link("logit", y), posterior.median(), rtol=1e-9)
    ends = [from_link("logit", y + z * np.sqrt(variance)) for z in (-1.28155, 1.28155)]
    # Of few the posterior is skewed on the log-odds scale, too: that is the error of a normal.
    assert_allclose(posterior.cdf(ends), [0.1, 0.9], atol={0: 0.12, 3: 0.03}.get(k, 0.005))


def test_shares_have_the_covariance_of_a_dirichlet() -> None:
    counts = np.array([300, 120, 60])
    middle, covariance = shares(counts)
    draws = np.random.default_rng(1).dirichlet(counts + 0.5, 200_000)
    logits = np.log(draws / (1 - draws))
    assert_allclose(middle, np.median(logits, axis=0), atol=0.002)
    assert_allclose(covariance, np.cov(logits.T), atol=0.02 * covariance.max())


def test_rounded_scores_at_the_ends_of_a_scale_are_corrected() -> None:
    """Of an experience with mean 9 and sd 1.5 a quarter is held at 10: the plain mean is 8.8."""
    random = np.random.default_rng(3)
    scale = Scale(1, 5, 1)
    ten = np.clip(9 + 1.5 * random.standard_normal(40_000), 0, 10)
    answers = scale.to_ten(np.floor(1 + ten * 0.4 + 0.5))
    assert answers.mean() < 8.9
    found = normal_scores(scale, answers).parameters
    errors = found.errors * [1, 1.5]
    assert np.abs((np.array([*found.values.values()]) - [9, 1.5]) / errors).max() < 4
    noisy = scale.to_ten(
        np.floor(1 + np.clip(8 + np.hypot(1.2, 0.7) * random.standard_normal(40_000), 0, 10) * 0.4 + 0.5)
    )
    assert_allclose(normal_scores(scale, noisy, 0.7).parameters.values["sd"], 1.2, atol=0.06)


def test_likelihoods_of_scores_are_probabilities() -> None:
    scale = Scale(0, 10, 1)
    for mean, sd in ((7.3, 1.4), (-2.0, 0.6), (25, 2.0)):
        assert_allclose(np.exp(log_likelihoods(scale, np.arange(11.0), mean, sd)).sum(), 1, rtol=1e-12)


def test_the_lesser_of_a_limit_and_an_experience() -> None:
    e = np.clip(7.5 + 1.4 * np.random.default_rng(2).standard_normal(1_000_000), 0, 10)
    for limit in (4.0, 6.0, 9.0):
        mean = float(np.minimum(limit, e).mean())
        assert_allclose(mean_of_lesser(limit, 7.5, 1.4), mean, atol=0.006)  # four standard errors
        assert_allclose(limit_of_recovered(mean_of_lesser(limit, 7.5, 1.4), 7.5, 1.4), limit, atol=1e-6)


def test_nps_has_the_error_of_a_multinomial_and_of_repeated_answers() -> None:
    ten = np.repeat([10.0, 8, 3], [50, 30, 20])
    found = net_promoter_score(ten, np.arange(100))
    assert found.value == pytest.approx(30)
    assert_allclose(found.error, 100 * np.sqrt((0.5 + 0.2 - 0.3**2) / 99), rtol=1e-12)
    twice = net_promoter_score(np.repeat(ten, 2), np.repeat(np.arange(100), 2))
    assert_allclose(twice.error, found.error, rtol=1e-12)  # the same answer twice says nothing new
