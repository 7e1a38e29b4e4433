"""Analyses of a sweep on plain arrays, where the truth is known."""

import numpy as np
import numpy.typing as npt
import pytest
from goodwill.analysis.indices import elementary_effects, morris_measures, sobol_indices
from goodwill.analysis.prim import Box, inside, prim
from goodwill.analysis.robust import CRITERIA, criteria
from goodwill.analysis.surface import GaussianProcess, roots
from goodwill.analysis.tree import tree_rules
from goodwill.sweeps.designs import saltelli, trajectories

Numbers = npt.NDArray[np.float64]
ISHIGAMI_FIRST, ISHIGAMI_TOTAL = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
"""Saltelli et al. 2008, a = 7, b = 0.1."""


def ishigami(x: Numbers) -> Numbers:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def ishigami_points(n: int, seed: int = 1) -> Numbers:
    ends = (-np.pi, np.pi)
    return saltelli({"a": ends, "b": ends, "c": ends}, n=n, seed=seed).table().to_numpy(float)


def linear(n: int, seed: int, replications: int = 1, noise: float = 0.0) -> Numbers:
    """4 a + 2 b + 0 c, with luck that all points share, and more of it the larger a is."""
    x = saltelli({"a": (0, 1), "b": (0, 1), "c": (0, 1)}, n=n, seed=seed).table().to_numpy(float)
    luck = np.random.default_rng(seed)
    shared = noise * luck.standard_normal((2, replications))
    own = noise * luck.standard_normal((len(x), replications))
    y = (x @ [4.0, 2.0, 0.0])[:, None] + 5 * shared[0] + x[:, :1] * shared[1] + own
    return y.reshape(n, 5, replications)


def test_indices_of_ishigami_are_known() -> None:
    y = ishigami(ishigami_points(1024)).reshape(1024, 5, 1)
    found, half = sobol_indices(y)
    assert np.abs(found - [ISHIGAMI_FIRST, ISHIGAMI_TOTAL]).max() < 0.03
    assert (np.abs(found - [ISHIGAMI_FIRST, ISHIGAMI_TOTAL]) < half).all()
    again = sobol_indices(y)
    assert (again[0] == found).all()
    assert (again[1] == half).all()


def test_indices_without_luck_are_those_of_salib() -> None:
    sobol = pytest.importorskip("SALib.analyze.sobol")
    y = ishigami(ishigami_points(256))
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    theirs = sobol.analyze(problem, y, calc_second_order=False, seed=1, num_resamples=300)
    ours, half = sobol_indices(y.reshape(256, 5, 1))
    assert ours == pytest.approx(np.stack([theirs["S1"], theirs["ST"]]), abs=1e-9)
    # Their bootstrap resamples base points too; two of 300 resamples differ by a twentieth or so.
    assert half == pytest.approx(np.stack([theirs["S1_conf"], theirs["ST_conf"]]), rel=0.35)


def test_luck_is_no_factor() -> None:
    """Without the correction, the total index of a factor that does nothing would be 0.6: noise of variance
    81 over 20 replications is 4.05 beside a variance of 20 / 12."""
    found, half = sobol_indices(linear(512, seed=3, replications=20, noise=9.0))
    assert (np.abs(found - [[0.8, 0.2, 0]] * 2) < 1.5 * half).all()
    assert abs(found[1, 2]) < 0.35
    raw, _ = sobol_indices(linear(512, seed=3, replications=20, noise=9.0).mean(axis=2, keepdims=True))
    assert raw[1, 2] > 0.5


def test_intervals_cover_the_truth() -> None:
    """Nominal 95 %, of base points drawn at random. Those of a Sobol sequence err less than their intervals
    say: the same test with `linear` covers everything."""
    truth = np.array([[0.8, 0.2, 0]] * 2)
    covered = np.zeros((2, 3))
    for seed in range(60):
        luck = np.random.default_rng(seed)
        a, b = luck.random((2, 64, 3))
        x = np.stack([a, *(np.where(np.arange(3) == k, b, a) for k in range(3)), b], axis=1)
        shared = 0.5 * luck.standard_normal((2, 8))
        own = 0.5 * luck.standard_normal((64, 5, 8))
        y = (x @ [4.0, 2.0, 0.0])[..., None] + 5 * shared[0] + x[..., :1] * shared[1] + own
        found, half = sobol_indices(y, resamples=100, seed=seed)
        covered += np.abs(found - truth) <= half
    assert (covered >= 0.82 * 60).all(), covered / 60  # four standard errors below 95 %


def test_nothing_but_luck_has_no_indices() -> None:
    y = np.random.default_rng(1).standard_normal((1, 1, 6)) * np.ones((20, 5, 1))
    with pytest.raises(ValueError, match="nothing varies between the points by more than luck"):
        sobol_indices(y)


