"""A model that is pickled or written is the same model; what is empty may say something, too."""

import copy
import pickle

import goodwill as gw
import pytest

FIRM = """
segments: {{all: {{count: 100}}}}
stages: {{customer: {{fee: 30, churn: 2 %}}}}
channels: {{phone: {{failure: 50 %, recovery: 50 %, next: {{ok: second, recovered: second}}}}}}
journeys:
  support:
    starts: 50 %
    touchpoints: {{first: {{channel: phone, next: {next}}}, second: {{}}}}
{more}
"""

EMPTY = {
    "recovered": ("{ok: second, recovered: {}}", ""),
    "next": ("{}", ""),
    "who": ("second", "events: {storm: {impulse: {satisfaction: -1, who: {}}}}"),
    "impulse": ("second", "events: {storm: {impulse: {}}}"),
    "orders": ("second", "orders: {}"),
    "survey": ("second", "survey: {}"),
}


@pytest.mark.parametrize("what", EMPTY)
def test_what_is_empty_is_copied(what):
    text, more = EMPTY[what]
    firm = FIRM.format(next=text, more=more)
    if what == "next":
        firm = firm.replace("first: {channel", "zero: {next: second}, first: {channel").replace(
            "    starts", "    first: {zero: 50 %, first: 50 %}\n    starts"
        )
    model = gw.Model.from_yaml(firm)
    for other in (
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        gw.Model.from_yaml(model.to_yaml()),
    ):
        assert other.hash == model.hash
        assert other.to_yaml() == model.to_yaml()
        assert what in other.to_yaml()


def test_a_copy_has_the_contacts_of_its_model():
    model = gw.Model.from_yaml(FIRM.format(next="{ok: second, recovered: {}}", more="horizon: 12"))
    again = pickle.loads(pickle.dumps(model))
    assert gw.run(again).touchpoints().equals(gw.run(model).touchpoints())
    without = gw.Model.from_yaml(FIRM.format(next="{ok: second}", more="horizon: 12"))
    assert gw.run(without).touchpoints()["contacts"].sum() > gw.run(model).touchpoints()["contacts"].sum()


@pytest.mark.parametrize(
    "path", ["customer.churn.satisfaction", "support.starts.trust", "customer.churn.frailty"]
)
def test_an_effect_assigned_to_a_plain_number_is_part_of_the_model(path: str) -> None:
    plain = gw.Model.from_yaml(FIRM.format(next="second", more=""))
    changed = plain.assign({path: 0.4})
    assert changed != plain
    again = gw.Model.from_yaml(changed.to_yaml())
    assert again == changed
    assert again[path] == changed[path] == 0.4
    revenue = [gw.run(model, replications=2).table(by=[])["revenue"][0] for model in (changed, again)]
    assert revenue[0] == revenue[1]
