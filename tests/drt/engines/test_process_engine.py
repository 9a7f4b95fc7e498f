"""Engines in a process of their own: what they answer, and what becomes of those that hang, die or lie."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drt.case import Case, Request, Source
from drt.conformance import run_with
from drt.engines import UnknownEngine, build
from drt.engines.guard import GuardedLoaded
from drt.engines.process_engine import ProcessEngine
from drt.engines.serve import main, serve
from drt.engines.smoke import ANYONE, smoke
from drt.outcome import Authorized, Crashed, ExceededBudget, Rejected, Unsupported
from tests.drt.conformance.fake_engine import FakeEngine

ROOT = Path(__file__).resolve().parents[3]
TOY = f"{sys.executable} {Path(__file__).with_name('toy_process.py')}"
TINY = f"{ROOT / 'examples' / 'tiny_engine.py'}:TinyEngine"


@pytest.fixture
def toy() -> Iterator[ProcessEngine]:
    engine = ProcessEngine(TOY, seconds=20)
    yield engine
    engine.close()


def test_it_answers(toy: ProcessEngine) -> None:
    loaded = toy.load(Case(Source("x")))
    assert not isinstance(loaded, Rejected | Unsupported | Crashed | ExceededBudget)

    assert toy.name == "toy"
    assert loaded.authorize(ANYONE) == Authorized("allow", ("x",), (("p", "type"),))
    assert loaded.evaluate("1", ANYONE) == Unsupported("evaluate")
    assert loaded.validate() == Unsupported("validate")
    assert toy.read_policies(Source("x")) == Unsupported("read_policies")
    assert toy.read_schema(Source("x")) == Unsupported("read_schema")


@pytest.mark.parametrize(
    ("policies", "outcome"),
    [
        ("die", Crashed("exit 3")),
        ("abort", Crashed("SIGABRT")),
        ("garble", Crashed("protocol")),
        ("nonsense", Crashed("protocol")),
        ("shut", Crashed("SIGKILL")),
    ],
)
def test_a_death_is_a_crash_and_the_next_question_is_answered(
    toy: ProcessEngine, policies: str, outcome: Crashed
) -> None:
    assert toy.load(Case(Source(policies))) == outcome
    assert toy.read_policies(Source("x")) == Unsupported("read_policies")


def test_the_last_words_of_a_death_are_kept(toy: ProcessEngine) -> None:
    crashed = toy.load(Case(Source("die")))

    assert isinstance(crashed, Crashed)
    assert "last words" in crashed.detail


def test_a_hang_is_an_exceeded_budget_and_the_next_question_is_answered() -> None:
    engine = ProcessEngine(TOY, seconds=3)

    assert engine.load(Case(Source("hang"))) == ExceededBudget("time")
    assert engine.read_policies(Source("x")) == Unsupported("read_policies")
    engine.close()


def test_questions_larger_than_a_pipe_go_through(toy: ProcessEngine) -> None:
    text = "x" * 5_000_000
    loaded = toy.load(Case(Source(text)))
    assert not isinstance(loaded, Rejected | Unsupported | Crashed | ExceededBudget)

    assert loaded.authorize(ANYONE) == Authorized("allow", (text,), (("p", "type"),))


def test_a_forked_process_asks_a_child_of_its_own(toy: ProcessEngine) -> None:
    parent_side, child_side = os.pipe()
    forked = os.fork()
    if forked == 0:
        os.write(child_side, repr(toy.read_policies(Source("x"))).encode())
        os._exit(0)
    os.waitpid(forked, 0)

    assert os.read(parent_side, 1000).decode() == repr(Unsupported("read_policies"))
    assert toy.read_policies(Source("x")) == Unsupported("read_policies")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("nope", "unknown engine 'nope'; known engines are cedarpy, production, reference"),
        ("nope.nope:Nope", "cannot be loaded: No module named"),
        ("drt.case:Nope", "has no Nope"),
        ("./nope.py:Nope", "there is no file ./nope.py"),
        ("process:/no/such/command", "cannot be started: not started: /no/such/command"),
        ("process:", "not a command"),
        ("process:'", "not a command"),
        (f"process:{sys.executable} -c pass", "cannot be started: exit 0"),
        (f"process:{sys.executable} -c 'print(1)'", "cannot be started: protocol"),
        (f"process:env TOY_PROTOCOL=2 {TOY}", "cannot be started: protocol"),
    ],
)
def test_an_engine_that_cannot_be_built_is_one_sentence(name: str, complaint: str) -> None:
    with pytest.raises(UnknownEngine, match=complaint):
        build(name)


def test_engines_from_outside_by_file_by_module_and_by_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    served = build(f"process:{sys.executable} -m drt.engines.serve ./examples/tiny_engine.py:TinyEngine")

    assert build("./examples/tiny_engine.py:TinyEngine").name == served.name == "tiny"
    assert build("tests.drt.conformance.fake_engine:FakeEngine").name == "fake"
    assert smoke(served) == smoke(build(TINY)) == []
    assert build(f"process:{TOY}").name == "toy"


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

    question = {"ask": "authorize", "case": CASE, "request": REQUEST}
    answers = served(
        FakeEngine({"load": load}),
        *({"seq": seq, **question} for seq in range(3)),
        {"seq": 3, **question, "case": CASE | {"entities": "[1]"}},
    )

    assert [answer["decision"] for answer in answers] == ["deny"] * 4
    assert [case.entities for case in loads] == ["[]", "[1]"]


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
        {"seq": 1, "ask": "authorize", "case": CASE, "request": {"nope": 1}},
        {"seq": 1, "ask": "load", "case": 5},
    ],
)
def test_a_bad_question_is_a_failure_not_a_death(question: dict[str, object]) -> None:
    bad, good = served(FakeEngine(), question, {"seq": 2, "ask": "start", "protocol": 1})

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
            loaded.authorize(ANYONE),
            linked.authorize(ANYONE),
            loaded.authorize(Request('{"principal": 1}', validate=False)),
            loaded.evaluate("principal is User", ANYONE),
            loaded.validate(),
            loaded.validate("permissive", 1),
            engine.read_policies(policy),
            engine.print_policies(policy, templates=False),
            engine.format_policies(policy.text, 60, 3),
            engine.read_expression("1 + 1"),
            engine.read_entities("[]", schema),
            engine.read_entities("[", None),
            engine.read_schema(schema),
            engine.translate_schema(schema, "cedar"),
            engine.load(Case(Source("permit("))),
        ]
        if engine is direct:
            expected = answers

    assert answers == expected
    assert len({type(answer) for answer in answers}) >= 6
    assert GuardedLoaded not in {type(answer) for answer in answers}
