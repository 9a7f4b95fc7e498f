"""Texts are accepted and refused as spec 01 says, and errors name the place."""

from __future__ import annotations

import json

import pytest

from production.documents.policy_json_writer import expression_json
from production.errors import PolicyError
from production.text.expression_parser import parse_expression
from production.text.parser import parse_policies
from tests.shared_material import shared_folder

ACCEPTED = r"""
1in[1]
context has a.b && principal has if_ && context has principal.action
"a"like"b"
if true then 1else 2
principal::"a" == permit::"b" && when::"c" is principal
{principal: 1, "if": 2,}["if"]
context["__cedar"].contains
-9223372036854775808
--9223372036854775808
(-9223372036854775808).foo
-9223372036854775808*1
1+-1 == 1--1
1-----1 == 2
!!!!true
[1,2,] == ip("a",)
(1 in 2) in 3
if true then false else false && true
User :: "a" // comment
decimal("1.0").lessThan(1,2)
1.foo.bar["x"]
"\u{1_F600}" == "\x41\0\'"
007 == 7
principal is T in [A::"x"]
"""

REFUSED = r"""
1 == 2 == 3
1 < 2 == true
x has a has b
context has a.b == true
principal is T == true
principal is T in A::"x" is T
"a" like "b" like "c"
1 + if true then 1 else 2
true && if true then true else true
!if true then true else true
!-1
-!true
!!!!!true
-----1
9223372036854775808
-9223372036854775809
-(9223372036854775808)
-9223372036854775808.foo
2-9223372036854775808
18446744073709551616
1_000
1.0
0x10
[,]
ip(,)
[1,,2]
context.if
context.__cedar
context has if
{if: 1}
{a: 1, "\u{61}": 2}
{1: 2}
foo("a")
A::ip("a")
contains(1)
"1.2".decimal()
[1].contains()
[1].isEmpty(1)
principal.foo()
context()
unknown("x")
a
A::B
A::if::"a"
1 / 2
1 % 2
1 = 2
?principal
"\u{D800}"
"\u{}"
"\u{0000041}"
"\x80"
"\q"
"\*"
"a" like ("b")
"a" like principal
principal is "User"
principal is User::"a"
context has "a".b
context[0]
context["a" + "b"]
User::{a: 1}
Ué::"a"
/* c */ 1
(1
1)
"""


@pytest.mark.parametrize("text", [line for line in ACCEPTED.split("\n") if line])
def test_accepted(text: str) -> None:
    node = parse_expression(text)

    assert expression_json(node).startswith("{")


@pytest.mark.parametrize("text", [line for line in REFUSED.split("\n") if line])
def test_refused_with_its_place(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_expression(text)

    assert caught.value.line == 1
    assert 1 <= caught.value.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "permit(principal, action)\n;",
            "line 1, column 25: expected `==`, `in`, or the end of the constraint, found `)`",
        ),
        (
            "\r\npermit(principal\r, action, resource) when {}",
            "line 3, column 27: expected an expression, found `}`",
        ),
        ('permit(principal, action == A::"x", resource);', "expected an entity of type Action"),
        ("@a @a permit(principal, action, resource);", "line 1, column 5: a second annotation `@a`"),
        ('permit(principal, action, resource) when { "abc', "a string literal that never ends"),
        ("\ufeffpermit(principal, action, resource);", "line 1, column 1: expected `permit` or `forbid`"),
    ],
)
def test_messages_say_where_and_what(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policies(text)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    "space", [chr(code) for code in (0x85, 0xA0, 0x1680, 0x2003, 0x2028, 0x202F, 0x205F, 0x3000, 0x0B)]
)
def test_unicode_white_space_separates_tokens(space: str) -> None:
    assert len(parse_policies(f"permit{space}(principal,action,resource){space};")) == 1


@pytest.mark.parametrize("code", [0x1C, 0x1F, 0x180E, 0x200B, 0x2060, 0xFEFF, 0xD800])
def test_other_characters_do_not(code: int) -> None:
    with pytest.raises(PolicyError):
        parse_policies(f"permit{chr(code)}(principal,action,resource);")


def test_a_carriage_return_ends_a_comment() -> None:
    assert len(parse_policies("// a\rpermit(principal, action, resource);")) == 1


@pytest.mark.shared
def test_recorded_verdicts() -> None:
    wrong = []
    for line in (
        (shared_folder("conformance", "extra", "parser") / "parser.jsonl").read_text().split("\n")[:-1]
    ):
        record = json.loads(line)
        try:
            policies = parse_policies(record["text"])
        except PolicyError:
            accepted = False
        else:
            accepted = True
            templates = sum(bool(policy.slots) for policy in policies)
            if (len(policies) - templates, templates) != (record["static"], record["templates"]):
                wrong.append(record["text"])
        if accepted is not record["accept"]:
            wrong.append(record["text"])

    assert wrong == []
