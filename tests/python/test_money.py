"""Ratios and means on flows that are known exactly: 1,000 customers whom nobody loses, money at the start."""

import html
import json
import math
import re
from pathlib import Path
from typing import Any

import goodwill as gw
import openpyxl
import pandas as pd
import pytest
from goodwill.cli import main
from goodwill.report.page import page as page_of


def flat(investments: dict[str, Any], scenarios: dict[str, Any] | None = None, **blocks: object) -> gw.Model:
    """1,000 customers who stay and pay 10 a month for two years; keywords replace whole blocks."""
    parts: dict[str, object] = {
        "horizon": "24 months",
        "agents": 200,
        "currency": "EUR",
        "segments": {"all": {"count": 1_000, "tenure": 0}},
        "stages": {"customer": {"fee": 10}},
        "finance": {"discount": "10 %", "timing": "start"},
        "investments": investments,
    }
    if scenarios is not None:
        parts["scenarios"] = scenarios
    return gw.Model(**{**parts, **blocks})


def compared(model: gw.Model) -> tuple[gw.Study, pd.DataFrame]:
    study = gw.compare(model, replications=2)
    return study, study.table().set_index("scenario")


def fee(plus: float) -> dict[str, Any]:
    return {"customer.fee": {"add": plus}}


SMALL = {"cost": {"upfront": 2_000}, "changes": fee(0.5)}
BIG = {"cost": {"upfront": 12_000}, "changes": fee(0.9)}


def test_a_cost_that_is_no_outlay_has_no_return() -> None:
    # The small programme against the big one saves 10,000 and brings 400 a month less.
    model = flat({"small": SMALL, "big": BIG}, {"small": ["small"], "big": ["big"]}, compare={"small": "big"})
    study, table = compared(model)
    row = table.loc["small"]
    lost = 400 * sum(1.1 ** (-t / 12) for t in range(24))
    assert row["npv"] == pytest.approx(10_000 - lost)
    assert row["cost"] == pytest.approx(-10_000)
    names = ("roi", "roi_low", "roi_high", "irr", "mirr", "payback", "payback_discounted", "payback_beyond")
    assert all(math.isnan(row[name]) for name in names)
    why = "it saves cost against 'big': nothing is laid out, its net benefit is what counts"
    assert row["roi_reason"] == row["irr_reason"] == row["payback_reason"] == why
    said = "; it saves 10.0 k EUR of cost: nothing is laid out, so this net benefit stands for a return; "
    assert said in study.sentences()[0]
    text = " ".join(repr(study).split())
    assert f"'small', ROI, IRR, payback: {why}." in text
    assert "-94" not in text
    # Money laid out first and saved later is an investment: it has a payback, but no ROI on a saving.
    saving = {"robots": {"cost": {"upfront": 5_000}}, "people": {"cost": {"running": 1_000}}}
    _, table = compared(
        flat(
            saving,
            {"robots": ["robots"], "people": ["people"]},
            compare={"robots": "people"},
        )
    )
    row = table.loc["robots"]
    assert math.isnan(row["roi"])
    assert row["payback"] == pytest.approx(4 / 12)  # 1,000 at once, then four more; interpolated
    assert row["irr"] > 1


