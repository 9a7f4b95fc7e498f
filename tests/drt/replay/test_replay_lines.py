"""The line that replays a finding works from any folder, wherever it is read."""

from __future__ import annotations

import html
import json
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from drt.engines import build, from_anywhere
from drt.report import FORMATS, gather

REPOSITORY = Path(__file__).resolve().parents[3]
ENGINE = """
from drt.engines.base import BaseSession
from drt.engines.production_engine import LoadedProduction, ProductionEngine
from drt.model.outcome import Authorized


class Loaded(BaseSession):
    def __init__(self, loaded):
        self._loaded = loaded

    def __getattr__(self, name):
        return getattr(self._loaded, name)

    def authorize(self, request):
        answer = self._loaded.authorize(request)
        return Authorized("deny") if isinstance(answer, Authorized) else answer


class Denies(ProductionEngine):
    def __init__(self):
        super().__init__(name="denies")

    def variants(self):
        return ()

    def load(self, case):
        loaded = super().load(case)
        return Loaded(loaded) if isinstance(loaded, LoadedProduction) else loaded
"""


def drt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an engine, a corpus and the log of a run, all named by relative paths."""
    folder = tmp_path_factory.mktemp("here")
    (folder / "engines").mkdir()
    (folder / "engines" / "mine.py").write_text(ENGINE)
    (folder / "corpus").mkdir()
    printed = drt(
        folder, "run", "--cases=40", "--seed=1", "--jobs=1", "--target=authorize", "--reduce=3s",
        "--engine=reference", "--engine=./engines/mine.py:Denies", "--corpus=corpus", "--log=log", "--quiet",
    )  # fmt: skip
    assert printed.returncode == 1, printed.stderr
    (folder / "printed").write_text(printed.stdout)
    return folder


def report(form: str, place: Path) -> str:
    return FORMATS[form](gather([place / "log"]))


LINES: dict[str, Callable[[Path], str]] = {
    "terminal": lambda place: (place / "printed").read_text(),
    "md": lambda place: report("md", place),
    "html": lambda place: html.unescape(re.sub(r"<[^>]+>", "\n", report("html", place))),
    "junit": lambda place: "\n".join(one.text or "" for one in ET.fromstring(report("junit", place)).iter("failure")),
    "sarif": lambda place: json.loads(report("sarif", place))["runs"][0]["results"][0]["message"]["text"],
    "json": lambda place: json.loads(report("json", place))["findings"][0]["replay"],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("where", LINES)
def test_the_replay_line_works_from_any_folder(where: str, place: Path, tmp_path: Path) -> None:
    line = next(one for one in LINES[where](place).splitlines() if one.startswith("drt replay "))
    replayed = drt(tmp_path, *shlex.split(line)[1:])

    assert replayed.returncode == 1, replayed.stderr
    assert "still diverges" in replayed.stdout


def test_a_case_of_another_machine_is_replayed_from_a_checkout(place: Path) -> None:
    document = (place / "log" / "run.json").read_text()
    elsewhere = document.replace(str(place), "/another/machine")
    for name in ("run.json", "run.jsonl", "worker-0.jsonl"):
        file = place / "log" / name
        file.write_text(file.read_text().replace(str(place), "/another/machine"))
    try:
        [bucket] = gather([place / "log"]).buckets[:1]
        assert bucket.replay is not None
        assert shlex.split(bucket.replay)[-1].startswith("corpus/counterexamples/")
        assert "replay it from the root of a checkout" in report("md", place)
    finally:
        assert elsewhere != document
        for name in ("run.json", "run.jsonl", "worker-0.jsonl"):
            file = place / "log" / name
            file.write_text(file.read_text().replace("/another/machine", str(place)))


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("./mine.py:Class", "{here}/mine.py:Class"),
        ("mine.py:Class", "{here}/mine.py:Class"),
        ("folder", "{here}/folder"),
        (
            "process:python3 mine.py -m folder ./folder",
            "process:python3 {here}/mine.py -m folder {here}/folder",
        ),
        (
            "process:python3 -m serve ./mine.py:Class --file=mine.py -x",
            "process:python3 -m serve {here}/mine.py:Class --file={here}/mine.py -x",
        ),
        ("process:'", "process:'"),
        ("mine:Class", "{here}/mine:Class"),
        ("folder.inner:Class", "{here}/folder.inner:Class"),
        ("json:Class", "json:Class"),
        ("sys:Class", "sys:Class"),
        ("reference", "reference"),
        ("module.path:Class", "module.path:Class"),
        ("{here}/mine.py:Class", "{here}/mine.py:Class"),
    ],
)
def test_engines_by_names_that_work_anywhere(
    name: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "reference").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    assert from_anywhere(name.format(here=tmp_path)) == there.format(here=tmp_path)


def test_an_engine_by_its_name_from_anywhere_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(REPOSITORY)
    name = from_anywhere("./tests/drt/toys.py:Twin")
    monkeypatch.chdir(tmp_path)
    assert build(name).name == "twin"


def test_the_line_of_a_module_of_this_folder_works_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "its_sibling.py").write_text("NAME = 'twin of a sibling'\n")
    (tmp_path / "its_engine.py").write_text(
        "from its_sibling import NAME\nfrom drt.engines.reference_engine import ReferenceEngine\n\n"
        "class Mine(ReferenceEngine):\n    name = NAME\n"
    )
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as here:
        here.syspath_prepend(tmp_path)
        name = from_anywhere("its_engine:Mine")
    monkeypatch.chdir("/")
    command = [
        sys.executable,
        "-c",
        "import sys; from drt.engines import build; print(build(sys.argv[1]).name)",
    ]
    done = subprocess.run([*command, name], capture_output=True, text=True, check=False)
    assert done.stdout == "twin of a sibling\n", done.stderr
