"""`drt bisect` on small made-up repositories; the user's tree stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.saved_case import SavedCase
from drt.replay.bisect import _inside

UIDS = {name: {"id": "u", "type": "T"} for name in ("action", "principal", "resource")}
SAVED = SavedCase(
    Case(
        Source("permit(principal, action, resource) when { 1 like 2 };"),
        requests=(Request(json.dumps(UIDS)),),
    ),
    signature="a bug",
    status="open",
    tags=("flaky",),
    origin={"engines": {"toy": "1", "twin": "1"}},
)
RIGHT = "from tests.drt.toys import Twin as Engine\n"
WRONG = "from tests.drt.toys import Faulty as Engine\n"
BROKEN = "from nowhere import Engine\n"
ENGINES = ("--engine=tests.drt.toys:Toy", "--engine=./engine.py:Engine")


def git(repository: Path, *arguments: str) -> str:
    who = [f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")]
    return subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env={**os.environ, **dict.fromkeys(who, "tester"), "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def commit(repository: Path, subject: str, files: dict[str, str]) -> str:
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "--allow-empty", "-m", subject)
    return git(repository, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Corpus(tmp_path / "corpus").save_counterexample(SAVED)


def history(repository: Path, *texts: str) -> list[str]:
    """A commit for every text of the engine; `#` and the number keep neighbours apart."""
    return [
        commit(repository, f"change {number}", {"engine.py": f"{text}# {number}\n"})
        for number, text in enumerate(texts)
    ]


def drt(case: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["bisect", str(case), *ENGINES, *arguments], catch_exceptions=False)


def state(repository: Path) -> tuple[str, ...]:
    return (
        git(repository, "rev-parse", "HEAD"),
        git(repository, "symbolic-ref", "HEAD"),
        git(repository, "status", "--porcelain"),
        git(repository, "for-each-ref"),
        git(repository, "worktree", "list"),
        *sorted(path.name for path in (repository / ".git").iterdir()),
    )


def test_the_commit_is_found_and_the_tree_of_the_user_stays(repository: Path, case: Path) -> None:
    commits = history(repository, RIGHT, RIGHT, RIGHT, WRONG, WRONG, WRONG)
    (repository / "engine.py").write_text("not committed: {{{")
    (repository / "new.txt").write_text("not added")
    before = state(repository)
    result = drt(case, "--good", commits[0])

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"the case began to diverge with {commits[3][:12]} (")
    assert ", tester): change 3\n  engine.py\n" in result.stdout
    assert state(repository) == before


def test_a_program_gets_the_commit_as_json(repository: Path, case: Path) -> None:
    commits = history(repository, RIGHT, WRONG, RIGHT, RIGHT)
    git(repository, "tag", "released", commits[0])
    document = json.loads(drt(case, "--good", "released", "--bad", "HEAD~2", "--json").stdout)

    [found] = document["commits"]
    assert (found["revision"], found["subject"], found["files"]) == (commits[1], "change 1", ["engine.py"])


def test_revisions_that_cannot_run_are_skipped(repository: Path, case: Path) -> None:
    commits = history(repository, RIGHT, BROKEN, RIGHT, WRONG, WRONG, BROKEN, WRONG)
    result = drt(case, "--good", commits[0])

    assert result.exit_code == 0, result.output
    assert commits[3][:12] in result.stdout


@pytest.mark.slow
def test_commits_between_which_nothing_runs_are_all_named(repository: Path, case: Path) -> None:
    commits = history(repository, RIGHT, BROKEN, "syntax error {", WRONG)
    result = drt(case, "--good", commits[0])

    assert result.exit_code == 4, result.output
    assert "the case began to diverge with one of 3 commits:" in result.stdout
    assert all(revision[:12] in result.stdout for revision in commits[1:])
    assert "2 of them could not run" in result.stdout


@pytest.mark.slow
def test_an_end_that_is_not_what_it_should_be_is_told(repository: Path, case: Path) -> None:
    commits = history(repository, WRONG, RIGHT, WRONG, BROKEN)
    bad = drt(case, "--good", commits[1], "--bad", commits[1])
    assert (bad.exit_code, bad.stderr) == (2, f"drt: at {commits[1]} the case does not diverge\n")
    good = drt(case, "--good", commits[0], "--bad", commits[2])
    assert good.stderr == (f"drt: at {commits[0]} the case diverges: name an older revision with --good\n")
    assert drt(case, "--good", commits[1]).stderr == "drt: at HEAD the case cannot run\n"


@pytest.mark.parametrize(
    ("named", "inside"),
    [
        ("./engine.py:Engine", "./deep/engine.py:Engine"),
        ("../top.py:Engine", "./top.py:Engine"),
        ("{root}/top.py:Engine", "./top.py:Engine"),
        ("../deep", "./deep"),
        ("reference", "reference"),
        ("tests.drt.toys:Toy", "tests.drt.toys:Toy"),
        ("process:../top.py", "process:../top.py"),
        ("{root}/../outside.py:Engine", "{outside}/outside.py:Engine"),
    ],
)
def test_an_engine_of_the_repository_is_taken_from_each_revision(
    repository: Path, named: str, inside: str
) -> None:
    places = {"root": str(repository), "outside": str(repository.parent)}
    for file in ("deep/engine.py", "deep/reference/x.py", "top.py", "../outside.py"):
        (repository / file).parent.mkdir(exist_ok=True)
        (repository / file).write_text(RIGHT)

    assert _inside(named.format(**places), repository / "deep", repository) == inside.format(**places)


def test_wrong_usage_is_one_sentence(
    repository: Path, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(repository, RIGHT, WRONG)
    gone = drt(case, "--good", "nowhere")
    assert (gone.exit_code, "there is no revision 'nowhere'" in gone.stderr) == (2, True)
    assert drt(case, "--good", "--output=x").exit_code == 2
    missing = drt(tmp_path / "no-case", "--good", "HEAD~1")
    assert (missing.exit_code, "there is no such case" in missing.stderr) == (2, True)
    monkeypatch.chdir(tmp_path)
    assert "not a git repository" in drt(case, "--good", "HEAD~1").stderr


def test_a_case_in_the_repository_need_not_be_there_at_every_revision(repository: Path) -> None:
    commits = history(repository, RIGHT, RIGHT, WRONG)
    place = Corpus(repository / "corpus").save_counterexample(replace(SAVED, status="declared"))
    commit(repository, "keep the case", {})
    (repository / "corpus" / "known.toml").write_text(
        '[[finding]]\nid = "k"\nsignature = "a bug"\nreason = "r"\nstatus = "open"\n'
    )
    (repository / "pyproject.toml").write_text("")
    commit(repository, "declare it", {})

    assert commits[2][:12] in drt(place.relative_to(repository), "--good", commits[0]).stdout


HARNESS = """
import json
from pathlib import Path