def test_the_reasons_stand_wherever_the_numbers_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Small against big: no return. Flows of -100, 230, -132 a year: 10 and 20 %.
    model = flat(
        {
            "small": SMALL,
            "big": BIG,
            "a": {"cost": {"upfront": 100}},
            "b": {"start": 2, "lasts": 1, "changes": fee(0.23)},
            "c": {"start": 3, "cost": {"upfront": 132}},
        },
        {"small": ["small"], "big": ["big"], "twice": ["a", "b", "c"]},
        period="year",
        horizon="3 years",
        compare={"small": "big"},
    )
    study, table = compared(model)
    assert study.irr_rates["twice"] == pytest.approx([0.1, 0.2])
    assert math.isnan(table.loc["twice", "irr"])
    reasons = [
        "it saves cost against 'big': nothing is laid out, its net benefit is what counts",
        "several rates make the present value 0: 10 %, 20 %",
    ]
    book = openpyxl.load_workbook(study.to_excel(tmp_path / "case.xlsx", analyses=False))
    cells = [str(cell) for row in book["summary"].iter_rows(values_only=True) for cell in row]
    page = html.unescape(page_of(study, analyses=False)).replace("\u00a0", " ")
    file = tmp_path / "m.yaml"
    file.write_text(model.to_yaml())
    assert main(["compare", str(file), "--replications", "2", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    for reason in reasons:
        assert reason in " ".join(repr(study).split())
        assert reason in html.unescape(study._repr_html_())
        assert reason in page
        assert reason in cells
        assert any(reason in (row["roi_reason"], row["irr_reason"]) for row in answer["scenarios"])
        assert any(reason in remark for remark in answer["remarks"])
    assert answer["irr_rates"]["twice"] == pytest.approx([0.1, 0.2])
    # The net benefit stands in place of the ratio.
    small = next(line for line in repr(study).splitlines() if line.startswith("small") and "net" in line)
    assert "net benefit" in small
    assert "cost saved" in page
    assert "none: a net benefit" in page
    assert "return on it" in page  # of the big one


def test_only_zero_flows_change_nothing() -> None:
    # 12,000 today for 12,000 today, to the cent.
    even = {"start": 1, "cost": {"upfront": 12_000}, "changes": fee(12), "lasts": 1}
    study, table = compared(flat({"even": even, "idle": {}}, {"even": ["even"], "idle": ["idle"]}))
    assert table.loc["even", "npv"] == pytest.approx(0, abs=1e-6)
    first, second = study.sentences()
    said = "'even' is worth 0 over 2 years: it brings exactly what it costs; 1 EUR invested returns 1.00 EUR;"
    assert first.startswith(said)
    assert second == "'idle' changes nothing: its value is exactly 0 over 2 years."


def test_money_first_reverses_the_rule() -> None:
    loan = {"cost": {"running": 1_500}, "changes": {"customer.fee": {"add": 30}}}
    quick = {**loan, "changes": {}}
    month = {"changes": {"customer.fee": {"add": 30}}, "lasts": 1}
    study, table = compared(flat({"loan": quick, "month": month}, {"s": ["loan", "month"]}))
    row = table.loc["s"]
    assert row["npv"] == pytest.approx(30_000 - 1_500 * sum(1.1 ** (-t / 12) for t in range(24)))
    assert row["npv"] < 0
    rate = row["irr"]
    assert 1_500 * sum((1 + rate) ** (-t / 12) for t in range(24)) == pytest.approx(30_000)
    assert row["irr_reason"] == (
        f"money comes first and is paid for later, so the rule is reversed: it pays at discount rates above "
        f"{100 * rate:.4g} %"
    )
    # 30,000 - 1,500 at once, and 1,500 each month: above 0 until 19 months later.
    assert row["payback_reason"] == (
        "money comes first: the sum of the flows is above 0 until 1.58 years from today, then falls below "
        "and stays there"
    )
    text = " ".join(repr(study).split())
    assert "21.8 % *" in text
    assert row["irr_reason"] in text
    assert row["payback_reason"] in text


def test_a_sum_that_falls_again_is_said() -> None:
    # -1000, 1200, -300, 50, by years.
    changes = {"customer.fee": {"set": 0}}
    flows = {
        "a": {"cost": {"upfront": 1_000}},
        "b": {"start": 2, "lasts": 1, "changes": {"customer.fee": {"add": 1.2}}},
        "c": {"start": 3, "cost": {"upfront": 300}},
        "d": {"start": 4, "lasts": 1, "changes": {"customer.fee": {"add": 0.05}}},
    }
    assert changes
    model = flat(flows, {"s": list("abcd")}, period="year", horizon="4 years")
    study, table = compared(model)
    row = table.loc["s"]
    assert row["payback"] == pytest.approx(10 / 12)
    assert math.isinf(row["payback_last"])
    why = "the sum of the flows falls below 0 again after 1.67 years and stays there"
    assert row["payback_reason"] == why
    assert f"'s', payback: {why}." in " ".join(repr(study).split())
    assert "0.8 years *" in repr(study)


def test_not_within_the_horizon_is_not_never() -> None:
    # A fee of 1 more as long as customers stay pays 30,000 back after two years and a half: beyond.
    study, table = compared(
        flat(
            {"late": {"start": 24, "cost": {"upfront": 300}, "changes": {"customer.churn": {"set": 0}}}},
            {"late": ["late"]},
            stages={"customer": {"fee": 10, "churn": "1 % / month"}},
        )
    )
    row = table.loc["late"]
    assert math.isinf(row["payback"])
    assert math.isfinite(row["payback_beyond"])
    assert row["payback_reason"].startswith("not within the horizon; with what lies beyond it after ")
    assert "not within 2 years" in repr(study)
    assert "never" not in repr(study)


def test_rates_beyond_comparison_have_no_digits(tmp_path: Path) -> None:
    study, table = compared(flat({"i": {"cost": {"upfront": 4_000}, "changes": fee(2)}}, {"i": ["i"]}))
    assert table.loc["i", "irr"] > 10
    assert "above 200 %" in repr(study)
    assert "above 200 %" in repr(study.table())
    assert "above 200" in page_of(study, analyses=False)
    book = openpyxl.load_workbook(study.to_excel(tmp_path / "case.xlsx", analyses=False))
    (cell,) = (cell for row in book["summary"] for cell in row if cell.value == table.loc["i", "irr"])
    assert cell.number_format == '[>2]"above 200 %";0.0%'


def test_the_mean_value_of_newcomers_comes_from_sums() -> None:
    # They pay 10 in the middle of the month they come in, and leave.
    model = gw.Model(
        horizon="12 months",
        agents="all",
        segments={"all": {"arrivals": 100}},
        stages={"customer": {"fee": 10, "churn": "100 %"}},
        finance={"discount": "10 %", "timing": "mid"},
    )
    table = gw.clv(model).table(by="origin").set_index("origin")
    assert table.loc["acquired", "clv"] == pytest.approx(9.960366, abs=5e-7)
    assert table.loc["today's", "customers"] == 0
    assert math.isnan(table.loc["today's", "clv"])


def test_a_firm_without_customers() -> None:
    model = gw.Model(
        horizon="6 months",
        segments={"a": {"count": 0}, "b": {"count": 0}},
        stages={"customer": {"fee": 10, "churn": "2 %"}},
        journeys={"help": {"starts": "10 %", "touchpoints": {"call": {"cost": 2}}}},
        finance={"discount": "10 %"},
        investments={"i": {"cost": {"upfront": 100}, "changes": {"customer.churn": {"times": 0.5}}}},
        events={"e": {"start": 2, "impulse": {"trust": -0.1}}},
        goals={"customers": {"at_least": 1}, "nps": {"at_least": 0}},
    )
    values = gw.clv(model)
    for by in ("segment", "origin", "cohort"):
        table = values.table(by=by)
        assert (table["customers"] == 0).all()
        assert (table["within_horizon"].fillna(0) == 0).all()
    assert (values.equity()["present_value"] == 0).all()
    assert "The firm has no customers today" in repr(values)
    study = gw.compare(model, replications=2)
    for shown in (values, study, gw.run(model), gw.check(model)):
        assert "nan" not in repr(shown).lower()
        assert "nan" not in shown._repr_html_().lower()
    assert study.table().set_index("scenario").loc["i", "npv"] == pytest.approx(-100)


def test_what_is_left_after_the_run_off_is_said() -> None:
    # Churn of .01 % a year, no interest: each brings 10 / (1 - .9999^(1/12)) = 1,199,946 in all eternity.
    def lasting(churn: str, discount: str) -> gw.Clv:
        return gw.clv(
            gw.Model(
                horizon="12 months",
                agents="all",
                segments={"all": {"count": 20_000, "tenure": 0}},
                stages={"customer": {"fee": 10, "churn": churn}},
                finance={"discount": discount},
            )
        )

    cut = lasting("0.01 % / year", "0 %")
    warning = cut.sentences()[-1]
    assert warning.startswith("Warning: after 100 years of run-off ")
    assert "customers are left; what they bring later, about " in warning
    # 200 of them are lost: 4.5 standard deviations, and so the rate at which the rest leaves is known.
    assert cut.left == pytest.approx(20_000 * 0.9999**101, abs=4.5 * math.sqrt(200))
    value = cut.equity()["present_value"].iloc[3] + cut.left_worth
    assert value / 20_000 == pytest.approx(1_199_946, rel=4.5 / math.sqrt(200))
    known = lasting("0.01 % / year", "10 %")
    assert known.sentences()[-1].startswith("After 100 years of run-off ")
    assert known.sentences()[-1].endswith("worth less than 1 % of this value.")
    assert "Warning" not in repr(lasting("20 % / month", "0 %"))


def test_a_study_says_what_its_run_off_leaves() -> None:
    def loyal(churn: str, discount: str) -> gw.Study:
        model = flat(
            {"i": {"cost": {"upfront": 100}, "changes": {"customer.churn": {"times": 0.5}}}},
            {"i": ["i"]},
            stages={"customer": {"fee": 10, "churn": churn}},
            finance={"discount": discount},
        )
        return gw.compare(model, replications=2)

    cut = loyal("0.01 % / year", "0 %")
    warning = cut.remarks()[-1]
    assert re.match(
        r"Warning: after 100 years of run-off about [\d,]+ customers are left, [\d,]+ of 'baseline'; what "
        r"'i' brings later, about [\d.]+ k EUR more, is in no figure here\.",
        warning,
    )
    assert "Warning: after 100 years" in repr(cut)
    assert "Warning: after 100 years" in page_of(cut, analyses=False)
    assert not any(remark.startswith("Warning") for remark in loyal("0.01 % / year", "10 %").remarks())
    assert not any(remark.startswith("Warning") for remark in loyal("10 % / month", "0 %").remarks())


def test_without_scenarios_each_investment_and_event_is_one() -> None:
    events = {"strike": {"start": 6, "changes": {"customer.fee": {"times": 0.5}}}}
    model = flat({"small": SMALL, "big": BIG}, events=events)
    _, table = compared(model)
    assert list(table.index) == ["small", "big", "strike"]
    assert list(table["kind"]) == ["investment", "investment", "event"]
    assert table.loc["strike", "npv"] == pytest.approx(-5_000 * 1.1 ** (-5 / 12))
    assert gw.compare(model, "big", replications=2).scenarios == ["big"]
    named = gw.compare(flat({"small": SMALL, "big": BIG}, {"both": ["small", "big"]}), replications=2)
    assert named.scenarios == ["both"]
