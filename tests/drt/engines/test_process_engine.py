"""Engines in a process of their own: what they answer, and what becomes of those that hang, die or lie."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drt.assess.conformance import run_with
from drt.engines import UnknownEngine, build, child
from drt.engines.capabilities import Capabilities
from drt.engines.cpu_time import own_time
from drt.engines.guard import Guarded, GuardedSession, deadline
from drt.engines.process_engine import ProcessEngine, ProcessSession
from drt.engines.serve import main, serve
from drt.model.case import Case, Request, Source
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    ExceededBudget,
    Rejected,
    Unsupported,
    Validated,
)
from drt.model.question import (
    Authorize,
    Evaluate,
    FormatPolicies,
    PrintPolicies,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    TranslateSchema,
    Validate,
)
from tests.drt.assess.conformance.fake_engine import FakeEngine
from tests.drt.engines.smoke import ANYONE, smoke

NONSENSE = (
    "no outcome", "no seq", "failure", "odd decision", "odd ids", "odd pairs", "odd kind", "odd member", "odd part", "twice", "half",
    "other question",
)  # fmt: skip
LINES = ("not JSON", "a list", "a number", "deep", "nothing")
"""How the toy process can be made to misbehave (see there)."""

ROOT = Path(__file__).resolve().parents[3]
TOY = (sys.executable, str(Path(__file__).with_name("toy_process.py")))
TOY_COMMAND = " ".join(TOY)
TINY = f"{ROOT / 'examples' / 'tiny_engine.py'}:TinyEngine"


AGREED = Authorized("allow", ("", "x"), (("p", "type"), ("q", "type")))


@pytest.fixture
def toy() -> Iterator[ProcessEngine]:
    engine = ProcessEngine(TOY, seconds=20)
    yield engine
    engine.close()


def authorized(engine: ProcessEngine, policies: str) -> object:
    """What an engine answers to a request under these policies."""
    loaded = engine.load(Case(Source(policies)))
    assert isinstance(loaded, ProcessSession)
    return loaded.ask(Authorize(ANYONE))


def test_it_answers(toy: ProcessEngine) -> None:
    loaded = toy.load(Case(Source("x")))
    assert isinstance(loaded, ProcessSession)

    assert toy.name == "toy"
    assert toy.protocol == 1
    assert loaded.ask(Authorize(ANYONE)) == AGREED, "ids and errors are put in order here"
    assert loaded.ask(Evaluate("1", ANYONE)) == Unsupported("evaluate")
    assert loaded.ask(Validate()) == Validated(True)
    assert toy.ask(ReadPolicies(Source("x"))) == Unsupported("read_policies")
    assert toy.ask(ReadSchema(Source("x"))) == Unsupported("read_schema")


@pytest.mark.parametrize(
    ("policies", "outcome"),
    [
        ("die", Crashed("exit 3")),
        ("abort", Crashed("SIGABRT")),
        ("shut", Crashed("protocol", ("it closed its output",))),
        *((line, Crashed("protocol", ("not a JSON object",))) for line in LINES),
        *(
            (lie, Crashed("protocol", ("no outcome",)))
            for lie in NONSENSE
            if lie not in ("no seq", "failure")
        ),
        ("no seq", Crashed("protocol", ("the answer to another question",))),
        ("failure", Crashed("protocol", ("a failure",))),
        ("flood", Crashed("protocol", ("a line without an end",))),
    ],
)
def test_what_is_no_answer_has_a_name_and_the_next_question_is_answered(
    toy: ProcessEngine, policies: str, outcome: Crashed
) -> None:
    assert authorized(toy, policies) == outcome
    assert authorized(toy, "x") == AGREED


def test_the_last_words_of_a_death_are_kept(toy: ProcessEngine) -> None:
    crashed = authorized(toy, "die")

    assert isinstance(crashed, Crashed)
    assert "last words" in crashed.detail


@pytest.mark.slow
def test_a_hang_is_an_exceeded_budget_and_the_next_question_is_answered() -> None:
    engine = ProcessEngine(TOY, seconds=1)

    assert authorized(engine, "hang") == ExceededBudget("time")
    assert authorized(engine, "x") == AGREED
    engine.close()


def test_one_that_eats_memory_is_stopped_and_the_next_question_is_answered() -> None:
    engine = ProcessEngine(TOY, memory=200)

    assert authorized(engine, "eat") == ExceededBudget("memory")
    assert authorized(engine, "x") == AGREED
    engine.close()


def test_one_that_recurses_without_end_has_a_name_and_the_next_question_is_answered() -> None:
    engine = ProcessEngine(TOY, memory=500)

    assert authorized(engine, "recurse") in (Crashed("SIGSEGV"), ExceededBudget("memory"))
    assert authorized(engine, "x") == AGREED
    engine.close()


def test_an_answer_as_deep_as_our_own_engines_read_is_read(toy: ProcessEngine) -> None:
    deep = '{"Set":[' * 1_000 + "]}" * 1_000

    answer = toy.outcome(ReadExpression(deep), {"outcome": "Accepted", "canonical": deep})

    assert answer == Accepted(deep)


def test_an_answer_deeper_than_this_python_reads_blames_nobody(toy: ProcessEngine) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    gc.collect()  # finalizers of other tests' engines would find no stack

    answer = toy.outcome(ReadExpression(deep), {"outcome": "Accepted", "canonical": deep})
    assert answer == Unsupported("documents this deep")


def test_one_that_has_grown_over_many_questions_is_replaced_and_nothing_said() -> None:
    engine = ProcessEngine(TOY, memory=200)
    first = engine.version
    engine._limits = replace(engine._limits, memory=1)

    assert authorized(engine, "x") == AGREED
    assert engine.put("start", {"protocols": [1]})["version"] != first
    engine.close()


def speaking(monkeypatch: pytest.MonkeyPatch, seconds: float = 5.0, **capabilities: object) -> ProcessEngine:
    """The toy with these capabilities, and so long to answer."""
    monkeypatch.setenv("TOY_CAPABILITIES", json.dumps(capabilities))
    return ProcessEngine(TOY, seconds=seconds)


def test_silence_of_an_engine_that_shows_signs_of_life_is_taken_for_a_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = speaking(monkeypatch, 60.0, asks=["load", "authorize"], heartbeat=0.01)
    began = own_time()

    assert authorized(engine, "hang") == ExceededBudget("time")
    assert own_time() - began < 50.0, "before its deadline"
    engine.close()


@pytest.mark.slow
def test_signs_of_life_are_no_answers_and_do_not_put_off_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = speaking(monkeypatch, asks=["load", "authorize"], heartbeat=0.01)

    assert authorized(engine, "beat") == Authorized("allow", ("", "beat"), AGREED.erring)
    assert authorized(engine, "beat and hang") == ExceededBudget("time")
    engine.close()


def test_what_an_engine_does_not_take_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = speaking(monkeypatch, asks=["load", "authorize"])

    assert authorized(engine, "x") == AGREED
    assert engine.capabilities == Capabilities(frozenset(["load", "authorize"]))
    loaded = engine.load(Case(Source("die")))
    assert isinstance(loaded, ProcessSession)
    assert loaded.ask(Validate()) == Unsupported("validate")
    assert engine.ask(ReadPolicies(Source("x"))) == Unsupported("read_policies")
    engine.close()
    textual = speaking(monkeypatch, asks=["read_policies"])
    assert textual.load(Case(Source("x"))) == Unsupported("load")
    textual.close()


REQUESTS = tuple(Request(json.dumps({"principal": number})) for number in range(5))


def counted(engine: ProcessEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the questions that go over the wire from now on."""
    asked: list[str] = []
    exchange = engine._child.exchange

    def count(line: bytes, *more: object) -> bytes:
        asked.append(json.loads(line)["ask"])
        return exchange(line, *more)

    monkeypatch.setattr(engine._child, "exchange", count)
    return asked


