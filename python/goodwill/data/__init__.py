"""From the firm's own tables to a calibrated model with honest doubt: `gw.data.from_...` gives a `Fit`."""

from goodwill.data.calls import CallsFit, from_calls
from goodwill.data.events import EventsFit, from_events
from goodwill.data.fit import Fit
from goodwill.data.posterior import PosteriorFit, from_posterior
from goodwill.data.regression import RegressionFit, from_regression
from goodwill.data.survey import SurveyFit, from_survey

__all__ = [
    "CallsFit",
    "EventsFit",
    "Fit",
    "PosteriorFit",
    "RegressionFit",
    "SurveyFit",
    "from_calls",
    "from_events",
    "from_posterior",
    "from_regression",
    "from_survey",
]
