"""Wrong arguments of a business case are refused with what is accepted, in Python and by the command, before
anything is written.
"""

from pathlib import Path

import goodwill as gw
import pytest
from goodwill.cli import main

FIRM = """\
horizon: 12 months
segments: {all: {count: 1_000}}
stages: {customer: {fee: 30, churn: 2 % / month}}
finance: {discount: 10 %}
assumptions: {more: {low: 1, best: 2, high: 3}}
investments:
  offer: {start: 5, lasts: 3, cost: {upfront: 100}, changes: {customer.fee: {add: $more}}}
scenarios: {offer: [offer]}
"""

FILES = {
    "discount": ("10 %", "10", "discount: '10' is out of bounds; accepted: 0 % to 100 %; did you mean 10 %?"),
    "cost": (
        "front: 100",
        "front: -100",
        "offer.cost.upfront: '-100' is out of bounds; accepted: 0 to 1_000_000_000_000_000",
    ),
    "assumption": ("low: 1", "low: 4", "assumptions.more: low, best and high must increase"),
    "ends": ("lasts: 3", "lasts: -3", "offer.lasts: '-3' is out of bounds; accepted: 1 to"),
    "never": ("lasts: 3", "lasts: 0", "offer.lasts: '0' is out of bounds; accepted: 1 to"),
    "start": ("start: 5", "start: 0", "offer.start: found '0': periods are counted from 1"),
}
OPTIONS = {
    "scenario": (["ofer"], "there is no scenario 'ofer'; did you mean 'offer'? (scenarios: baseline, offer)"),
    "precision": (["--precision", "0"], "precision is '0'; it must be above 0"),
    "share": (["--precision", "0 %"], "precision is '0 %'; it must be above 0"),
    "discount": (["--discount", "10"], "terms.discount: 10; accepted is 0 to 1 (10 % is 0.1)"),
    "cost": (["--set", "investments.offer.cost.upfront=-5"], "offer.cost.upfront: '-5' is out of bounds"),
    "assumption": (["--set", "assumptions.more.low=9"], "assumptions.more: low, best and high must increase"),
    "ends": (["--set", "investments.offer.lasts=-1"], "offer.lasts: '-1' is out of bounds; accepted: 1 to"),
    "html": (["--html", "none/case.html"], "--html is 'none/case.html'; there is no folder 'none'"),
    "xlsx": (["--xlsx", "none/case.xlsx"], "--xlsx is 'none/case.xlsx'; there is no folder 'none'"),
    "out": (["--out", "firm.yaml/out"], "--out must be a folder; firm.yaml is a file"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "firm.yaml").write_text(FIRM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(arguments: list[str], capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """What the command says; it ends with 2 and leaves the folder as it was."""
    before = sorted(folder.iterdir())
    documents = ["--html", "page.html", "--xlsx", "book.xlsx", "--out", "tables"]
    assert main(["compare", "firm.yaml", *documents, *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    assert sorted(folder.iterdir()) == before
    return printed.err


@pytest.mark.parametrize(("found", "wrong", "text"), FILES.values(), ids=FILES)
def test_a_wrong_file_is_refused(
    found: str, wrong: str, text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "firm.yaml").write_text(FIRM.replace(found, wrong), encoding="utf-8")
    said = asked([], capsys, folder)
    assert said.startswith("firm.yaml:")
    assert text in said
    with pytest.raises(gw.ModelError) as error:
        gw.read("firm.yaml")
    assert text in str(error.value)


@pytest.mark.parametrize(("arguments", "text"), OPTIONS.values(), ids=OPTIONS)
def test_a_wrong_option_is_refused(
    arguments: list[str], text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert text in asked(arguments, capsys, folder)


def test_wrong_arguments_are_refused(folder: Path) -> None:
    model = gw.read("firm.yaml")
    for wrong in (0, -1, "0 %", float("nan"), float("inf"), "sharp"):
        with pytest.raises(ValueError, match="precision is"):
            gw.compare(model, "offer", precision=wrong)
    with pytest.raises(ValueError, match=r"terms\.discount: 10; accepted is 0 to 1 \(10 % is 0\.1\)"):
        gw.compare(model, "offer", terms=gw.Terms(discount=10))
    with pytest.raises(ValueError, match="no scenario 'ofer'; did you mean 'offer'"):
        gw.compare(model, "ofer")
    bad = {"investments.offer.cost.upfront": -5, "investments.offer.lasts": 0, "assumptions.more.low": 9}
    for path, value in bad.items():
        with pytest.raises(gw.ModelError, match=path.removesuffix(".low")):
            model.assign({path: value})


def test_the_right_question_is_answered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The cases above are refused for what is wrong in them."""
    arguments = ["--draws", "8", "--html", "page.html", "--xlsx", "book.xlsx", "--out", "tables"]
    assert main(["compare", "firm.yaml", "offer", *arguments]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["book.xlsx", "firm.yaml", "page.html", "tables"]
    assert capsys.readouterr().err == ""
