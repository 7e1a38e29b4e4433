"""Models that bring their own network: what a user sees of it."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
from pathlib import Path

import goodwill as gw
import numpy as np
import pandas as pd
import pytest
from goodwill.cli import main

CHOIR = """
name: a choir
horizon: 12
agents: all
segments: {high: {count: 120}, low: {count: 80, arrivals: 4}}
stages: {customer: {fee: 10, churn: {average: 3 % / month, bad_word: 0.3}}}
journeys: {sing: {starts: 1, touchpoints: {evening: {failure: 20 %, recovery: 50 %}}}}
word_of_mouth: {positive: 0.5, negative: 0.5, network: {edges: friends.csv}}
investments: {stage: {start: 4, changes: {sing.evening.failure: {times: 0.5}}}}
scenarios: {stage: [stage]}
"""
FRIENDS = gw.Network.small_world(200, 6, 0.2, seed=1)
EDGES = "word_of_mouth.network.edges"


def rows(seed: int | None = None) -> pd.DataFrame:
    """The edges of the choir; with a seed in another order, and some from the other end."""
    start, end = FRIENDS.to_scipy().nonzero()
    table = pd.DataFrame({"from": start, "to": end})[start < end].reset_index(drop=True)
    if seed is None:
        return table
    luck = np.random.default_rng(seed)
    turned = luck.random(len(table)) < 0.5
    table[turned] = table[turned][["to", "from"]].to_numpy()
    return table.iloc[luck.permutation(len(table))]


def read(folder: Path, text: str = CHOIR, lines: str | None = None) -> gw.Model:
    (folder / "choir.yaml").write_text(text, encoding="utf-8")
    friends = rows().to_csv(index=False) if lines is None else lines
    (folder / "friends.csv").write_text(friends, encoding="utf-8")
    return gw.read(folder / "choir.yaml")


@pytest.fixture
def model(tmp_path: Path) -> gw.Model:
    return read(tmp_path)


def test_the_order_of_the_rows_changes_no_bits(model: gw.Model, tmp_path: Path) -> None:
    other = read(tmp_path, lines=rows(seed=3).to_csv(index=False))
    assert other == model
    table = gw.run(model, seed=1).table(by="period")
    assert (table[["good_words", "bad_words"]] > 0).all().all()
    pd.testing.assert_frame_equal(gw.run(other, seed=1).table(by="period"), table, check_exact=True)
    fewer = read(tmp_path, lines=rows().iloc[1:].to_csv(index=False))
    assert fewer != model
    assert not gw.run(fewer, seed=1).table(by="period").equals(table)


def test_a_network_from_code_is_that_of_the_file(model: gw.Model, tmp_path: Path) -> None:
    ring = read(
        tmp_path, CHOIR.replace("{edges: friends.csv}", "{layers: {one: {edges: friends.csv}}}"), "from,to"
    )
    assert ring.assign({"word_of_mouth.network.layers.one.edges": FRIENDS}) == read(
        tmp_path, CHOIR.replace("{edges: friends.csv}", "{layers: {one: {edges: friends.csv}}}")
    )
    assert read(tmp_path, lines="from,to\n").assign({EDGES: FRIENDS}) == model
    firm = {"segments": {"all": {"count": 200}}, "stages": {"customer": {}}, "agents": "all"}
    made = gw.Model(**firm, word_of_mouth={"positive": 1, "network": {"edges": FRIENDS}})
    assert str(made[EDGES]).splitlines() == rows().to_csv(index=False).splitlines()


def test_a_copy_needs_no_file(model: gw.Model, tmp_path: Path) -> None:
    saved = gw.save(gw.compare(model, replications=2), tmp_path / "choir.goodwill")
    (tmp_path / "friends.csv").unlink()
    assert gw.Model.from_yaml(model.to_yaml()) == model
    assert pickle.loads(pickle.dumps(model)) == model
    assert gw.open(saved).model == model
    code = f"import goodwill as gw; print(gw.open({str(saved)!r}).model.hash)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == model.hash


def test_a_long_list_can_be_copied_and_sent() -> None:
    n = 400_000  # more text than a model file may have
    ring = gw.Network.ring(n, 4)
    firm = {"segments": {"all": {"count": n}}, "stages": {"customer": {}}, "agents": "all"}
    model = gw.Model(**firm, word_of_mouth={"positive": 1, "network": {"edges": ring}})
    assert pickle.loads(pickle.dumps(model)).hash == model.hash


def test_a_list_lies_beside_the_file_that_names_it(model: gw.Model, tmp_path: Path) -> None:
    inner = tmp_path / "what-if"
    inner.mkdir()
    (inner / "other.yaml").write_text("model: ../choir.yaml\nhorizon: 6\n", encoding="utf-8")
    assert gw.read(inner / "other.yaml").assign({"horizon": 12}) == model
    assert gw.Model.from_yaml(CHOIR, folder=tmp_path) == model


def test_averages_are_reproduced(tmp_path: Path) -> None:
    # The first 3,000 people of a scale-free network, those of one segment, know more than the last.
    text = CHOIR.replace("120", "3_000").replace("80, arrivals: 4", "2_000, arrivals: 100")
    some = gw.Network.scale_free(5_000, 3, seed=3)
    model = read(tmp_path, text, "from,to\n").assign({EDGES: some})
    found = gw.check(model)
    hear = [float(one.split("hears ")[1].split()[0]) for one in found.notes if "hears" in one]
    assert hear[0] > 1.5 * hear[1]
    table = found.table()
    # Those who know many know each other in the list; its degrees, paired at random in anchoring, miss that.
    assert (abs(table["got"] / table["asked"] - 1) < 0.04).all()


def test_a_list_of_no_edges_is_nobody_who_hears(tmp_path: Path) -> None:
    nobody = gw.run(read(tmp_path, lines="from,to\n"), seed=1).table(by="period")
    silent = CHOIR.replace("positive: 0.5, negative: 0.5, network: {edges: friends.csv}", "positive: 0")
    alone = gw.run(read(tmp_path, silent), seed=1).table(by="period")
    assert (nobody["bad_words"] > 0).all()
    columns = ["customers_end", "lost", "revenue"]
    pd.testing.assert_frame_equal(nobody[columns], alone[columns], check_exact=True)


def test_prospects_have_numbers_behind_the_customers(tmp_path: Path) -> None:
    # Each of 50 customers knows one of 50 prospects; the other 100 prospects know nobody, and stay away.
    firm = """
