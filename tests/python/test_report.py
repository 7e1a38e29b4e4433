"""The business case as a page and as a workbook: their figures are the study's, and they need no network.

This is one file, because page and workbook show the same content and are judged by the same study, which is
simulated once for all its tests.
"""

import contextlib
import itertools
import math
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import goodwill as gw
import matplotlib as mpl
import numpy as np
import openpyxl
import pandas as pd
import pytest
from goodwill import cli
from goodwill.analysis import cashflows
from goodwill.engine import calls
from goodwill.engine.progress import progress_bar
from goodwill.report import content, page

mpl.use("Agg")

from matplotlib import pyplot as plt

EVIL = '<script src="https://example.org/x.js">alert(1)</script> & "quotes"'

TERMS = {
    "plain": gw.Terms(),
    "taxed": gw.Terms(discount="9 %", tax="25 %", depreciation=1),
    "nominal": gw.Terms(prices="nominal", inflation="3 %", timing="end", tax="25 %"),
    "short": gw.Terms(horizon=1, timing="start"),
}


@pytest.fixture(scope="module")
def uncertain(make_firm: Callable[..., gw.Model]) -> gw.Study:
    model = make_firm(
        name=f"Firm {EVIL}",
        about=EVIL,
        agents=400,
        assumptions={
            "fewer_failures": {"low": 0.3, "best": 0.5, "high": 0.8, "source": EVIL, "owner": "=1+1"},
            "price": {"low": 50, "best": 100, "high": 200, "unit": "EUR a month"},
            "margin": {"low": "61 %", "best": "65 %", "high": "66 %"},
        },
        investments={
            "training": {
                "about": EVIL,
                "start": 3,
                "cost": {"upfront": 2_000, "running": "$price"},
                "changes": {"help.call.failure": {"times": "$fewer_failures"}},
            },
            "dearer": {"start": 2, "changes": {"customer.margin": {"set": "$margin"}}},
        },
        goals={"nps": {"at_least": -20, "by": "month 12"}},
        scenarios={"train": ["training"], "strike": ["strike"], "both": ["strike", "training", "dearer"]},
    )
    terms = gw.Terms(discount="9 %", tax="25 %", depreciation=1)
    return gw.compare(model, draws=8, batches=2, terms=terms)


