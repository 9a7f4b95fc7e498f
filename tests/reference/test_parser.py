"""What the reference parser takes, refuses and builds (spec 01)."""

from __future__ import annotations

from itertools import product

import pytest

from reference.errors import InputError
from reference.policies import ActionEquals, ActionIn, Equals, slots
from reference.syntax import (
    And,
    Binary,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Like,
    Lit,
    RecordOf,
    SetOf,
    Slot,
    Star,
    Unary,
    Var,
)
from reference.text.parser import GRAMMAR, parse_expression, parse_policies
from reference.values import TRUE, EntityUid, Long, String

CONTEXT = Var("context")


def number(value: int) -> Lit:
    return Lit(Long(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("007", number(7)),
        ("- 1", number(-1)),
        ("-9223372036854775808", number(-(2**63))),
        ("--9223372036854775808", Unary("neg", number(-(2**63)))),
        ("-(1)", Unary("neg", number(1))),
        ("-1.foo", Unary("neg", GetAttr(number(1), "foo"))),
        ("(-9223372036854775808).foo", GetAttr(number(-(2**63)), "foo")),
        ("1--1", Binary("-", number(1), number(-1))),
        ("1-1", Binary("-", number(1), number(1))),
        ("1in[1]", Binary("in", number(1), SetOf((number(1),)))),
        ("1has a", HasAttr(number(1), "a")),
        ("if true then 1else 2", If(Lit(TRUE), number(1), number(2))),
        ("!context.x.y", Unary("!", GetAttr(GetAttr(CONTEXT, "x"), "y"))),
        ("1 - 2 + 3", Binary("+", Binary("-", number(1), number(2)), number(3))),
        ('context["if"]', GetAttr(CONTEXT, "if")),
        ('context has "a.b"', HasAttr(CONTEXT, "a.b")),
        ("context has principal.action", HasPath(CONTEXT, ("principal", "action"))),
        ("{principal: 1, a: 2}", RecordOf((("a", number(2)), ("principal", number(1))))),
        ('principal::"a"', Lit(EntityUid("principal", "a"))),
        ('User :: // which\n "a"', Lit(EntityUid("User", "a"))),
        (r'"\x41\u{1_F600}\0\'\u{1__2_}"', Lit(String("A\U0001f600\0'\x12"))),
        ('"a\n\u0301b//c"', Lit(String("a\n\u0301b//c"))),
        (r'"" like "a\*\x2a\\*"', Like(Lit(String("")), ("a", "*", Star(), "\\", Star()))),
    ],
)
def test_builds_the_syntax(text: str, expected: object) -> None:
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "18446744073709551616", "9223372036854775808", "-9223372036854775809", "-(9223372036854775808)",
        "-9223372036854775808.foo", '-9223372036854775808["a"]', "2-9223372036854775808",
        "1_000", "1.0", "0x10", "1e5", "1 / 2", "1 % 2", "1 = 2", "/* a */ 1",
        "!!!!!true", "-----1", "!-1", "-!true", "1 + if true then 1 else 2", "!if true then 1 else 2",
        "1 == 2 == 3", "1 < 2 == true", "context has a has b", "context has a == true",
        'principal in A::"x" is T', '"a" like "b" like "c"', '"a" like context.b', 'principal is "User"',
        "principal is (User)", "context.if", "context.__cedar", "context has if", "context has a.if",
        'context has "a".b', 'context has a["b"]', "context has (a)", "context[a]", "context[0]",
        "{if: 1}", "{a: 1, a: 2}", '{"\\u{61}": 1, a: 2}', "{A::b: 1}", "{1: 2}", "[,]", "{,}", "ip(,)",
        "[1,,2]", "a", "A::B", "a.b", 'foo("a")', 'A::ip("a")', "context()", "contains(1)", '"1.2".decimal()',
        "[1].contains()", "[1].isEmpty(1)", "[1].foo()", "User::{a: 1}", 'if::"a"', 'A::__cedar::"a"',
        "?principal == 1", 'unknown("a")', r'"\q"', r'"\*"', r'"\x80"', r'"\xZZ"', r'"\x+1"', r'"\u0041"',
        r'"\u{}"', r'"\u{_1}"', r'"\u{0000041}"', r'"\u{D800}"', r'"\u{110000}"', '"\r"', '"a\\\nb"', '"a',
        "\ufeff1", "1 \u200b", "1 \x1c", "U\u00e9", "\ud800", "", "1 1",
    ],
)  # fmt: skip
def test_refuses_the_expression(text: str) -> None:
    with pytest.raises(InputError, match=r"expression at line \d+, column \d+: "):
        parse_expression(text)


