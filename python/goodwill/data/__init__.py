"""From the firm's own tables to a calibrated model with honest doubt: `gw.data.from_...` gives a `Fit`."""

from goodwill.data.backtest import Backtest
from goodwill.data.buying import Transactions
from goodwill.data.buying_split import OrderBacktest
from goodwill.data.calls import CallsFit, from_calls
from goodwill.data.events import EventsFit, from_events
from goodwill.data.fit import Fit
from goodwill.data.posterior import PosteriorFit, from_posterior
from goodwill.data.regression import RegressionFit, from_regression
from goodwill.data.retention import Retention, from_retention
from goodwill.data.subscriptions import Subscriptions, from_subscriptions
from goodwill.data.survey import SurveyFit, from_survey
from goodwill.data.transactions import from_transactions

__all__ = [
    "Backtest",
    "CallsFit",
    "EventsFit",
    "Fit",
    "OrderBacktest",
    "PosteriorFit",
    "RegressionFit",
    "Retention",
    "Subscriptions",
    "SurveyFit",
    "Transactions",
    "from_calls",
    "from_events",
    "from_posterior",
    "from_regression",
    "from_retention",
    "from_subscriptions",
    "from_survey",
    "from_transactions",
]
