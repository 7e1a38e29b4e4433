"""Designs: what they refuse, how they fill their ranges, how they are read from files."""

import re
from pathlib import Path
from typing import Any

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from sweeping import sweep


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: gw.grid({}), "a design needs a factor"),
        (lambda: gw.grid({"a": (0, 1)}), "is a range, which has no end of values"),
        (lambda: gw.sobol({"a": (1, 0)}, n=4), "low must be below high"),
        (lambda: gw.sobol({"a": (0, 1, "log")}, n=4), "must be above 0"),
        (lambda: gw.sobol({"a": (0, 1, "logs")}, n=4), "it must be 'plain' or 'log'"),
        (lambda: gw.sobol({"a": "0.1"}, n=4), "it must be a range (low, high) or a list"),
        (lambda: gw.sobol({"a": []}, n=4), "is empty"),
        (lambda: gw.sobol({"a": (0, 1)}, n=0), "n is 0"),
        (lambda: gw.morris({"a": (0, 1)}, n=2, levels=3), "an even number"),
        (lambda: gw.grid({"a": [1]}).extended(4), "has no more points"),
        (lambda: gw.sobol({"a": (0, 1)}, n=4).extended(2), "the design has 4 already"),
    ],
)
def test_designs_refuse_what_makes_no_sense(made: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        made()


def test_designs_fill_their_ranges() -> None:
    factors = {"a": (2.0, 4.0), "b": ["x", "y"], "c": (1.0, 100.0, "log")}
    for design in (gw.sobol(factors, n=64), gw.latin_hypercube(factors, n=64)):
        table = design.table()
        assert (np.histogram(table["a"], np.linspace(2, 4, 65))[0] == 1).all()
        assert (np.histogram(np.log(table["c"]), np.log(100) * np.linspace(0, 1, 65))[0] == 1).all()
        assert (table["b"] == "x").sum() == 32
    assert len(gw.saltelli(factors, n=8)) == 8 * 5
    walks = gw.morris({"a": (0, 1), "b": (0, 1), "c": (0, 1)}, n=20).table().to_numpy().reshape(20, 4, 3)
    moves = np.diff(walks, axis=1)
    assert (np.count_nonzero(moves, axis=2) == 1).all()
    assert np.allclose(np.abs(moves).sum(axis=(1, 2)), 3 * 2 / 3)
    assert walks.min() == 0
    assert walks.max() == 1


def test_designs_add_up(tmp_path: Path) -> None:
    both = gw.grid({"customer.fee": [25, 30]}) + gw.grid({"terms.discount": [0.02]})
    assert both.rows == {"customer.fee": [25, 30, None], "terms.discount": [None, None, 0.02]}
    assert sweep(tmp_path / "s", both).run().status()["ok"] == 3


MISTAKES = """\
- sobol: {n: 4, sed: 1}
  vary: {customer.fee: [30, 31]}
- latin_hypercube: {seed: 1}
  vary: {customer.fee: {low: 31, high: 30}}
- grid:
  vary: {customer.fee: 30}
- points: [{customer.fee: 30}, 31]
- {sobl: {n: 4}}
"""


def test_mistakes_of_a_design_file_are_located(tmp_path: Path) -> None:
    file = tmp_path / "design.yaml"
    file.write_text(MISTAKES)
    with pytest.raises(gw.ModelError) as refused:
        gw.read_design(file)
    found = [(problem.line, problem.column, problem.text) for problem in refused.value.problems]
    for line, column, text in [
        (1, 17, "sobol has no 'sed'; did you mean 'seed'?; it takes n, seed"),
        (3, 20, "latin_hypercube needs n"),
        (4, 24, "low must be below high"),
        (6, 24, "it must be a range (low, high) or a list of values"),
        (7, 32, "expected a point"),
        (8, 4, "a design has no 'sobl'; did you mean 'sobol'?"),
    ]:
        assert any((line, column) == place[:2] and text in place[2] for place in found), (line, column, found)
    file.write_text("grid:\nvary: {customer.fe: [30]}\n")
    with pytest.raises(gw.ModelError, match=r"design.yaml:2:8: customer.fe: .*did you mean 'customer.fee'"):
        sweep(tmp_path / "s", gw.read_design(file))


def test_designs_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sobol: {n: 4, seed: 2}\nvary: {a: {low: 1, high: 2}, b: [x, 3]}\n")
    assert gw.read_design(tmp_path / "a.yaml") == gw.sobol({"a": (1, 2), "b": ["x", 3.0]}, n=4, seed=2)
    (tmp_path / "b.yaml").write_text("- points: [{a: 1}, {b: 2 %}]\n- grid:\n  vary: {a: [5]}\n")
    assert gw.read_design(tmp_path / "b.yaml").rows == {"a": [1, None, 5], "b": [None, "2 %", None]}
    (tmp_path / "c.csv").write_text("a,b\n1,\n2,5\n")
    assert gw.read_design(tmp_path / "c.csv").rows == {"a": [1, 2], "b": [None, 5.0]}


def test_values_that_no_model_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"customer\.fee has the value"):
        sweep(tmp_path / "s", pd.DataFrame({"customer.fee": [pd.Timestamp("2026-01-01")]}))
    with pytest.raises(ValueError, match="has the value 1 twice"):
        gw.grid({"customer.fee": [1, 2, 1]})
