"""Estimators on plain arrays; what users call is in `goodwill.data`."""
