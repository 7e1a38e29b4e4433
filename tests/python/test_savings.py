"""Money no longer spent, and work no longer asked for."""

import goodwill as gw
import pytest


def test_cashable_savings_are_the_cost_to_serve_of_the_flows(study: gw.Study) -> None:
    """18 months: the flows of the two calendar years add up to one and a half years of savings."""
    table = study.savings("train")
    assert list(table.columns) == ["kind", "item", "unit", "before", "after", "saved"]
    saved = table.loc[table["kind"] == "cashable", "saved"].sum()
    flows = study.flows("train").query("horizon == 'within'")
    assert 1.5 * saved == pytest.approx(-flows["cost_to_serve"].sum())
    assert set(table.loc[table["kind"] == "cashable", "unit"]) == {"EUR"}


def test_released_capacity_is_counted_in_contacts(study: gw.Study) -> None:
    """Fewer failures: fewer letters of apology; the calls stay, and more customers make them."""
    table = study.savings("train").set_index("item")
    assert table.loc["help.letter", "kind"] == "released capacity"
    assert table.loc["help.letter", "unit"] == "contacts"
    assert table.loc["help.letter", "saved"] > 100
    assert table.loc["help.call", "saved"] <= 0
    expected = study.run("train").table(by=[])["touchpoint_cost"].iloc[0] / 1.5
    assert table.loc["contacts", "after"] == pytest.approx(expected, rel=0.02)  # other luck: weights


def test_what_changes_nothing_saves_nothing(study: gw.Study) -> None:
    assert (study.savings("idle")["saved"] == 0).all()
    with pytest.raises(ValueError, match="did you mean 'idle'"):
        study.savings("idel")


def test_they_end_with_the_horizon_of_the_terms(study: gw.Study) -> None:
    year = gw.compare(study.model, ["train"], terms=gw.Terms(horizon=1), replications=10)
    table = year.savings("train")
    saved = table.loc[table["kind"] == "cashable", "saved"].sum()
    flows = year.flows("train").query("horizon == 'within'")
    assert saved == pytest.approx(-flows["cost_to_serve"].sum())
