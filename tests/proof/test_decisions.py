"""What a study says about a decision, against answers worked out by hand. Seeds are fixed."""

import math
from statistics import NormalDist

import goodwill as gw
import numpy as np
import pytest
from goodwill import _core
from scipy import stats

DRAWS, BATCHES = 1_024, 4


def noisy_and_linear(**blocks: object) -> gw.Model:
    """One year with 200 agents for 10,000 customers. NPV is 10,000 x gain + 80 x more orders - 900,000.

    `gain` is normal, 12 +- 2. The orders that the campaign brings are Poisson, one per customer, so they are
    worth 800,000; of the 800 agents in a draw's four batches the standard deviation is 28,000, more than the
    gain's 20,000.
    """
    parts: dict[str, object] = {
        "period": "year",
        "horizon": 1,
        "agents": 200,
        "currency": "EUR",
        "assumptions": {"gain": {"normal": [12, 2]}},
        "segments": {"all": {"count": 10_000, "tenure": 0}},
        "stages": {"customer": {"fee": 30, "churn": "100 %"}},
        "orders": {"rate": 0.0001, "value": 80},
        "finance": {"discount": 0},
        "investments": {
            "campaign": {
                "cost": {"upfront": 900_000},
                "changes": {"customer.fee": {"add": "$gain"}, "orders.rate": {"set": 1.0001}},
            }
        },
        "scenarios": {"campaign": ["campaign"]},
    }
    return gw.Model(**{**parts, **blocks})


def test_p_npv_positive_and_evpi_with_few_agents_are_the_closed_form_after_correction() -> None:
    """Linear in a normal: P = Phi(mu / s), EVPI = the unit normal loss (Raiffa and Schlaifer 1961).

    With s = mu = 20,000 and noise of k s in the mean of a draw, the spread found has a standard error of
    s (1 + k^2) / sqrt(2 D), the mean one of s k / sqrt(D) (the assumption itself is drawn evenly). P moves by
    phi(1) / s = 0.24 / s of both, EVPI by 0.24 of the one and 0.16 of the other. Four standard errors are
    allowed; without the correction both are further off than that.
    """
    mu = s = 20_000.0
    normal = NormalDist()
    probability = normal.cdf(1)
    loss = mu * normal.cdf(mu / s) + s * normal.pdf(mu / s) - mu
    study = gw.compare(noisy_and_linear(), "campaign", draws=DRAWS, batches=BATCHES)
    found = study.uncertainty("campaign")

    k = math.sqrt(found.simulation_variance) / s
    assert 1 < k < 2
    spread, mean = (1 + k**2) / math.sqrt(2 * DRAWS), k / math.sqrt(DRAWS)
    allowed = 4 * normal.pdf(1) * math.hypot(spread, mean)
    allowed_loss = 4 * s * math.hypot(normal.pdf(1) * spread, (1 - probability) * mean)
    assert found.p_npv_positive == pytest.approx(probability, abs=allowed)
    assert found.evpi == pytest.approx(loss, abs=allowed_loss)

    naive = np.asarray(study.npv_units(study.scenarios[0])).mean(axis=1)
    assert (naive > 0).mean() < probability - allowed
    assert np.maximum(naive, 0).mean() - max(0.0, naive.mean()) > loss + allowed_loss


def test_scenarios_share_their_luck_within_a_draw_and_draws_do_not() -> None:
    """An investment without effect is worth exactly 0 in each draw, and no two draws have the same luck."""
    model = noisy_and_linear(
        orders={"rate": 0.0001, "value": 80, "value_cv": 0.5},
        investments={
            "campaign": {"changes": {"orders.rate": {"set": 1.0001}}},
            "nothing": {"changes": {"customer.fee": {"add": 0}}},
            "offer": {"changes": {"customer.fee": {"add": "$gain"}}},
        },
        scenarios={"campaign": ["campaign"], "nothing": ["nothing"], "offer": ["offer"]},
    )
    study = gw.compare(model, ["campaign", "nothing"], draws=32, batches=2)
    assert not np.asarray(study.npv_units(study.scenarios[1])).any()
    # The campaign does not depend on the assumption: its value differs between draws by luck alone.
    units = study.npv_units("campaign")
    assert len(np.unique(units)) == units.size
    means = units.mean(axis=1)
    # 31 pairs of neighbours: |correlation| above 0.6 has a probability below 0.001 where there is none.
    assert abs(np.corrcoef(means[1:], means[:-1])[0, 1]) < 0.6
    _, simulation = _core.variances(units)
    # F with 31 and 32 degrees of freedom is outside of this twice in 1,000.
    assert 1 / 3.2 < means.var(ddof=1) / simulation < 3.2
    with pytest.raises(ValueError, match="no assumption makes a difference to a scenario"):
        study.uncertainty("campaign")


