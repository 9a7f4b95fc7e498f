"""Engines give documents of the wrong form to partial evaluation the same refusal (spec 09 §1)."""

from __future__ import annotations

import pytest

from drt.engines import build
from drt.engines.answers import read_outcome
from drt.model.case import Case, Source, Store
from drt.model.engine import NotLoaded
from drt.model.outcome import Outcome, Rejected, Unsupported, canonical_entity
from drt.model.partial_outcome import BatchAuthorized, PartialError, PartiallyAuthorized, Permitted
from drt.model.question import Batched, CaseQuestion, FilterRows, PartiallyAuthorize, Query, Reauthorize

SCHEMA = """
entity U in [U] {a: Long};
entity D;
action v appliesTo {principal: U, resource: D, context: {}};
"""
CASE = Case(Source("permit(principal, action, resource);"), schema=Source(SCHEMA))
U, V, D = '{"type": "U", "id": "a"}', '{"type": "Action", "id": "v"}', '{"type": "D", "id": "d"}'
PARTS = f'"principal": {U}, "action": {V}, "resource": {D}'
PARTIAL = f'{{"principal": {{"type": "U"}}, "action": {V}, "resource": {D}}}'
STORE, UNKNOWN = Store("[]", "typed"), Store("[]", "partial")
REQUEST = Rejected("request")
CONTEXT = PartialError("context", "invalid")


def partial(text: str) -> PartiallyAuthorize:
    return PartiallyAuthorize(text, UNKNOWN)


FORMS: dict[str, tuple[CaseQuestion, Outcome]] = {  # type: ignore[type-arg]
    "a query with the id": (Query("principal", f'{{{PARTS}, "context": {{}}}}', STORE), REQUEST),
    "form before checks": (
        Query("principal", f'{{{PARTS}, "context": {{}}}}'.replace('"v"', '"w"'), STORE),
        REQUEST,
    ),
    "a query without a context": (Query("principal", PARTIAL, STORE), REQUEST),
    "a query that is no JSON": (Query("action", "{", UNKNOWN), REQUEST),
    "a query that is no object": (Query("action", "[]", UNKNOWN), REQUEST),
    "a query whose type is a list": (
        Query("action", f'{{"principal": {{"type": []}}, "resource": {D}}}', UNKNOWN),
        REQUEST,
    ),
    "a query whose type is no name": (
        Query("action", f'{{"principal": {{"type": "U "}}, "resource": {D}}}', UNKNOWN),
        REQUEST,
    ),
    "a query whose id is a number": (
        Query("action", f'{{"principal": {{"type": "U", "id": 3}}, "resource": {D}}}', UNKNOWN),
        REQUEST,
    ),
    "a completion that is no JSON": (Reauthorize(PARTIAL, UNKNOWN, "{", STORE), REQUEST),
    "a batched request that is no JSON": (Batched("x", STORE, "exact", 1), REQUEST),
    "the context null": (partial(f'{{{PARTS}, "context": null}}'), CONTEXT),
    "the context of a completion null": (
        Reauthorize(PARTIAL, UNKNOWN, f'{{{PARTS}, "context": null}}', STORE),
        CONTEXT,
    ),
    "the context of a batched request a number": (
        Batched(f'{{{PARTS}, "context": 3}}', STORE, "exact", 1),
        CONTEXT,
    ),
    "an escaped principal": (partial(PARTIAL.replace('{"type": "U"}', f'{{"__entity": {U}}}')), REQUEST),
    "a principal with other members": (partial(f"{{{PARTS}}}".replace('"a"}', '"a", "b": 1}')), REQUEST),
    "a repeated principal": (partial(PARTIAL.replace("{", '{"principal": [], ', 1)), REQUEST),
    "an action query about a principal with other members": (
        Query("action", f'{{"principal": {U[:-1]}, "x": 1}}, "resource": {D}}}', UNKNOWN),
        REQUEST,
    ),
    "an action query about an escaped principal": (
        Query("action", f'{{"principal": {{"__entity": {U}}}, "resource": {D}}}', UNKNOWN),
        REQUEST,
    ),
    "a sum as an attribute": (
        PartiallyAuthorize(PARTIAL, Store(f'[{{"uid": {U}, "attrs": {{"x": "1 + 1"}}}}]', "parts")),
        PartialError("entities", "invalid"),
    ),
    "an attribute of a record as an attribute": (
        PartiallyAuthorize(PARTIAL, Store(f'[{{"uid": {U}, "attrs": {{"x": "[{{a: 1}}.a]"}}}}]', "parts")),
        PartialError("entities", "invalid"),
    ),
    "a number beyond any double in a uid": (
        PartiallyAuthorize(PARTIAL, Store('[{"uid": {"type": "U", "id": "a", "x": 1e400}}]', "partial")),
        PartialError("entities", "invalid"),
    ),
    "ancestors that are no list": (
        PartiallyAuthorize(PARTIAL, Store(f'[{{"uid": {U}, "ancestors": 3}}]', "parts")),
        PartialError("entities", "invalid"),
    ),
}


@pytest.mark.parametrize("engine", ["reference", "production"])
@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_form_is_refused(engine: str, form: str) -> None:
    question, refusal = FORMS[form]
    loaded = build(engine).load(CASE)
    assert not isinstance(loaded, NotLoaded)
    assert loaded.ask(question) == refusal


def test_a_uid_may_be_written_in_any_spelling() -> None:
    spelled = ['T::"\\u{e9}\\u{1F600}\\n"', 'T::"é😀\\n"', canonical_entity("T", "é😀\n")]
    for uid in spelled:
        permitted = {"outcome": "Permitted", "allowed": [uid], "undecided": [uid]}
        batched = {"outcome": "BatchAuthorized", "decision": "deny", "loads": [[uid]]}
        assert read_outcome(Query, permitted) == Permitted((spelled[-1],), (spelled[-1],))
        assert read_outcome(Batched, batched) == BatchAuthorized("deny", None, ((spelled[-1],),))


@pytest.mark.parametrize("engine", ["reference", "production"])
@pytest.mark.parametrize("ignored", ["1e400", '{"a": [1e400], "a": 2}', "[" * 200 + "]" * 200])
def test_ignored_members_of_partial_entities_may_hold_anything(engine: str, ignored: str) -> None:
    loaded = build(engine).load(CASE)
    assert not isinstance(loaded, NotLoaded)
    entities = Store(f'[{{"uid": {U}, "ignored": {ignored}}}]', "partial")
    assert isinstance(loaded.ask(PartiallyAuthorize(PARTIAL, entities)), PartiallyAuthorized)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("x", Permitted(('D::"d"',))), ("x\\u0000y", Unsupported("filter-of-texts-with-nul"))],
)
def test_a_database_holds_no_text_with_nul(text: str, answer: Outcome) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")
    schema = Source(SCHEMA.replace("entity D;", "entity D {n: String};"))
    entities = f'[{{"uid": {D}, "attrs": {{"n": "{text}"}}, "parents": []}}]'
    policies = Source('permit(principal, action, resource) when { resource.n like "x" };')
    loaded = build("production").load(Case(policies, entities, schema))
    assert not isinstance(loaded, NotLoaded)
    request = PARTIAL.replace('{"type": "U"}', U).replace(D, '{"type": "D"}')[:-1] + ', "context": {}}'
    assert loaded.ask(FilterRows(request, Store(entities, "typed"), "tables")) == answer
