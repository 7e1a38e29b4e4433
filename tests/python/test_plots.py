"""Charts draw what the tables hold."""

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