def test_the_interval_is_that_of_the_paired_replications() -> None:
    model = gw.example("hotel").assign({"agents": 500, "horizon": 12})
    study = gw.compare(model, "repair", replications=12)
    units = np.ravel(study.npv_units(study.scenarios[0]))
    assert units.size == study.replications == 12  # the unit is the replication
    row = study.table().iloc[0]
    half = stats.t.ppf(0.975, 11) * units.std(ddof=1) / math.sqrt(12)
    assert row["npv"] == pytest.approx(units.mean())
    assert [row["npv_low"], row["npv_high"]] == pytest.approx([row["npv"] - half, row["npv"] + half])
    # Two marginal intervals know nothing of the luck that both worlds share.
    values = [
        gw.run(model, scenario=world, replications=12).table(by="replication")["contribution"]
        for world in ("repair", "baseline")
    ]
    assert row["correlation"] > 0.5
    assert 2 * half < stats.t.ppf(0.975, 11) * math.hypot(*(v.std() for v in values)) / math.sqrt(12)


def test_roi_is_a_ratio_of_means() -> None:
    """A certain gain of 75,000 and a cost of 100 for each customer reached, 50,000 with a CV of 0.3: ROI 0.5.

    The mean of the replications' ratios is 0.65. n = 400: the ROI has a standard error of 0.023.
    """
    model = noisy_and_linear(
        assumptions={},
        orders={"rate": 0, "value": 1},
        investments={
            "dearer": {"changes": {"customer.fee": {"add": 7.5}}},
            "gift": {"reach": "5 %", "cost": {"per_customer": 100}},
        },
        scenarios={"both": ["dearer", "gift"]},
    )
    study = gw.compare(model, "both", replications=400)
    row = study.table().iloc[0]
    assert row["contribution"] == pytest.approx(75_000)
    assert row["roi"] == pytest.approx(0.5, abs=4 * 0.023)
    assert row["roi_low"] < 0.5 < row["roi_high"]
    npv = np.ravel(study.npv_units(study.scenarios[0]))
    assert (npv / (75_000 - npv)).mean() > row["roi_high"]


def test_where_a_study_stops_does_not_depend_on_threads() -> None:
    model = noisy_and_linear()
    one, two = (gw.compare(model, precision=10_000, draws=0, threads=threads) for threads in (1, 2))
    assert one.status == "reached"
    assert one.replications > 30  # it went on after the first look
    assert one == two


def test_the_irr_is_that_of_the_mean_flow() -> None:
    """At the rate found the mean flow is worth nothing; no rates of replications are averaged."""
    model = noisy_and_linear(
        horizon=6, stages={"customer": {"fee": 30, "churn": "20 %"}}, finance={"discount": "10 %"}
    )
    study = gw.compare(model, "campaign", replications=8, draws=0)
    row, flows = study.table().iloc[0], study.comparison("campaign").flows
    years, amounts = flows.years, flows.cash
    assert (np.asarray(amounts) @ (1 + row["irr"]) ** -np.asarray(years)) == pytest.approx(
        0, abs=1e-6 * np.abs(amounts).sum()
    )
    rates, unique, _ = _core.irr(list(years), list(amounts))
    assert unique
    assert row["irr"] == rates[0]


def test_who_is_saved_from_leaving_does_not_upgrade_at_once() -> None:
    """One uniform per move: of those an investment keeps, 10 % upgrade, as of all others.

    n = 20,000. With one uniform for both moves all those saved would upgrade instead.
    """
    model = gw.Model(
        horizon=1,
        agents="all",
        segments={"all": {"count": 20_000, "tenure": 0}},
        stages={"customer": {"churn": "20 %", "moves": {"plus": "10 %"}}, "plus": {"churn": 0}},
        investments={"keep": {"changes": {"customer.churn": {"set": "10 %"}}}},
        scenarios={"keep": ["keep"]},
    )
    moves = [
        gw.run(model, scenario=scenario).moves().groupby("to")["customers"].sum()
        for scenario in ("baseline", "keep")
    ]
    saved, more = moves[0]["lost"] - moves[1]["lost"], moves[1]["plus"] - moves[0]["plus"]
    assert saved == pytest.approx(2_000, abs=4 * math.sqrt(20_000 * 0.1 * 0.9))
    assert more == pytest.approx(0.1 * saved, abs=4 * math.sqrt(0.1 * 0.9 * saved))


