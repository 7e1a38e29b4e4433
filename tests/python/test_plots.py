"""Charts draw what the tables hold."""

import itertools
from collections.abc import Callable

import goodwill as gw
import matplotlib as mpl
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt


def test_charts_of_a_run(run: gw.Run) -> None:
    for draw in (run.plot.customers, run.plot.churn, run.plot.satisfaction, run.plot.contribution):
        axes = draw()
        axes.figure.canvas.draw()
        assert "scenario 'train'" in axes.get_title(loc="left")
        assert axes.get_xlabel() == "month"
        plt.close("all")


def test_charts_of_a_study(study: gw.Study) -> None:
    axes = study.plot.npv()
    axes.figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["train", "idle", "strike"]
    study.plot.customers().figure.canvas.draw()
    plt.close("all")


def test_drawn_into_given_axes(run: gw.Run) -> None:
    figure, axes = plt.subplots()
    assert run.plot.customers(by="origin", ax=axes) is axes
    plt.close(figure)
    with pytest.raises(ValueError, match="no key 'stage'"):
        run.plot.customers(by="stage")


@pytest.fixture(scope="module")
def doubtful(make_firm: Callable[..., gw.Model]) -> gw.Study:
    model = make_firm(
        agents=400,
        horizon="8 months",
        assumptions={
            "kept_margin": {"low": "62 %", "best": "65 %", "high": "70 %"},
            "failures": {"low": 0.3, "best": 0.5, "high": 0.8},
        },
        investments={
            "both": {
                "cost": {"upfront": 500},
                "changes": {
                    "customer.margin": {"set": "$kept_margin"},
                    "help.call.failure": {"times": "$failures"},
                },
            },
            "nothing": {"start": 2},
        },
        scenarios={"change": ["both"], "idle": ["nothing"]},
    )
    return gw.compare(model, draws=8, batches=2)


def test_the_waterfall_ends_at_the_npv(doubtful: gw.Study) -> None:
    figure, axes = plt.subplots()
    assert doubtful.plot.bridge("change", ax=axes) is axes
    figure.canvas.draw()
    npv = doubtful.table()["npv"][0]
    *steps, total = axes.patches
    value = doubtful.bridge("change", by=()).set_index("step")["value"]
    named = [label.get_text() for label in axes.get_yticklabels()]
    assert named[0] == "customers kept"
    assert named[-2:] == ["investment, upfront", "NPV"]
    assert "events" not in named, "a step that is 0"
    assert steps[0].get_x() == pytest.approx(0)
    for before, bar in itertools.pairwise(steps):
        assert bar.get_x() == pytest.approx(before.get_x() + before.get_width())
    assert sum(bar.get_width() for bar in steps) == pytest.approx(npv)
    assert steps[0].get_width() == pytest.approx(value["customers"])
    assert total.get_width() == pytest.approx(npv)
    plt.close(figure)
    with pytest.raises(ValueError, match="did you mean 'change'"):
        doubtful.plot.bridge("chnage")


def test_a_waterfall_of_nothing(doubtful: gw.Study) -> None:
    axes = doubtful.plot.bridge("idle")
    axes.figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["NPV"]
    axes = doubtful.plot.tornado("idle")
    assert [text.get_text() for text in axes.texts] == ["no assumption changes this NPV"]
    plt.close("all")


def test_the_tornado_draws_its_table(doubtful: gw.Study) -> None:
    table = doubtful.tornado("change")
    figure, axes = plt.subplots()
    assert doubtful.plot.tornado("change", ax=axes) is axes
    figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == list(table["assumption"])
    heights = list(axes.get_yticks())
    assert heights == sorted(heights, reverse=True), "the largest swing on top"
    for k, row in enumerate(table.to_dict("records")):
        for bar, end in zip(axes.patches[2 * k : 2 * k + 2], ("low", "high"), strict=True):
            assert bar.get_x() + bar.get_width() == pytest.approx(row[f"npv_at_{end}"])
    colours = {
        kind: {axes.patches[2 * k].get_facecolor() for k in table.index[table["kind"] == kind]}
        for kind in ("declared", "structural")
    }
    assert len(colours["declared"]) == len(colours["structural"]) == 1
    assert not colours["declared"] & colours["structural"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["declared", "structural"]
    labels = [text.get_text() for text in axes.texts]
    assert {"62 %", "70 %", "0.3", "0.8"} <= set(labels), "rates as percent, factors as they are"
    plt.close(figure)


def test_as_many_bars_as_asked(doubtful: gw.Study) -> None:
    axes = doubtful.plot.tornado("change", structure=False, most=1)
    axes.figure.canvas.draw()
    assert len(axes.patches) == 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["declared"]
    plt.close("all")
    with pytest.raises(ValueError, match="most is 0; it must be a whole number from 1"):
        doubtful.plot.tornado("change", most=0)


def luminance(colour: object) -> float:
    red, green, blue = mpl.colors.to_rgb(colour)  # type: ignore[arg-type]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_charts_can_be_read_on_black(doubtful: gw.Study) -> None:
    with plt.style.context("dark_background"):
        draws = [doubtful.plot.npv, doubtful.plot.acceptability, doubtful.plot.customers]
        charts = [draw() for draw in draws]
        for draw in (doubtful.plot.flow, doubtful.plot.bridge, doubtful.plot.tornado):
            charts.append(draw("change"))
        for axes in charts:
            axes.figure.canvas.draw()
            inks = [line.get_color() for line in axes.lines]
            inks += [text.get_color() for text in axes.texts]
            inks += [bar.get_facecolor() for bar in axes.patches]
            assert inks
            assert min(map(luminance, inks)) > 0.25, axes.get_title(loc="left")
    plt.close("all")


def test_an_axis_has_one_unit(doubtful: gw.Study) -> None:
    for axes, along in ((doubtful.plot.npv(), "x"), (doubtful.plot.flow("change"), "y")):
        axes.figure.canvas.draw()
        labels = [label.get_text() for label in getattr(axes, f"get_{along}ticklabels")()]
        units = {text.rpartition(" ")[2] if " " in text else "" for text in labels if text != "0"}
        assert len(units) == 1, labels
    plt.close("all")
