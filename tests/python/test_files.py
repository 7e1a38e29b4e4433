"""Files that come from others, and files that are written for others."""

import errno
import os
import stat

import goodwill as gw
import pytest
from goodwill.text import files

FIRM = "segments: {all: {count: 100}}\nstages: {customer: {fee: 30, churn: 2 %}}\n"


def test_a_text_includes_only_what_is_in_its_folder(tmp_path):
    (tmp_path / "firm.yaml").write_text(FIRM)
    text = "model: firm.yaml\nhorizon: 12\n"
    assert gw.Model.from_yaml(text, folder=tmp_path).horizon == 12
    with pytest.raises(gw.ModelError, match="a text includes no file unless it is said where"):
        gw.Model.from_yaml(text, name=str(tmp_path / "what_if.yaml"))
    with pytest.raises(gw.ModelError, match="a text includes no file"):
        gw.Model(model=str(tmp_path / "firm.yaml"))


def test_absolute_paths_need_trust(tmp_path):
    (tmp_path / "firm.yaml").write_text(FIRM)
    over = tmp_path / "over.yaml"
    over.write_text(f"model: {tmp_path / 'firm.yaml'}\n")
    with pytest.raises(gw.ModelError, match="absolute path; if you trust this file") as caught:
        gw.read(over)
    assert len(caught.value.problems) == 1
    assert gw.read(over, trust=True).segments == ["all"]


def test_what_is_read_is_quoted_no_further_than_the_scalar(tmp_path):
    (tmp_path / "secret").write_text(
        "segments: {all: {count: 5}}\nstages: {c: {}}\nhorizon: " + "x" * 5000 + "\n"
    )
    over = tmp_path / "over.yaml"
    over.write_text("model: secret\n")
    with pytest.raises(gw.ModelError) as caught:
        gw.read(over)
    assert "x" * 61 not in str(caught.value)
    (tmp_path / "secret").write_text("root:x:0:0:root:/root:/bin/bash\nbin:x:1:1\n")
    with pytest.raises(gw.ModelError) as caught:
        gw.read(over)
    assert "bash" not in str(caught.value)


def test_control_characters_are_shown_escaped(tmp_path):
    with pytest.raises(gw.ModelError) as caught:
        gw.Model.from_yaml(FIRM + 'survey: {"n\\e[31moise": 3}\n')
    assert "\x1b" not in str(caught.value)
    assert "n\\x1b[31moise" in str(caught.value)
    for name in ("a\x1b[31mb", "a\nb", "a\u202eb"):
        with pytest.raises(gw.ModelError, match="holds no control character"):
            gw.Model(name=name, segments={"all": {"count": 10}}, stages={"c": {}})


@pytest.fixture
def umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_written_file_keeps_its_link_and_its_mode(tmp_path, umask):
    there, link = tmp_path / "inner" / "page.html", tmp_path / "link.html"
    there.parent.mkdir()
    there.write_text("old")
    there.chmod(0o640)
    link.symlink_to(there)
    assert files.write_atomically(link, "new") == link
    assert link.is_symlink()
    assert there.read_text() == "new"
    assert stat.S_IMODE(there.stat().st_mode) == 0o640
    fresh = tmp_path / "fresh.html"
    files.write_atomically(fresh, "x")
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o644
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fresh.html", "inner", "link.html"]
    assert [p.name for p in there.parent.iterdir()] == ["page.html"]


def test_no_space_left_names_the_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        files.write_atomically(tmp_path / "page.html", "x")
    assert caught.value.filename == str(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_currency_of_dollars_draws(tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    model = gw.Model.from_yaml(FIRM + "horizon: 6\ncurrency: $$\n")
    ax = gw.run(model).plot.contribution()
    assert ax.get_ylabel() == "$$"
    ax.figure.savefig(tmp_path / "chart.png")
    plt.close(ax.figure)
