"""Networks of people: who knows whom."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill import _core
from goodwill.engine.edge_lists import edge_list
from goodwill.text.arguments import (
    checked_seed,
    checked_threads,
    keywords_checked,
    mapping,
    missing,
    number,
    shown,
    text,
    whole,
)

if TYPE_CHECKING:
    import networkx
    import scipy.sparse

MOST = 2**31 - 1


class Network:
    """People, numbered from 0, and the edges between them. It cannot be changed.

    Each kind below makes one: `gw.Network.ring(1_000, 2)`. The same arguments give the same network, on any
    number of `threads` (0: all cores). The kinds are simple graphs without direction: an edge that is drawn
    twice, or from somebody to themselves, is left out, which few are. An edge takes 8 bytes of memory, a
    person 8 more; generating needs 12 bytes an edge for a while (`with_degrees` 24).

    Each edge is drawn by its own luck, so with one more person, at the end, as few edges change as the kind
    permits. What changes is said with each kind.
    """

    def __init__(self, core: _core.Network, words: str) -> None:
        self._core, self._words = core, words

    @classmethod
    @keywords_checked
    def ring(cls, people: int, neighbours: int, *, threads: int = 0) -> Network:
        """Everybody knows the nearest half of `neighbours`, an even number, on either side of a ring.

        One more person enters where the ring closes; only the nearest there change.
        """
        found = _core.ring_network(_count("people", people), _count("neighbours", neighbours), _on(threads))
        return cls(found, f"ring(neighbours={neighbours})")

    @classmethod
    @keywords_checked
    def small_world(
        cls, people: int, neighbours: int, rewired: float, *, seed: int = 0, threads: int = 0
    ) -> Network:
        """A ring in which each edge, with probability `rewired`, leads to anybody instead.

        Of the edges of one person about neighbours² / people are drawn twice. One more person takes over each
        rewired end with probability 1 / people, and enters where the ring closes. Source: Watts and Strogatz
        (1998), Nature 393.
        """
        share = number("rewired", rewired)
        found = _core.small_world_network(
            _count("people", people),
            _count("neighbours", neighbours),
            share,
            checked_seed(seed),
            _on(threads),
        )
        return cls(found, f"small_world(neighbours={neighbours}, rewired={share:g}, seed={seed})")

    @classmethod
    @keywords_checked
    def scale_free(cls, people: int, edges: int, *, seed: int = 0, threads: int = 0) -> Network:
        """Each person in turn brings `edges` to people before them, by the number of edges those have.

        The mean degree is twice `edges`; fewer than edges² × log(people) edges are drawn twice. One more
        person changes nobody else's edges but to them. Sources: Barabási and Albert (1999), Science 286;
        drawn after Sanders and Schulz (2016), Information Processing Letters 116.
        """
        found = _core.scale_free_network(
            _count("people", people), _count("edges", edges), checked_seed(seed), _on(threads)
        )
        return cls(found, f"scale_free(edges={edges}, seed={seed})")

    @classmethod
    @keywords_checked
    def random(cls, people: int, degree: float, *, seed: int = 0, threads: int = 0) -> Network:
        """Every two people know each other with the same probability: degree / (people - 1).

        One more person lowers it, which takes away each edge with probability 1 / people and adds none
        between the others; but at numbers of people whose binary form ends in zeros after its first four
        digits, all is drawn anew. Source: Gilbert (1959), Annals of Mathematical Statistics 30.
        """
        mean = number("degree", degree)
        found = _core.random_network(_count("people", people), mean, checked_seed(seed), _on(threads))
        return cls(found, f"random(degree={mean:g}, seed={seed})")

    @classmethod
    @keywords_checked
    def blocks(
        cls,
        people: Mapping[str, object],
        degrees: Mapping[str, object],
        *,
        seed: int = 0,
        threads: int = 0,
    ) -> Network:
        """Like `random`, with a probability for every two blocks of people.

        `people` is the size of each block; they are numbered block by block. `degrees` is how many people
        of each block somebody of one block knows on average: `{"a": {"a": 8, "b": 2}}`. What somebody of
        "b" then knows of "a" follows; if it is given too, it must agree. What is not given is 0. One more
        person in a block acts as in `random`, within their block and between it and others; people of later
        blocks move up by one.
        """
        sizes = {text("people", name): _count(f"people[{name!r}]", size) for name, size in people.items()}
        if not sizes:
            raise ValueError("people is empty; it must be the size of each block")
        table = np.full((len(sizes), len(sizes)), np.nan)
        place = {name: k for k, name in enumerate(sizes)}
        for here, row in degrees.items():
            for there, degree in mapping(f"degrees[{here!r}]", row).items():
                for name in (here, there):
                    if name not in place:
                        raise ValueError(f"degrees names {shown(name)}, which is none of {', '.join(place)}")
                table[place[here], place[there]] = number(f"degrees[{here!r}][{there!r}]", degree)
        found = _core.blocks_network(
            list(sizes.items()),
            table.tolist(),
            checked_seed(seed),
            _on(threads),
        )
        return cls(found, f"blocks({', '.join(sizes)}, seed={seed})")

    @classmethod
    @keywords_checked
    def with_degrees(cls, people: int, degrees: Sequence[int], *, seed: int = 0, threads: int = 0) -> Network:
        """People want these numbers of neighbours in turn, and their wishes are paired at random.

        With `[2, 18]` every second person wants 18. If m is the mean degree and q that of degree × (degree
        - 1), about q / m / 2 pairs lead back to the same person, and the square of that are drawn twice; if
        the number of wishes is odd, one is left over. One more person changes, for each of their wishes, at
        most as many pairs as the number of all wishes has binary digits. Source: the configuration model,
        Bollobás (1980), European Journal of Combinatorics 1.
        """
        if isinstance(degrees, (str, bytes)) or not isinstance(degrees, (Sequence, np.ndarray)):
            raise ValueError(f"degrees is {shown(degrees)}; it must be a list of whole numbers")
        wanted = [_count(f"degrees[{k}]", degree) for k, degree in enumerate(degrees)]
        found = _core.degrees_network(_count("people", people), wanted, checked_seed(seed), _on(threads))
        return cls(found, f"with_degrees({shown(wanted)}, seed={seed})")

    @classmethod
    @keywords_checked
    def from_edges(
        cls,
        source: str | os.PathLike[str] | pd.DataFrame | networkx.Graph | scipy.sparse.sparray,
        people: int | None = None,
        directed: bool | None = None,
        *,
        threads: int = 0,
    ) -> Network:
        """A network of your own.

        Parameters
        ----------
        source
            A `.csv` or `.parquet` file or a DataFrame with the columns `from`, `to` and, if any, `weight`;
            people are whole numbers from 0. Or a NetworkX graph whose nodes are 0 to n - 1, with `weight`
            on all edges or none. Or a square sparse matrix of SciPy, symmetric if there is no direction;
            entries other than 1 are weights.
        people
            How many there are. Default: what the graph or the matrix says, else one more than the highest
            number.
        directed
            Whether edges lead from one to the other only. Default: what the graph says, else `False`; then
            each edge is given once, from either end.

        The order of the edges does not matter. Raises `ValueError`, naming the first row at fault (the line
        of a CSV file, else counted from 0), for a person who does not exist, an edge from somebody to
        themselves, an edge that comes twice, and a weight that is not above 0; `FileNotFoundError` where
        there is no file.
        """
        edges = edge_list(source, directed)
        count = None if people is None else _count("people", people)
        if edges.people is not None and count not in (None, edges.people):
            raise ValueError(f"people is {count}, and the source has {edges.people}; leave the argument out")
        if count is None:
            count = edges.people
        if count is None:
            count = int(max(edges.start.max(initial=-1), edges.end.max(initial=-1))) + 1
            if count > MOST:
                raise ValueError(f"the highest number of a person is {count - 1}; it must be below {MOST}")
            if count < 1:
                raise ValueError("the source has no edges; then people must say how many there are")
        leads = bool(edges.directed if directed is None else directed)
        found = _core.network_from_edges(
            count, edges.start, edges.end, edges.weights, leads, edges.word, edges.first, _on(threads)
        )
        return cls(found, "from_edges")

    @property
    def people(self) -> int:
        return self._core.people

    @property
    def edges(self) -> int:
        """How many; one without direction counts once."""
        return self._core.edges

    @property
    def directed(self) -> bool:
        return self._core.directed

    @property
    def weights(self) -> npt.NDArray[np.float32] | None:
        """One for each neighbour of each person, in the order of `neighbours`; `None`: no weights."""
        return self._core.weights if len(self._core.weights) else None

    def degrees(self) -> npt.NDArray[np.int64]:
        """How many neighbours each person has (with direction: how many edges leave them)."""
        return np.diff(self._core.offsets)

    def neighbours(self, person: int) -> npt.NDArray[np.int32]:
        """Whom a person knows (with direction: whom their edges lead to), in ascending order."""
        allowed = f"a whole number from 0 to {self.people - 1}"
        k = whole("person", person, 0, self.people - 1, allowed)
        first, last = self._core.offsets[k : k + 2]
        return self._core.targets[first:last]

    def report(self, *, threads: int = 0) -> pd.Series[float]:
        """What the network is like.

        - `people`, `edges`
        - `mean_degree`, `min_degree`, `degree_p10` to `degree_p99`, `max_degree`: numbers of neighbours. A
          percentile is the least degree that so many people have, or fewer. With direction, edges that leave.
        - `isolated`: share of people without any edge
        - `components`: groups whose people know each other directly or through others, whatever the
          direction; `largest`: the share of people in the largest one
        - `clustering`: share of the pairs of one person's neighbours who know each other (Newman 2003, SIAM
          Review 45); NaN with direction, or where nobody has two neighbours
        - `pairs_drawn`: 0 where all pairs were counted (up to 10 million), otherwise how many were drawn for
          `clustering`, always the same ones; its standard error is at most 0.0005
        """
        found = self._core.report(_on(threads))
        percentiles = {
            f"degree_p{round(100 * share)}": degree
            for share, degree in zip(found.quantiles, found.degree_quantiles, strict=True)
        }
        rows = {
            "people": self.people,
            "edges": self.edges,
            "mean_degree": found.mean_degree,
            "min_degree": found.min_degree,
            **percentiles,
            "max_degree": found.max_degree,
            "isolated": found.isolated,
            "components": found.components,
            "largest": found.largest,
            "clustering": found.clustering,
            "pairs_drawn": found.pairs_drawn,
        }
        return pd.Series(rows, dtype=float, name="network")

    def to_scipy(self) -> scipy.sparse.csr_array:
        """The weights, or 1 for each edge, as a sparse matrix: row `from`, column `to`; symmetric without
        direction. Raises `ImportError` where SciPy is missing.
        """
        try:
            import scipy.sparse
        except ImportError:
            raise ImportError(missing("to_scipy needs", "scipy")) from None
        core = self._core
        data = core.weights if len(core.weights) else np.ones(len(core.targets), dtype=np.float32)
        matrix = (data, core.targets, core.offsets)
        return scipy.sparse.csr_array(matrix, shape=(self.people, self.people), copy=True)

    def to_networkx(self) -> networkx.Graph:
        """A `Graph`, or a `DiGraph` with direction, whose nodes are the numbers of the people; weights are
        the attribute `weight`. Raises `ImportError` where NetworkX is missing.
        """
        try:
            import networkx
        except ImportError:
            raise ImportError(missing("to_networkx needs", "networkx")) from None
        graph = networkx.DiGraph() if self.directed else networkx.Graph()
        graph.add_nodes_from(range(self.people))
        start, end = np.repeat(np.arange(self.people), self.degrees()), self._core.targets
        once = slice(None) if self.directed else start < end
        ends = start[once].tolist(), end[once].tolist()
        if self.weights is None:
            graph.add_edges_from(zip(*ends, strict=True))
        else:
            graph.add_weighted_edges_from(zip(*ends, self.weights[once].tolist(), strict=True))
        return graph

    def __repr__(self) -> str:
        mean = len(self._core.targets) / self.people
        direction = "directed edges" if self.directed else "edges"
        weighted = ", with weights" if self.weights is not None else ""
        return (
            f"<Network {self._words}: {self.people:,} people, {self.edges:,} {direction}, "
            f"{mean:.1f} neighbours each{weighted}>"
        )


def _count(name: str, value: Any) -> int:
    return whole(name, value, 0, MOST, f"a whole number from 0 to {MOST}")


def _on(threads: Any) -> int:
    return checked_threads(threads)
