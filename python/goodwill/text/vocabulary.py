"""The words of closed lists, each written only here, so that all who check or show them agree."""

BASELINE = "baseline"
TIMINGS = START, MID, END = ("start", "mid", "end")
"""When recurring money falls due within its period."""
PRICES = REAL, NOMINAL = ("real", "nominal")
ORIGINS = INITIAL, ACQUIRED, REFERRED = ("initial", "acquired", "referred")
"""How customers came: they are there today, came by themselves, or were referred by others."""
KEYS = REPLICATION, YEAR, PERIOD, SEGMENT, ORIGIN = ("replication", "year", "period", "segment", "origin")
"""What a table can be broken down by."""
KINDS = INVESTMENT, EVENT = ("investment", "event")
"""What makes the difference of a scenario."""
NATURES = DECLARED, STRUCTURAL = ("declared", "structural")
"""The nature of an assumption: declared in the model, or one of its inner workings."""
SAVED = CASHABLE, CAPACITY = ("cashable", "released capacity")
"""The two kinds of savings."""
EVENTS, FIRM = "(events)", "(firm)"
"""Rows of what belongs to no investment, and of what belongs to no customer; brackets, because no name in a
model has any."""
