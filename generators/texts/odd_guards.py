"""Tests inside of something else, some of which grant what the test does."""

from __future__ import annotations

from generators.choice.sources import Source

_GUARDS = (
    "!(!({test}))", "!(!(!({test})))", "(if false then {other} else {test})",
    "(if true then {test} else {other})", "(if {test} then true else true)", "({test} == true)",
    "(false || {test})", "({test} || false)", "(if {test} then {test} else {test})",
    "(if {other} then {test} else {test})", "({test} || {test})", "!(!({test}) || {other})",
    "[{test}].contains(true)", "({test} != false)", "({other} || {test})",
)  # fmt: skip
_FORMS = (
    "({guard} && {use})",
    "({guard} && {use})",
    "(if {guard} then {use} else true)",
    "(!{guard} || {use})",
)


def odd_guard(source: Source, test: str, use: str, other: str) -> str:
    """Draw a use behind a test inside of something else; `other` is any condition."""
    guard = source.choice(_GUARDS).format(test=test, other=other)
    return source.choice(_FORMS).format(guard=guard, use=use)
