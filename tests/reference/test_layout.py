"""The layout of policies: which groups are broken, and how wide lines are."""

from __future__ import annotations

import re

import pytest

from reference.formatter import format_policies
from reference.parser import parse_policies

NESTED = """permit(principal, action, resource) when { if principal.allowedTags has status then
if resource.tags has status then principal.allowedTags.status.containsAll(resource.tags.status) else true else true };"""

LAID_OUT = """\
permit (principal, action, resource)
when {
  if principal.allowedTags has status
  then
    if resource.tags has status
    then principal.allowedTags.status.containsAll(resource.tags.status)
    else true
  else true
};
"""

LONG = """
@if("then") permit(principal, action, resource) when {
  {a: if principal.a && principal.b && resource.c then [if true then 2 else 3, [], -2] else ip("10.0.0.1").isInRange(
  if principal.x then resource.y else if context.z == "aaaaaaaaa" then ip("1.1.1.1") else ip("2.2.2.2"))} ==
  principal.record["aaa"].lessThan(resource).isInRange(principal, if if true then false else true then 4 else 5) || !(principal.q &&
  (resource.e || resource.f || [1, 2, 3].contains(if principal.g.h then 1 else 2)).i && [].isEmpty())
} unless { if true // why
then {} else [1 + // because
2] };
@id("a") forbid(principal in A::B::"c", action in [Action::"x", Action::"y"], resource is D in ?resource);
"""

WIDTHS = [1, 10, 20, 30, 40, 50, 60, 80, 120]
PIECE = re.compile(r'"[^"]*"|//.*|&&|\|\||\w+|\s+|.')


def may_break(line: str) -> bool:
    """Whether a break was possible within a line."""
    pieces = [piece for piece in PIECE.findall(line) if not piece.isspace()]
    if pieces[-1].startswith("//"):
        pieces.pop()
    inner, ends = pieces[1:], pieces[:-1]
    outside = pieces[0] == "@"
    filled = any(a in "([{" and b not in ")]}" for a, b in zip(ends, inner, strict=True))
    branches = any(piece in {"then", "else"} for piece in inner)
    return not outside and (filled or branches or any(piece in {",", "&&", "||"} for piece in ends))


def test_a_conditional_that_does_not_fit_has_its_branches_under_its_if() -> None:
    assert format_policies(NESTED) == LAID_OUT


def test_a_chain_of_conditionals_goes_inwards() -> None:
    chain = "permit(principal, action, resource) when { if principal.a then 1 else if principal.b then 2 else 3 };"
    assert format_policies(chain, 24).split("\n")[6:-1] == [
        "  if principal.a",
        "  then 1",
        "  else",
        "    if principal.b",
        "    then 2",
        "    else 3",
        "};",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("text", [NESTED, LONG], ids=["nested", "long"])
def test_no_line_is_over_the_width_where_it_may_be_broken(text: str, width: int) -> None:
    formatted = format_policies(text, width)
    assert parse_policies(formatted) == parse_policies(text)
    assert format_policies(formatted, width) == formatted
    over = [line for line in formatted.split("\n") if len(line.partition("//")[0].rstrip()) > width]
    assert [line for line in over if may_break(line)] == []


@pytest.mark.parametrize(
    "condition", ["[principal.a].contains(1)", "(principal.aaaaaa) == 1", "ip(principal).isInRange(1)"]
)
def test_the_width_counts_what_follows_a_bracket(condition: str) -> None:
    """At the width that the whole line has it stays; one less breaks it."""
    text = f"permit(principal, action, resource) when {{ {condition} }};"
    line = next(line for line in format_policies(text, 200).split("\n") if line.startswith("when"))
    assert line in format_policies(text, len(line)).split("\n")
    shorter = format_policies(text, len(line) - 1).split("\n")
    assert line not in shorter
    assert max(map(len, shorter)) < len(line)


def test_reserved_words_outside_brackets_are_names_of_annotations() -> None:
    assert format_policies('@if @then("x") permit(principal, action, resource);') == (
        '@if\n@then("x")\npermit (principal, action, resource);\n'
    )
