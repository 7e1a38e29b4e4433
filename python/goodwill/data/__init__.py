"""From the firm's own tables to a calibrated model with honest doubt: `gw.data.from_...` gives a `Fit`."""

from goodwill.data.events import EventsFit, from_events
from goodwill.data.fit import Fit

__all__ = ["EventsFit", "Fit", "from_events"]