@pytest.fixture(scope="module")
def file(uncertain: gw.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return uncertain.to_html(tmp_path_factory.mktemp("page") / "case.html")


class Figures(HTMLParser):
    """What carries `data-value`: (scenario, column) -> values, texts; and every address in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], list[float]] = {}
        self.texts: dict[tuple[str, str], list[str]] = {}
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self._open: tuple[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.addresses += [found[name] for name in ("src", "href", "xlink:href", "action") if name in found]
        if "data-value" in found:
            self._open = (found["data-scenario"], found["data-column"])
            self.values.setdefault(self._open, []).append(float(found["data-value"]))
            self.texts.setdefault(self._open, []).append("")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._open = None


def chromium(*arguments: str) -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is installed (Debian package chromium)")
    fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    done = subprocess.run(
        [program, *fixed, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def read_amount(text: str) -> float:
    """`−371 k USD` back into a number."""
    found = re.match(r"([−-]?)([\d,.]+)\s?(k|M|bn)?\b", text)
    assert found, text
    size = float(found[2].replace(",", "")) * {None: 1, "k": 1e3, "M": 1e6, "bn": 1e9}[found[3]]
    return -size if found[1] else size


def check_figures(text: str, study: gw.Study) -> None:
    """The figures that a study knows without further simulation: table, flows, bridge, savings, goals."""
    found = Figures(text)
    table = study.table().set_index("scenario")
    columns = ["beyond_horizon", "contribution", "roi", "irr", "payback", *["tax"] * bool(study.terms.tax)]
    shown = 0
    for scenario in study.scenarios:
        drawn = not math.isnan(table.loc[scenario, "p_npv_positive"])
        band = ["npv_p10", "npv_p90"] if drawn else ["npv_low", "npv_high"]
        for column in ["npv", *band, *columns]:
            narrow = np.ptp(table.loc[scenario, band]) < 1e-3 * abs(table.loc[scenario, "npv"])
            if column in band and (narrow or table.loc[scenario, "p_zero"] == 1):
                continue  # an interval without width is not shown
            assert (scenario, column) in found.values
        for (name, column), values in found.values.items():
            if name != scenario or column not in table.columns:
                continue
            shown += 1
            np.testing.assert_array_equal(values, table.loc[scenario, column])
        for column in ("npv", "contribution", "beyond_horizon"):
            exact = table.loc[scenario, column]
            for words in found.texts[scenario, column]:
                if "'" not in words:  # sentences begin with the scenario
                    assert read_amount(words) == pytest.approx(exact, rel=0.3)
        npv = [table.loc[scenario, "npv"]]
        assert found.values[scenario, "flow.net.present_value"] == pytest.approx(npv)
        steps = study.bridge(scenario)
        if table.loc[scenario, "p_zero"] < 1:
            assert found.values[scenario, "bridge.npv.total"] == pytest.approx(npv)
            periods = found.values[scenario, "bridge.customer_periods"]
            assert periods == pytest.approx([steps["customer_periods"].sum()])
        for row in steps.to_dict("records"):
            if (key := (scenario, f"bridge.{row['step']}.{row['origin']}")) in found.values:
                assert found.values[key] == pytest.approx([row["value"]])
            else:
                assert row["value"] == pytest.approx(0, abs=1e-6)
        for row in study.savings(scenario).to_dict("records"):
            shown_saved = found.values.get((scenario, f"savings.{row['item']}.saved"))
            assert shown_saved == ([row["saved"]] if row["saved"] else None)
    for row in study.goals().to_dict("records"):
        assert found.values[row["scenario"], f"goal.{row['goal']}.value"] == [row["value"]]
        chance = found.values.get((row["scenario"], f"goal.{row['goal']}.probability"))
        assert chance == (None if math.isnan(row["probability"]) else [row["probability"]])
    assert shown > 12 * len(study.scenarios)


def check_analyses(found: Figures, study: gw.Study) -> None:
    """The figures of the tornado, of the shares of bundles, and of the gaps."""
    for scenario in study.scenarios:
        table = study.tornado(scenario)
        assert found.values[scenario, "tornado.npv_at_best"] == [table["npv_at_best"][0]]
        for row in table.to_dict("records"):
            without_effect = row["npv_at_low"] == row["npv_at_best"] == row["npv_at_high"]
            for column in ("low", "best", "high", "npv_at_low", "npv_at_high", "swing"):
                shown = found.values.get((scenario, f"tornado.{row['assumption']}.{column}"))
                assert shown == (None if without_effect else [row[column]])
    shares = study.shapley("both").set_index("investment")
    assert list(shares.index) == ["training", "dearer", "(events)"]
    for name, row in shares.iterrows():
        for column in shares.columns:
            assert found.values["both", f"shapley.{name}.{column}"] == [row[column]]
    assert not [key for key in found.values if key[0] != "both" and key[1].startswith("shapley")]
    for row in study.gaps(by=[]).to_dict("records"):
        for column in ("contacts", "failure", "expected", "delivered", "felt", "worth", "worth_low"):
            key = ("baseline", f"gap.{row['journey']}.{row['touchpoint']}.{column}")
            assert found.values[key] == [row[column]]


def test_the_browser_shows_the_figures_of_the_study(file: Path, uncertain: gw.Study, tmp_path: Path) -> None:
    dom = chromium(f"--user-data-dir={tmp_path}", "--dump-dom", file.as_uri())
    check_figures(dom, uncertain)
    found = Figures(dom)
    check_analyses(found, uncertain)
    assert found.texts["both", "tornado.margin.high"] == ["66\u00a0%"]
    for scenario, sentence in zip(uncertain.scenarios, uncertain.sentences(), strict=True):
        shown = found.texts[scenario, "npv"][0].replace("\u00a0", " ").replace("\u2212", "-")
        assert shown == sentence


def test_the_page_needs_no_network(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = Figures(text)
    assert all(address.startswith("#") for address in found.addresses)
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert "@import" not in text
    assert all(address.startswith("#") for address in re.findall(r"url\(([^)]*)", text))
    addresses = set(re.findall(r"\w+://[^\s\"'<&]*", text))
    assert addresses == {"https://example.org/x.js"}  # the model's own words, as words
    assert "default-src 'none'" in text


def test_the_page_fits_a_phone(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    inner = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    inner += "<script>document.title = document.documentElement.scrollWidth;"
    inner += "parent.document.title = document.title</script>"
    escaped = inner.replace("&", "&amp;").replace('"', "&quot;")
    outer = tmp_path / "phone.html"
    frame = f'<iframe width="360" height="900" srcdoc="{escaped}"></iframe>'
    outer.write_text(
        f'<meta charset="utf-8"><title>0</title>{frame}',
        encoding="utf-8",
    )
    dom = chromium(f"--user-data-dir={tmp_path / 'user'}", "--dump-dom", outer.as_uri())
    width = re.search(r"<title>(.*?)</title>", dom)
    assert width
    assert 0 < int(width[1]) <= 360


def test_the_page_can_be_seen(file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "case.png"
    size = "--window-size=1000,1600"
    chromium(f"--user-data-dir={tmp_path / 'user'}", size, f"--screenshot={picture}", file.as_uri())
    pixels = plt.imread(picture)
    assert pixels.shape[:2] == (1600, 1000)
    inked = (pixels[..., :3].mean(axis=2) < 0.6).mean()
    assert 0.005 < inked < 0.5


def test_the_same_study_makes_the_same_page(uncertain: gw.Study) -> None:
    assert page.page(uncertain) == page.page(uncertain.rerun(threads=1))


def test_structural_assumptions_are_said_to_be_in_no_probability(uncertain: gw.Study) -> None:
    text = page.page(uncertain)
    for words in ("Where it comes from", "What it depends on"):
        assert text.count(f"<h3>{words}</h3>") == len(uncertain.scenarios)
    assert text.count("Who brings it") == 1
    assert text.count("They are not in P(NPV &gt; 0)") == len(uncertain.scenarios)
    assert "Without any effect here:" in text


def test_documents_and_charts_share_what_was_simulated(
    uncertain: gw.Study, file: Path, tmp_path: Path, no_more_simulation: Callable[[], None]
) -> None:
    assert file.exists()
    no_more_simulation()
    uncertain.to_html(tmp_path / "again.html")
    uncertain.to_excel(tmp_path / "again.xlsx")
    uncertain.plot.tornado("train")
    plt.close("all")


def test_a_study_at_best_values_has_no_probability(study: gw.Study) -> None:
    text = page.page(study, analyses=False)
    check_figures(text, study)
    assert "Where it comes from" in text
    assert "What it depends on" not in text
    assert "Nothing changes, so there is nothing to take apart." in text  # scenario idle
    assert "there is no probability to report" in text
    assert "declares no number as uncertain" in text
    assert 'data-column="p_npv_positive"' not in text


@pytest.mark.parametrize("terms", TERMS)
def test_flows_add_up_to_the_table(study: gw.Study, terms: str) -> None:
    other = gw.compare(study.model, study.scenarios, terms=TERMS[terms], replications=2, threads=2)
    for row in other.table().to_dict("records"):
        flows = content.flows_by_year(other, row["scenario"]).set_index("line")
        present = flows["present_value"]
        close = {"rel": 1e-9, "abs": 1e-6}
        assert present["net"] == pytest.approx(row["npv"], **close)
        assert present["contribution"] == pytest.approx(row["contribution"], **close)
        assert present["upfront"] + present["running"] == pytest.approx(-row["cost"], **close)
        assert present["tax"] == pytest.approx(-row["tax"], **close)
        _, paid, discounted = cashflows.cumulative(other, row["scenario"])
        assert paid[-1] == pytest.approx(flows.loc["net", "total"], **close)
        assert discounted[-1] == pytest.approx(row["npv"], **close)
        assert len([name for name in flows.columns if name.startswith("year_")]) == (
            1 if terms == "short" else 2
        )


def test_charts_of_flows_and_acceptability(uncertain: gw.Study, study: gw.Study) -> None:
    figure, axes = plt.subplots()
    assert uncertain.plot.flow("train", ax=axes) is axes
    figure.canvas.draw()
    ends = [line.get_ydata()[-1] for line in axes.lines if line.get_label() == "present value"]
    assert ends == pytest.approx([uncertain.table()["npv"][0]])
    axes = uncertain.plot.acceptability()
    axes.figure.canvas.draw()
    proposed = [name for name in uncertain.npv_draws() if uncertain.kind(name) != "event"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == proposed
    plt.close("all")
    with pytest.raises(ValueError, match="no scenario 'trian'; did you mean 'train'"):
        study.plot.flow("trian")
    with pytest.raises(ValueError, match="nothing is uncertain in this study"):
        study.plot.acceptability()
    plt.close("all")


def test_the_workbook(uncertain: gw.Study, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(uncertain.to_excel(tmp_path / "case.xlsx"))
    sheets = ["summary", "flows", "bridge", "savings", "journeys", "tornado", "shapley", "gaps", "goals"]
    sheets += ["assumptions", "draws"]
    assert book.sheetnames == [*sheets, "conventions", "provenance"]
    rows = list(book["summary"].iter_rows(values_only=True))
    assert [row[0] for row in rows[:3]] == uncertain.sentences()
    table = uncertain.table()
    start = rows.index(tuple(table.columns)) + 1
    for found, expected in zip(rows[start:], table.to_dict("records"), strict=True):
        for name, value in zip(table.columns, found, strict=True):
            exact = expected[name]
            if exact == "" or (isinstance(exact, float) and math.isnan(exact)):
                assert value is None
            elif isinstance(exact, float) and math.isinf(exact):
                assert value == "not within the horizon"
            else:
                assert value == (pytest.approx(exact, rel=1e-15) if isinstance(exact, float) else exact)
    at = list(table.columns).index("npv") + 1
    assert book["summary"].cell(start + 1, at).number_format.startswith("#,##0")
    draws = list(book["draws"].iter_rows(values_only=True))
    assert draws[0] == ("draw", "fewer_failures", "price", "margin", "npv.train", "npv.both")
    values = np.array(draws[1:], dtype=float)
    np.testing.assert_allclose(values[:, 4:], uncertain.npv_draws(), rtol=1e-15)
    np.testing.assert_allclose(values[:, 1:4], uncertain.assumption_draws(), rtol=1e-15)


def test_the_workbook_holds_the_analyses(uncertain: gw.Study, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(uncertain.to_excel(tmp_path / "case.xlsx"))

    def sheet(name: str) -> pd.DataFrame:
        rows = list(book[name].iter_rows(values_only=True))
        return pd.DataFrame(rows[1:], columns=rows[0])

    table = uncertain.table().set_index("scenario")
    steps = sheet("bridge").set_index(["scenario", "step"])
    for scenario in uncertain.scenarios:
        assert steps.loc[(scenario, "npv"), "total"] == pytest.approx(table.loc[scenario, "npv"])
        of_one = sheet("tornado").set_index("scenario").loc[scenario]
        exact = uncertain.tornado(scenario)
        assert list(of_one["assumption"]) == list(exact["assumption"])
        np.testing.assert_allclose(of_one["swing"].astype(float), exact["swing"], rtol=1e-15)
    shares = sheet("shapley")
    assert set(shares["scenario"]) == {"both"}
    assert shares["shapley"].sum() == pytest.approx(table.loc["both", "npv"])
    at = [cell.value for cell in book["tornado"][1]].index("swing")
    assert book["tornado"][2][at].number_format.startswith("#,##0")
    without = openpyxl.load_workbook(uncertain.to_excel(tmp_path / "short.xlsx", analyses=False))
    assert set(book.sheetnames) - set(without.sheetnames) == {"tornado", "shapley", "gaps"}
    exact = uncertain.gaps()
    np.testing.assert_allclose(sheet("gaps")["worth"].astype(float), exact["worth"], rtol=1e-15)
    assert list(sheet("goals")["goal"]) == ["nps"] * 4
    saved = sheet("savings").set_index(["scenario", "item"])["saved"]
    assert saved["train", "recoveries"] == pytest.approx(
        uncertain.savings("train").set_index("item")["saved"]["recoveries"]
    )


def test_a_text_of_the_model_is_no_formula(uncertain: gw.Study, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(uncertain.to_excel(tmp_path / "case.xlsx"))["assumptions"]
    owners = [
        cell for cell in next(c for c in sheet.columns if c[0].value == "owner") if cell.value == "=1+1"
    ]
    assert [cell.data_type for cell in owners] == ["s"]


@pytest.mark.parametrize(("method", "ending"), [("to_html", ".html"), ("to_excel", ".xlsx")])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_computed(
    study: gw.Study, tmp_path: Path, method: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "flows_by_year", lambda *_: pytest.fail("it was computed"))
    write = getattr(study, method)
    with pytest.raises(ValueError, match=rf"file is '.*case\.txt'; it must end in \{ending}"):
        write(tmp_path / "case.txt")
    with pytest.raises(ValueError, match=r"there is no folder '.*none'"):
        write(tmp_path / "none" / f"case{ending}")
    with pytest.raises(ValueError, match="file is 3; it must be the path of a file"):
        write(3)
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    with pytest.raises(ValueError, match="which is a folder"):
        write(folder)
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(ValueError, match="cannot be written"):
        write(tmp_path / f"case{ending}")


def test_nothing_is_written_half(study: gw.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "case.html"
    file.write_text("before", encoding="utf-8")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        study.to_html(file, analyses=False)
    assert file.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["case.html"]


def interrupted_simulation(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    """Ctrl-C after so many simulations: each simulation shows its progress, and this counts them."""
    begun = itertools.count()

    def begin(title: str) -> contextlib.AbstractContextManager[Callable[[float], None]]:
        if next(begun) >= first:
            signal.raise_signal(signal.SIGINT)
        return progress_bar(title)

    monkeypatch.setattr(calls, "progress_bar", begin)


@pytest.mark.parametrize(("method", "ending"), [("to_html", ".html"), ("to_excel", ".xlsx")])
def test_an_interrupt_leaves_no_file(
    study: gw.Study, tmp_path: Path, method: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_simulation(monkeypatch, 0)
    with pytest.raises(KeyboardInterrupt):
        getattr(study, method)(tmp_path / f"case{ending}")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_command_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_simulation(monkeypatch, 2)  # the study, and the first simulation of the tornado
    asked = ["compare", "telecom", "digital", "--agents", "800", "--draws", "0", "--replications", "2"]
    code = cli.main([*asked, "--html", str(tmp_path / "a.html"), "--xlsx", str(tmp_path / "a.xlsx")])
    assert code == 130
    assert capsys.readouterr().err == "goodwill: interrupted\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("method", "package"),
    [("to_html", "matplotlib"), ("to_excel", "openpyxl")],
)
def test_what_is_missing_is_named(
    study: gw.Study, tmp_path: Path, method: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    ending = ".html" if method == "to_html" else ".xlsx"
    with pytest.raises(
        ImportError, match=rf"need.* {package}: pip install {package} \(in a clone, ./do demo"
    ):
        getattr(study, method)(tmp_path / f"case{ending}")
    assert not list(tmp_path.iterdir())
