"""Little room for recursion: small stacks, low limits and deep callers get the answers that others get."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

import reference
import reference.support.recursion
from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from drt.model.case import Case, Inquiry, Request, Source
from reference.support.recursion import CallerTooDeep
from reference.values import Long

T = TypeVar("T")

ENGINE = ReferenceEngine()
DEEP, LONG = 900, 2_000
SCHEMA = Source(
    f"""
entity User {{m: User, flag: Bool, r: {"{a: " * 100}Long{"}" * 100}}};
entity Doc;
action view appliesTo {{principal: User, resource: Doc}};
"""
)
REQUEST = '{"principal": "User::\\"a\\"", "action": "Action::\\"view\\"", "resource": "Doc::\\"d\\"", "context": {%s}}'
DEEP_REQUEST = Request(REQUEST % f'"a": {"[" * 126}1{"]" * 126}')
ENTITIES = f'[{{"uid": {{"type": "Z", "id": "a"}}, "parents": [], "attrs": {{"r": {{"a": {"[" * 120}1{"]" * 120}}}}}}}]'
CONDITIONS = {
    "groups": "(" * DEEP + "true" + ")" * DEEP,
    "sets": "[" * DEEP + "1" + "]" * DEEP + " == " + "[" * DEEP + "1,1" + "]" * DEEP,
    "records": "{a: " * DEEP + "1" + "}" * DEEP + " has a",
    "conditionals": "if true then " * DEEP + "true" + " else false" * DEEP,
    "negations": "!(" * DEEP + "true" + ")" * DEEP,
    "arguments": "[true].contains(" * DEEP + "true" + ")" * DEEP,
    "conjunction": " && ".join(["principal.flag"] * LONG),
    "sum": "1 + " * LONG + "1 == 1",
    "accesses": f"principal{'.m' * LONG} == principal",
}


def outcomes(condition: str) -> Iterator[object]:
    """What the engine answers to everything that it can be asked."""
    policies = Source(f"permit(principal, action, resource) when {{ {condition} }};")
    yield ENGINE.read_policies(policies)
    yield ENGINE.print_policies(policies, templates=True)
    yield ENGINE.read_expression(condition)
    yield ENGINE.read_entities(ENTITIES, None)
    yield ENGINE.read_schema(SCHEMA)
    yield ENGINE.translate_schema(SCHEMA, "json")
    yield ENGINE.link_schemas([SCHEMA], complete=True)
    yield ENGINE.answer(Inquiry((SCHEMA,), policies))
    unchecked = ENGINE.load(Case(policies, ENTITIES))
    assert isinstance(unchecked, LoadedReference)
    yield unchecked.authorize(DEEP_REQUEST)
    yield unchecked.evaluate(condition, DEEP_REQUEST)
    yield unchecked.evaluate("context", DEEP_REQUEST)
    checked = ENGINE.load(Case(policies, "[]", SCHEMA))
    assert isinstance(checked, LoadedReference)
    yield checked.validate("strict", 3)
    yield checked.authorize(Request(REQUEST % ""))


def in_thread(work: Callable[[], T]) -> T:
    """The result of work in a thread of its own, whose stack begins empty."""
    found: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return found[0]


def below(levels: int, work: Callable[[], T]) -> T:
    """The result of work, done so many calls deep."""
    return work() if levels == 0 else below(levels - 1, work)


@pytest.fixture
def limit() -> Iterator[Callable[[int], None]]:
    """Sets the recursion limit for one test."""
    before = sys.getrecursionlimit()
    yield sys.setrecursionlimit
    sys.setrecursionlimit(before)


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=list(CONDITIONS))
def test_a_caller_985_calls_deep(condition: str, limit: Callable[[int], None]) -> None:
    limit(1_000)
    assert in_thread(lambda: below(985, lambda: list(outcomes(condition)))) == list(outcomes(condition))


@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=list(CONDITIONS))
def test_a_recursion_limit_of_200(condition: str, limit: Callable[[int], None]) -> None:
    ordinary = list(outcomes(condition))
    limit(200)
    assert in_thread(lambda: list(outcomes(condition))) == ordinary
    assert sys.getrecursionlimit() == 200


@pytest.mark.slow
def test_a_stack_of_128_kilobytes() -> None:
    """In a process of its own, which an overflow would end."""
    ended = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 0
    assert ended.stdout.splitlines() == [repr(list(outcomes(each))) for each in CONDITIONS.values()]


def test_at_every_depth_there_is_an_answer_or_one_error(limit: Callable[[int], None]) -> None:
    """Python's own error only where the engine's function cannot call anything, or not even be called."""
    limit(150)
    seen = [met(levels) for levels in range(160)]
    assert sys.getrecursionlimit() == 150
    answers = seen.count("answer")
    errors = seen.count("CallerTooDeep")
    assert answers > 135
    assert errors >= 1
    assert seen == ["answer"] * answers + ["CallerTooDeep"] * errors + ["Python"] * (160 - answers - errors)


def met(levels: int) -> str:
    """What a caller meets so many calls deep."""
    try:
        value = in_thread(lambda: below(levels, lambda: reference.evaluate("1 + 2", "[]", REQUEST % "")))
    except CallerTooDeep:
        return "CallerTooDeep"
    except RecursionError as error:
        return "Python" if frames(error) <= {__file__, reference.support.recursion.__file__} else "reference"
    return "answer" if value == Long(3) else "another value"


def frames(error: BaseException) -> set[str]:
    """The files of the functions that an exception passed."""
    files, traceback = set(), error.__traceback__
    while traceback is not None:
        files.add(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    return files


if __name__ == "__main__":
    threading.stack_size(131_072)
    for each in CONDITIONS.values():
        print(in_thread(lambda each=each: repr(list(outcomes(each)))))  # type: ignore[misc]