def test_the_requests_of_a_case_go_in_batches_of_the_size_that_the_engine_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = speaking(monkeypatch, asks=["load", "authorize"], batch=3)
    asked = counted(engine, monkeypatch)
    loaded = engine.load(Case(Source("x"), requests=REQUESTS))
    assert isinstance(loaded, ProcessSession)

    assert [loaded.ask(Authorize(request)) for request in REQUESTS] == [AGREED] * 5
    assert asked == ["load", "batch", "batch"]
    assert loaded.ask(Authorize(ANYONE)) == AGREED
    assert asked[3:] == ["authorize"], "a request that is not the case's"
    engine.close()


@pytest.mark.parametrize("policies", ["die", "no outcome", "not JSON", "no seq"])
def test_a_batch_that_fails_is_asked_one_by_one(monkeypatch: pytest.MonkeyPatch, policies: str) -> None:
    engine = speaking(monkeypatch, asks=["load", "authorize"], batch=100)
    loaded = engine.load(Case(Source(policies), requests=REQUESTS))
    assert isinstance(loaded, ProcessSession)

    assert {type(loaded.ask(Authorize(request))) for request in REQUESTS} == {Crashed}
    assert authorized(engine, "x") == AGREED
    engine.close()


def test_two_cases_at_once_are_loaded_in_turn(toy: ProcessEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(toy, monkeypatch)
    one, two = toy.load(Case(Source("x"))), toy.load(Case(Source("y")))
    assert isinstance(one, ProcessSession)
    assert isinstance(two, ProcessSession)

    assert [one.ask(Authorize(ANYONE)), one.ask(Authorize(ANYONE))] == [AGREED, AGREED]
    assert two.ask(Authorize(ANYONE)) == Authorized("allow", ("", "y"), AGREED.erring)
    assert asked == ["load", "load", "load", "authorize", "authorize", "load", "authorize"]


def test_an_alarm_in_the_middle_of_a_question_leaves_no_answer_for_the_next(toy: ProcessEngine) -> None:
    guarded = Guarded(toy)
    loaded = guarded.load(Case(Source("hang")))
    assert isinstance(loaded, GuardedSession)
    with deadline(0.3):
        assert loaded.ask(Authorize(ANYONE)) == ExceededBudget("time")

    assert authorized(toy, "x") == AGREED


def test_questions_larger_than_a_pipe_go_through(toy: ProcessEngine) -> None:
    text = "x" * 5_000_000

    assert authorized(toy, text) == Authorized("allow", ("", text), AGREED.erring)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d \ude00"])
def test_a_text_that_is_no_unicode_is_not_put(toy: ProcessEngine, text: str) -> None:
    """Engines in other languages cannot read the line, or read another character."""
    assert toy.load(Case(Source(text))) == Unsupported("a lone surrogate")
    assert authorized(toy, "\U0001f600") == Authorized("allow", ("", "\U0001f600"), AGREED.erring)


def test_an_engine_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """Also one that hangs, and though its parent gets no chance to end it."""
    program = (
        "from drt.model.case import Case, Source; from drt.engines.process_engine import ProcessEngine;"
        "from tests.drt.engines.smoke import ANYONE; from drt.model.question import Authorize; import sys;"
        f"engine = ProcessEngine({TOY!r}); print(engine.version, flush=True);"
        "engine.load(Case(Source('hang'))).ask(Authorize(ANYONE))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        engine = int(process.stdout.readline())
        time.sleep(0.2)
        process.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{engine}").exists() and time.monotonic() < until:
        time.sleep(0.05)

    assert not Path(f"/proc/{engine}").exists()


@pytest.fixture
def spawned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file for the ids of processes that a toy starts: children, daemons, in sessions of their own."""
    path = tmp_path / "spawned"
    path.touch()
    monkeypatch.setenv("TOY_SPAWNED", str(path))
    return path


def alive(spawned: Path) -> list[int]:
    """Which of the six are alive after some patience."""
    processes = [int(line) for line in spawned.read_text().splitlines()]
    assert len(processes) == 6
    until = time.monotonic() + 20
    while (left := [one for one in processes if _runs(one)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")


@pytest.mark.slow
@linux
@pytest.mark.parametrize("how", ["spawn and die", "spawn and hang"])
def test_what_an_engine_starts_ends_with_it(spawned: Path, how: str) -> None:
    engine = ProcessEngine(TOY, seconds=5)

    assert authorized(engine, how) in (Crashed("exit 3"), ExceededBudget("time"))
    assert alive(spawned) == []
    engine.close()


@linux
def test_what_an_engine_starts_ends_when_it_is_closed(spawned: Path) -> None:
    engine = ProcessEngine(TOY, seconds=20)
    assert authorized(engine, "spawn") is not None

    assert all(map(_runs, map(int, spawned.read_text().splitlines())))
    engine.close()

    assert alive(spawned) == []


@linux
def test_what_an_engine_starts_ends_with_the_process_that_started_the_engine(spawned: Path) -> None:
    program = (
        "from drt.model.case import Case, Source; from drt.engines.process_engine import ProcessEngine;"
        "from tests.drt.engines.smoke import ANYONE; from drt.model.question import Authorize; import time;"
        f"engine = ProcessEngine({TOY!r}); engine.load(Case(Source('spawn'))).ask(Authorize(ANYONE));"
        "print(flush=True); time.sleep(3600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    assert alive(spawned) == []


def test_a_question_ends_although_its_own_time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it does where harness and engine wait for a processor at once, and both waits are taken off."""
    engine = ProcessEngine(TOY, seconds=0.2)
    monkeypatch.setattr(child, "own_time", lambda: 0.0)
    monkeypatch.setattr(child, "PATIENCE", 1)

    assert authorized(engine, "hang") == ExceededBudget("time")
    engine.close()


@linux
def test_memory_of_what_an_engine_starts_is_counted(spawned: Path) -> None:
    engine = ProcessEngine(TOY, seconds=60, memory=300)

    assert authorized(engine, "spawn and eat") == ExceededBudget("memory")
    assert alive(spawned) == []
    engine.close()


@linux
def test_memory_that_processes_share_is_counted_once(spawned: Path) -> None:
    engine = ProcessEngine(TOY, seconds=60)
    alone = engine._child.resident
    assert authorized(engine, "spawn") is not None

    assert 0 < 0.9 * alone < engine._child.resident < 4 * alone
    engine.close()


@linux
def test_an_engine_that_is_always_another_process_is_ended(spawned: Path) -> None:
    engine = ProcessEngine(TOY, seconds=20)
    assert authorized(engine, "flee") == replace(AGREED, determining=("", "flee"))
    assert len(_started_with(spawned)) > 1

    engine._child.stop()

    assert _started_with(spawned) == []


def _started_with(spawned: Path) -> list[Path]:
    """The processes whose environment names the file, but those that have ended."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if os.fsencode(spawned) in environment.read_bytes() and _runs(int(environment.parent.name)):
                found.append(environment)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space as Linux has them")
def test_our_own_limit_of_addresses_is_not_an_engine_s(toy: ProcessEngine) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 34, hard))
    try:
        assert authorized(toy, "die") == Crashed("exit 3")
        assert authorized(toy, "x") == AGREED
        limits = Path(f"/proc/{toy.put('start', {'protocols': [1]})['version']}/limits").read_text()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    [line] = [line for line in limits.splitlines() if line.startswith("Max address space")]
    assert str(1 << 34) not in line


def test_a_forked_process_asks_a_child_of_its_own(toy: ProcessEngine) -> None:
    parent_side, child_side = os.pipe()
    forked = os.fork()
    if forked == 0:
        os.write(child_side, repr(toy.ask(ReadPolicies(Source("x")))).encode())
        os._exit(0)
    os.waitpid(forked, 0)

    assert os.read(parent_side, 1000).decode() == repr(Unsupported("read_policies"))
    assert toy.ask(ReadPolicies(Source("x"))) == Unsupported("read_policies")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nope", "unknown engine 'nope'; known engines are cedarpy, production, reference, a folder"),
        ("nope.nope:Nope", "cannot be loaded: No module named"),
        ("drt.model.case:Nope", "has no Nope"),
        ("./nope.py:Nope", "there is no file ./nope.py"),
        ("process:/no/such/command", "cannot be started: not started: /no/such/command"),
        ("process:", "not a command"),
        ("process:'", "not a command"),
        (f"process:{sys.executable} -c pass", "cannot be started: exit 0"),
        (
            f"process:{sys.executable} -c 'print(1)'",
            "cannot be used: its answer to 'start' is not a JSON object: '1'",
        ),
        (
            f"process:env TOY_PROTOCOL=2 {TOY_COMMAND}",
            "cannot be used: it speaks protocol 2, and this harness 1",
        ),
        (
            f"process:env TOY_CAPABILITIES={{}} {TOY_COMMAND}",
            "cannot be used: 'asks' is missing: expected a list of names",
        ),
        (
            f'process:env TOY_CAPABILITIES=\'{{"asks": ["load"], "batch": -1}}\' {TOY_COMMAND}',
            "cannot be used: 'batch' is -1, not a whole number from 0 on",
        ),
        (
            f'process:env TOY_CAPABILITIES=\'{{"asks": ["authorise"]}}\' {TOY_COMMAND}',
            "its capabilities name the unknown question 'authorise'; did you mean 'authorize'",
        ),
        (
            f"process:env TOY_CAPABILITIES='{{\"asks\": null}}' {TOY_COMMAND}",
            "cannot be used: 'asks' is null, not a list of names",
        ),
    ],
)
def test_an_engine_that_cannot_be_built_is_one_sentence(name: str, complaint: str) -> None:
    with pytest.raises(UnknownEngine, match=complaint):
        build(name)


def test_engines_from_outside_by_file_by_module_and_by_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    served = build(f"process:{sys.executable} -m drt.engines.serve ./examples/tiny_engine.py:TinyEngine")

    assert build("./examples/tiny_engine.py:TinyEngine").name == served.name == "tiny"
    assert build("tests.drt.assess.conformance.fake_engine:FakeEngine").name == "fake"
    assert smoke(served) == smoke(build(TINY)) == []
    assert build(f"process:{TOY_COMMAND}").name == "toy"


def test_the_example_is_never_wrong_about_what_it_supports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = run_with([ROOT / "corpus" / "seeds" / "authorizer"], build(TINY))

    assert report.mismatches == ()
    assert report.checked > 0
    assert dict(report.unsupported)["scopes-and-conditions"] > 0


def test_the_smoke_test_finds_what_is_wrong() -> None:
    deaf = FakeEngine()
    yes = FakeEngine({"authorize": lambda *_: Authorized("allow", ("policy0",))}, version="")

    assert len(smoke(deaf)) == 5
    assert [sentence.split(":")[0] for sentence in smoke(yes)] == [
        "an empty set denies",
        "a forbid denies",
        "a forbid overrides a permit",
        "a text that is no policy is refused",
        "an engine has a name and a version",
    ]


def served(engine: FakeEngine, *questions: object) -> list[dict[str, object]]:
    lines = b"".join(json.dumps(question).encode() + b"\n" for question in questions)
    answers = io.BytesIO()
    serve(engine, io.BytesIO(lines), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


CASE = {"policies": {"text": "p", "format": "cedar"}, "schema": None, "entities": "[]", "links": []}
REQUEST = {"text": "{}", "validate": True}


def test_a_case_is_loaded_once_for_many_questions() -> None:
    loads = []

    def load(case: Case) -> object:
        loads.append(case)
        return type("L", (), {"authorize": lambda self, request: Authorized("deny")})()

    question = {"ask": "authorize", "request": REQUEST}
    answers = served(
        FakeEngine({"load": load}),
        {"seq": 1, **question},
        {"seq": 2, "ask": "load", "case": CASE},
        *({"seq": seq, **question} for seq in range(3, 6)),
        {"seq": 6, "ask": "batch", "questions": [{"seq": 0, **question}, {"seq": 1, **question}]},
    )

    assert "before any case was loaded" in str(answers[0]["failure"])
    assert answers[1] == {"seq": 2, "loaded": True}
    assert [answer["decision"] for answer in answers[2:5]] == ["deny"] * 3
    assert [answer["decision"] for answer in answers[5]["answers"]] == ["deny"] * 2
    assert len(loads) == 1


def test_a_case_that_is_refused_answers_all_questions_about_it() -> None:
    refused = FakeEngine({"load": lambda case: Rejected("policies")})
    load = {"seq": 1, "ask": "load", "case": CASE}
    answers = served(refused, load, {"seq": 2, "ask": "authorize", "request": REQUEST})

    assert [(answer["outcome"], answer["part"]) for answer in answers] == [("Rejected", "policies")] * 2


@pytest.mark.slow
def test_an_engine_of_ours_keeps_to_the_deadline_by_itself_and_shows_that_it_lives() -> None:
    def hang(_: Source) -> None:
        time.sleep(60)

    question = {"seq": 1, "ask": "read_policies", "policies": CASE["policies"], "deadline": 2.0}
    *beats, answer = served(FakeEngine({"read_policies": hang}), question)

    assert beats[0] == {"seq": 1, "heartbeat": True}
    assert answer == {"seq": 1, "outcome": "ExceededBudget", "resource": "time"}


def test_the_newest_version_that_both_speak_is_agreed_on() -> None:
    agreed, refused, stopped = served(
        FakeEngine(),
        {"seq": 1, "ask": "start", "protocols": [7, 1, 9]},
        {"seq": 2, "ask": "start", "protocols": [7]},
        {"seq": 3, "ask": "stop"},
        {"seq": 4, "ask": "start", "protocols": [1]},
    )

    assert agreed["protocol"] == 1
    assert refused["failure"] == "BadQuestion: this engine speaks protocol 1"
    assert stopped == {"seq": 3, "stopped": True}
    newer = ProcessEngine((sys.executable, "-m", "drt.engines.serve", TINY), protocols=(1, 2))
    assert newer.protocol == 1
    newer.close()


def test_an_engine_that_breaks_far_away_has_crashed_here() -> None:
    def broken(_: Source) -> None:
        raise ZeroDivisionError("planted")

    [answer] = served(
        FakeEngine({"read_policies": broken}),
        {"seq": 1, "ask": "read_policies", "policies": CASE["policies"]},
    )

    assert (answer["outcome"], answer["error"]) == ("Crashed", "ZeroDivisionError")


@pytest.mark.parametrize(
    "question",
    [
        {"seq": 1, "ask": "nope"},
        {"seq": 1, "ask": "read_policies"},
        {"seq": 1, "ask": "batch", "questions": 5},
        {"seq": 1, "ask": "read_expression", "expression": "1", "deadline": "soon"},
        {"seq": 1, "ask": "load", "case": 5},
    ],
)
def test_a_bad_question_is_a_failure_not_a_death(question: dict[str, object]) -> None:
    bad, good = served(FakeEngine(), question, {"seq": 2, "ask": "start", "protocols": [1]})

    assert bad["seq"] == 1
    assert bad["failure"]
    assert good == {"seq": 2, "protocol": 1, "name": "fake", "version": "0"}


def test_serving_an_unknown_engine_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nope"]) == 2
    assert "unknown engine 'nope'" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_every_question_goes_over_the_wire_unchanged() -> None:
    """An engine of ours asked directly and through a process gives the same answers to all questions."""
    pytest.importorskip("cedarpy", reason="the extra 'oracles' is not installed")
    direct, far = build("cedarpy"), build(f"process:{sys.executable} -m drt.engines.serve cedarpy")
    policy = Source("permit(principal == ?principal, action, resource); permit(principal, action, resource);")
    schema = Source("entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};")
    link = ("policy0", "l", (("?principal", '{"type": "User", "id": "alice"}'),))

    for engine in (direct, far):
        loaded = engine.load(Case(policy, "[]", schema))
        assert not isinstance(loaded, Rejected)
        linked = engine.load(Case(policy, "[]", None, links=(link,)))
        assert not isinstance(linked, Rejected)
        answers = [
            loaded.ask(Authorize(ANYONE)),
            linked.ask(Authorize(ANYONE)),
            loaded.ask(Authorize(Request('{"principal": 1}', validate=False))),
            loaded.ask(Evaluate("principal is User", ANYONE)),
            loaded.ask(Validate()),
            loaded.ask(Validate("permissive", 1)),
            engine.ask(ReadPolicies(policy)),
            engine.ask(PrintPolicies(policy, templates=False)),
            engine.ask(FormatPolicies(policy.text, 60, 3)),
            engine.ask(ReadExpression("1 + 1")),
            engine.ask(ReadEntities("[]", schema)),
            engine.ask(ReadEntities("[", None)),
            engine.ask(ReadSchema(schema)),
            engine.ask(TranslateSchema(schema, "cedar")),
            engine.load(Case(Source("permit("))),
        ]
        if engine is direct:
            expected = answers

    assert answers == expected
    assert len({type(answer) for answer in answers}) >= 6
    assert GuardedSession not in {type(answer) for answer in answers}