horizon: 24
agents: all
segments: {all: {count: 50}}
stages: {customer: {fee: 1}}
market: {size: 200, imitation: 20, network: {edges: friends.csv}}
"""
    lines = "from,to\n" + "".join(f"{i},{50 + i}\n" for i in range(50))
    run = gw.run(read(tmp_path, firm, lines), seed=1, replications=3)
    assert run.table()["adopted"].sum() == 50
    beyond = lines + "0,200\n"
    with pytest.raises(
        gw.ModelError, match=r"friends\.csv:52: market\.network\.edges: there is nobody of number 200"
    ):
        read(tmp_path, firm, beyond)


AT = "word_of_mouth.network.edges: "
MISTAKES = {
    f"friends.csv:1: {AT}'form' is not a column of edges; did you mean 'from'?": "form,to\n1,2",
    f"friends.csv:1: {AT}the column 'to' is missing; the columns are from, to, and weight if any": "from\n1",
    f"friends.csv:1: {AT}the column 'weight' comes twice": "from,to,weight,weight\n1,2,1,1",
    f"friends.csv:3: {AT}'weight' is '0'; it must be a number above 0": "from,to,weight\n1,2,1\n1,3,0",
    f"friends.csv:2: {AT}'weight' is '-1.5'; it must be a number above 0": "from,to,weight\n1,2,-1.5",
    f"friends.csv:2: {AT}'weight' is 'much'; it must be a number above 0": "weight,from,to\nmuch,1,2",
    f"friends.csv:2: {AT}'weight' is 'inf'; it must be a number above 0": "from,to,weight\n1,2,inf",
    f"friends.csv:2: {AT}'1,2' is no edge; expected the numbers of two people and a weight": (
        "from,to,weight\n1,2"
    ),
    f"friends.csv:3: {AT}'to' is 'x'; it must be a whole number": "from,to\n1,2\n2,x",
    f"friends.csv:2: {AT}the edge leads from 1 to themselves": "from,to\n1,1",
    f"friends.csv:3: {AT}this edge comes a second time, after line 2": "from,to\n1,2\n2,1",
    f"friends.csv:2: {AT}there is nobody of number 200; people are numbered "
    "high 0 to 119, low 120 to 199": "from,to\n1,200",
    f"friends.csv:1: {AT}this is no list of edges": "password\n1234",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_in_lists_are_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(gw.ModelError) as found:
        read(tmp_path, lines=MISTAKES[text])
    assert text in str(found.value)
    assert "1234" not in str(found.value)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("friends.csv", "friend.csv", "choir.yaml:8:64: word_of_mouth.network.edges: there is no file "),
        ("friends.csv", "friends.xlsx", "'friends.xlsx' is no CSV file; its name ends in .csv"),
        (
            "friends.csv",
            "/tmp/friends.csv",
            "'edges' names a file by an absolute path; if you trust this file",
        ),
        ("friends.csv", "friends.csv, ring: 4", "names ring and edges; give one of"),
        (
            "edges: friends.csv",
            "ring: 4, directed: true",
            "choir.yaml:8:76: word_of_mouth.network.directed: says which way `edges` lead, and none are",
        ),
        ("friends.csv", "friends.csv, directed: 1", "directed: expected true or false, found '1'"),
        ("friends.csv", "[1, 2]", "expected the name of a CSV file of edges, or its lines, found a list"),
        ("agents: all", "agents: 200", "a list says of everybody whom they know, so give agents: all"),
        ("agents: all", "about: x", "a list says of everybody whom they know, so give agents: all"),
        (
            "{edges: friends.csv}",
            "{edges: friends.csv}, mixing: {low: {low: 1}}",
            "'network' and 'mixing' exclude",
        ),
    ],
)
def test_mistakes_beside_lists_are_named(tmp_path: Path, before: str, after: str, text: str) -> None:
    with pytest.raises(gw.ModelError) as found:
        read(tmp_path, CHOIR.replace(before, after))
    assert text in str(found.value)


def test_everything_wrong_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(gw.ModelError) as found:
        read(tmp_path, CHOIR.replace("fee: 10", "fees: 10"), "from,to\n1,1\n2,500\n2,-1\n")
    where = [(Path(one.file).name, one.line) for one in found.value.problems]
    assert where == [("choir.yaml", 6), ("friends.csv", 2), ("friends.csv", 3), ("friends.csv", 4)]
    assert main(["check", str(tmp_path / "choir.yaml")]) == 2
    assert "friends.csv:3: " in capsys.readouterr().err


def test_directed_edges_come_once_each_way(tmp_path: Path) -> None:
    directed = CHOIR.replace("friends.csv", "friends.csv, directed: true")
    both = read(tmp_path, directed, "from,to\n1,2\n2,1\n")
    assert both[EDGES] == "from,to\n1,2\n2,1\n"
    assert both["word_of_mouth.network.directed"]
    with pytest.raises(
        gw.ModelError, match=r"friends\.csv:4: .* comes a second time, after line 2; each is given"
    ):
        read(tmp_path, directed, "from,to\n1,2\n2,1\n1,2\n")


def test_directed_and_weighted_edges_are_part_of_a_model(model: gw.Model, tmp_path: Path) -> None:
    directed = CHOIR.replace("friends.csv", "friends.csv, directed: true")
    weighted = rows().assign(weight=np.linspace(0.1, 7.3, len(rows()))).to_csv(index=False)
    models = [
        model,
        read(tmp_path, directed),
        read(tmp_path, directed, weighted),
        read(tmp_path, lines=weighted),
    ]
    assert len({one.hash for one in models}) == 4
    assert (
        read(tmp_path, lines=rows().assign(weight=2.5).to_csv(index=False)) == model
    )  # equal ones say nothing
    tables = []
    for one in models:
        assert gw.Model.from_yaml(one.to_yaml()) == one
        assert pickle.loads(pickle.dumps(one)) == one
        assert gw.open(gw.save(gw.compare(one, replications=2), tmp_path / "choir.goodwill")).model == one
        tables.append(gw.run(one, seed=1).table(by="period"))
        assert (tables[-1][["good_words", "bad_words"]] > 0).all().all()
    assert all(not one.equals(other) for one, other in itertools.pairwise(tables))


def test_a_network_from_code_brings_its_weights_and_its_direction(model: gw.Model, tmp_path: Path) -> None:
    directed = CHOIR.replace("friends.csv", "friends.csv, directed: true")
    table = rows().assign(weight=np.linspace(0.1, 7.3, len(rows())))
    expected = read(tmp_path, directed, table.to_csv(index=False))
    network = gw.Network.from_edges(tmp_path / "friends.csv", people=200, directed=True)
    for source in (network.to_networkx(), network.to_scipy()):
        again = gw.Network.from_edges(source, directed=True)
        assert model.assign({EDGES: again}) == expected
        talk = {"positive": 0.5, "negative": 0.5, "network": {"edges": again}}
        assert model.assign({"word_of_mouth": talk}) == expected
    assert model.assign({EDGES: network, "word_of_mouth.network.directed": True}) == expected
    assert expected.assign({EDGES: FRIENDS}) == model
    with pytest.raises(gw.ModelError, match=r"directed is false, and the network is directed; leave it out"):
        model.assign({EDGES: network, "word_of_mouth.network.directed": False})
    with pytest.raises(
        gw.ModelError, match=r"directed is true, and the network has no direction; leave it out"
    ):
        gw.Model(
            segments={"all": {"count": 200}},
            stages={"customer": {}},
            agents="all",
            word_of_mouth={"positive": 1, "network": {"edges": FRIENDS, "directed": True}},
        )
    with pytest.raises(
        gw.ModelError, match="which way edges lead is read with them; give `edges` and `directed`"
    ):
        model.assign({"word_of_mouth.network.directed": True})


def test_averages_are_reproduced_on_directed_and_weighted_edges(tmp_path: Path) -> None:
    # Those who come first tell many, and those who come last hear many, on heavier edges.
    text = CHOIR.replace("120", "3_000").replace("80, arrivals: 4", "2_000, arrivals: 100")
    rng = np.random.default_rng(1)
    ends = (5_000 * rng.random((20_000, 2)) ** [2.0, 0.6]).astype(int)
    table = pd.DataFrame(ends, columns=["from", "to"]).query("`from` != to").drop_duplicates()
    table["weight"] = 1.0 + table["to"] % 10
    some = gw.Network.from_edges(table, people=5_000, directed=True)
    found = gw.check(read(tmp_path, text, "from,to\n").assign({EDGES: some})).table()
    assert (abs(found["got"] / found["asked"] - 1) < 0.04).all()


def test_code_names_no_file(model: gw.Model) -> None:
    with pytest.raises(
        gw.ModelError, match=r"'friends\.csv' would be a file, which only a model file can name"
    ):
        model.assign({EDGES: "friends.csv"})
    with pytest.raises(gw.ModelError, match="give agents: all"):
        model.assign({"agents": 100})
    with pytest.raises(gw.ModelError, match="there is nobody of number 199"):
        model.assign({"low.count": 79})
    with pytest.raises(gw.ModelError, match="a text names no file unless it is said where"):
        gw.Model.from_yaml(CHOIR)
