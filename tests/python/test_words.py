"""Numbers as people read them, and tables for people."""

import math
import re

import goodwill as gw
import pandas as pd
import pytest
from goodwill.text import figures
from goodwill.text.display import html_table, text_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.0042, "0.0042"),
        (3.14159, "3.14"),
        (999.6, "1.00 k"),
        (999_600, "1.00 M"),
        (-1_534_000, "-1.53 M"),
        (2.5e9, "2.50 bn"),
        (math.nan, "-"),
        (math.inf, "∞"),
    ],
)
def test_amounts(value: float, text: str) -> None:
    assert figures.amount(value) == text


def test_intervals_have_the_digits_they_deserve() -> None:
    assert figures.amount_between(1.534e6, 1.12e6, 1.94e6, "EUR") == "1.5 M EUR (1.1 to 1.9)"
    assert figures.amount_between(1.534e6, 1.522e6, 1.546e6, "EUR") == "1.53 M EUR (1.52 to 1.55)"
    assert figures.amount_between(100.0, 100.0, 100.0, "EUR") == "100 EUR"
    assert figures.amount_between(5.0, -math.inf, math.inf) == "5.00"
    assert figures.percent_between(0.85, 0.6, 1.1) == "85 % (60 to 110)"


def test_rates_and_times() -> None:
    assert figures.percent(0.000499) == "0.0499 %"
    assert figures.percent(0.0204) == "2.04 %"
    assert figures.percent(1) == "100 %"
    assert figures.percent(0.09999) == "10.0 %"
    assert figures.duration(36, "month", 12) == "3 years"
    assert figures.duration(12, "month", 12) == "1 year"
    assert figures.duration(18, "month", 12) == "18 months"
    assert figures.listed(list("abcdefgh")) == "a, b, c, d, e, 3 more"


def test_money_of_a_table_is_in_one_unit() -> None:
    assert figures.common_size([4.2e6, -6e5, 0.0, math.nan]) == 4.2e6
    assert figures.amount(6e5, "EUR", size=4.2e6) == "0.600 M EUR"
    # Where the smallest would vanish, the unit is the next smaller one.
    size = figures.common_size([4.2e6, 3e4])
    assert [figures.amount(x, size=size) for x in (4.2e6, 3e4, 0)] == ["4,200 k", "30.0 k", "0"]
    assert figures.tick(0, 1e6) == "0"
    assert figures.tick(1_188_825) == "1.188825 M"


def test_an_interval_that_shows_no_width_is_not_shown() -> None:
    assert figures.amount_between(943.0, 943.0 - 1e-5, 943.0 + 1e-5) == "943"
    assert figures.percent_between(0.85, 0.85 - 1e-8, 0.85 + 1e-8) == "85.0 %"


def test_no_number_has_an_exponent() -> None:
    shown = [figures.number(x) for x in (1.188825e6, 3.0, 0.123456, 1e-5, 5e11, math.nan, math.inf)]
    assert shown == ["1,188,825", "3", "0.123", "0.000010", "500,000,000,000", "-", "∞"]
    assert figures.rate_of_return(10.73) == "above 200 %"
    assert figures.plural(5_896_950, "customer") == "5,896,950 customers"
    assert figures.plural(32.7, "year") == "32.7 years"
    assert figures.rate_of_return(0.2179) == "21.8 %"


def test_a_wide_table_is_laid_out_as_blocks() -> None:
    table = pd.DataFrame({"segment": ["a", "b"], "origin": ["initial", "initial"]})
    for k in range(12):
        table[f"a_column_{k}"] = [k, k + 0.5]
    blocks = text_table(table).split("\n\n")
    assert len(blocks) == 2
    for block in blocks:
        lines = block.splitlines()
        assert [line.split()[:2] for line in lines] == [
            ["segment", "origin"],
            ["a", "initial"],
            ["b", "initial"],
        ]
        assert max(map(len, lines)) <= 100


def test_tables_show_themselves(study: gw.Study, run: gw.Run) -> None:
    tables = [run.table(), run.table(by="year"), run.touchpoints(), study.table(), study.flows("train")]
    tables += [study.bridge("train"), study.goals(), study.savings("train"), gw.clv(study.model).equity()]
    # Also what pandas makes of them: rows and columns chosen, names of rows, sums.
    tables += [study.table().set_index("scenario")[["npv", "irr"]], run.table().groupby("segment").sum()]
    for table in tables:
        for text in (repr(table), table._repr_html_()):
            assert not re.search(r"nan\b|<NA>|NaN|\de[+-]\d|\binf\b", text), text
        assert max(map(len, repr(table).splitlines())) <= 100
    assert "216 rows in all" not in repr(run.table(by="year"))
    assert repr(run.table()).count("108 rows in all") == 1
    long = pd.DataFrame(run.table())  # its numbers are unchanged
    assert long.shape == (108, run.table().shape[1])
    assert type(long) is pd.DataFrame


def test_a_long_text_is_broken_within_its_column() -> None:
    table = pd.DataFrame({"name": ["a", "b"], "why": ["word " * 30, "short"], "value": [1, 2]})
    lines = text_table(table).splitlines()
    assert [line[:1] for line in lines] == ["n", "a", " ", " ", "b"]
    assert max(map(len, lines)) <= 80


def test_tables_are_aligned_and_escaped() -> None:
    table = pd.DataFrame({"segment": ["a", "<b>"], "revenue": [1.5e6, math.nan], "period": [1, 2]})
    assert text_table(table) == "segment  revenue  period\na         1.50 M       1\n<b>            -       2"
    assert "<b>" not in html_table(table)
    assert text_table(table.iloc[:0]) == "(nothing)"
