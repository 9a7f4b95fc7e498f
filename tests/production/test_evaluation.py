"""Expressions have the values and the errors of spec 02, in either tier."""

from __future__ import annotations

import pytest

from production.serving.server import Tier
from tests.production.asking import TIERS, answer_to, value_of

TRUE = r"""
"1" != 1 && 1 != true && [] != {} && User::"a" != "a" && decimal("1.0") != "1.0"
datetime("1970-01-01") != duration("0ms")
[1,2] == [2,1] && [1,1] == [1] && [[1],[1,1]] == [[1]]
[1, true] != [1] && [true].containsAll([true]) && ![1].contains(true) && ![{a: 1}].contains({a: true})
{a: 1, b: [true]} == {b: [true], a: 1} && {a: 1} != {a: true} && {a: 1} != {a: 1, b: 1}
decimal("1.0") == decimal("1.0000") && ip("::1") == ip("0:0:0:0:0:0:0:1") && duration("1d") == duration("24h")
[decimal("1.0"),1,"a",true,User::"a",{},[]].contains([])
[].containsAll([]) && [1].containsAll([]) && ![].containsAny([]) && [[],[[]]].contains([[]])
[1,2].containsAll([1]) && ![1].containsAll([1,2]) && [1,2].containsAny([2,3]) && ![].containsAny([1])
if true then true else 1+"a" == 2
true || 1
!(false && 1)
1*2*3 == 6 && 7-2-1 == 4 && -2*3 == -6
-9223372036854775807 - 1 == -9223372036854775808 && -9223372036854775808 * 1 < 0
1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && !(2 < 2)
datetime("2024-01-01") < datetime("2024-01-02") && duration("1s") <= duration("1000ms")
principal in Group::"g2" && principal in principal && principal in [Group::"zz", Group::"g2"]
User::"zz" in User::"zz" && !(User::"zz" in Group::"g1") && !(principal in [])
!(principal in Group::"zz") && !(principal is Group in 1) && principal is User in Group::"g1"
principal has r.x && !(principal has nope.y.z) && !(principal has u.n) && !(User::"zz" has n) && !(principal has t)
context has record.a.b && !(context has record.b) && context["record"]["a"].b == 2
principal.hasTag("t") && !principal.hasTag("x") && principal.getTag("n") == 5 && !User::"zz".hasTag("t")
"abc" like "a*" && "" like "*" && "" like "" && "a*c" like "a\*c" && !("abc" like "a\*c") && "ab" like "a**b"
"aXbXc" like "a*b*c" && !("abc" like "*c*b*") && "" like "**" && "x\ny" like "x*y" && "😀a" like "*a"
"aa" like "a*a" && !("a" like "a*a") && "a*" like "a\x2a" && "ab" like "a\u{2a}"
{a:[1]}.a.contains(1) && principal != action && principal.name == "bob"
{b: context.one, a: [context.word]}.a.contains("w") && [context.one, context.yes].contains(true)
context.yes && context.one == 1 && context.word like "w" && !context.set.isEmpty() && [].isEmpty()
decimal("1.1").lessThanOrEqual(decimal("1.10")) && !decimal("1.1").lessThan(decimal("1.10"))
decimal(if true then "1.0" else "2.0") == decimal("1.0") && ip("1.2.3.4").isInRange(ip("1.2.3.0/24"))
datetime("2024-01-01").toDate().offset(datetime("2024-01-01").toTime()) == datetime("2024-01-01")
(if context.yes then principal.n else "x") == 1 && (if !context.yes then 1 else "x") == "x"
"""

ERRORS = {
    "type": """
principal in [Group::"g1", 1]
principal in {}
1 in principal
"a" in [1]
1.foo == 1
principal.hasTag(1)
[1 + "a"].isEmpty()
{a: 1 + "a"} has b
1 == 1 + "a"
"a" >= "b"
"".isEmpty()
true && 1
1 && true
false || 1
1 || true
if 1 then true else true
!1
-"a"
1 < duration("1s")
decimal("1.0") < decimal("2.0")
datetime("2024-01-01") < duration("1s")
principal has n.y
principal has r.x.y
principal is User in 1
1 is User
1 like "a"
[1].containsAll(1)
1.contains(1)
{}.getTag("t")
1.getTag("t")
decimal(1)
decimal("1.0").lessThan("2.0")
"1.2.3.4".isIpv4()
context.one + context.yes
context.yes + 1
(if context.yes then 1 else true) && true
context.word < 1""",
    "attr-missing": """
principal.nope == 1
context.a == 1
{b: 1+"a", a: context.x}
{a: 1}.b
principal.r.y""",
    "entity-missing": """
principal.u.n == 1
User::"zz".getTag("t") == "v"
resource.x
resource.x || true""",
    "tag-missing": 'principal.getTag("x") == "v"',
    "overflow": """
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 2
-(-9223372036854775808)
-9223372036854775808 * -1
9223372036854775807 + context.one - 1""",
    "extension": """
decimal("x")
ip(context.word)
decimal("x").lessThan()
datetime("1970-01-02").offset(duration("9223372036854775807ms"))""",
    "arity": """
ip()
decimal("1.0").lessThan()
decimal("1.0").lessThan(decimal("1.0"), 1)
ip("1.1.1.1").isInRange()""",
}


def lines(text: str) -> list[str]:
    return [line for line in text.strip().split("\n") if line]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("expression", lines(TRUE))
def test_true_expressions(expression: str, tier: Tier) -> None:
    assert value_of(expression, tier) is True


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("expression", "kind"), [(line, kind) for kind, text in ERRORS.items() for line in lines(text)]
)
def test_errors_have_their_kind(expression: str, kind: str, tier: Tier) -> None:
    assert value_of(expression, tier) == f"!{kind}"


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("conditions", "decision", "error"),
    [
        ("when { 1 }", "deny", "type"),
        ("unless { 1 }", "deny", "type"),
        ('when { false } when { 1 + "a" == 2 }', "deny", None),
        ('when { 1 + "a" == 2 } when { false }', "deny", "type"),
        ("when { 1 } when { false }", "deny", "type"),
        ("when { true } when { 1 }", "deny", "type"),
        ("unless { false } when { !false }", "allow", None),
        ("unless { false || false || 1 }", "deny", "type"),
        ("unless { true || 1 }", "deny", None),
        ("when { !(true || 1) }", "deny", None),
        ("when { !(false || 1) }", "deny", "type"),
        ("when { context.yes }", "allow", None),
        ("when { context.one }", "deny", "type"),
        ("unless { !context.yes }", "allow", None),
    ],
)
def test_clauses_stop_at_the_first_that_decides(
    conditions: str, decision: str, error: str | None, tier: Tier
) -> None:
    response = answer_to(f"permit(principal, action, resource) {conditions};", tier)

    assert response.decision == decision
    assert response.errors.get("policy0") == error
