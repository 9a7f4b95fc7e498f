"""Depth and size: linear work and a clean answer, from any thread and under the usual recursion limit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from threading import Thread

import pytest

from reference.authorizer import authorize
from reference.entities import EMPTY, Entity, store
from reference.errors import InputError
from reference.evaluator import evaluate
from reference.json.entities import read_entities
from reference.json.policy_writer import expression_to_json
from reference.json.writer import write_json
from reference.policy_set import from_bodies
from reference.request import Request
from reference.support.recursion import deep_recursion, door
from reference.text.expression_printer import print_expression
from reference.text.parser import parse_expression, parse_policies
from reference.values import FALSE, TRUE, EntityUid, Record, canonical
from reference.wildcard import matches

REQUEST = Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("R", "r"), Record({}))
DEEP, LONG = 1_000, 100_000


def limited(work: Callable[[], None]) -> None:
    """Run in a thread of its own, behind a door, under the interpreter's usual limit."""
    escaped: list[BaseException] = []

    def run() -> None:
        try:
            door(work)()
        except BaseException as error:
            escaped.append(error)

    assert sys.getrecursionlimit() <= 1_000
    thread = Thread(target=run)
    thread.start()
    thread.join()
    if escaped:
        raise escaped[0]


NESTED = {
    "groups": "(" * DEEP + "true" + ")" * DEEP,
    "sets": "[" * 999 + "1" + "]" * 999 + " == " + "[" * 999 + "1,1" + "]" * 999,
    "records": "{a: " * DEEP + "1" + "}" * DEEP + " has a",
    "conditionals": "if true then " * DEEP + "true" + " else 1" * DEEP,
    "else branches": "if false then 1 else " * DEEP + "true",
    "negated groups": "!(" * DEEP + "true" + ")" * DEEP,
    "arguments": "[true].contains(" * DEEP + "true" + ")" * DEEP,
    "groups to the right": "(true && " * DEEP + "true" + ")" * DEEP,
    "tests of tests": "(if " * 300 + "principal is U in principal" + " then principal else principal) is U in principal" * 300,
}  # fmt: skip
CHAINS = {
    "and": "true && " * LONG + "true",
    "or": "false || " * LONG + "true",
    "sum": "0 + " * LONG + "1 == 1",
    "product": "1 * " * LONG + "1 == 1",
    "path": "!(context has a" + ".a" * LONG + ")",
    "set": "[" + "1, " * LONG + "2].contains(2)",
    "record": "{" + ", ".join(f"a{n}: 1" for n in range(LONG // 4)) + "} has a7",
    "text": '"' + "a" * 10_000_000 + '" != "b"',
    "escapes": '"' + r"\u{61}" * LONG + '" == "' + "a" * LONG + '"',
}


@pytest.mark.slow
@pytest.mark.parametrize("text", [*NESTED.values(), *CHAINS.values()], ids=[*NESTED, *CHAINS])
def test_is_read_evaluated_and_printed(text: str) -> None:
    def work() -> None:
        expr = parse_expression(text)
        assert evaluate(expr, REQUEST, EMPTY) == TRUE
        assert parse_expression(print_expression(expr)) == expr

    limited(work)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [NESTED["sets"], NESTED["conditionals"], "true && " * 20_000 + "true", CHAINS["escapes"]]
)
def test_is_written_as_json(text: str) -> None:
    def work() -> None:
        assert write_json(expression_to_json(parse_expression(text)))

    limited(work)


@pytest.mark.slow
@pytest.mark.parametrize("access", [".a", '["a"]'])
def test_accesses_may_chain(access: str) -> None:
    def work() -> None:
        expr = parse_expression("context" + access * LONG)
        assert parse_expression(print_expression(expr)) == expr
        assert hash(expr) == hash(parse_expression(print_expression(expr)))

    limited(work)


@pytest.mark.parametrize(
    "opening", ["(", "[", "{a: ", "if ", "if true then ", "if true then 1 else ", "ip(", "!(", "1.contains(", "[[("]
)  # fmt: skip
@pytest.mark.parametrize("times", [1_001, 100_000])
def test_deeper_nesting_is_refused(opening: str, times: int) -> None:
    with pytest.raises(InputError, match="nesting deeper than 1,000 levels"):
        parse_expression(opening * times)


def test_the_limit_counts_what_is_inside_and_not_what_follows() -> None:
    parse_expression("(" * DEEP + 'context["a"].b' + ")" * DEEP + '["a"]' * 10)
    parse_expression("[" + "(1), " * 2_000 + "]")
    parse_expression("[" + "if true then 1 else 2, " * 2_000 + "]")
    for inner in ("[]", "{}", "ip()", "(1)", "1.isEmpty()", "if true then 1 else 1"):
        parse_expression("(" * 999 + inner + ")" * 999)
        with pytest.raises(InputError, match="nesting"):
            parse_expression("(" * DEEP + inner + ")" * DEEP)


@pytest.mark.parametrize(
    "text", ["permit(principal == %s, action, resource);", "forbid(principal, action, resource) when { %s };"]
)
def test_the_brackets_of_a_policy_do_not_count(text: str) -> None:
    operand = 'A::"x"'
    parse_policies(text % ("(" * DEEP + operand + ")" * DEEP))
    with pytest.raises(InputError, match="nesting"):
        parse_policies(text % ("(" * (DEEP + 1) + operand + ")" * (DEEP + 1)))


@pytest.mark.slow
def test_many_clauses_and_many_policies() -> None:
    def work() -> None:
        one = from_bodies(
            parse_policies("permit(principal, action, resource)" + " when { true }" * LONG + ";")
        )
        assert authorize(one.policies(), REQUEST, EMPTY).decision == "allow"
        many = from_bodies(parse_policies("permit(principal, action, resource);" * 5_000))
        assert len(authorize(many.policies(), REQUEST, EMPTY).determining) == 5_000

    limited(work)


def test_nested_paths_are_written_as_long_as_they_are() -> None:
    nested = "(if " * 300 + "context has a.b" + " then context else context) has a.b" * 300
    expr = parse_expression(nested)
    with deep_recursion():
        assert evaluate(expr, REQUEST, EMPTY) == FALSE
        assert len(write_json(expression_to_json(expr))) < 50 * 1_000


@pytest.mark.slow
def test_long_hierarchies() -> None:
    chain = [Entity(uid(n), {}, frozenset([uid(n + 1)]), {}) for n in range(LONG)]
    entities = store(chain)
    assert len(entities.ancestors(uid(0))) == LONG
    with pytest.raises(InputError, match="cycle"):
        store([*chain, Entity(uid(LONG), {}, frozenset([uid(0)]), {})])
    fan = Entity(uid(-1), {}, frozenset(uid(n) for n in range(LONG)), {})
    assert len(store([fan, *chain]).ancestors(uid(-1))) == LONG + 1


def uid(number: int) -> EntityUid:
    return EntityUid("T", str(number))


def test_deep_and_large_documents() -> None:
    with pytest.raises(InputError, match="entities"):
        read_entities("[" * 200_000)
    text = json.dumps([{"uid": {"type": "U", "id": "a"}, "attrs": {"x": list(range(LONG))}, "parents": []}])
    assert len(canonical(read_entities(text).by_uid[EntityUid("U", "a")].attrs["x"])) > LONG


def test_a_pattern_of_many_wildcards_is_matched_in_product_time() -> None:
    pattern = parse_expression('"" like "' + "*a" * 200 + '*b"').pattern  # type: ignore[union-attr]
    assert not matches("a" * 20_000, pattern)
