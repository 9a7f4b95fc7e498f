"""Errors of a policy text: one for every policy that has one, each with its place."""

from __future__ import annotations

import re

import pytest

from reference.errors import InputError
from reference.text.parser import MOST_FAULTS, parse_policies

FINE = "permit(principal, action, resource);"
PLACE = re.compile(r"line (\d+), column (\d+): ")


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_policies(text)
    return caught.value


def places(text: str) -> list[tuple[int, int]]:
    return [(int(line), int(column)) for line, column in PLACE.findall(str(refusal(text)))]


@pytest.mark.parametrize(
    ("policy", "column"),
    [
        ("permit(principal, action);", 25),
        ("permit(principal, action resource);", 26),
        ("permit(principal, action, resource when { true };", 36),
        ("permit(principal, action, resource) when { 1 + };", 48),
        ("permit(principal, action, resource) when { [1 };", 47),
        ("permit(principal, action, resource) when { 1; 2 };", 45),
        ("permit(principal, action, resource) when { (1; };", 46),
        ("permit(principal, action, resource) when { 9223372036854775808 };", 44),
        ("permit(principal, action, resource) when { " + "(" * 1_001 + "1" + ")" * 1_001 + " };", 1044),
        ("@a @a permit(principal, action, resource);", 5),
        ("permit(principal, action, resource == ?principal);", 27),
        ("permit;", 7),
        (";", 1),
    ],
)
def test_reading_goes_on_behind_a_faulty_policy(policy: str, column: int) -> None:
    """Between sound policies, and twice."""
    assert places("\n".join([FINE, policy, FINE])) == [(2, column)]
    assert places("\n".join([policy, "// ; { [", FINE, policy, policy, FINE])) == [
        (1, column),
        (4, column),
        (5, column),
    ]


def test_several_faults_are_a_message_of_a_line_each() -> None:
    error = refusal("permit(principal, action);\n\npermit(principal, action, resource) when { 1 = 1 };\n")
    assert (error.line, error.column) == (1, 25)
    assert str(error).split("\n") == [
        "policies at line 1, column 25: expected `,`, `==`, `in`; found `)`",
        "line 3, column 46: expected `==`, found `=`",
    ]


def test_the_faults_of_one_text_are_limited() -> None:
    assert len(places("permit;\n" * 10 * MOST_FAULTS)) == MOST_FAULTS


def test_no_line_break_of_a_text_gets_into_a_message() -> None:
    message = str(refusal('permit(principal, action, resource) when { 1 "a\r\n\u202eb" };'))
    assert message.endswith('found `"a   b"`')
