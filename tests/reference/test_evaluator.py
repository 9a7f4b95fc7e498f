"""The value or the error of every form (spec 02), on the store of spec 02 §7."""

from __future__ import annotations

import pytest

from reference.desugar import core
from reference.entities import Entities
from reference.errors import EvaluationError
from reference.evaluator import evaluate
from reference.json.entities import read_entities
from reference.request import Request
from reference.syntax import Slot
from reference.text.parser import parse_expression
from reference.values import FALSE, TRUE, EntityUid, Record, Value

STORE = """[
    {"uid": {"type": "User", "id": "a"}, "parents": [{"type": "Group", "id": "g1"}], "tags": {"t": "v", "n": 5},
     "attrs": {"n": 1, "r": {"x": 1}, "s": [1, 2], "name": "bob", "u": {"__entity": {"type": "User", "id": "zz"}}}},
    {"uid": {"type": "Group", "id": "g1"}, "attrs": {}, "parents": [{"type": "Group", "id": "g2"}]}
]"""
ENTITIES: Entities = read_entities(STORE)
REQUEST = Request(EntityUid("User", "a"), EntityUid("Action", "x"), EntityUid("Doc", "d"), Record({}))


def value(text: str) -> Value:
    return evaluate(parse_expression(text), REQUEST, ENTITIES)


@pytest.mark.parametrize(
    "text",
    [
        '"1" != 1', "1 != true", "[] != {}", 'User::"a" != "a"', "[1,2] == [2,1,1]", "[[1],[1,1]] == [[1]]",
        'decimal("1.0") == decimal("1.0000")', 'ip("10.0.0.1") == ip("10.0.0.1/32")', '"é" != "e\\u{301}"',
        'ip("10.0.0.1/24") != ip("10.0.0.0/24")', 'datetime("1970-01-01") != duration("0ms")',
        "true || 1", "!(false && 1)", "true || principal.foo", 'if true then true else 1+"a" == 2',
        "-9223372036854775807 - 1 == -9223372036854775808", "-9223372036854775808 * 1 < 0", "-2*3 == -6",
        "1*2*3 == 6 && 7-2-1 == 4", 'datetime("1970-01-01") < datetime("1970-01-02")',
        'duration("1ms") >= duration("1ms")', "![1,2].contains(\"a\")", "[].containsAll([])",
        "[1].containsAll([])", "![1].containsAll([1,2])", "[1,2].containsAll([1])", "![].containsAny([])",
        "[[],[[]]].contains([[]])", "[].isEmpty()", "![1, true].contains(false)", "[1, true].contains(true)",
        'principal in Group::"g2"', '!(principal in Group::"zz")', 'User::"zz" in User::"zz"',
        'principal in [Group::"zz", Group::"g2"]', "!(principal in [])", 'User::"zz" is User',
        "!(principal is Group in 1)", 'principal is User in Group::"g1"', "principal has r.x",
        "!(principal has nope.y.z)", "!(principal has u.n)", '!(User::"zz" has n)', "!(principal has t)",
        'principal.hasTag("t")', '!principal.hasTag("name")', 'principal.getTag("t") == "v"',
        '!User::"zz".hasTag("t")', '"abc" like "a*"', '"" like "*"', '"" like ""', '"a*c" like "a\\*c"',
        '!("abc" like "a\\*c")', '"ab" like "a**b"', '"aXbXc" like "a*b*c"', '!("abc" like "*c*b*")',
        '"" like "**"', '"😀" like "*😀"', "{a:[1]}.a.contains(1)", "principal != action",
        '[decimal("1.0"),1,"a",true,User::"a",{},[]].contains([])',
    ],
)  # fmt: skip
def test_is_true(text: str) -> None:
    assert value(text) == TRUE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("true && 1", "type"), ("1 && true", "type"), ("false || 1", "type"), ("1 || true", "type"),
        ("if 1 then 2 else 3", "type"), ("!1", "type"), ("-true", "type"), ('1 + "a"', "type"),
        ("true < false", "type"), ('"a" >= "b"', "type"), ('1 < duration("1s")', "type"),
        ('decimal("1.0") < decimal("2.0")', "type"), ('"".isEmpty()', "type"), ("1.contains(1)", "type"),
        ("[1].containsAll(1)", "type"), ("1.containsAny([1])", "type"), ('"a" in [1]', "type"),
        ('principal in [Group::"g1", 1]', "type"), ("principal in {}", "type"), ("1 in principal", "type"),
        ("principal is User in 1", "type"), ("1 is User", "type"), ("1.foo", "type"), ("1 has foo", "type"),
        ("principal has n.y", "type"), ("principal has r.x.y", "type"), ("principal.hasTag(1)", "type"),
        ('{}.hasTag("a")', "type"), ('1 like "a"', "type"), ('{b: 1+"a", a: context.x}', "attr-missing"),
        ("context.a", "attr-missing"), ("principal.nope", "attr-missing"), ("principal.u.n", "entity-missing"),
        ('User::"zz".getTag("t")', "entity-missing"), ('principal.getTag("x")', "tag-missing"),
        ("9223372036854775807 + 1", "overflow"), ("-9223372036854775808 - 1", "overflow"),
        ("9223372036854775807 * 2", "overflow"), ("-(-9223372036854775808)", "overflow"),
        ("-9223372036854775808 * -1", "overflow"), ("context.a > principal.u.n", "attr-missing"),
        ("{a: 1, b: principal.nope}.a", "attr-missing"), ('decimal("x").lessThan()', "extension"),
        ("ip()", "arity"), ('decimal("1.0").lessThan(decimal("1.0"), 1)', "arity"),
        ('decimal("1.0").lessThan("2.0")', "type"), ('"1.2.3.4".isIpv4()', "type"), ("ip(1)", "type"),
        ('duration("1d").toDate()', "type"), ('principal.foo || true', "attr-missing"),
    ],
)  # fmt: skip
def test_fails_with(text: str, kind: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value(text)
    assert caught.value.kind == kind


def test_an_unlinked_slot_has_no_value() -> None:
    with pytest.raises(EvaluationError, match="unlinked-slot"):
        evaluate(Slot("?principal"), REQUEST, ENTITIES)


@pytest.mark.parametrize(
    "text",
    [
        "1 != 2", "1 > 2", "1 >= 2", '1 > "a"', 'principal is User in Group::"g1"', "principal is Group in 1",
        "principal has r.x", "principal has nope.x", "principal has n.y", "principal has u.n.x", "1 has a.b",
    ],
)  # fmt: skip
def test_sugar_means_its_expansion(text: str) -> None:
    sugared = parse_expression(text)
    assert core(sugared) != sugared
    assert outcome(sugared) == outcome(core(sugared))


def outcome(expr: object) -> object:
    try:
        return evaluate(expr, REQUEST, ENTITIES)  # type: ignore[arg-type]
    except EvaluationError as error:
        return error.kind


def test_false_and_true_are_not_numbers() -> None:
    assert value("[0, 1].contains(false)") == FALSE
    assert value("{a: true} == {a: 1}") == FALSE