diverges = "wrong" in Path("state.txt").read_text()
print(json.dumps([{"verdict": "diverges", "divergences": [{}] if diverges else [], "unmet": []}]))
"""


def test_a_revision_is_asked_with_its_own_harness(repository: Path, case: Path) -> None:
    harness = {"drt/__init__.py": "", "drt/__main__.py": HARNESS}
    commits = [
        commit(repository, subject, {**harness, "state.txt": f"{subject} {number}"})
        for number, subject in enumerate(["right", "right", "wrong", "wrong"])
    ]
    result = drt(case, "--good", commits[0])

    assert result.exit_code == 0, result.output
    assert commits[2][:12] in result.stdout


@pytest.mark.slow
def test_a_merged_branch_is_searched(repository: Path, case: Path) -> None:
    first = commit(repository, "first", {"engine.py": RIGHT})
    git(repository, "checkout", "-q", "-b", "side")
    culprit = commit(repository, "culprit", {"engine.py": WRONG})
    commit(repository, "more", {"side.txt": ""})
    git(repository, "checkout", "-q", "main")
    commit(repository, "meanwhile", {"other.txt": ""})
    git(
        repository, "-c", "user.name=t", "-c", "user.email=t", "merge", "-q", "--no-ff", "-m", "merge", "side"
    )

    assert culprit[:12] in drt(case, "--good", first).stdout
