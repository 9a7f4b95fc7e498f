"""The engine as the harness sees it: what it leaves to others, and details for people."""

from __future__ import annotations

from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Source
from drt.model.outcome import Rejected, Unsupported


def test_it_does_not_format() -> None:
    text = "permit(principal, action, resource);"
    assert ReferenceEngine().format_policies(text, 80, 2) == Unsupported("format")


def test_all_syntax_errors_are_in_the_detail() -> None:
    refused = ReferenceEngine().read_policies(Source("permit;\n\npermit(principal);", "cedar"))
    assert isinstance(refused, Rejected)
    assert refused.detail is not None
    assert [line.split(": ")[0] for line in refused.detail.split("\n")] == [
        "policies at line 1, column 7",
        "line 3, column 17",
    ]
