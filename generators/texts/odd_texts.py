"""Policy and expression texts with one odd token: words, signs, numbers, escapes, comments, line ends.

Owns frames with holes, and what is put into them.
"""

from __future__ import annotations

import re

from generators.choice.sources import Source
from generators.texts.odd_ids import RESERVED, STRANGE, WORDS, odd_id, odd_type

_EXPRESSIONS_TEXT = """\
{}
{} == 1
principal has {}
principal has a.{}
principal has "a".{}
principal has {}.a
principal has a["{}"]
context.{}
context[{}]
{}::"x"
{}::"x" in resource
A::{}::"x" == principal
principal is {}
principal is {} in resource
principal is A::{}
{}("x")
{}("1.0")
A::{}("x")
{{{}: 1}}
[{}]
[1, {}]
context.{}(1)
principal.{}()
if {} then 1 else 2
if true then {} else 2
1 {} 2
1 - 2 {} 3
{}1
-{}
!{}
({})
"a" like {}
{} like "*"
"{}" == "{}"
"a" like "{}"
A::"{}"
true // {}
true //{}\\n && false
1 + {}
{} - 1 - 1
{{{}: 1, "a": 2}}
{{a: 1, "a": 2}}
{{{}: 1,}}
[{},]
[1].contains({})
[1].contains(1, {})
[1].isEmpty({})
principal.hasTag({}, "a")
ip("::1").isIpv4({})
ip({}, "::1")
1 == 1 == {}
principal has a {} true
principal has a == {}
principal is A == {}
principal is A in {} == true
"a" like "a" {} true
1 + if {} then 1 else 2
!{} == true
!-{}
-!{}
- -{}
-({})
"{}" like "\\*{}"
context["{}"]
principal has "{}"
action::{}::"x"
{}::"a\\u{{4_1}}"
"\\x7f\\x{}"
"\\u{{{}}}"
1 < {} && 2 > 1"""
_POLICIES_TEXT = """\
@{} permit(principal, action, resource);
@{}("x") permit(principal, action, resource);
@a({}) permit(principal, action, resource);
@a @{} permit(principal, action, resource);
@{}("x") @b permit(principal, action, resource);
permit(principal, action in [A::Action::"x", {}], resource);
permit(principal, action in [Action::"x",{}], resource);
permit(principal, action == {}::"x", resource);
permit(principal, action in ({}), resource);
permit(principal == ({}), action, resource);
permit(principal in ?{}, action, resource == ?{});
permit(principal is A in ?{}, action, resource is A in ?{});
permit(principal, action, resource in A::"x",{});
permit(principal, action, resource) when {{ true }} {};
permit(principal, action, resource) when {{ true }} unless {{ {} }};
permit(principal == {}, action, resource);
permit(principal is {}, action, resource);
permit(principal is A in {}, action, resource);
permit(principal, action == {}, resource);
permit(principal, action in [{}], resource);
permit(principal, action, resource in {}) when {{ true }};
permit(principal, action, resource) when {{ {} }};
permit(principal, action, resource) {} {{ true }};
{}(principal, action, resource);
permit({}, action, resource);
permit(principal, action, resource{});
permit(principal, action, resource){};
permit(principal, action, resource); {}
permit(principal,//{}\\naction, resource);
permit(principal, action, resource); // {}"""
_FILLINGS_TEXT = """\
?principal
?resource
?x
principal
resource
9223372036854775807
9223372036854775808
-9223372036854775808
-9223372036854775809
--1
-----1
- 1
!!!!true
!!!!!true
!-1
-!true
007
1_0
1.5
0x10
1 + 9223372036854775807
A::"x"
action::"x"
A::Action::"x"
A::"x",
Action::"x"
MyAction::"x"
Action::x
,
,,
()
[]
{}
unknown("x")
error("x")
principal.unknown("x")
"\\x41"
"\\x80"
"\\u{41}"
"\\u{1F600}"
"\\u{d800}"
"\\u{110000}"
"\\u{0000041}"
"\\u{4_1}"
"\\*"
"\\q"
"\\'"
"\\0\\t\\n\\r"
==
=
<
< =
&&
&
||
in
like
has
is
*
/
%
+
::
.
;
//
/* */"""
_EXPRESSIONS, _POLICIES, _FILLINGS = (
    tuple(text.split("\n")) for text in (_EXPRESSIONS_TEXT, _POLICIES_TEXT, _FILLINGS_TEXT)
)
_RAW = (
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\v",
    "\f",
    "\0",
    "\x1b",
    "\x85",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\u00a0",
    "\u200b",
)


