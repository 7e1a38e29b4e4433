"""Edges that the user brings: in a file, a table, a graph of NetworkX or a matrix of SciPy."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.text.arguments import file_name, shown, unknown

COLUMNS = ("from", "to", "weight")


@dataclass(frozen=True)
class EdgeList:
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    """Empty: none."""
    people: int | None
    """As the source says; `None`: it does not."""
    directed: bool | None
    word: str
    """What messages call a row."""
    first: int
    """Number of the first row."""


def edge_list(source: Any, directed: bool | None) -> EdgeList:
    """The edges of any source. Raises `ValueError` for what is none, and for a row that is no edge."""
    if isinstance(source, (str, os.PathLike)):
        return _of_file(file_name("source", source))
    if isinstance(source, pd.DataFrame):
        return _of_table(source, "source", "row", 0)
    if "networkx" in sys.modules and isinstance(source, sys.modules["networkx"].Graph):
        return _of_graph(source, directed)
    if "scipy.sparse" in sys.modules and sys.modules["scipy.sparse"].issparse(source):
        return _of_matrix(source, bool(directed))
    raise ValueError(
        f"source is {shown(source)}; it must be the path of a CSV or Parquet file, a DataFrame, a graph of "
        "NetworkX or a sparse matrix of SciPy"
    )


def _of_file(name: str) -> EdgeList:
    path = Path(name)
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise ValueError(f"source is {shown(name)}; it must end in .csv or .parquet")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {name!r}")
    if path.suffix.lower() == ".parquet":
        try:
            table = pd.read_parquet(path)
        except ValueError as error:  # PyArrow's own are some
            raise ValueError(f"{name} is no Parquet file that PyArrow can read: {error}") from None
        return _of_table(table, name, f"{name}, row", 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of lines longer than the heading
            table = pd.read_csv(path, skip_blank_lines=False, index_col=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserWarning) as error:
        raise ValueError(f"{name} is no CSV file that pandas can read: {str(error).strip()}") from None
    return _of_table(table, name, f"{name}, line", 2)


def _of_table(table: pd.DataFrame, name: str, word: str, first: int) -> EdgeList:
    found = [str(column).strip() for column in table.columns]
    for column in found:
        if column not in COLUMNS:
            raise ValueError(f"{name}: {unknown('column', column, COLUMNS)}; leave out what is none of them")
    for column in COLUMNS:
        if found.count(column) != 1 and not (column == "weight" and column not in found):
            often = "is missing" if column not in found else "comes twice"
            raise ValueError(
                f"{name}: the column {column!r} {often}; the columns are from, to, and weight if any"
            )
    columns = {column: table.iloc[:, k] for k, column in enumerate(found)}
    start, end = (_people(columns[column], column, word, first) for column in ("from", "to"))
    weights = _weights(columns["weight"], word, first) if "weight" in columns else np.empty(0)
    return EdgeList(start, end, weights, None, None, word, first)


def _numeric(column: pd.Series[Any]) -> pd.Series[Any]:
    """NaN for what is no number; truth values are none."""
    if column.dtype == bool:
        return pd.Series(np.full(len(column), np.nan))
    if column.dtype == object:
        column = column.where(~column.map(lambda value: isinstance(value, (bool, np.bool_))))
    return pd.to_numeric(column, errors="coerce").reset_index(drop=True)


def _refuse(column: pd.Series[Any], bad: npt.NDArray[np.bool_], what: str, word: str, first: int) -> None:
    if bad.any():
        row = int(bad.argmax())
        value = column.iloc[row]
        value = value.item() if isinstance(value, np.generic) else value
        is_ = "is missing" if pd.isna(value) else f"is {shown(value)}"
        raise ValueError(f"{word} {first + row}: {column.name!r} {is_}; it must be {what}")


def _people(column: pd.Series[Any], name: str, word: str, first: int) -> npt.NDArray[np.int64]:
    column = column.rename(name)
    numbers = _numeric(column)
    if numbers.dtype == np.int64:
        return numbers.to_numpy()
    values = numbers.to_numpy(dtype=float, na_value=np.nan)
    bad = ~(np.abs(values) < 2**53) | (values != np.floor(values))
    _refuse(column, bad, "a whole number, which person it is, counted from 0", word, first)
    return values.astype(np.int64)


def _weights(column: pd.Series[Any], word: str, first: int) -> npt.NDArray[np.float64]:
    column = column.rename("weight")
    values = _numeric(column).to_numpy(dtype=float, na_value=np.nan)
    _refuse(column, np.isnan(values), "a number above 0", word, first)
    return values


def _of_graph(graph: Any, directed: bool | None) -> EdgeList:
    if directed is not None and directed != graph.is_directed():
        has = "has" if graph.is_directed() else "has no"
        raise ValueError(f"directed is {directed}, and the graph {has} direction; leave the argument out")
    people = graph.number_of_nodes()
    if set(graph) != set(range(people)):
        odd = next(node for node in graph if node not in range(people))
        raise ValueError(
            f"the graph has a node {shown(odd)}; its {people:,} nodes must be the numbers 0 to {people - 1}: "
            "networkx.convert_node_labels_to_integers(graph) numbers them"
        )
    table = pd.DataFrame(graph.edges(data="weight"), columns=list(COLUMNS))
    if table["weight"].isna().all():
        table = table.drop(columns="weight")
    found = _of_table(table, "source", "edge", 0)
    return EdgeList(found.start, found.end, found.weights, people, graph.is_directed(), "edge", 0)


def _of_matrix(matrix: Any, directed: bool) -> EdgeList:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            f"the matrix has the shape {matrix.shape}; it must be square: everybody by everybody"
        )
    entries = matrix.tocoo()
    start, end = entries.row.astype(np.int64), entries.col.astype(np.int64)
    weights = np.asarray(entries.data, dtype=float)
    if not directed:
        _check_symmetric(matrix.tocsr())
        once = start <= end
        start, end, weights = start[once], end[once], weights[once]
    if (weights == 1).all():
        weights = np.empty(0)
    return EdgeList(start, end, weights, matrix.shape[0], directed, "entry", 0)


def _check_symmetric(matrix: Any) -> None:
    differs = (matrix != matrix.T).tocoo()
    if differs.nnz:
        row, column = min(zip(differs.row.tolist(), differs.col.tolist(), strict=True))
        raise ValueError(
            f"the matrix is not symmetric: see the entries ({row}, {column}) and ({column}, {row}). A "
            "network without direction needs both; with directed=True each leads from its row to its column"
        )
