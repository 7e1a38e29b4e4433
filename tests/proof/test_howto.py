"""The guide to adding a mechanism is a program: applied to a copy of the tree, it adds loyalty points."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/howto/add_a_mechanism.md"
CHECKS = Path(__file__).with_name("howto_checks.py")
STEP = re.compile(
    r"In `(?P<file>[^`]+)`, (?P<where>in place of|above the line with|below the line with) "
    r"`(?P<words>[^`]+)` write\n\n```cpp\n(?P<code>.*?)```",
    re.DOTALL,
)
TREE = ("CMakeLists.txt", "cmake", "LICENSE", "pyproject.toml", "python", "README.md", "scenarios", "sim")


@dataclass(frozen=True)
class Step:
    file: str
    where: str
    words: str
    code: str

    def done(self, text: str) -> str:
        assert text.count(self.words) == 1, f"{self.file} holds {self.words!r} {text.count(self.words)} times"
        if self.where == "in place of":
            return text.replace(self.words, self.code.strip("\n"))
        lines = text.splitlines(keepends=True)
        at = next(k for k, line in enumerate(lines) if self.words in line) + self.where.startswith("below")
        return "".join([*lines[:at], self.code, *lines[at:]])


def steps() -> list[Step]:
    return [Step(**found.groupdict()) for found in STEP.finditer(GUIDE.read_text(encoding="utf-8"))]


def copy_of_tree(to: Path, left_out: int | None = None) -> Path:
    for name in TREE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, to / name)
    for number, step in enumerate(steps()):
        if number != left_out:
            file = to / step.file
            file.write_text(step.done(file.read_text(encoding="utf-8")), encoding="utf-8")
    return to


def refused(tree: Path, source: str) -> str:
    """What the compiler says of a source; empty if it has no complaint."""
    eigen = subprocess.run(["pkg-config", "--cflags", "eigen3"], capture_output=True, text=True, check=True)
    command = ["c++", "-std=c++20", "-fsyntax-only", f"-I{tree}", *eigen.stdout.split(), str(tree / source)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def test_the_guide_is_short() -> None:
    found = steps()
    assert len(found) == 8
    assert len({step.file for step in found}) <= 7
    assert len({(step.file, step.words) for step in found}) == len(found), "a list is edited twice"


def test_the_guide_compiles(tmp_path: Path) -> None:
    tree = copy_of_tree(tmp_path)
    for source in ("sim/model/fields.cpp", "sim/plan/compile.cpp", "sim/kernel/kernel.cpp"):
        assert refused(tree, source) == ""


# Steps whose absence the compiler sees, each with the source that does not compile. Without the description
# of a field (1), the feature (3), the booking (6) or the kernel (7) everything compiles, and the checks fail.
@pytest.mark.parametrize(
    ("left_out", "source"),
    [
        (0, "sim/model/fields.cpp"),
        (2, "sim/kernel/kernel.cpp"),
        (4, "sim/plan/compile.cpp"),
        (5, "sim/plan/compile.cpp"),
    ],
)
def test_a_step_left_out_does_not_compile(tmp_path: Path, left_out: int, source: str) -> None:
    assert "points" in refused(copy_of_tree(tmp_path, left_out), source)


def checked(tree: Path) -> subprocess.CompletedProcess[str]:
    """The checks of howto_checks.py, with the package of that tree."""
    site = tree / "site"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(site),
        str(tree),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, (built.stdout + built.stderr)[-3000:]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, str(CHECKS)]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.full
def test_the_mechanism_works(tmp_path: Path) -> None:
    done = checked(copy_of_tree(tmp_path))
    assert (done.returncode, done.stdout) == (0, "the mechanism is complete\n"), done.stderr


@pytest.mark.full
@pytest.mark.parametrize(
    ("left_out", "named"),
    [(1, "customer.points"), (3, "customer.churn.points"), (6, "The plan"), (7, "The kernel: points change")],
)
def test_a_step_left_out_is_named(tmp_path: Path, left_out: int, named: str) -> None:
    done = checked(copy_of_tree(tmp_path, left_out))
    assert done.returncode != 0
    assert named in done.stderr
