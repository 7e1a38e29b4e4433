"""`gw.data.from_events`: what it reads, refuses, warns of and writes."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest

ASKED: dict[str, Any] = {
    "case": "ticket",
    "time": "at",
    "touchpoint": "where",
    "asof": "2026-04-30",
    "exposure": 2_000,
    "period": "month",
}


def log(n: int = 200) -> pd.DataFrame:
    """Every second walk begins with the bot; of these every second fails and calls; every fifth call
    fails."""
    rows = []
    for k in range(n):
        at = pd.Timestamp("2026-01-01") + pd.Timedelta(hours=10 * k)
        if k % 2:
            rows.append((f"t{k}", at, "Chat bot", "failed" if k % 4 == 1 else "ok", 6 + k % 3, 0))
        if k % 4 != 3:
            outcome = "recovered" if k % 10 == 0 else "failed" if k % 10 == 5 else "ok"
            score = (
                3 if outcome == "failed" else 5 if outcome == "recovered" else 7 + k % 4 if k % 3 else np.nan
            )
            rows.append((f"t{k}", at + pd.Timedelta(minutes=9), "call", outcome, score, 1 + k % 3))
    return pd.DataFrame(rows, columns=["ticket", "at", "where", "result", "csat", "waited"])


def fit(data: pd.DataFrame | None = None, **more: Any) -> gw.data.EventsFit:
    return gw.data.from_events(log() if data is None else data, **{**ASKED, **more})


FULL: dict[str, Any] = {
    "outcome": "result",
    "score": "csat",
    "scale": (0, 10, 1),
    "wait": "waited",
    "wait_unit": "minutes",
    "journey": "help",
}


def test_a_log_becomes_a_journey() -> None:
    found = fit(**FULL)
    values = found.values
    assert values["help_starts"] == pytest.approx(200 / 2_000)
    assert values["help_call_failure"] == pytest.approx(30 / 150, abs=0.005)
    assert values["help_call_recovery"] == pytest.approx(20 / 30, abs=0.02)
    assert found.first == {"chat_bot": "help_first_to_chat_bot", "call": "otherwise"}
    assert found.next["chat_bot"] == {"ok": {"done": "otherwise"}, "failed": {"call": "otherwise"}}
    assert "200 walks with 250 contacts (1.25 each) at 2 touchpoints, in 2,000 customer-months" in repr(found)
    steps = found.transitions()
    assert steps.groupby(["from", "outcome"])["share"].sum().to_numpy() == pytest.approx(1)
    counts = found.touchpoints().set_index("touchpoint")
    assert counts.loc["call", ["contacts", "failed", "recovered"]].tolist() == [150, 10, 20]
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_journey_stands_in_a_model_of_its_own(tmp_path: Path) -> None:
    found = fit(**FULL)
    model = found.model()
    assert model["help.starts"] == "$help_starts"
    assert model["help.call.failure"] == "$help_call_failure"
    assert gw.read(found.write(tmp_path / "help.yaml")) == model
    assert gw.run(model, replications=2, threads=1).touchpoints(by=[])["contacts"].gt(0).all()
    assert "log of 250 contacts until 2026-04-30" in model.to_yaml()


def base() -> gw.Model:
    return gw.Model(
        horizon=6,
        segments={"a": {"count": 500}, "b": {"count": 500, "changes": {"customer.fee": {"set": 3}}}},
        stages={"customer": {"fee": 2}},
        journeys={
            "help": {
                "starts": 0.5,
                "first": {"chat_bot": 0.1, "call": "otherwise"},
                "touchpoints": {"chat_bot": {"cost": 1, "next": {"failed": "call"}}, "call": {"cost": 7}},
            }
        },
    )


def test_a_journey_of_the_base_keeps_what_the_log_does_not_show() -> None:
    model = fit(**FULL).model(base())
    assert model["help.call.cost"] == 7
    assert model["help.call.failure"] == "$help_call_failure"
    assert model["help.first"] == {"chat_bot": "$help_first_to_chat_bot", "call": "otherwise"}
    new = fit(**FULL | {"journey": "service"}).model(base())
    assert new.journeys == ["help", "service"]


def test_estimates_for_a_segment_are_changes_of_it() -> None:
    model = fit(**FULL).model(base(), segment="b")
    changes = model["segments.b.changes"]
    assert changes["customer.fee"] == {"set": 3.0}
    assert changes["help.call.failure"] == {"set": "$b_help_call_failure"}
    assert model["help.starts"] == 0.5
    with pytest.raises(ValueError, match="segment: there is no segment 'c'"):
        fit(**FULL).model(base(), segment="c")


def test_scores_of_another_scale_mean_the_same() -> None:
    data = log()
    data["stars"] = 1 + data["csat"] / 2.5
    ten, stars = fit(**FULL), fit(data, **FULL | {"score": "stars", "scale": (1, 5, 0.4)})
    assert stars.values == pytest.approx(ten.values, rel=1e-6)


def test_customers_with_many_walks_widen_the_rate() -> None:
    data = log()
    data["who"] = data["ticket"].str[1:].astype(int) // 4  # each has four walks
    alone, together = fit(), fit(data, customer="who")
    ratio = together.parameters.errors[0] / alone.parameters.errors[0]
    assert ratio == pytest.approx(2)  # the root of the walks that come together


def test_the_end_of_a_walk_is_open_until_it_has_settled() -> None:
    """Walks with a contact in the last four days of the log do not say that nothing follows."""
    data = log()
    last = data["at"].max()
    open_ = data.groupby("ticket")["at"].max() > last - pd.Timedelta(days=3.9)
    settled = fit(data, asof=str(last.date()), settle=5)
    steps = settled.transitions()
    ended = steps[steps["to"] == "done"]["walks"].sum()
    assert 200 - open_.sum() - 5 < ended < 200 - open_.sum() + 5


def test_what_a_walk_remembers_is_a_warning() -> None:
    rows = []
    for k in range(400):
        at = pd.Timestamp("2026-01-01") + pd.Timedelta(hours=k)
        path = ["web", "call", "desk"] if k % 2 else ["shop", "call"]
        rows += [(k, at + pd.Timedelta(minutes=j), point) for j, point in enumerate(path)]
    found = fit(pd.DataFrame(rows, columns=["ticket", "at", "where"]))
    (warning,) = [text for text in found.warnings if text.startswith("A walk remembers")]
    assert "after call (ok), 100 % go on to desk if they came from web, 0 % if from shop" in warning
    assert not any("remembers" in text for text in fit(**FULL).warnings)


def test_few_contacts_and_scores_are_warnings() -> None:
    found = fit(log(12), **FULL)
    assert any(text.startswith("call: only 9 contacts") for text in found.warnings)
    assert any("too few for a quality" in text for text in found.warnings)


def test_a_hold_out_beside_simple_methods() -> None:
    found = fit(log(400), asof="2026-12-31").backtest("2026-03-25")
    assert found["expected"].to_numpy() == pytest.approx(found["mean"].to_numpy())
    assert (found["low_95"] < found["held_out"]).all()
    assert (found["held_out"] < found["high_95"]).all()
    assert (found["low_50"] >= found["low_80"]).all()
    with pytest.raises(ValueError, match="split: 0 walks began before it"):
        fit().backtest("2020-01-01")


def test_a_chart_of_the_steps() -> None:
    pytest.importorskip("matplotlib").use("agg")
    ax = fit(**FULL).plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["start", "call", "chat_bot"]


def with_column(name: str, row: int, value: object) -> pd.DataFrame:
    data = log().astype({name: object})
    data.loc[row, name] = value
    return data


@pytest.mark.parametrize(
    ("data", "more", "message"),
    [
        (None, {"time": "when"}, "time: there is no column 'when'"),
        (None, {"asof": "2026-02-01"}, "rows where 'at' is after asof: rows "),
        (with_column("at", 3, "3.1.2026"), {}, "1 row where 'at' is no date such as 2026-09-30: row 3"),
        (
            with_column("result", 4, "faild"),
            FULL,
            "1 row where 'result' is none of ok, failed, recovered, full (found 'faild'; did you mean "
            "'failed'?)"
            ": row 4",
        ),
        (with_column("csat", 1, 11), FULL, "'csat' is not on the scale from 0 to 10 in steps of 1: row 1"),
        (with_column("csat", 1, 7.5), FULL, "'csat' is not on the scale from 0 to 10 in steps of 1: row 1"),
        (with_column("waited", 1, -2), FULL, "'waited' is negative: row 1"),
        (
            pd.concat([log(), log().head(1)], ignore_index=True),
            {},
            "another contact of the same 'ticket' has the same time (ties='order' takes them as they stand)",
        ),
        (None, {"score": "csat"}, "scale is None; with scores it must be the lowest and the highest answer"),
        (None, {"wait": "waited"}, "wait_unit is None; it must be one of seconds, minutes, hours"),
        (None, {"exposure": 2}, "200 walks began: more than 50 by a customer in a month"),
        (None, {"exposure": 0}, "exposure is 0; it must be customer-months, above 0"),
        (None, {"period": "quarter"}, "period is 'quarter'; it must be one of day, week, month, year"),
        (None, {"outcomes": {"a": "good"}}, "outcomes: 'a' means 'good'; it must be one of ok"),
        (None, {"customer": "where"}, "'ticket' 't1' belongs to 2 different 'where'"),
        (
            with_column("where", 1, "chat-bot"),
            {},
            "touchpoint: 'Chat bot' and 'chat-bot' would both be called 'chat_bot'",
        ),
        (log().replace({"where": {"call": "done"}}), {}, "touchpoint: 'done' has a meaning of its own"),
    ],
)
def test_errors_say_what_is_wrong(data: pd.DataFrame | None, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit(data, **more)


def test_bad_rows_can_be_left_out() -> None:
    found = fit(with_column("waited", 1, -2), **FULL, bad_rows="drop")
    assert found.warnings[0] == "Left out: 1 row where 'waited' is negative: row 1"
    assert len(found.contacts.walk) == 249


def test_customers_who_call_more_than_once_in_a_period() -> None:
    """The rate of starts is uncertain and above 1."""
    model = fit(exposure=100, **FULL).model()
    assert model["assumptions.help_starts.best"] == pytest.approx(2)
    started = gw.run(model, replications=2, draws=0, threads=1).journeys(by=[])["started"].iloc[0]
    assert started / model.horizon / model["segments.all.count"] == pytest.approx(2, rel=0.1)
