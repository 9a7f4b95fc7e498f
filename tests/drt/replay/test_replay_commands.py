"""`drt replay` as people use it: broken cases, lines for the shell, known findings, flaky cases, watching."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.cli.replay import Asked, arguments, stamps
from drt.corpus.store import Corpus
from drt.diagnosis.description import describe
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case
from drt.model.divergence import Divergence
from drt.model.errors import InputProblem
from drt.model.outcome import Authorized, Unsupported
from drt.model.saved_case import SavedCase
from drt.replay.shell_commands import by_hand, extract, files_of, uid_text
from drt.report.terminal.console import plain
from drt.report.terminal.summary import print_summary
from drt.run.footer import footer_from_json

REPOSITORY = Path(__file__).resolve().parents[3]
SEED = REPOSITORY / "corpus" / "seeds" / "tinytodo" / "interns-may-not-create-lists-although-everyone-may"
TOYS = ("--targets-from", "tests.drt.toys:TARGETS", "--once")
TOY, TWIN, FAULTY = (f"--engine=tests.drt.toys:{name}" for name in ("Toy", "Twin", "Faulty"))


def drt(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def request(**more: Any) -> Request:
    uids = {name: {"id": "u", "type": "T"} for name in ("action", "principal", "resource")}
    return Request(json.dumps(uids | more))


SAVED = SavedCase(
    Case(Source("permit(principal, action, resource) when { 1 like 2 };"), requests=(request(),)),
    signature="a bug",
    status="open",
    origin={"target": "toy", "engines": {"toy": "1", "twin": "1"}},
)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A counterexample between toys, alone in its corpus."""
    return Corpus(tmp_path).save_counterexample(SAVED)


# Broken cases


