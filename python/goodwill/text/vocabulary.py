"""Words of closed lists, each written once: what checks, asks or shows them takes them from here."""

BASELINE = "baseline"
TIMINGS = START, MID, END = ("start", "mid", "end")
"""When recurring money falls due within its period."""
PRICES = REAL, NOMINAL = ("real", "nominal")
ORIGINS = INITIAL, ACQUIRED, REFERRED = ("initial", "acquired", "referred")
"""How customers came: there today, by themselves, by the word of others."""
KEYS = REPLICATION, YEAR, PERIOD, SEGMENT, ORIGIN = ("replication", "year", "period", "segment", "origin")
"""What a table can be broken down by."""
KINDS = INVESTMENT, EVENT = ("investment", "event")
"""Of what makes the difference of a scenario."""
NATURES = DECLARED, STRUCTURAL = ("declared", "structural")
"""Of an assumption: said by the model, or one of its inner workings."""
SAVED = CASHABLE, CAPACITY = ("cashable", "released capacity")
"""What a scenario saves."""
EVENTS, FIRM = "(events)", "(firm)"
"""Rows of what belongs to no investment, and to no customer; no name of a model can be like them."""
