"""The engine as the harness sees it: details for people."""

from __future__ import annotations

from drt.engines.reference_engine import LoadedReference, ReferenceEngine
from drt.model.case import Case, Source
from drt.model.outcome import Rejected, Validated

SCHEMA = "entity User; entity D; action v appliesTo {principal: User, resource: D};"
REQUEST = (
    '{"principal": "User::\\"a\\"", "action": "Action::\\"v\\"", "resource": "D::\\"d\\"", "context": {}%s}'
)


def loaded(policies: str) -> LoadedReference:
    case = Case(Source(policies, "cedar"), "[]", schema=Source(SCHEMA, "cedar"))
    engine = ReferenceEngine().load(case)
    assert isinstance(engine, LoadedReference)
    return engine


def test_warnings_of_a_valid_set_have_a_place() -> None:
    text = '\npermit(principal == User::"аdmin", action, resource)\nwhen { "a\u202e" == "b" };'
    verdict = loaded(text).validate()
    assert isinstance(verdict, Validated)
    assert verdict.valid
    assert verdict.detail is not None
    lines = verdict.detail.split("\n")
    assert lines[0].startswith("warning for `policy0`, line 2, column 1: ")
    assert [line for line in lines if ", line 3, column 8: " in line] != []
    assert '  when { "a " == "b" };' in lines


def test_all_syntax_errors_are_in_the_detail() -> None:
    refused = ReferenceEngine().read_policies(Source("permit;\n\npermit(principal);", "cedar"))
    assert isinstance(refused, Rejected)
    assert refused.detail is not None
    assert [line.split(": ")[0] for line in refused.detail.split("\n")] == [
        "policies at line 1, column 7",
        "line 3, column 17",
    ]