def test_elementary_effects_of_a_line_are_its_slopes() -> None:
    units = trajectories(3, 12, seed=1, levels=4)
    y = units @ [4.0, -2.0, 0.0]
    effects = elementary_effects(y[..., None], units)
    assert effects[..., 0] == pytest.approx(np.array([[4.0, -2.0, 0.0]] * 12))
    found, half = morris_measures(effects)
    assert found[:3] == pytest.approx(np.array([[4, 2, 0], [4, -2, 0], [0, 0, 0]]), abs=1e-12)
    assert half == pytest.approx(np.zeros((3, 3)), abs=1e-12)


def test_morris_measures_are_those_of_salib() -> None:
    morris = pytest.importorskip("SALib.analyze.morris")
    units = trajectories(3, 20, seed=2, levels=4)
    flat = units.reshape(-1, 3)
    y = flat[:, 0] ** 2 + flat[:, 0] * flat[:, 1] - flat[:, 2]
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = morris.analyze(problem, flat, y, num_levels=4, seed=1)
    found, _ = morris_measures(elementary_effects(y.reshape(20, 4, 1), units))
    for row, name in enumerate(("mu_star", "mu", "sigma")):
        assert found[row] == pytest.approx(np.asarray(theirs[name]), abs=1e-9), name


def test_sigma_is_without_luck() -> None:
    units = trajectories(2, 200, seed=1, levels=4)
    luck = np.random.default_rng(1).standard_normal((200, 3, 10))
    y = (units @ [4.0, 0.0])[..., None] + luck
    found, half = morris_measures(elementary_effects(y, units))
    mu_star, mu, sigma, noise = found
    expected = np.sqrt(2 / 10) / (2 / 3)  # two points, ten replications, steps of 2/3
    assert noise == pytest.approx([expected] * 2, rel=0.1)
    assert (sigma < 0.5 * expected).all()
    assert (np.abs(mu - [4, 0]) < 1.5 * half[1]).all()
    assert mu_star[1] == pytest.approx(expected * np.sqrt(2 / np.pi), rel=0.2)  # no larger than luck


def planted(seed: int = 1) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """A box in two of four columns, and one choice of three: 0.2 < a <= 0.6, b > 0.5, choice 1."""
    luck = np.random.default_rng(seed)
    x = luck.random((1500, 3))
    choice = luck.integers(0, 3, 1500)
    columns = np.column_stack([x, *(choice == k for k in range(3))])
    return columns, (x[:, 0] > 0.2) & (x[:, 0] <= 0.6) & (x[:, 1] > 0.5) & (choice == 1)


CHOICES = np.array([False] * 3 + [True] * 3)


def best(boxes: list[Box]) -> Box:
    return max(boxes, key=lambda box: box.balance)


def test_prim_finds_a_planted_box() -> None:
    x, interest = planted()
    boxes = prim(x, interest, CHOICES, 0.05, 0.02)
    assert (boxes[0].coverage, boxes[0].mass, boxes[0].kind) == (1, 1, "all")
    found = best(boxes)
    assert found.density > 0.95
    assert found.coverage > 0.9
    assert found.low[:2] == pytest.approx([0.2, 0.5], abs=0.04)
    assert found.high[0] == pytest.approx(0.6, abs=0.04)
    assert not np.isfinite([found.low[2], found.high[2], found.high[1]]).any(), "c does not matter"
    assert list(np.isfinite(found.high[3:])) == [True, False, True]
    for box in boxes:
        within = inside(x, box.low, box.high)
        assert box.points == within.sum()
        assert box.coverage == pytest.approx(interest[within].sum() / interest.sum())
        assert box.density == pytest.approx(interest[within].mean())
        assert box.mass == pytest.approx(within.mean())


def test_pasting_gives_back_what_coarse_peels_took() -> None:
    x, interest = planted()
    boxes = prim(x, interest, CHOICES, 0.3, 0.02)
    pasted = [box for box in boxes if box.kind == "paste"]
    peeled = next(box for box in reversed(boxes) if box.kind == "peel")
    assert pasted[-1].density >= peeled.density
    assert pasted[-1].coverage > peeled.coverage


def test_prim_finds_a_box_with_mistakes_in_it() -> None:
    x, interest = planted(2)
    wrong = np.random.default_rng(3).random(len(x)) < 0.03
    found = best(prim(x, interest ^ wrong, CHOICES, 0.05, 0.02))
    assert found.density > 0.85
    assert found.low[:2] == pytest.approx([0.2, 0.5], abs=0.08)


