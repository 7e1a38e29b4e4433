"""From the firm's own tables to a calibrated model with honest doubt: `gw.data.from_...` gives a `Fit`."""

from goodwill.data.backtest import Backtest
from goodwill.data.fit import Fit
from goodwill.data.retention import Retention, from_retention
from goodwill.data.subscriptions import Subscriptions, from_subscriptions

__all__ = ["Backtest", "Fit", "Retention", "Subscriptions", "from_retention", "from_subscriptions"]
