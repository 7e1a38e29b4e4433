"""A market of people: its errors, its columns, and what is said of it."""

import goodwill as gw
import pytest

FIRM = """
horizon: 24
segments: {all: {count: 2_000, tenure: 2 years, arrivals: 20}}
stages: {customer: {fee: 30, churn: {average: 2 % / month}}}
market: {size: 20_000, innovation: 2 % / year, imitation: 40 % / year}
finance: {discount: 10 %}
investments:
  ads: {cost: {running: 2_000}, changes: {market.innovation: {times: 2}}}
scenarios: {ads: [ads]}
"""


def read(text: str) -> gw.Model:
    return gw.Model.from_yaml(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("size: 20_000", "size: 1_999", "'all' has 2000 customers, more than 1999 people"),
        ("size: 20_000, ", "", "market.innovation: says who becomes a customer; give market.size, too"),
        ("size: 20_000", "size: {al: 20_000}", "'al' is not a segment; did you mean 'all'?"),
        ("size: 20_000", "size: -1", "market.size"),
        ("size: 20_000", "size: 20_000, stage: gold", "'gold' is not a stage"),
        ("size: 20_000", "size: 20_000, network: {ring: 3}", "market.network.ring: 3 is no even number"),
        ("size: 20_000", "size: 20_000, network: {rings: 2}", "did you mean 'ring'?"),
        (
            "{market.innovation: {times: 2}}",
            "{market.size: {times: 2}}",
            "market.size",
        ),
    ],
)
def test_says_what_is_wrong(old: str, new: str, message: str) -> None:
    with pytest.raises(gw.ModelError) as error:
        read(FIRM.replace(old, new))
    assert message in str(error.value)


def test_several_segments_say_how_many_each() -> None:
    with pytest.raises(gw.ModelError, match="there are several segments; say how many people of each"):
        read(FIRM.replace("{all: {count: 2_000,", "{b: {count: 10}, all: {count: 2_000,"))


def test_shows_who_may_still_come() -> None:
    run = gw.run(read(FIRM), replications=4)
    table = run.table(by="period")
    came = (table["joined"]).cumsum()
    assert list(table["potential"]) == pytest.approx(list(18_000 - came))
    assert (table["adopted"] > 0).all()
    assert table["joined"].sum() == pytest.approx(table["adopted"].sum() + 24 * 20, rel=0.01)
    assert run.provenance["coupled_by"] == ["market"]
    assert (
        "potential"
        not in gw.run(
            read(FIRM.replace("size: 20_000, innovation: 2 % / year, imitation: 40 % / year", "price: 1")),
            replications=2,
        ).table()
    )


def test_people_of_the_market_are_simulated() -> None:
    """`agents` are people of the market, so that a small firm in a large market can be simulated."""
    large = read(FIRM.replace("size: 20_000", "size: 2_000_000"))
    run = gw.run(large, replications=2)
    assert run.table(by="period")["potential"].iloc[0] == pytest.approx(1_998_000, rel=0.01)


def test_a_campaign_pays_by_those_who_come_earlier() -> None:
    study = gw.compare(read(FIRM), ["ads"], replications=30)
    table = study.table().set_index("scenario")
    assert table.loc["ads", "npv"] > 0


def test_is_written_as_it_was_read() -> None:
    text = FIRM.replace(
        "size: 20_000", "size: {all: 20_000}, network: {small_world: {neighbours: 4, rewired: 5 %}}"
    )
    model = read(text)
    again = read(model.to_yaml())
    assert again == model
    assert again["market.imitation"] == pytest.approx(0.4 / 12)


def test_lifetime_values_depend_on_the_others() -> None:
    assert "market" in repr(gw.clv(read(FIRM), replications=4))


def test_the_exact_solver_refuses_a_market() -> None:
    with pytest.raises(gw.ModelError, match="who may join is limited, and customers draw others"):
        gw.expect(read(FIRM))
