"""Doors of our engines that take objects or fragments answer where they let in what a text is refused for."""

from __future__ import annotations

import pytest

from drt.engines import production_doors, reference_doors
from drt.engines.production_partial import PartialAnswers
from drt.model.case import Source, Store, StoreForm
from production import (
    CedarError,
    EntitiesError,
    PartialEntities,
    PartialRequest,
    PolicySet,
    RequestError,
    Schema,
    SchemaError,
)
from reference.errors import InputError
from reference.schema.reader import read_schema

TEXT = """\
entity Group tags String;
entity User in [Group] {rec: {n: Long}} tags Long;
action view appliesTo {principal: User, resource: User, context: {rec: {n: Long}}};
"""
ENTITY = '[{"uid": {"type": "User", "id": "u"}, "attrs": {"rec": %s}, "parents": []}]'
REQUEST = (
    '{"principal": {"type": "User", "id": "u"}, "action": {"type": "Action", "id": "view"},'
    ' "resource": {"type": "User", "id": "u"}, "context": {"rec": %s}}'
)
RIGHT, WRONG = '{"n": 1}', '{"n": 1, "more": 2}'


def refuse(error: Exception) -> object:
    def door(*_: object, **__: object) -> None:
        raise error

    return door


def test_an_object_that_fits_is_let_in_where_its_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = Schema.from_text(TEXT)
    monkeypatch.setattr(Schema, "read_entities", refuse(EntitiesError("refused")))
    monkeypatch.setattr(Schema, "read_request", refuse(RequestError("refused")))

    assert len(production_doors.entities_under(schema, ENTITY % RIGHT)) == 2  # the action too
    assert production_doors.request_under(schema, REQUEST % RIGHT, None, check=True).context == {
        "rec": {"n": 1}
    }
    with pytest.raises(EntitiesError, match=r"^refused$"):
        production_doors.entities_under(schema, ENTITY % WRONG)
    with pytest.raises(RequestError, match=r"^refused$"):
        production_doors.request_under(schema, REQUEST % WRONG, None, check=True)


def test_a_value_that_fits_is_let_in_where_its_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = read_schema(TEXT)
    refused = InputError("entities", "refused")
    monkeypatch.setattr(reference_doors, "read_entities_under", refuse(refused))
    monkeypatch.setattr(reference_doors, "read_request_under", refuse(refused))

    assert len(reference_doors.entities_under(ENTITY % RIGHT, schema).by_uid) == 2
    assert reference_doors.request_under(REQUEST % RIGHT, schema, checked=True).context.fields.keys() == {
        "rec"
    }
    with pytest.raises(InputError, match="refused"):
        reference_doors.entities_under(ENTITY % WRONG, schema)
    with pytest.raises(InputError, match="refused"):
        reference_doors.request_under(REQUEST % WRONG, schema, checked=True)


def test_a_linked_schema_is_written_as_its_texts_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    linked = Schema.link(Schema.from_text("entity A tags Long;"), Schema.from_text("entity B;"))

    assert production_doors.linked_document(linked) == linked.to_resolved_json(None, closed=True)
    monkeypatch.setattr(Schema, "to_cedar", lambda _: "entity A; entity B;")
    assert "tags" not in production_doors.linked_document(linked)
    monkeypatch.setattr(Schema, "to_cedar", lambda _: "entity A, A;")
    assert production_doors.linked_document(linked) == "entity A, A;"


@pytest.mark.parametrize(
    "text",
    ["entity A; entity A;", "type T = T;", "namespace N {} namespace N {}", "entity A in [B];", "entity"],
)
def test_what_a_schema_is_refused_for_its_fragments_are_refused_for(text: str) -> None:
    with pytest.raises(SchemaError):
        production_doors.schema_in_parts(Source(text))


def test_a_translation_of_fragments_counts_if_it_means_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Source(
        '@a("x") namespace N { entity A; entity B; type T = Long; action a, b; } entity C {t: N::T};'
    )
    schema = Schema.from_text(source.text)

    assert production_doors.translated(schema, source, "cedar") == schema.to_cedar()
    assert production_doors.translated(schema, source, "json") == schema.to_json()
    monkeypatch.setattr(production_doors, "schema_in_parts", lambda _: Schema.from_text("entity D;"))
    assert production_doors.translated(schema, source, "cedar") == "entity D;\n"


def test_annotations_of_fragments_are_written_once() -> None:
    both = Schema.from_text('@a("x") @b namespace N {}', '@a("y") namespace N { entity A; }')

    assert both.to_cedar() == '@a("y")\n@b\nnamespace N {\n  entity A;\n}\n'


def test_what_both_doors_refuse_is_refused() -> None:
    with pytest.raises(CedarError):
        production_doors.entities_under(Schema.from_text(TEXT), "[")


def test_partial_inputs_are_read_again_from_their_own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = PolicySet.from_text(
        "permit(principal, action, resource) when { principal.rec.n == context.rec.n };"
    )
    user = '{"type": "User", "id": "u"}'
    request = f'{{"principal": {user}, "action": {{"type": "Action", "id": "view"}}, "resource": {user}%s}}'
    known, context = f'[{{"uid": {user}, "attrs": {{"rec": {RIGHT}}}}}]', f', "context": {{"rec": {RIGHT}}}'

    def decision(form: StoreForm = "partial", entities: str = known) -> object:
        answers = PartialAnswers(policies, Schema.from_text(TEXT))
        return getattr(
            answers.partially_authorize(request % context, Store(entities, form)), "decision", None
        )

    parts = known.replace(f'"rec": {RIGHT}', '"rec": "{n: 1}"')
    assert (decision(), decision("parts", parts)) == ("allow", "allow")
    with monkeypatch.context() as patched:
        patched.setattr(PartialEntities, "to_json", lambda _: "[]")
        assert (decision(), decision("parts", parts)) == (None, "allow")
    with monkeypatch.context() as patched:
        patched.setattr(PartialEntities, "__iter__", lambda _: iter(()))
        assert (decision(), decision("parts", parts)) == ("allow", None)
    monkeypatch.setattr(PartialRequest, "to_json", lambda _: request % "")
    assert decision() is None
