"""The recipes for CI: their command lines are those that drt has, and the corpus survives on its branch."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from drt.cli.main import main
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case
from drt.model.saved_case import SavedCase

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPT = REPOSITORY / ".ci" / "corpus-branch"
RECIPES = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in (*RECIPES, REPOSITORY / "docs" / "ci.md")}


PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")
"""An action by its commit, with its version for people."""


def lines_of(text: str) -> list[str]:
    """Every `drt …` of a text, with what a shell or a workflow would put in filled in."""
    joined = re.sub(r"run: >\n\s+(.*)\n\s+(.*)", r"run: \1 \2", text)
    joined = re.sub(r"\$\{\{.*?\}\}|\$\{?\w+\}?", "1", joined)
    found = re.findall(r"(?m)^[-\s>]*(?:run: |for .* do )?(?:\.venv/bin/)?drt ([^#\n;]*)", joined)
    return [line.replace("RUN…", "RUN").strip() for line in found]


COMMAND_LINES = [(name, line) for name, text in TEXTS.items() for line in lines_of(text)]


def test_there_are_command_lines_to_look_at() -> None:
    assert len(COMMAND_LINES) >= 15
    assert {name for name, _ in COMMAND_LINES} >= {"nightly.yml", "pull-request.yml", "ci.md"}


@pytest.mark.parametrize(("name", "line"), COMMAND_LINES)
def test_every_command_line_is_one_that_drt_has(name: str, line: str) -> None:
    words = shlex.split(line)
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, parent=context)
    command.make_parser(context).parse_args(words)


def test_a_command_line_that_drt_has_not_is_told() -> None:
    with pytest.raises(click.UsageError):
        test_every_command_line_is_one_that_drt_has("x", "report RUN --colour")


@pytest.mark.parametrize("name", [path.name for path in RECIPES])
def test_actions_are_pinned_and_permissions_are_few(name: str) -> None:
    text = TEXTS[name]

    assert [used for used in re.findall(r"uses: *(.*)", text) if not PINNED.fullmatch(used)] == []
    assert "permissions:\n  contents: read\n" in text
    assert len(re.findall("timeout-minutes:", text)) == len(re.findall("runs-on:", text))
    assert not re.search(r"run:.*\$\{\{ *(inputs|github\.(event|head))", text), (
        "texts of others go by the environment"
    )


# The branch


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a remote, as CI has it."""
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "checkout")
    checkout = tmp_path / "checkout"
    (checkout / "README").write_text("x")
    shutil.copytree(next((REPOSITORY / "corpus/seeds/like").iterdir()), checkout / "corpus/seeds/like/one")
    git(checkout, "add", ".")
    git(checkout, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    drt = tmp_path / "drt"
    drt.write_text(f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -m drt "$@"\n')
    drt.chmod(0o755)
    return checkout


def git(where: Path, *words: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return subprocess.run(
        ["git", *words], cwd=where, env=environment, capture_output=True, text=True, check=True
    ).stdout


def branch(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DRT": str(checkout.parent / "drt"), "GIT_CONFIG_GLOBAL": "/dev/null"}
    return subprocess.run(
        ["bash", str(SCRIPT), *words],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def save(corpus: Path, signature: str) -> None:
    case = Case(Source("permit(principal, action, resource);"), requests=(Request("{}"),))
    Corpus(corpus).save_counterexample(SavedCase(case=case, signature=signature, status="open"))


@pytest.mark.slow
def test_the_corpus_goes_to_its_branch_and_comes_back(checkout: Path) -> None:
    assert "no corpus on the branch" in branch(checkout, "pull", "corpus").stdout
    save(checkout / "corpus", "first")
    first = branch(checkout, "push", "corpus")
    assert first.returncode == 0, first.stderr
    assert git(checkout, "ls-remote", "origin", "drt-corpus")
    again = branch(checkout, "push", "corpus")
    assert "nothing new" in again.stdout

    other = checkout.parent / "other"
    git(checkout.parent, "clone", "--quiet", "remote.git", "other")
    (other / "corpus").mkdir(exist_ok=True)
    save(other / "corpus", "second")
    back = branch(other, "pull", "corpus")
    assert back.returncode == 0, back.stderr
    found = {read_case(path).signature for path in Corpus(other / "corpus").counterexamples()}
    assert found == {"first", "second"}
    assert branch(other, "push", "corpus").returncode == 0

    names = git(checkout.parent / "remote.git", "ls-tree", "-r", "--name-only", "drt-corpus")
    assert {line.split("/")[2] for line in names.splitlines()} == {"first", "second"}
    assert all(line.startswith("corpus/counterexamples/") for line in names.splitlines()), "nothing but cases"
    assert git(checkout, "worktree", "list").count("\n") == 1, "nothing is left behind"
    assert git(checkout, "status", "--porcelain", "README") == ""


def test_the_branch_is_used_wrongly_in_one_line(checkout: Path) -> None:
    for words in ((), ("pull",), ("drop", "corpus"), ("pull", "nowhere")):
        result = branch(checkout, *words)
        assert (result.returncode, result.stderr) == (2, "usage: corpus-branch pull|push FOLDER\n")


def test_the_same_version_of_an_action_is_the_same_commit() -> None:
    used = {one for text in TEXTS.values() for one in re.findall(r"uses: *(\S+ # v\S+)", text)}

    assert len({one.partition("@")[0] for one in used}) == len(used) == 4


@pytest.mark.slow
def test_a_branch_with_links_leads_nowhere(checkout: Path) -> None:
    save(checkout / "corpus", "first")
    assert branch(checkout, "push", "corpus").returncode == 0
    stranger = checkout.parent / "stranger"
    git(checkout.parent, "clone", "--quiet", "--branch", "drt-corpus", "remote.git", "stranger")
    (checkout.parent / "elsewhere").mkdir()
    shutil.rmtree(stranger / "corpus/counterexamples")
    (stranger / "corpus/counterexamples").symlink_to(checkout.parent / "elsewhere")
    git(stranger, "add", ".")
    git(stranger, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(stranger, "push", "--quiet", "origin", "drt-corpus")
    save(checkout / "corpus", "second")

    branch(checkout, "pull", "corpus")
    branch(checkout, "push", "corpus")

    assert list((checkout.parent / "elsewhere").iterdir()) == []
