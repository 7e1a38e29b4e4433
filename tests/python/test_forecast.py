"""Intervals of one world: runs, forecasts and lifetime values, at best values and at draws."""

from statistics import NormalDist

import goodwill as gw
import numpy as np
import pytest
from scipy import stats

COUNT, MONTHS = 10_000, 24


def firm(**blocks: object) -> gw.Model:
    """Fee 30 + gain a month, gain normal with mean 1 and sd 2; nobody leaves before the end of two years."""
    parts: dict[str, object] = {
        "horizon": MONTHS,
        "agents": 200,
        "currency": "EUR",
        "assumptions": {"fee": {"normal": [31, 2]}},
        "segments": {"all": {"count": COUNT, "tenure": 0}},
        "stages": {"customer": {"fee": "$fee", "churn": {"0 months": 0, "24 months": "100 %"}}},
        "finance": {"discount": 0},
        "investments": {"dearer": {"changes": {"customer.fee": {"add": 5}}}},
        "scenarios": {"dearer": ["dearer"]},
    }
    return gw.Model(**{**parts, **blocks})


NOISY = {
    "assumptions": {},
    "stages": {"customer": {"fee": 30, "churn": "3 % / month"}},
}


def test_a_forecast_has_the_band_of_the_assumptions() -> None:
    """The revenue of a year is 120,000 x fee exactly: 80 % of the draws within 1.28 standard deviations."""
    run = gw.run(firm(), scenario="dearer")
    assert run.uncertain
    table = run.forecast()
    assert list(table["year"]) == [1, 2]
    spread = NormalDist().inv_cdf(0.9) * 2
    for row in table.to_dict("records"):
        for name in ("revenue", "contribution"):
            assert row[name] == pytest.approx(120_000 * 36, rel=0.005)
            # 64 draws: the order statistics of 80 % are known to a quarter of a standard deviation.
            assert row[f"{name}_p10"] == pytest.approx(120_000 * (36 - spread), abs=120_000 * 0.5)
            assert row[f"{name}_p90"] == pytest.approx(120_000 * (36 + spread), abs=120_000 * 0.5)
            half = (row[f"{name}_high"] - row[f"{name}_low"]) / 2
            assert 0 < half < 120_000 * 0.5, "the error of 64 draws, in sets that are even"
        assert row["customers"] == (COUNT if row["year"] == 1 else row["customers"])
        assert np.isnan(row["customers_p10"]), "how many there are is certain"
    total = run.table(by=[]).iloc[0]
    assert total["contribution"] == pytest.approx(table["contribution"].sum(), rel=1e-12)
    assert "in 80 % of the draws" in repr(run)
    assert "64 draws of the assumptions, 4 batches each" in repr(run)


def test_without_draws_there_is_the_error_of_the_simulation() -> None:
    run = gw.run(firm(**NOISY))
    assert not run.uncertain
    assert run.replications == 30
    table = run.forecast()
    by_replication = run.table(by=["replication", "year"])
    for row in table.to_dict("records"):
        units = by_replication[by_replication["year"] == row["year"]]
        for name, column in (("customers", "customers_end"), ("revenue", "revenue")):
            x = units[column].to_numpy()
            half = stats.t.ppf(0.975, 29) * x.std(ddof=1) / np.sqrt(30)
            assert row[name] == pytest.approx(x.mean())
            assert row[f"{name}_high"] - row[name] == pytest.approx(half)
            assert np.isnan(row[f"{name}_p10"])
    assert "all numbers taken as certain" in repr(run)
    assert "95 % interval from 30 replications: the error of the simulation" in repr(run)
    assert "nothing is known of its error" in repr(gw.run(firm(**NOISY), replications=1))
    at_best = gw.run(firm(), draws=0)
    assert at_best.forecast()["revenue"].iloc[0] == pytest.approx(120_000 * 31)


def test_the_intervals_cover_the_truth() -> None:
    """100 studies each, of a revenue that is known: at most 12 of 100 intervals may miss it. Right intervals
    miss more often with a probability below 0.002."""
    noisy, kept = firm(**NOISY, horizon=12), 0.97 ** np.arange(12)
    truth = {"certain": 30 * COUNT * kept.sum(), "drawn": 31 * COUNT * 12}
    drawn = firm(horizon=12)
    missed = dict.fromkeys(truth, 0)
    for seed in range(100):
        for name, run in (
            ("certain", gw.run(noisy, seed=seed)),
            ("drawn", gw.run(drawn, seed=seed, draws=16, batches=2)),
        ):
            row = run.forecast().iloc[0]
            missed[name] += not row["revenue_low"] <= truth[name] <= row["revenue_high"]
    assert max(missed.values()) <= 12, missed


def test_a_precision_is_reached_by_more_of_the_same() -> None:
    model = firm(**NOISY)
    wide = gw.run(model)
    row = wide.forecast().iloc[0]
    assert wide.status == "fixed"
    narrow = gw.run(model, precision="0.4 %")
    assert narrow.status == "reached"
    assert narrow.replications > 30
    other = narrow.forecast().iloc[0]
    assert other["revenue_high"] - other["revenue_low"] < row["revenue_high"] - row["revenue_low"]
    assert gw.run(model, precision="0.001 %", most_replications=45).status == "capped"
    for wrong in ({"precision": 0}, {"draws": 8}, {"level": 2}, {"draws": 8, "replications": 3}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
            gw.run(model, **wrong)  # type: ignore[arg-type]


def test_a_run_of_a_study_has_its_draws() -> None:
    study = gw.compare(firm(), "dearer", draws=8, batches=2)
    run = study.run("dearer")
    world = study.world("dearer")
    fees = world.firm[:, world.index["fees"]].sum(axis=1)
    assert run.table(by=[])["revenue"].iloc[0] == pytest.approx(fees.mean())
    with pytest.raises(ValueError, match="replications are not kept at draws of the assumptions; draws=0"):
        run.table(by="replication")


def test_lifetime_values_have_both_bands() -> None:
    """They pay the fee as long as they stay, nothing discounted: so many months x fee each."""
    months = gw.clv(firm(), draws=0, replications=2).table()["clv"].iloc[0] / 31
    assert months in (pytest.approx(24), pytest.approx(25))
    values = gw.clv(firm())
    today = values.table(by="origin").iloc[0]
    spread = months * NormalDist().inv_cdf(0.9) * 2
    assert today["clv"] == pytest.approx(months * 31, rel=0.005)
    assert today["clv_p10"] == pytest.approx(months * 31 - spread, abs=months * 0.5)
    assert today["clv_p90"] == pytest.approx(months * 31 + spread, abs=months * 0.5)
    assert today["clv_low"] < today["clv"] < today["clv_high"]
    assert today["present_value_p90"] == pytest.approx(COUNT * today["clv_p90"])
    equity = values.equity().set_index("line").loc["customer equity"]
    assert equity["present_value_p10"] == pytest.approx(COUNT * today["clv_p10"])
    assert "in 80 % of the draws" in values.sentences()[0]
    noisy = gw.clv(firm(**NOISY))
    row = noisy.table().iloc[0]
    assert row["clv_low"] < 30 / 0.03 < row["clv_high"]
    assert np.isnan(row["clv_p10"])
    assert "all numbers were taken as certain" in noisy.sentences()[0]
    assert gw.clv(firm(**NOISY), precision="1 %").status == "reached"
