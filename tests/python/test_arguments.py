"""Every argument of every public function, given every wrong kind: refused, and in our own words."""

from __future__ import annotations

import functools
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib
import numpy as np
import pandas as pd
import pytest
from goodwill.engine.model import core_of
from goodwill.text.arguments import KINDS

FOREIGN = re.compile(
    r"incompatible (function|constructor) arguments|pybind11|has no attribute|unhashable|int too large"
    r"|not iterable"
    r"|too large to convert|object is not|codec can't|not supported between|unsupported operand"
    r"|must be real number"
    r"|argument of type|Unable to cast|could not convert|Exceeds the limit|invalid literal|C\+\+"
)
"""Words that only Python, pandas or the binding use."""


class Strange:
    """Refuses to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


WRONG: list[Any] = [
    *(None, True, 123, -1, 0, 2**31, 2**63, 2**64, 10**400, 10**5000, 1.5, -0.5, 1e308),
    *(float("nan"), float("inf"), 1j, "", "s", "\ud800", "nan", "1e999", "5 %", "-5 %", "a.b.c", "x" * 500),
    *("x" * 500 + ".html", "x" * 500 + ".xlsx"),
    *(
        b"s",
        [],
        ["s"],
        [["s"]],
        [None],
        ("s", "s"),
        {"s"},
        {"s": 1},
        {1: [2]},
        range(3),
        object(),
        Strange(),
        int,
    ),
    *(np.array([1.0, 2.0]), np.float64("nan"), np.int64(-5), Path("nothing/here.yaml"), lambda: 1, Ellipsis),
]


@functools.cache
def firm() -> gw.Model:
    """So small that answering a wrong question takes no time."""
    return gw.Model(
        horizon=3,
        segments={"all": {"count": 50, "arrivals": 2}},
        stages={"customer": {"fee": 10, "churn": "2 % / month"}},
        journeys={"help": {"starts": "20 %", "touchpoints": {"call": {"failure": "20 %", "cost": 1}}}},
        assumptions={"more": {"low": 1, "best": 2, "high": 3}},
        investments={
            "offer": {"cost": {"upfront": 10}, "changes": {"customer.fee": {"add": "$more"}}},
            "nothing": {},
        },
        scenarios={"offer": ["offer"], "idle": ["nothing"]},
    )


@functools.cache
def study() -> gw.Study:
    return gw.compare(firm(), draws=8, batches=2, threads=1)


@functools.cache
def sweep() -> gw.Sweep:
    folder = Path(tempfile.mkdtemp()) / "sweep"
    return gw.Sweep(
        firm(),
        gw.sobol({"customer.fee": (8, 9), "assumptions.more": (1, 3)}, n=6),
        folder=folder,
        replications=2,
    ).run(threads=1)


CHURN = pd.DataFrame({"t": [1, 2, 3, 4, 5, 6] * 20, "gone": [1, 0, 1, 1, 0, 1] * 20})
KEPT = pd.DataFrame({"age": range(1, 7), "kept": [80.0, 70, 63, 58, 54, 51]})
ORDERS = pd.DataFrame(
    {
        "who": np.repeat(np.arange(30), [1, 2, 4] * 10),
        "when": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(70) * 67 % 200, unit="D"),
        "paid": 10.0 + np.arange(70) * 13 % 17,
    }
)
FURTHER: dict[str, dict[str, Any]] = {
    "data.from_subscriptions": {"data": CHURN, "tenure": "t", "event": "gone", "method": "piecewise"},
    "data.from_retention": {
        "data": KEPT,
        "age": "age",
        "kept": "kept",
        "counts": False,
        "customers": 100,
        "method": "piecewise",
    },
    "data.from_transactions": {
        "data": ORDERS,
        "id": "who",
        "date": "when",
        "asof": "2026-08-01",
        "amount": "paid",
        "model": "bg_nbd",
        "same_day": "one order",
    },
}
"""What a function needs beside, so that another argument is the wrong one."""

SOUND: dict[str, Any] = {
    "scenario": "offer",
    "path": "customer.fee",
    "file": "never.txt",
    "by": "year",
    "name": "offer",
    "budgets": [1.0],
    "budget": 100.0,
    "extra": 100.0,
    "years": 1.0,
    "values": {"horizon": 4},
    "text": "horizon: 1",
    "arrivals": 10.0,
    "agents": 5.0,
    "handling": 1.0,
    "patience": 2.0,
    "indifference": 1e6,
    "factors": {"customer.fee": [8, 9]},
    "n": 2,
    "folder": "never",
    "factor": "customer.fee",
    "table": gw.sobol({"customer.fee": (8, 9), "assumptions.more": (1, 3)}, n=2),
    "x": "customer.fee",
    "y": "assumptions.more",
    "period": "month",
    "data": CHURN,
    "periods": 3,
    "segment": "all",
}
"""What an argument without a default may be, so that another one is the wrong one."""

# Methods that take long and check nothing of their own, or that change a file.
NOT_CALLED = {"rerun", "winner"}


def public() -> Iterator[tuple[str, Callable[..., Any], dict[str, inspect.Parameter]]]:
    """Every public function, and every public method of what they give, with its arguments."""
    run, clv, model = gw.run(firm(), threads=1), gw.clv(firm(), threads=1), firm()
    plan = gw.allocate(firm(), budget=100, draws=0, replications=2, threads=1)
    churn = gw.data.from_subscriptions(period="month", **FURTHER["data.from_subscriptions"])
    buying = gw.data.from_transactions(period="month", **FURTHER["data.from_transactions"])
    exact = gw.expect(gw.Model(horizon=3, segments={"a": {"count": 5}}, stages={"c": {"churn": 0.1}}))
    owners: dict[str, Any] = {
        "gw": gw,
        "Model": gw.Model,
        "model": model,
        "run": run,
        "clv": clv,
        "study": study(),
        "exact": exact,
        "uncertainty": study().uncertainty("offer"),
        "run.plot": run.plot,
        "study.plot": study().plot,
        "clv.plot": clv.plot,
        "check": gw.check(firm(), threads=1),
        "best": gw.best(firm(), indifference=1e6, threads=1),
        "sweep": sweep(),
        "sweep.plot": sweep().plot,
        "surface": sweep().surface("offer"),
        "plan": plan,
        "plan.plot": plan.plot,
        "data": gw.data,
        "churn": churn,
        "backtest": churn.backtest(draws=20),
        "buying": buying,
        "order_backtest": buying.backtest(draws=20),
    }
    for owner, thing in owners.items():
        names = (
            thing.__all__ if inspect.ismodule(thing) else ["from_yaml"] if thing is gw.Model else dir(thing)
        )
        for name in names:
            if name.startswith("_") or name in NOT_CALLED or isinstance(getattr(thing, name), type):
                continue
            function = getattr(thing, name)
            if callable(function):
                yield f"{owner}.{name}", function, dict(inspect.signature(function).parameters)


ASKED = {f"{name}({argument})": (f, argument, p) for name, f, p in public() for argument in p}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setitem(matplotlib.rcParams, "figure.max_open_warning", 0)


@pytest.mark.parametrize("asked", ASKED)
def test_a_wrong_argument_is_refused_in_our_own_words(asked: str) -> None:
    function, argument, parameters = ASKED[asked]
    given = {
        name: firm() if name == "model" else study() if name == "result" else SOUND[name]
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty
    } | FURTHER.get(asked.split("(")[0], {})
    if "threads" in parameters:
        given["threads"] = 1
    for wrong in WRONG:
        try:
            function(**{**given, argument: wrong})
        except (ValueError, TypeError) as error:  # ModelError is a ValueError
            said = str(error)
        else:
            continue
        assert said.strip(), f"{wrong!r:.60}"
        assert not FOREIGN.search(said), said[:300]
        assert len(said) < 1_500, said[:300]


@pytest.mark.parametrize("wrong", range(len(WRONG)))
def test_a_wrong_value_in_a_model_is_refused_in_our_own_words(wrong: int) -> None:
    value = WRONG[wrong]
    blocks: list[dict[Any, Any]] = [
        {"horizon": value},
        {"name": value},
        {"segments": value},
        {"segments": {"all": {"count": value}}},
        {"stages": {"customer": {"fee": value, "churn": value}}},
        {"stages": {"customer": {"churn": {"beta": value}}}},
        {"scenarios": {"idle": value}},
        {"investments": {"nothing": {"cost": {"running": {1: value}}}}},
    ]
    sound = {"horizon": 3, "segments": {"all": {"count": 5}}, "stages": {"customer": {"fee": 1}}}
    asks = [lambda block=block: gw.Model(**{**sound, **block}) for block in blocks]
    asks.append(lambda: firm().assign({"customer.fee": value}))
    asks.append(lambda: firm().assign({value: 1}))
    asks.append(lambda: firm()[value])
    asks.append(lambda: gw.Terms(discount=value).for_model(core_of(firm())))
    asks.append(lambda: gw.compare(firm(), "offer", terms=gw.Terms(tax=value), draws=8, threads=1))
    for ask in asks:
        try:
            ask()
        except (ValueError, TypeError) as error:
            said = str(error)
            if said.startswith("unhashable type"):  # {value: 1} is Python's, not ours
                continue
            assert said.strip()
            assert not FOREIGN.search(said), said[:300]


def test_every_annotation_of_a_checked_argument_is_known() -> None:
    """An argument is checked by its kind, or where its range is: a new kind must say which."""
    elsewhere = {"Model", "Terms", "Result", "int", "float", "float | str", "object", "float | int | str"}
    elsewhere |= {"Any", "Executor", "Design | pd.DataFrame", "pd.DataFrame", "str | float"}
    elsewhere |= {"Model | StudyResult", "float | str | Mapping[str, float | str]", "Iterable[Iterable[str]]"}
    unknown = {
        f"{asked}: {parameter.annotation}"
        for asked, (_, argument, parameters) in ASKED.items()
        for parameter in [parameters[argument]]
        if str(parameter.annotation).removesuffix(" | None") not in {*KINDS, *elsewhere}
        and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert not unknown


def test_the_words_for_what_was_met() -> None:
    met: list[tuple[Callable[[], Any], str]] = [
        (lambda: study().bridge(["s"]), "scenario is ['s']; it must be a text"),
        (lambda: gw.run(firm(), scenario=["i"]), "scenario is ['i']; it must be a text"),
        (
            lambda: gw.compare(firm(), survival_weights="x"),
            "survival_weights is 'x'; it must be True or False",
        ),
        (lambda: gw.Model.from_yaml(123), "text is 123; it must be a text"),
        (
            lambda: gw.Model({"horizon": 1}),
            "gw.Model takes the blocks of a file as keywords, found {'horizon': 1}; ",
        ),
        (lambda: gw.compare(firm(), seed=10**400), "seed is 1000"),
        (
            lambda: study().break_even("offer", "horizon"),
            "path is 'horizon'; only whole numbers may stand there",
        ),
        (
            lambda: gw.run(firm(), scenarios="idle"),
            "run(): there is no argument 'scenarios'; did you mean 'scenario'?",
        ),
        (lambda: gw.Model(horizon=10**5000), "a whole number of the model has more than 4,300 digits"),
        (
            lambda: gw.Model(horizon=1j),
            "a model is made of dicts, lists, texts and numbers; found <class 'complex'>",
        ),
    ]
    for ask, words in met:
        with pytest.raises((ValueError, TypeError)) as error:
            ask()
        assert str(error.value).startswith(words)


def test_a_scenario_without_changes_can_be_asked_for_its_break_even() -> None:
    found = study().break_even("idle", "customer.fee", replications=2, points=3, threads=1)
    assert found.reason.startswith("no root in range")


def test_nominal_prices_without_inflation_are_allowed_where_the_model_says_so() -> None:
    model = firm().assign({"finance": {"prices": "nominal", "inflation": "0 %", "discount": "5 %"}})
    gw.check(model, threads=1)
    assert gw.compare(model, "idle", draws=8, batches=2, threads=1).terms.nominal
    with pytest.raises(ValueError, match='prices is "nominal"; it needs inflation'):
        gw.compare(firm(), "idle", terms=gw.Terms(prices="nominal"))
