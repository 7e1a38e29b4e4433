"""Where nobody is, or nothing changes: zeros and dashes in tables, sentences, charts and documents."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import matplotlib as mpl
import openpyxl
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

NO_NUMBER = re.compile(r"\bnan\b|<NA>|NaN|\binf\b|\de[+-]\d")


def empty(segments: dict[str, Any]) -> gw.Model:
    """A firm in which any part may meet nobody: scenarios of all kinds, one of them empty."""
    return gw.Model(
        horizon="6 months",
        agents=200,
        currency="EUR",
        segments=segments,
        stages={"customer": {"fee": 10, "churn": {"average": "2 %", "satisfaction": -0.3}}},
        journeys={"help": {"starts": "10 %", "touchpoints": {"call": {"cost": 2, "failure": "10 %"}}}},
        referrals={"rate": "1 %"},
        survey={"response": "30 %"},
        finance={"discount": "10 %"},
        assumptions={"failures": {"low": 0.4, "best": 0.5, "high": 0.6}},
        investments={
            "training": {
                "cost": {"upfront": 100},
                "changes": {"help.call.failure": {"times": "$failures"}},
            },
            "free": {"changes": {"help.call.failure": {"times": 0.9}}},
        },
        events={"strike": {"start": 2, "impulse": {"trust": -0.1}}},
        scenarios={"train": ["training"], "both": ["training", "free"], "strike": ["strike"], "nothing": []},
        goals={"customers": {"at_least": 1}, "nps": {"at_least": 0}, "churn": {"at_most": 0.02}},
    )


FIRMS = {
    "nobody": {"a": {"count": 0}, "b": {"count": 0}},
    "an empty segment": {"a": {"count": 300}, "b": {"count": 0}},
    "only newcomers": {"a": {"count": 0, "arrivals": "5 / month"}, "b": {"count": 0}},
}


def look_at(shown: Any) -> None:
    for text in (repr(shown), shown._repr_html_()):
        assert not NO_NUMBER.search(text), text


def draw(chart: Callable[..., Any], *names: str) -> None:
    chart(*names).figure.canvas.draw()
    plt.close("all")


@pytest.mark.parametrize("firm", FIRMS)
def test_zeros_and_dashes(firm: str, tmp_path: Path) -> None:
    model = empty(FIRMS[firm])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        look_at(gw.check(model))
        run = gw.run(model, scenario="train")
        look_at(run)
        for table in (run.table, run.stages, run.moves, run.journeys, run.touchpoints, run.investments):
            look_at(table())
        for chart in (run.plot.customers, run.plot.churn, run.plot.satisfaction, run.plot.contribution):
            draw(chart)
        values = gw.clv(model)
        look_at(values)
        for by in ("segment", "origin", "cohort"):
            look_at(values.table(by=by))
        for table in (values.cohorts, values.equity, values.referrals):
            look_at(table())
        draw(values.plot.distribution)


@pytest.mark.parametrize("certain", [True, False])
@pytest.mark.parametrize("firm", FIRMS)
def test_a_study_of_next_to_nothing(firm: str, certain: bool, tmp_path: Path) -> None:
    model = empty(FIRMS[firm])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = gw.compare(model, replications=2) if certain else gw.compare(model, draws=8, batches=2)
        look_at(study)
        look_at(study.table())
        look_at(study.goals())
        draw(study.plot.npv)
        draw(study.plot.customers)
        for scenario in study.scenarios:
            for table in (study.flows, study.bridge, study.savings, study.gaps):
                look_at(table(scenario))
            draw(study.plot.flow, scenario)
            draw(study.plot.bridge, scenario)
        if study.table()["p_npv_positive"].notna().any():  # where nobody is, nothing is uncertain
            look_at(study.uncertainty("train"))
            draw(study.plot.acceptability)
        page = study.to_html(tmp_path / "case.html", analyses=False).read_text()
        page = re.sub(r"<style>.*?</style>|<svg.*?</svg>|data-value=\"[^\"]*\"", "", page, flags=re.DOTALL)
        assert not NO_NUMBER.search(page)
        book = openpyxl.load_workbook(study.to_excel(tmp_path / "case.xlsx", analyses=False))
        for sheet in book:
            for row in sheet.iter_rows(values_only=True):
                assert not any(isinstance(cell, str) and NO_NUMBER.search(cell) for cell in row)
    table = study.table().set_index("scenario")
    assert (table.loc["nothing", ["npv", "cost", "contribution", "beyond_horizon"]] == 0).all()
    assert "'nothing' changes nothing: its value is exactly 0 over 6 months." in study.sentences()
    if firm == "nobody":
        assert table.loc["train", "npv"] == pytest.approx(-100)
        assert "'strike' changes nothing: its value is exactly 0 over 6 months." in study.sentences()