def test_prim_is_no_worse_than_that_of_ema_workbench() -> None:
    analysis = pytest.importorskip("ema_workbench.analysis.prim")
    import pandas as pd

    x, interest = planted()
    table = pd.DataFrame(x[:, :3], columns=["a", "b", "c"])
    table["choice"] = pd.Categorical(x[:, 3:].argmax(axis=1).astype(str))
    theirs = analysis.Prim(table, interest, threshold=0.5, peel_alpha=0.05, mass_min=0.02).find_box()
    steps = theirs.peeling_trajectory
    balance = 2 * steps["coverage"] * steps["density"] / (steps["coverage"] + steps["density"])
    assert best(prim(x, interest, CHOICES, 0.05, 0.02)).balance > balance.max() - 0.02


def test_a_tree_finds_a_planted_corner() -> None:
    x = np.random.default_rng(1).random((800, 3))
    corner = (x[:, 0] > 0.7) & (x[:, 1] <= 0.4)
    leaf, low, high = tree_rules(x, np.where(corner, -5.0, 2.0), depth=3)
    worst = leaf[corner][0]
    assert (leaf[corner] == worst).all()
    assert (leaf[~corner] != worst).all()
    assert low[worst, 0] == pytest.approx(0.7, abs=0.02)
    assert high[worst, 1] == pytest.approx(0.4, abs=0.02)
    for k in range(len(low)):
        assert (inside(x, low[k], high[k]) == (leaf == k)).all()


def noisy_quadratic(seed: int, n: int = 40, replications: int = 20) -> tuple[Numbers, Numbers]:
    """x^2 - 0.25, zero at 0.5, of two columns; luck is shared, leans with x, and is of each point."""
    luck = np.random.default_rng(seed)
    x = luck.random((n, 2))
    shared, lean = 0.2 * luck.standard_normal((2, replications))
    own = 0.1 * luck.standard_normal((n, replications))
    return x, (x[:, :1] ** 2 - 0.25) + shared + lean * x[:, :1] + own


def test_a_surface_with_known_noise_recovers_a_quadratic_and_its_zero() -> None:
    x, y = noisy_quadratic(1)
    process = GaussianProcess(x, y)
    at = np.column_stack([np.linspace(0.05, 0.95, 91), np.full(91, 0.5)])
    mean, half = process.interval(at, 0.95)
    truth = at[:, 0] ** 2 - 0.25
    assert np.sqrt(((mean - truth) ** 2).mean()) < 0.1
    ((root, low, high, slope),) = roots(at[:, 0], mean, half)
    assert low < 0.5 < high
    assert root == pytest.approx(0.5, abs=0.1)
    assert slope == pytest.approx(1, abs=0.4)
    errors = process.left_out()
    assert 0.5 < np.sqrt((errors**2).mean()) / (0.1 / np.sqrt(20)) < 3


def test_intervals_of_a_surface_cover_luck_that_points_share() -> None:
    """Independent noise of the same size would promise four times too much."""
    at = np.array([[0.3, 0.5], [0.8, 0.2]])
    inside_of = np.zeros(2)
    for seed in range(24):
        mean, half = GaussianProcess(*noisy_quadratic(seed, n=20, replications=10)).interval(at, 0.95)
        inside_of += np.abs(mean - (at[:, 0] ** 2 - 0.25)) <= half
    assert (inside_of >= 0.77 * 24).all(), inside_of / 24  # four standard errors below 95 %


def test_without_luck_a_surface_goes_through_its_points() -> None:
    x = np.linspace(0, 1, 12)[:, None]
    y = np.sin(4 * x)
    process = GaussianProcess(x, y)
    mean, between, luck = process.predict(x)
    assert mean == pytest.approx(y[:, 0], abs=1e-3)
    assert between.max() < 1e-2
    assert luck.max() == 0
    with pytest.raises(ValueError, match="a surface would be flat"):
        GaussianProcess(x, np.ones((12, 3)))


def test_the_error_of_points_left_out_is_that_of_the_surface_without_them() -> None:
    x, y = noisy_quadratic(4, n=12)
    process = GaussianProcess(x, y)
    k = 5
    keep = np.arange(12) != k
    scaled = (y.mean(axis=1) - process._middle) / process._spread
    gram = process._kernel(x) + np.diag(process.noise + 1e-8)
    guess = gram[k, keep] @ np.linalg.solve(gram[np.ix_(keep, keep)], scaled[keep])
    assert process.left_out()[k] == pytest.approx(process._spread * (scaled[k] - guess), rel=1e-6)


def test_robust_choices_on_a_matrix_by_hand() -> None:
    values = np.array([[10.0, 4, 0], [-8, 1, 0], [9, 4, 0], [-3, -2, 0]])
    found = dict(zip(CRITERIA, criteria(values).tolist(), strict=True))
    assert found == {
        "mean": [2, 1.75, 0],
        "worst": [-8, -2, 0],
        "regret": [9, 6, 10],  # against 10, 1, 9, 0
        "mean_regret": [3, 3.25, 5],
        "best_in": [0.5, 0.25, 0.25],
    }