def test_both_lines_are_told_where_the_horizon_decides_the_sign() -> None:
    """Half the churn for ever, paid at once: 12 months do not pay it back, the lives of those saved do."""
    model = gw.Model(
        horizon=12,
        agents=1_000,
        currency="EUR",
        segments={"all": {"count": 10_000, "tenure": 0}},
        stages={"customer": {"fee": 30, "churn": "2 % / month"}},
        investments={"keep": {"cost": {"upfront": 300_000}, "changes": {"customer.churn": {"times": 0.5}}}},
        scenarios={"keep": ["keep"]},
    )
    study = gw.compare(model, "keep", replications=4)
    row = study.table().iloc[0]
    assert row["npv_high"] < 0 < row["npv"] + row["beyond_horizon_low"]
    assert "more beyond" in study.sentences()[0]
    assert study.flows("keep")["horizon"].iloc[-1] == "beyond"
    longer = gw.compare(model.assign({"horizon": 120}), "keep", replications=4)
    assert longer.table()["npv_low"].iloc[0] > 0


@pytest.mark.parametrize("timing", ["start", "mid", "end"])
def test_timing_is_part_of_every_result(timing: str) -> None:
    """A year's margin of 10,000 x 30 that nobody leaves: at 10 % worth 1.1^0, ^-0.5 or ^-1 of it."""
    model = noisy_and_linear().assign(
        {"orders.rate": 0, "investments.campaign.changes": {"customer.fee": {"add": 30}}}
    )
    terms = gw.Terms(discount="10 %", timing=timing)
    study = gw.compare(model, "campaign", terms=terms, replications=2, draws=0)
    years = {"start": 0, "mid": 0.5, "end": 1}[timing]
    assert study.table()["contribution"].iloc[0] == pytest.approx(300_000 * 1.1**-years)
    assert study.provenance["timing"] == timing
    assert f"timing {timing}" in repr(study)
    assert f"timing {timing}" in study._repr_html_()


def test_a_point_of_quality_overshoots_a_little_on_the_way_to_its_rest_point() -> None:
    """The bar has not risen yet: 1.13 points at most at the defaults, then at most 1 (quality 5 to 6).

    4,000 customers on the same luck: the standard error of a difference is below 0.005.
    """
    model = gw.Model(
        horizon=160,
        agents="all",
        segments={"all": {"count": 4_000, "tenure": 0}},
        stages={"customer": {}},
        journeys={"use": {"starts": "100 %", "touchpoints": {"use": {"quality": 5}}}},
        investments={"better": {"start": 61, "changes": {"use.use.quality": {"add": 1}}}},
        scenarios={"better": ["better"]},
    )
    before, after = (
        gw.run(model, scenario=world).table(by="period")["satisfaction"] for world in ("baseline", "better")
    )
    step = after - before
    assert (step[:60] == 0).all()
    assert 1.02 < step.max() < 1.13 + 0.01
    assert 0.84 - 0.01 < step[120:].mean() < 1 + 0.01


def test_what_counts_as_investment_decides_the_ratio_not_the_value() -> None:
    """A gift of 5 a month to half of 10,000 customers, booked to the investment or to the service."""
    each, touchpoint = (
        gw.Model(
            horizon=12,
            agents=1_000,
            segments={"all": {"count": 10_000, "tenure": 0}},
            stages={"customer": {"fee": 30, "churn": {"base": "2 % / month", "satisfaction": -0.5}}},
            journeys={"thank": {"starts": 0, "touchpoints": {"gift": {"quality": 9}}}},
            investments={
                "gifts": {
                    "cost": {"upfront": 1_000, **cost},
                    "changes": {"thank.starts": {"set": "50 %"}, **changes},
                }
            },
            scenarios={"gifts": ["gifts"]},
        )
        for cost, changes in (
            ({"each": {"thank.gift": 5}}, {}),
            ({}, {"thank.gift.cost": {"set": 5}}),
        )
    )
    one, two = (gw.compare(model, "gifts", replications=4).table().iloc[0] for model in (each, touchpoint))
    assert one["npv"] == pytest.approx(two["npv"])
    assert two["cost"] == pytest.approx(1_000)
    assert one["cost"] - two["cost"] == pytest.approx(one["contribution"] - two["contribution"])
    assert one["cost"] > 200_000
    assert -1 < one["roi"] < 0
    assert two["roi"] < -20
