from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import goodwill as gw
import networkx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

N = 3_001
KINDS: dict[str, Callable[..., gw.Network]] = {
    "ring": lambda n, **how: gw.Network.ring(n, 4, threads=how.get("threads", 0)),
    "small_world": lambda n, **how: gw.Network.small_world(n, 4, 0.2, **how),
    "scale_free": lambda n, **how: gw.Network.scale_free(n, 3, **how),
    "random": lambda n, **how: gw.Network.random(n, 5, **how),
    "blocks": lambda n, **how: gw.Network.blocks(
        {"a": 300, "b": n - 300}, {"a": {"a": 8, "b": 2}, "b": {"b": 3}}, **how
    ),
    "with_degrees": lambda n, **how: gw.Network.with_degrees(n, [2, 8], **how),
}


def dense(network: gw.Network) -> Any:
    return network.to_scipy().toarray()


def ends(network: gw.Network) -> pd.DataFrame:
    """Each edge once."""
    start, end = network.to_scipy().nonzero()
    table = pd.DataFrame({"from": start, "to": end})
    return table if network.directed else table[table["from"] < table["to"]].reset_index(drop=True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_the_same_bits_on_any_number_of_threads(kind: str) -> None:
    one = KINDS[kind](N, threads=1)
    for threads in (2, 3, 0):
        other = KINDS[kind](N, threads=threads)
        assert all(np.array_equal(one.neighbours(i), other.neighbours(i)) for i in range(N))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_simple_graph(kind: str) -> None:
    network = KINDS[kind](N, seed=5)
    matrix = network.to_scipy()
    assert (network.people, network.directed, network.weights) == (N, False, None)
    assert matrix.nnz == 2 * network.edges
    assert matrix.diagonal().sum() == 0
    assert (matrix != matrix.T).nnz == 0
    assert matrix.max() == 1
    assert np.array_equal(network.degrees(), matrix.sum(axis=0))
    if kind != "ring":
        assert (matrix != KINDS[kind](N, seed=6).to_scipy()).nnz > 0


@pytest.mark.parametrize("kind", KINDS)
def test_one_more_person_changes_little(kind: str) -> None:
    before, after = (KINDS[kind](n).to_scipy()[:N, :N] for n in (N, N + 1))
    changed = (before != after).nnz // 2
    assert changed <= {"ring": 2, "scale_free": 0, "with_degrees": 2 * 8 * 14}.get(kind, 14)


def test_people_know_their_neighbours() -> None:
    network = gw.Network.ring(6, 2)
    assert network.neighbours(0).tolist() == [1, 5]
    assert network.neighbours(np.int64(3)).tolist() == [2, 4]
    with pytest.raises(ValueError, match=r"person is 6; it must be a whole number from 0 to 5"):
        network.neighbours(6)
    with pytest.raises(ValueError, match="read-only"):
        network.neighbours(0)[0] = 2


def test_blocks_by_name() -> None:
    network = gw.Network.blocks({"a": 500, "b": 1_500}, {"b": {"a": 2}}, seed=3)
    matrix = dense(network)
    assert matrix[:500, :500].sum() == matrix[500:, 500:].sum() == 0
    assert abs(matrix[500:, :500].sum() - 3_000) < 5 * 3_000**0.5


def test_a_network_says_what_it_is() -> None:
    assert repr(gw.Network.ring(1_000, 2)) == (
        "<Network ring(neighbours=2): 1,000 people, 1,000 edges, 2.0 neighbours each>"
    )
    table = pd.DataFrame({"from": [0], "to": [2], "weight": [0.5]})
    assert repr(gw.Network.from_edges(table, 4, True)) == (
        "<Network from_edges: 4 people, 1 directed edges, 0.2 neighbours each, with weights>"
    )


def test_the_report_agrees_with_networkx() -> None:
    for kind, make in KINDS.items():
        network = make(500)
        found, graph = network.report(), network.to_networkx()
        degrees = network.degrees()
        sizes = [len(part) for part in networkx.connected_components(graph)]
        expected = {
            "people": 500,
            "edges": graph.number_of_edges(),
            "mean_degree": degrees.mean(),
            "min_degree": degrees.min(),
            "degree_p50": np.quantile(degrees, 0.5, method="inverted_cdf"),
            "degree_p99": np.quantile(degrees, 0.99, method="inverted_cdf"),
            "max_degree": degrees.max(),
            "isolated": (degrees == 0).mean(),
            "components": len(sizes),
            "largest": max(sizes) / 500,
            "clustering": networkx.transitivity(graph),
            "pairs_drawn": 0,
        }
        for name, value in expected.items():
            assert found[name] == pytest.approx(value), (kind, name)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_own_edges_in_any_form_are_the_same(tmp_path: Path, directed: bool, weighted: bool) -> None:
    table = ends(KINDS["random"](300)).sample(frac=1, random_state=1)
    if directed:
        table = pd.concat([table, table.iloc[::3].rename(columns={"from": "to", "to": "from"})])
    if weighted:
        table["weight"] = 0.5 + table["from"] % 4 + table["to"] % 3
    network = gw.Network.from_edges(table, 300, directed)
    table.to_csv(tmp_path / "edges.csv", index=False)
    table.to_parquet(tmp_path / "edges.parquet", index=False)
    sources: list[Any] = [
        str(tmp_path / "edges.csv"),
        tmp_path / "edges.parquet",
        table.astype(object),
        network.to_scipy(),
        network.to_scipy().tocoo(),
        network.to_networkx(),
    ]
    for source in sources:
        again = gw.Network.from_edges(source, 300, directed)
        assert (again.to_scipy() != network.to_scipy()).nnz == 0
        assert (again.weights is None) == (not weighted)
        assert again.directed is directed
    assert gw.Network.from_edges(network.to_networkx()).people == 300
    assert network.edges == len(table)


def test_people_are_those_named_where_nobody_says_how_many() -> None:
    assert gw.Network.from_edges(pd.DataFrame({"from": [0, 7], "to": [1, 2]})).people == 8


def line(text: str, **arguments: Any) -> Callable[[Path], gw.Network]:
    def read(folder: Path) -> gw.Network:
        (folder / "e.csv").write_text(text, encoding="utf-8")
        return gw.Network.from_edges("e.csv", **arguments)

    return read


def graph(*edges: tuple[Any, ...]) -> networkx.Graph:
    found = networkx.Graph()
    found.add_weighted_edges_from(edges)
    return found


MISTAKES: dict[str, Callable[[Path], object]] = {
    "e.csv, line 3: 'to' is 9, and the 4 people are numbered 0 to 3": line("from,to\n0,1\n1,9\n", people=4),
    "e.csv, line 2: 'from' is -1, and the 2 people": line("from,to\n-1,1\n"),
    "e.csv, line 3: 'to' is missing; it must be a whole number": line("from,to\n0,1\n1,\n"),
    "e.csv, line 3: 'from' is missing; it must": line("from,to\n0,1\n\n1,2\n"),
    "e.csv, line 2: 'to' is 'ann'; it must be a whole number": line("from,to\n0,ann\n1,2\n"),
    "e.csv, line 3: 'to' is 1.5; it must be a whole number": line("from,to\n0,1\n0,1.5\n"),
    "e.csv, line 2: the edge leads from 1 to themselves": line("from,to\n1,1\n"),
    "e.csv, line 4: the edge from 1 to 0 comes a second time, after e.csv, line 2; without": line(
        "from,to\n0,1\n1,2\n1,0\n"
    ),
    "e.csv, line 3: 'weight' is 0; it must be above 0": line("from,to,weight\n0,1,1\n1,2,0\n"),
    "e.csv, line 3: 'weight' is 'x'; it must be a number above 0": line("from,to,weight\n0,1,1\n1,2,x\n"),
    "e.csv: there is no column 'wieght'; did you mean 'weight'?": line("from,to,wieght\n0,1,1\n"),
    "e.csv: the column 'to' is missing": line("from\n0\n"),
    "e.csv is no CSV file that pandas can read": line(""),
    "e.csv is no CSV file that pandas can read: Error": line("from,to\n0,1\n0,1,2\n"),
    "the source has no edges; then people": line("from,to\n"),
    "the highest number of a person is 3000000000": line("from,to\n0,3000000000\n"),
    "source is 'e.txt'; it must end in .csv or .parquet": lambda _: gw.Network.from_edges("e.txt"),
    "source is 3; it must be the path": lambda _: gw.Network.from_edges(3),  # type: ignore[arg-type]
    "there is no file 'none.csv'": lambda _: gw.Network.from_edges("none.csv"),
    "row 1: 'to' is True; it must be a whole number": lambda _: gw.Network.from_edges(
        pd.DataFrame({"from": [0, 1], "to": [1, True]}, dtype=object)
    ),
    "the graph has a node 'ann'; its 2 nodes must be the numbers 0 to 1": lambda _: gw.Network.from_edges(
        graph(("ann", "bob", 1))
    ),
    "edge 0: the edge leads from 0 to themselves": lambda _: gw.Network.from_edges(graph((0, 0, 1))),
    "edge 1: 'weight' is missing": lambda _: gw.Network.from_edges(graph((0, 1, 1), (1, 2, None))),
    "directed is True, and the graph has no direction": lambda _: gw.Network.from_edges(
        graph((0, 1, 1)), directed=True
    ),
    "people is 3, and the source has 2": lambda _: gw.Network.from_edges(graph((0, 1, 1)), people=3),
    "the matrix is not symmetric: see the entries (0, 1) and (1, 0)": lambda _: gw.Network.from_edges(
        scipy.sparse.csr_array([[0, 1], [0, 0]])
    ),
    "the matrix is not symmetric: see the entries (0, 2) and (2, 0)": lambda _: gw.Network.from_edges(
        scipy.sparse.csr_array([[0, 1, 2], [1, 0, 0], [3, 0, 0]])
    ),
    "the matrix has the shape (1, 2)": lambda _: gw.Network.from_edges(scipy.sparse.csr_array([[0, 1]])),
    "the edge leads from 1 to themselves": lambda _: gw.Network.from_edges(
        scipy.sparse.csr_array([[0, 1], [1, 1]])
    ),
    "neighbours is 3; it must be even": lambda _: gw.Network.ring(10, 3),
    "people is 2.5; it must be a whole number": lambda _: gw.Network.ring(2.5, 2),  # type: ignore[arg-type]
    "rewired is 1.5; it must be a probability": lambda _: gw.Network.small_world(10, 4, 1.5),
    "degree is 10; it must be from 0 to 9": lambda _: gw.Network.random(10, 10),
    "degrees names 'c', which is none of a": lambda _: gw.Network.blocks({"a": 5}, {"a": {"c": 1}}),
    "the degree of 'b' in 'a' is 2; it must be 0.5": lambda _: gw.Network.blocks(
        {"a": 5, "b": 10}, {"a": {"b": 1}, "b": {"a": 2}}
    ),
    "degrees[1] is 10; it must be below the number of people (10)": lambda _: gw.Network.with_degrees(
        10, [2, 10]
    ),
    "degrees is 4; it must be a list of whole numbers": lambda _: gw.Network.with_degrees(10, 4),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes_say_where_and_what(message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(message)):
        MISTAKES[message](tmp_path)


@pytest.mark.parametrize(("method", "package"), [("to_networkx", "networkx"), ("to_scipy", "scipy")])
def test_what_is_not_installed_is_named(method: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f"{method} needs {package}: pip install {package}"):
        getattr(gw.Network.ring(5, 2), method)()
