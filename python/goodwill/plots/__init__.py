"""Charts. Each takes `ax=` and returns the axes; matplotlib is loaded when the first chart is drawn."""

from goodwill.plots.clv import ClvPlots
from goodwill.plots.run import RunPlots
from goodwill.plots.study import StudyPlots
from goodwill.plots.sweep import SweepPlots

__all__ = ["ClvPlots", "RunPlots", "StudyPlots", "SweepPlots"]
