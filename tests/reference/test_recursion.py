"""Recursion as deep as memory allows, and a recursion limit that is what it was afterwards."""

from __future__ import annotations

import sys
from threading import Barrier, Thread

import pytest

import reference
from reference.schema.reader import read_schema
from reference.support.recursion import deep_recursion
from reference.text.parser import parse_policies
from reference.validation.policies import validate
from reference.values import TRUE

REQUEST = (
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "r"}}'
)
LIMIT = sys.getrecursionlimit()


def depth(levels: int) -> int:
    return 0 if levels == 0 else 1 + depth(levels - 1)


def test_recursion_is_deep_inside_and_limited_outside() -> None:
    with deep_recursion():
        assert depth(200_000) == 200_000
    assert sys.getrecursionlimit() == LIMIT
    with pytest.raises(RecursionError):
        depth(200_000)


def test_an_exception_restores_the_limit() -> None:
    with pytest.raises(ValueError, match="mine"), deep_recursion(), deep_recursion():
        raise ValueError("mine")
    assert sys.getrecursionlimit() == LIMIT


def test_threads_that_overlap_restore_the_limit_once_all_have_left() -> None:
    """The one that enters first leaves first; the other still goes deep."""
    entered, left = Barrier(2), Barrier(2)
    found = []

    def first() -> None:
        with deep_recursion():
            entered.wait()
        left.wait()

    def second() -> None:
        with deep_recursion():
            entered.wait()
            left.wait()
            found.append(depth(100_000))

    threads = [Thread(target=first), Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [100_000]
    assert sys.getrecursionlimit() == LIMIT


@pytest.mark.slow
@pytest.mark.parametrize(
    "condition",
    [
        f"{'1 + ' * 100_000}1 == 1",
        " && ".join(["principal.flag"] * 100_000),
        " || ".join(["principal.flag"] * 100_000),
        f"principal{'.m' * 100_000} == principal",
    ],
    ids=["sum", "conjunction", "disjunction", "accesses"],
)
def test_chains_of_100_000_operands(condition: str) -> None:
    schema = read_schema(
        "entity User {m: User, flag: Bool}; action view appliesTo {principal: User, resource: User};"
    )
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    assert validate(body, schema, level=200_000).problems == ()
    assert sys.getrecursionlimit() == LIMIT


@pytest.mark.slow
@pytest.mark.parametrize(
    "expression",
    ["true && " * 200_000 + "true", "false || " * 200_000 + "true", "0 + " * 1_000_000 + "1 == 1"],
    ids=["conjunction", "disjunction", "sum"],
)
def test_chains_of_up_to_1_000_000_operands_have_values(expression: str) -> None:
    assert reference.evaluate(expression, "[]", REQUEST) == TRUE
    assert sys.getrecursionlimit() == LIMIT