@pytest.mark.parametrize(
    "space", list("\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000")
)
def test_white_space_separates_tokens(space: str) -> None:
    assert parse_expression(f"1{space}+{space}1") == Binary("+", number(1), number(1))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_comment_ends_with_the_line(end: str) -> None:
    assert parse_expression(f"1 // + 2{end} + 3") == Binary("+", number(1), number(3))


@pytest.mark.parametrize(
    "text",
    [
        "", "// nothing", "permit(principal, action, resource,);", "@permit permit(principal, action, resource);",
        '@in("x") @__cedar forbid(principal, action, resource) when { true } unless { 1 };',
        'permit(principal == ((A::B::"x")), action in ([(Action::"a"),]), resource is T in ?resource);',
        "permit(principal, action in [], resource is permit);",
    ],
)  # fmt: skip
def test_takes_the_policies(text: str) -> None:
    parse_policies(text)


@pytest.mark.parametrize(
    "text",
    [
        "permit(principal, action);", "permit(action, principal, resource);", "Permit(principal, action, resource);",
        "permit(principal, action, resource)", "permit(principal, action, resource,,);",
        "permit(principal: T, action, resource);", 'permit(principal != A::"x", action, resource);',
        'permit(principal in [A::"x"], action, resource);', 'permit(principal == "a", action, resource);',
        "permit(principal == ?resource, action, resource);", "permit(principal, action == ?action, resource);",
        "permit(principal == ?foo, action, resource);", 'permit(principal is T == A::"x", action, resource);',
        'permit(principal in A::"x" is T, action, resource);', "permit(principal is ?principal, action, resource);",
        'permit(principal, action is Action, resource);', 'permit(principal, action == A::"x", resource);',
        'permit(principal, action == [Action::"x"], resource);', "permit(principal, action in [,], resource);",
        'permit(principal, action in [[Action::"x"]], resource);', '@a() permit(principal, action, resource);',
        "@a @a permit(principal, action, resource);", "@a.b permit(principal, action, resource);",
        "permit(principal, action, resource) when {};", "permit(principal, action, resource) where { true };",
        "permit(principal, action, resource) when { principal == ?principal };",
        r'@a("\*") permit(principal, action, resource);',
    ],
)  # fmt: skip
def test_refuses_the_policies(text: str) -> None:
    with pytest.raises(InputError, match=r"policies at line 1, column \d+: "):
        parse_policies(text)


def test_action_lists_keep_order_and_duplicates() -> None:
    a, b = EntityUid("Action", "a"), EntityUid("N::Action", "b")
    text = 'permit(principal, action in [N::Action::"b", Action::"a", Action::"a"], resource);'
    assert parse_policies(text)[0].action == ActionIn((b, a, a))
    assert parse_policies('permit(principal, action in Action::"a", resource);')[0].action == ActionIn((a,))
    assert parse_policies('permit(principal, action == Action::"a", resource);')[0].action == ActionEquals(a)


def test_slots_make_a_template() -> None:
    body = parse_policies("permit(principal == ?principal, action, resource in ?resource);")[0]
    assert slots(body) == {"?principal", "?resource"}
    assert body.principal == Equals(Slot("?principal"))


def test_conjunctions_nest_to_the_left() -> None:
    one, two, three = (GetAttr(CONTEXT, name) for name in "abc")
    assert parse_expression("context.a && context.b && context.c") == And(And(one, two), three)


def test_an_error_names_the_place_and_what_was_expected() -> None:
    with pytest.raises(InputError) as caught:
        parse_policies("permit(principal, action, resource)\nwhen { 1 == };")
    assert (caught.value.line, caught.value.column) == (2, 13)
    assert "expected" in caught.value.message


class Forgetful(dict[tuple[int, int, str], int]):
    """A memory that keeps nothing, so that every step is taken."""

    def __setitem__(self, _where: tuple[int, int, str], _state: int) -> None:
        """Forget it."""


def test_what_the_parser_remembers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    operands = ("1", "(x)", "-1", "!true", "[1, 2]", "{a: 1}", "context.a", 'ip("::1")', "if a then b else c")
    operators = ("<", "in", "+", "*", "&&", "||", "has", "like", ".a", "[", ")", "=", "")
    texts = [" ".join(parts) for parts in product(operands, operators, operands)]
    remembered = [read(text) for text in texts]
    assert GRAMMAR.passed
    monkeypatch.setattr(GRAMMAR, "passed", Forgetful())

    assert [read(text) for text in texts] == remembered
    assert len({type(one) for one in remembered}) > 2
    assert not GRAMMAR.passed


def read(text: str) -> object:
    try:
        return parse_expression(text)
    except InputError as error:
        return str(error)
