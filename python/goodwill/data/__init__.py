"""From the firm's own tables to a calibrated model with honest doubt: `gw.data.from_...` gives a `Fit`."""

from goodwill.data.backtest import Backtest
from goodwill.data.buying import Transactions
from goodwill.data.buying_split import OrderBacktest
from goodwill.data.fit import Fit
from goodwill.data.retention import Retention, from_retention
from goodwill.data.subscriptions import Subscriptions, from_subscriptions
from goodwill.data.transactions import from_transactions

__all__ = [
    "Backtest",
    "Fit",
    "OrderBacktest",
    "Retention",
    "Subscriptions",
    "Transactions",
    "from_retention",
    "from_subscriptions",
    "from_transactions",
]
