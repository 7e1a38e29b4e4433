"""`shares: true`: a row of a transition matrix as it stands, and the rest of it."""

import goodwill as gw
import numpy as np
import pytest

MATRIX = np.array([[0.2, 0.3, 0.3], [0.05, 0.8, 0.1], [0.0, 0.15, 0.6]])
"""From basic, silver, gold to the same; the rest of a row is lost."""

FIRM = """
horizon: 8
agents: all
segments: {all: {count: 40_000, stage: basic, tenure: 0}}
stages:
  basic: {shares: true, churn: 20 %, moves: {silver: 30 %, gold: 30 %}}
  silver: {shares: true, churn: 5 %, moves: {gold: 10 %, basic: 5 %}}
  gold: {shares: true, moves: {silver: 15 %, gold: 60 %, lost: otherwise}}
"""


def by_stage(table):
    return table.pivot(index="period", columns="stage", values="customers")[
        ["basic", "silver", "gold"]
    ].to_numpy()


def powers(matrix):
    rows = [np.array([40_000.0, 0, 0])]
    for _ in range(7):
        rows.append(rows[-1] @ matrix)
    return np.array(rows)


def test_the_exact_solver_multiplies_by_the_matrix():
    # Probabilities of the kernel are single precision: 8 steps of 1e-7 each.
    stages = by_stage(gw.expect(gw.Model.from_yaml(FIRM)).stages())
    np.testing.assert_allclose(stages, powers(MATRIX), rtol=1e-6)


def test_the_simulation_does_so_too():
    stages = by_stage(gw.run(gw.Model.from_yaml(FIRM)).stages())
    # Each cell is binomial of 40,000: 5 standard errors are at most 2.5 sqrt(40,000) = 500.
    assert np.abs(stages - powers(MATRIX)).max() < 500


def test_without_shares_the_moves_are_conditional():
    conditional = FIRM.replace(
        "basic: {shares: true, churn: 20 %, moves: {silver: 30 %, gold: 30 %}}",
        "basic: {churn: 20 %, moves: {silver: 37.5 %, gold: 60 %}}",
    )
    assert conditional != FIRM
    stages = by_stage(gw.expect(gw.Model.from_yaml(conditional)).stages())
    np.testing.assert_allclose(stages, powers(MATRIX), rtol=1e-6)


def test_an_investment_changes_the_row_as_it_stands():
    firm = gw.Model.from_yaml(
        FIRM + "investments: {i: {changes: {basic.churn: {set: 10 %}, basic.moves.gold: {add: 5 %}}}}\n"
        "scenarios: {s: [i]}\n"
    )
    changed = MATRIX.copy()
    changed[0] = [0.25, 0.3, 0.35]
    stages = by_stage(gw.expect(firm, scenario="s").stages())
    np.testing.assert_allclose(stages, powers(changed), rtol=1e-6)


def test_an_investment_cannot_overfill_a_row():
    with pytest.raises(
        gw.ModelError, match="with this change churn and moves add up to 110 %; at most 100 %"
    ):
        gw.Model.from_yaml(
            FIRM + "investments: {i: {changes: {basic.moves.gold: {set: 60 %}}}}\nscenarios: {s: [i]}\n"
        )


def test_whom_nothing_keeps_is_lost():
    moves = gw.expect(gw.Model.from_yaml(FIRM)).moves()
    there = powers(MATRIX)[:, 2]
    lost = moves[(moves["from"] == "gold") & (moves["to"] == "lost")].sort_values("period")["customers"]
    np.testing.assert_allclose(lost.to_numpy(), 0.25 * there, rtol=1e-6)