def test_every_broken_case_is_one_sentence_and_the_others_run(tmp_path: Path, case: Path) -> None:
    whole = (case / "case.json").read_text()
    broken = {
        "truncated": whole[: len(whole) // 2],
        "empty": "",
        "foreign": '{"policies": "policies.cedar", "expectations": []}',
        "not-an-object": "[]",
        "hand-edited": whole.replace('"open"', '"done"'),
        "a-key-twice": whole.replace('"status"', '"name"'),
        "outside": whole.replace('"policies.cedar"', '"../a-bug/policies.cedar"'),
        "no-file-has-this-name": whole.replace('"policies.cedar"', json.dumps("x" * 5000)),
        "deep": "[" * 100_000,
    }
    for name, text in broken.items():
        shutil.copytree(case, case.parent / name)
        (case.parent / name / "case.json").write_text(text)
    (case.parent / "bereft").mkdir()
    (case.parent / "binary").mkdir()
    (case.parent / "binary" / "case.json").write_bytes(b"\xff\x00")
    result = drt("replay", TOY, TWIN, *TOYS, "--corpus", tmp_path)

    *lines, total = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (2, "")
    assert total == "12 cases replayed: 11 cannot run, 1 fixed"
    printed = [line for line in lines if line.startswith("cannot run: ")]
    assert len(printed) == len(lines) - 1 == 11
    for name in (*broken, "bereft", "binary"):
        assert sum(f"/{name}" in line for line in printed) == 1, name


# Lines for the shell


def in_shell(line: str, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    here = f'drt() {{ "{sys.executable}" -m drt "$@"; }}\n{line}'
    return subprocess.run(
        ["sh", "-c", here],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_line_of_a_case_asks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    ours, theirs = by_hand(read_case(SEED).case, files_of(SEED))

    assert ours.split(" ", 1)[1] == theirs.split(" ", 1)[1]
    assert (ours.split()[:2], theirs.split()[:2]) == (["drt", "authorize"], ["cedar", "authorize"])
    assert str(REPOSITORY) not in ours
    answer = in_shell(ours)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == [
        "ALLOW",
        "",
        "note: this decision was due to the following policies:",
        "  policy3",
    ]
    assert theirs in drt("replay", SEED).stdout
    assert drt("replay", "tinytodo/" + SEED.name).stdout.count(theirs) == 1


ODD_ID = "a\"b\\c\n\u200b\U0001f600'`$x"
CASES = {
    "a context is piped": Case(
        Source('permit(principal, action, resource) when { context.a == "it\'s 100%\\n" };'),
        requests=(request(context={"a": "it's 100%\n"}),),
    ),
    "ids are escaped": Case(
        Source('permit(principal == T::"a\\"b\\\\c\\n\\u{200b}\U0001f600\'`$x", action, resource);'),
        requests=(request(principal={"__entity": {"id": ODD_ID, "type": "T"}}),),
    ),
    "policies and schema are JSON": Case(
        Source(
            json.dumps(
                {
                    "staticPolicies": {
                        "p": {
                            "effect": "permit",
                            "principal": {"op": "All"},
                            "action": {"op": "All"},
                            "resource": {"op": "All"},
                            "conditions": [],
                        }
                    },
                    "templates": {},
                    "templateLinks": [],
                }
            ),
            "json",
        ),
        schema=Source('{"": {"entityTypes": {"T": {}}, "actions": {}}}', "json"),
        requests=(replace(request(), validate=False),),
    ),
    "a template is linked": Case(
        Source("permit(principal == ?principal, action, resource);"),
        requests=(request(context={"a": 1}),),
        links=(("policy0", "link", (("?principal", '{"type": "T", "id": "u"}'),)),),
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("extracted", [False, True])
def test_lines_of_all_kinds_of_cases_come_to_an_allow(tmp_path: Path, name: str, extracted: bool) -> None:
    case = CASES[name]
    place = Corpus(tmp_path).save_counterexample(replace(SAVED, case=case))
    files = extract(case, tmp_path / "out") if extracted else files_of(place)
    lines = by_hand(read_case(place).case, files)
    if case.links and not extracted:
        assert lines == ("authorize: its links want a file: `drt replay --extract FOLDER CASE` writes it",)
        return
    answer = in_shell(lines[0], tmp_path)

    assert answer.returncode == 0, (lines[0], answer.stderr)
    assert answer.stdout.startswith("ALLOW")


def test_extracting_writes_what_cedar_reads_and_nothing_over_another_file(tmp_path: Path, case: Path) -> None:
    out = tmp_path / "out"
    result = drt("replay", TOY, FAULTY, *TOYS, case, "--extract", out)
    assert result.exit_code == 1
    assert sorted(path.name for path in out.iterdir()) == ["entities.json", "policies.cedar"]
    assert "cedar authorize -l 'T::\"u\"'" in result.stdout
    assert f"-p {out / 'policies.cedar'}" in result.stdout
    assert drt("replay", TOY, FAULTY, *TOYS, case, "--extract", out).exit_code == 1
    (out / "policies.cedar").write_text("mine")
    refused = drt("replay", TOY, FAULTY, *TOYS, case, "--extract", out)
    assert refused.exit_code == 2
    assert "a file with another content is there already" in refused.stderr
    assert (out / "policies.cedar").read_text() == "mine"


def test_a_request_that_has_no_spelling_says_so() -> None:
    case = Case(Source(""), requests=(request(principal={"id": "\ud800", "type": "T"}), Request("{")))
    with pytest.raises(InputProblem):
        files_of(Path("gone"))
    files = files_of(SEED)

    assert by_hand(case, files) == (
        "authorize: no shell can ask it, for its principal has no spelling in Cedar",
    )
    assert by_hand(replace(case, requests=case.requests[1:]), files)[0].startswith("authorize: no shell")
    assert by_hand(Case(Source("")), files) == ()


@pytest.mark.parametrize(
    "uid",
    [
        None, 3, {"id": "x"}, {"type": "a b", "id": "x"}, {"type": "", "id": ""}, {"type": "T", "id": 1},
        "", ' U::"a"', 'U::"a"//', 'U::"\\x41"', 'U::"\n"',
    ],
)  # fmt: skip
def test_what_is_no_uid_has_no_spelling(uid: object) -> None:
    assert uid_text(uid) is None


@pytest.mark.parametrize("text", ['U::"a"', 'A::B::"é\\n"', 'U::""'])
def test_a_uid_that_is_a_string_is_its_own_spelling(text: str) -> None:
    assert uid_text(text) == text


# From the replay line of a red run to the innermost difference


@pytest.mark.slow
def test_the_replay_line_of_a_red_run_shows_where_the_engines_part(tmp_path: Path) -> None:
    faulty = f"{REPOSITORY}/tests/drt/faulty_engines.py:SwappedLess"
    (tmp_path / "corpus").mkdir()
    run = drt(
        *("run", "--cases", "60", "--seed", "5", "--target", "authorize", "--jobs", "1", "--quiet"),
        *("--reduce", "5s"),
        *("--engine=reference", f"--engine={faulty}", "--corpus", tmp_path / "corpus"),
        *("--log", tmp_path / "log"),
    )
    assert run.exit_code == 1
    lines = [line for line in run.stdout.splitlines() if line.startswith("drt replay --engine=reference")]
    shown = in_shell(lines[-1])
    assert shown.returncode == 1
    assert f"drt authorize --engine {faulty} -l " in shown.stdout
    assert "\ncedar authorize -l " in shown.stdout
    assert "they part at `<`" in shown.stdout or "they part at `>=`" in shown.stdout or "`<=`" in shown.stdout
    assert "the whole" in shown.stdout
    assert "still diverges: " in shown.stdout


# Known findings


def known(root: Path, status: str, **more: str) -> None:
    facts = {"id": "k", "signature": "a bug", "status": status, "reason": "in work"}
    lines = [f'{key} = "{value}"' for key, value in facts.items()] + [f"{k} = {v}" for k, v in more.items()]
    (root / "known.toml").write_text("[[finding]]\n" + "\n".join(lines))


@pytest.mark.parametrize(
    ("status", "more", "code", "printed"),
    [
        ("open", {}, 0, "diverges as declared: .*(k: in work)"),
        ("declared", {"expires": "2999-01-01"}, 0, "diverges as declared"),
        ("fixed", {}, 1, "still diverges: .*(k is fixed, says known.toml)"),
        ("open", {"expires": "2020-01-01"}, 1, "still diverges: .*(k of known.toml expired on 2020-01-01)"),
    ],
)
def test_a_known_finding_fails_a_replay_only_when_it_should_be_gone(
    tmp_path: Path, case: Path, status: str, more: dict[str, str], code: int, printed: str
) -> None:
    known(tmp_path, status, **more)
    result = drt("replay", TOY, FAULTY, *TOYS, "--corpus", tmp_path)

    assert result.exit_code == code, result.stdout
    start, _, reason = printed.partition(".*")
    assert any(line.startswith(start) and reason in line for line in result.stdout.splitlines())
    assert drt("replay", TOY, TWIN, *TOYS, "--corpus", tmp_path).exit_code == 0


def test_marked_fixed_while_it_is_not_fails_and_passes_after_the_fix(tmp_path: Path, case: Path) -> None:
    whole = ("--corpus", tmp_path)
    assert drt("replay", TOY, FAULTY, *TOYS, *whole).exit_code == 1
    assert drt("triage", case, "--status", "fixed").exit_code == 0
    red = drt("replay", TOY, FAULTY, *TOYS, *whole)
    assert red.exit_code == 1
    assert "it was fixed before" in red.stdout
    green = drt("replay", TOY, TWIN, *TOYS, *whole)
    assert (green.exit_code, green.stdout) == (0, "1 case replayed: 1 agrees\n")


def run(tmp_path: Path, *engines: str) -> tuple[int, dict[str, Any]]:
    result = drt(
        *("run", "--cases", "60", "--seed", "1", "--target", "toy", "--jobs", "1", "--quiet", "--json"),
        *("--targets-from", "tests.drt.toys:TARGETS", *engines, "--corpus", tmp_path),
        *("--log", tmp_path.parent / f"{tmp_path.name}-log-{time.monotonic_ns()}"),
    )
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.slow
def test_a_known_finding_does_not_fail_a_run_and_a_fixed_or_expired_one_does(tmp_path: Path) -> None:
    code, footer = run(tmp_path, TOY, FAULTY)
    [finding] = footer["findings"]
    assert (code, finding["known"]) == (1, None)
    text = f'[[finding]]\nid = "k"\nsignature = {json.dumps(finding["signature"])}\nreason = "r"\n'
    (tmp_path / "known.toml").write_text(text + 'status = "open"')
    code, footer = run(tmp_path, TOY, FAULTY)
    assert (code, footer["findings"][0]["known"]) == (0, "k")
    (tmp_path / "known.toml").write_text(text + 'status = "open"\nexpires = 2020-01-01')
    code, footer = run(tmp_path, TOY, FAULTY)
    assert (code, footer["findings"][0]["unexcused"]) == (1, "k of known.toml expired on 2020-01-01")
    (tmp_path / "known.toml").write_text(text + 'status = "fixed"')
    code, footer = run(tmp_path, TOY, FAULTY)
    assert (code, footer["findings"][0]["unexcused"]) == (1, "k is fixed, says known.toml")
    page = io.StringIO()
    print_summary(plain(page), footer_from_json(footer), tmp_path)
    assert "k is fixed, says known.toml" in page.getvalue()
    assert run(tmp_path, TOY, TWIN)[0] == 0


@pytest.mark.slow
def test_a_finding_declared_by_its_case_does_not_fail_a_run(tmp_path: Path) -> None:
    _, footer = run(tmp_path, TOY, FAULTY)
    path = footer["findings"][0]["path"]
    assert drt("triage", path, "--status", "declared", "--wrong", "x", "--because", "y").exit_code == 0
    assert run(tmp_path, TOY, FAULTY)[0] == 0
    assert drt("triage", path, "--status", "fixed").exit_code == 0
    assert run(tmp_path, TOY, FAULTY)[0] == 1


# Flaky cases

FLAKY_ENGINE = """
import os
from tests.drt.toys import Faulty, Twin

class Flaky(Faulty):
    def respond(self, case, principal):
        wrong = os.environ.get("PYTHONHASHSEED") == "2"
        return super().respond(case, principal) if wrong else Twin.respond(self, case, principal)
"""


@pytest.mark.slow
def test_a_case_is_fixed_only_when_fresh_processes_say_so_too(
    tmp_path: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    (tmp_path / "flaky.py").write_text(FLAKY_ENGINE)
    toys = TOYS[:2]
    flaky = drt("replay", TOY, f"--engine={tmp_path / 'flaky.py'}:Flaky", *toys, case)
    assert flaky.exit_code == 4
    assert "flaky: " in flaky.stdout
    assert "shows in a fresh process" in flaky.stdout
    steady = drt("replay", TOY, TWIN, *toys, case)
    assert (steady.exit_code, "fixed: " in steady.stdout) == (0, True)


def test_a_case_is_not_fixed_by_an_engine_that_does_not_answer(tmp_path: Path) -> None:
    """Other requests of the case are still compared, and an engine that took no part need not answer."""
    answers = (("toy", Authorized("allow")), ("twin", Authorized("deny")), ("third", Unsupported("toy")))
    found = Divergence("engines_agree", "decision", "request 1", answers, 1)
    case = replace(SAVED.case, requests=(request(), request(principal={"id": "v", "type": "T"})))
    saved = replace(SAVED, case=case, description=describe(found), tags=())
    place = Corpus(tmp_path).save_counterexample(saved)
    (tmp_path / "unable.py").write_text(UNABLE_ENGINES)
    sound, unable, third = (
        f"--engine={tmp_path}/unable.py:{name}" for name in ("Sound", "UnableOfV", "Third")
    )

    gone = drt("replay", TOY, unable, *TOYS, place)
    assert (gone.exit_code, "fixed: " in gone.stdout) == (5, False)
    assert "twin does not answer request 1: it does not do this (toy)" in " ".join(gone.stdout.split())
    steady = drt("replay", TOY, sound, third, *TOYS, place)
    assert (steady.exit_code, "fixed: " in steady.stdout) == (0, True)


def test_an_engine_that_does_not_start_in_the_child_is_named(
    tmp_path: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_STARTS_IN", str(os.getpid()))
    (tmp_path / "unable.py").write_text(UNABLE_ENGINES)

    result = drt("replay", TOY, f"--engine={tmp_path}/unable.py:StartsOnce", *TOYS, case)

    assert result.exit_code == 5
    assert "unable.py:StartsOnce' cannot be started: exit 5" in " ".join(result.stdout.split())


UNABLE_ENGINES = """
import os
from tests.drt.toys import NOT_DONE, Twin as Sound

class UnableOfV(Sound):
    def respond(self, case, principal):
        return NOT_DONE if principal == "v" else super().respond(case, principal)

class Third(UnableOfV):
    name = "third"

class StartsOnce(Sound):
    def __init__(self):
        if os.getpid() != int(os.environ["TOY_STARTS_IN"]):
            os._exit(5)
"""


@pytest.mark.parametrize("engine", [FAULTY, TWIN])
def test_a_case_tagged_flaky_is_called_so_whatever_it_shows(tmp_path: Path, engine: str) -> None:
    place = Corpus(tmp_path).save_counterexample(replace(SAVED, tags=("flaky",)))
    result = drt("replay", TOY, engine, *TOYS, place)

    assert result.exit_code == 4
    assert "flaky: " in result.stdout


# Watching


def asked(case: Path, *engines: str) -> Asked:
    return Asked((case,), engines, None, 10.0, "drt.targets.table:TARGETS", "text", None, True)


def test_watched_are_the_case_the_harness_and_the_engines(tmp_path: Path, case: Path) -> None:
    (tmp_path / "mine.py").write_text("")
    found = stamps(asked(case, "reference", f"{tmp_path}/mine.py:Engine", "tests.drt.toys:Toy"))

    wanted = [
        case / "case.json",
        case / "policies.cedar",
        tmp_path / "mine.py",
        REPOSITORY / "reference" / "evaluator.py",
        REPOSITORY / "drt" / "replay" / "replay.py",
        REPOSITORY / "tests" / "drt" / "toys.py",
    ]
    assert {path for path in wanted if path not in found} == set()
    assert not any("production" in path.parts for path in found)
    (case / "policies.cedar").write_text("changed!")
    assert stamps(asked(case, "reference")) != found


@pytest.mark.parametrize(
    "engine", ["nobody", "no.such:Engine", "./no-file.py:Engine", "process:no-program", ":"]
)
def test_an_engine_that_is_not_there_is_no_hindrance_to_watching(case: Path, engine: str) -> None:
    assert case / "case.json" in stamps(asked(case, engine))


def test_the_watched_replay_is_asked_for_in_the_same_words(case: Path) -> None:
    words = arguments(replace(asked(case, "a", "b"), extract=Path("x")))

    assert words == [
        "replay", "--engine=a", "--engine=b", "--extract=x", "--deadline", "10s", "--targets-from",
        "drt.targets.table:TARGETS", "--format", "text", "--once", "--", str(case),
    ]  # fmt: skip


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    while text not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    return seen


@pytest.mark.slow
def test_a_change_runs_the_replay_again_and_an_interrupt_ends_it(tmp_path: Path, case: Path) -> None:
    engine = tmp_path / "mine.py"
    engine.write_text("from tests.drt.toys import Faulty as Mine\n")
    with subprocess.Popen(
        [sys.executable, "-m", "drt", "replay", TOY, f"--engine={engine}:Mine", *TOYS, str(case), "--watch"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert "still diverges" in read_until(process, "watching ")
        engine.write_text("from tests.drt.toys import Twin as Mine\n")
        again = read_until(process, "watching ")
        assert "mine.py changed" in again
        assert "fixed: " in again
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=20)[0]
    assert (process.returncode, rest.strip()) == (130, "")
