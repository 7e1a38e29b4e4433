"""One bar for what people wait for, however many simulations it takes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import goodwill as gw
import pytest
from goodwill.engine import progress


class Bars:
    """In place of tqdm: each bar with the fractions that it showed."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, list[float]]] = []

    @contextlib.contextmanager
    def __call__(self, title: str, total: float, layout: str) -> Iterator[Any]:
        fractions: list[float] = []
        self.shown.append((title, fractions))

        class Bar:
            n = 0.0

            def update(self, more: float) -> None:
                self.n += more
                fractions.append(self.n)

        yield Bar()


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> Bars:
    found = Bars()
    monkeypatch.setattr(progress, "_bar", found)
    return found


def step(*fractions: float) -> None:
    with progress.progress_bar("Step") as show:
        for fraction in fractions:
            show(fraction)


def test_steps_fill_one_bar(bars: Bars) -> None:
    with progress.composite("Whole", 2):
        step(0.5, 1.0)
        step(0.5)
    assert bars.shown == [("Whole", [0.25, 0.5, 0.5, 0.75, 1.0])]
    step(0.5)
    assert bars.shown[1] == ("Step", [0.5])


def test_composites_are_steps_too(bars: Bars) -> None:
    with progress.composite("Report", 2):
        with progress.composite("Tornado", 2):
            step(1.0)
            step(1.0)
        step(1.0)
    ((title, fractions),) = bars.shown
    assert title == "Report"
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.25, 1.0)


def test_more_steps_than_expected_never_turn_back(bars: Bars) -> None:
    with progress.composite("Whole", 1):
        for _ in range(5):
            step(0.1, 1.0)
    ((_, fractions),) = bars.shown
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_what_fails_leaves_no_bar_behind(bars: Bars) -> None:
    with pytest.raises(ValueError, match="no"), progress.composite("Whole", 2), progress.progress_bar("Step"):
        raise ValueError("no")
    step(0.5)
    assert [title for title, _ in bars.shown] == ["Whole", "Step"]


def test_a_tornado_and_a_report_have_one_bar_each(bars: Bars, tmp_path: Path) -> None:
    firm = gw.Model(
        horizon="6 months",
        agents=200,
        segments={"all": {"count": 1_000}},
        stages={"customer": {"fee": 30, "churn": {"average": "2 %", "failures": 0.4}}},
        journeys={"help": {"starts": "30 %", "touchpoints": {"call": {"failure": "30 %"}}}},
        investments={"training": {"changes": {"help.call.failure": {"times": 0.5}}}},
        scenarios={"train": ["training"]},
    )
    study = gw.compare(firm, ["train"], replications=2)
    bars.shown.clear()
    study.tornado("train", replications=2)
    assert [title for title, _ in bars.shown] == ["Tornado"]
    study.to_html(tmp_path / "case.html")
    assert [title for title, _ in bars.shown] == ["Tornado", "Report"]
    (_, tornado), (_, report) = bars.shown
    assert tornado[-1] == pytest.approx(1)
    assert report == sorted(report)
