"""Every wrong policy of a text is reported, with its place."""

from __future__ import annotations

import pytest

from production import PolicyError, PolicySet

TEXT = """permit(principal, action, resource) when { 1 + };
permit(principal, action, resource);
forbid(principal, actin, resource) when { {a: ";"}.a == "x;" };
permit(principal, action, resource) unless { if true then 1 };
@id("x") permit(principal, action, resource) when { principal.a( };"""


def test_all_wrong_policies_are_reported() -> None:
    with pytest.raises(PolicyError) as refused:
        PolicySet.from_text(TEXT)
    error = refused.value
    assert (error.line, error.column) == (1, 48)
    assert [(other.line, other.column) for other in error.others] == [(3, 19), (4, 61), (5, 63)]
    assert [line.partition(":")[0] for line in str(error).splitlines()] == [
        "line 1, column 48",
        "line 3, column 19",
        "line 4, column 61",
        "line 5, column 63",
    ]


@pytest.mark.parametrize(
    "text",
    ["permit(", "permit(principal, action, resource) when {", "nonsense", "permit(principal, action; x;"],
)
def test_one_error_stands_alone(text: str) -> None:
    with pytest.raises(PolicyError) as refused:
        PolicySet.from_text(text)
    assert refused.value.others == ()
    assert "\n" not in str(refused.value)


def test_very_many_errors_are_cut() -> None:
    with pytest.raises(PolicyError) as refused:
        PolicySet.from_text("permit(;);" * 20_000)
    assert len(refused.value.others) == 99
