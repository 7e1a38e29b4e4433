"""A model is asked at its levels: with other levels it is another question, and says so."""

import copy
import dataclasses
import pickle
from collections.abc import Callable

import goodwill as gw
import pytest
from goodwill.engine.anchoring import Anchored, anchored, restored

FEWER = {"customer.churn.average": "1 % / month"}


@pytest.fixture(scope="module")
def pair(make_firm: Callable[..., gw.Model]) -> tuple[Anchored, Anchored]:
    """The same model as a firm of its own, and as a variant of a firm that loses more."""
    firm = anchored(make_firm(agents=600), 2)
    return anchored(firm.model.assign(FEWER), 2), firm.changed(FEWER)


def churn(firm: Anchored) -> float:
    study = gw.compare(firm.model, ["train"], replications=2)
    asked = dataclasses.replace(study.question, anchored=firm)
    return float(gw.Study(asked, asked.answer(2)).run("baseline").table(by=[])["churn"].iloc[0])


def test_other_levels_are_another_question(pair: tuple[Anchored, Anchored]) -> None:
    own, kept = pair
    assert own.model == kept.model
    assert own != kept
    assert hash(own) != hash(kept)
    assert own.hash != kept.hash
    assert own == anchored(gw.Model.from_yaml(own.model.to_yaml()), 1)
    question = gw.compare(own.model, ["train"], replications=2).question
    assert question == dataclasses.replace(question, anchored=own)
    assert question != dataclasses.replace(question, anchored=kept)


def test_provenance_tells_them_apart(pair: tuple[Anchored, Anchored]) -> None:
    hashes = set()
    for firm in pair:
        question = dataclasses.replace(
            gw.compare(firm.model, ["train"], replications=2).question, anchored=firm
        )
        study = gw.Study(question, question.answer(2))
        assert study.provenance["model_hash"] == pair[0].model.hash
        assert study.run().provenance["levels_hash"] == study.provenance["levels_hash"]
        hashes.add(study.provenance["levels_hash"])
    assert len(hashes) == 2


def test_a_copy_has_the_answer_of_its_original(pair: tuple[Anchored, Anchored]) -> None:
    own, kept = pair
    assert abs(churn(own) - 0.01) < 0.002
    assert churn(kept) != churn(own)
    for firm in pair:
        for again in (pickle.loads(pickle.dumps(firm)), copy.deepcopy(firm), copy.copy(firm)):
            assert again == firm
            assert churn(again) == churn(firm)


def test_equal_models_have_equal_answers(make_firm: Callable[..., gw.Model]) -> None:
    """Whatever was asked before, no analysis leaves the levels of another firm in a model."""
    model = make_firm(agents=600, scenarios={})
    study = gw.compare(model, replications=2)
    study.tornado("training", replications=2)
    study.gaps(replications=2)
    study.break_even("training", "customer.churn.average", points=2, replications=2)
    for asked in (model, study.model):
        fresh = gw.Model.from_yaml(asked.to_yaml())
        assert fresh == asked
        assert gw.run(fresh, replications=2).table().equals(gw.run(asked, replications=2).table())


def test_levels_that_do_not_fit_are_refused(pair: tuple[Anchored, Anchored]) -> None:
    segments, *rest = pair[0].levels.plain
    solved, state, tenures = segments[0]
    wrong = [
        [],
        [segments[0]],
        [(solved[:-1], state, tenures), segments[1]],
        [(solved, [float("inf"), *state[1:]], tenures), segments[1]],
        [(solved, state, tenures[::-1]), segments[1]],
    ]
    for bad in wrong:
        with pytest.raises(gw.ModelError, match="these anchored levels are not those of this model"):
            restored(pair[0].model, (bad, *rest))