def _filling(source: Source) -> str:
    match source.integer(0, 5):
        case 0:
            return odd_id(source)
        case 1:
            return odd_type(source, 0.3)
        case 2:
            return source.choice(source.choice((WORDS, RESERVED)))
        case 3:
            return f'"{source.choice((*STRANGE, *_RAW))}"'
        case 4:
            before, after = source.choice(("", "a")), source.choice(("", "a", '"x"'))
            return f"{before}{source.choice(_RAW)}{after}"
        case _:
            return source.choice(_FILLINGS)


def _filled(source: Source, frame: str) -> str:
    holes = frame.count("{}")
    return frame.replace("\\n", "\n").format(*(_filling(source) for _ in range(holes)))


_DEEP = (
    ("(", "1", ")"),
    ("[", "", "]"),
    ("{a: ", "{}", "}"),
    ("!(", "true", ")"),
    ("if true then (", "1", ") else 1"),
)
"""What opens a level, what stands inside, and what closes it again."""

_LEVELS = (498, 499, 500, 501, 998, 999, 1_000, 1_001)
"""Around the nesting that readers take (spec 01 §4.3)."""


def _deep(source: Source) -> str:
    opening, inside, closing = source.choice(_DEEP)
    levels = source.choice(_LEVELS)
    return f"{opening * levels}{inside}{closing * levels}"


def odd_expression(source: Source) -> str:
    """Draw an expression with something odd in one place, rarely one as deep as it may be."""
    if source.boolean(0.004):
        return _deep(source)
    return _filled(source, source.choice(_EXPRESSIONS))


_PLAIN_TEXT = """\
permit(principal, action, resource);
permit(principal, action, resource) when { true };
@a("x") permit(principal == A::"x", action, resource) unless { false };
@a @b("") forbid(principal, action in [Action::"x", Action::"y"], resource in A::B::"y");
@a @a permit(principal, action, resource);
@a("x") @a("x") permit(principal, action, resource);
permit(principal is A in A::"x", action == Action::"x", resource is A::B);
permit(principal == ?principal, action in Action::"x", resource in ?resource) when { true };
permit(principal is A in ?principal, action in [], resource is A in ?resource);
permit(principal, action, resource) when { true } unless { false } when { 1 == 1 };
permit(principal, action, resource); forbid(principal, action, resource);
permit(principal, action, resource) when { principal.a["b"].isIpv4() && ip("::1") in [1, {a: 2}] };
permit(principal, action, resource) when { principal has a.b && "a" like "*" && !(resource is A in A::"x") };
permit(principal, action, resource) when { if context.a then -1 < 2 else A::"x".b.contains({"a": 1}) };"""
_PLAIN = tuple(_PLAIN_TEXT.split("\n"))
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|::|==|&&|\s+|.')
PLAIN = 0.5
"""Probability of a plain policy of which a token is missing, comes twice, or stands elsewhere."""


def _slipped(source: Source) -> str:
    """Draw a plain policy of which one token is wrong, if any."""
    text = source.choice(_PLAIN)
    if source.boolean(0.1):
        return text
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    signs = [place for place, token in enumerate(tokens) if not token[0].isalnum()]
    at = source.choice(signs) if source.boolean() else source.integer(0, len(tokens) - 1)
    match source.integer(0, 4):
        case 0 | 1:
            del tokens[at]
        case 2:
            tokens.insert(at, tokens[at])
        case 3:
            tokens.insert(source.integer(0, len(tokens) - 1), tokens.pop(at))
        case _:
            tokens[at] = source.choice(tokens)
    return " ".join(tokens)


def odd_policy(source: Source) -> str:
    """Draw a policy with something odd in one place."""
    if source.boolean(PLAIN):
        return _slipped(source)
    return _filled(source, source.choice(_POLICIES))
