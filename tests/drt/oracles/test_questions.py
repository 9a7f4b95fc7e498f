"""Laws of questions and of linking: each catches what breaks it; and an inquiry follows from its case."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from drt.engines import build
from drt.engines.base import BaseEngine
from drt.model.case import Case, Inquiry, Source
from drt.model.outcome import Accepted, Answered, Outcome, Unlinkable
from drt.model.question import Answer, LinkSchemas
from drt.oracles.questions import inquiry_of, linkers_agree, questions_agree, substitution

FIRST = Source("external entity B; entity A { b: B };")
SECOND = Source("entity B; external entity C; action v appliesTo { principal: B, resource: B };")
THIRD = Source("entity C;")
POLICIES = Source(
    'permit(principal == A::"x", action, resource == B::"y"); forbid(principal, action, resource);'
)
CASE = Case(POLICIES, schema=FIRST, fragments=(SECOND, THIRD))
REFERENCE = build("reference")


class Changed(BaseEngine):
    """The reference with some answers changed."""

    name = "changed"
    version = "changed"

    def __init__(
        self,
        link: Callable[[Sequence[Source], bool, Outcome], Outcome] = lambda schemas, complete, said: said,
        answer: Callable[[Answered], Outcome] = lambda said: said,
    ) -> None:
        self._link = link
        self._answer = answer

    def link_schemas(self, schemas: Sequence[Source], *, complete: bool) -> Outcome:
        return self._link(schemas, complete, REFERENCE.ask(LinkSchemas(schemas, complete=complete)))

    def answer(self, inquiry: Inquiry) -> Outcome:
        said = REFERENCE.ask(Answer(inquiry))
        return self._answer(said) if isinstance(said, Answered) else said


def forgetting(name: str) -> Callable[[Answered], Outcome]:
    """Answers in which one answer about the schema is empty."""

    def change(said: Answered) -> Outcome:
        answers = json.loads(said.answers)
        answers["schema"][name] = type(answers["schema"][name])()
        return Answered(json.dumps(answers, sort_keys=True, separators=(",", ":")))

    return change


def last_wins(schemas: Sequence[Source], complete: bool, said: Outcome) -> Outcome:
    """Where two define the same, the definition of the last schema is taken."""
    return (
        REFERENCE.ask(LinkSchemas(schemas[-1:], complete=complete)) if isinstance(said, Unlinkable) else said
    )


def depends_on_order(schemas: Sequence[Source], complete: bool, said: Outcome) -> Outcome:
    return said if schemas[0] == FIRST else Unlinkable("DuplicateAction")


def test_the_two_engines_agree() -> None:
    engines: list[Any] = [REFERENCE, build("production")]
    for oracle in (questions_agree, linkers_agree):
        checked = oracle(CASE, engines)
        assert checked.divergences == ()
        assert checked.comparisons > 0


@pytest.mark.parametrize("name", ["entity_types", "request_envs", "action_entities", "principals"])
def test_a_forgotten_answer_is_found(name: str) -> None:
    assert questions_agree(CASE, [REFERENCE, Changed(answer=forgetting(name))]).divergences  # type: ignore[list-item]


def test_a_linker_that_takes_the_last_definition_is_found() -> None:
    twice = Case(
        POLICIES, schema=Source("entity A { n: Long };"), fragments=(Source("entity A { n: String };"),)
    )
    assert linkers_agree(twice, [REFERENCE, Changed(last_wins)]).divergences  # type: ignore[list-item]


@pytest.mark.parametrize(
    "link",
    [
        depends_on_order,
        lambda schemas, complete, said: Accepted("{}") if len(schemas) == 2 else said,
        lambda schemas, complete, said: said if len(schemas) > 1 else Unlinkable("Schema"),
    ],
    ids=["order", "grouping", "alone"],
)
def test_a_linker_that_breaks_a_law_is_found_alone(link: Any) -> None:
    checked = linkers_agree(CASE, [Changed(link)])  # type: ignore[list-item]
    assert [found.kind for found in checked.divergences] == ["law"]


def test_a_refusal_that_depends_on_the_order_is_found() -> None:
    def by_order(schemas: Sequence[Source], complete: bool, said: Outcome) -> Outcome:
        return Unlinkable("DuplicateAction" if schemas[0] == FIRST else "DuplicateEntityType")

    assert [found.kind for found in linkers_agree(CASE, [Changed(by_order)]).divergences] == ["law"]


def test_in_steps_another_of_several_errors_may_come_first() -> None:
    def by_number(schemas: Sequence[Source], complete: bool, said: Outcome) -> Outcome:
        return Unlinkable("DuplicateAction" if len(schemas) == 3 else "DuplicateEntityType")

    assert linkers_agree(CASE, [Changed(by_number)]).divergences == ()  # type: ignore[list-item]


def test_no_reserved_word_is_asked_about_as_a_type() -> None:
    schema = Source("entity type, action in [a]; entity a;", "cedar")
    inquiry = inquiry_of(Case(Source(""), schema=schema, entities="[]"))
    assert "a" in inquiry.extra_types
    assert "in" not in inquiry.extra_types


def test_an_inquiry_follows_from_its_case() -> None:
    inquiry = inquiry_of(CASE)
    assert inquiry.schemas == (FIRST, SECOND, THIRD)
    assert {"Nope", "A", "B"} <= set(inquiry.extra_types)
    assert 'Action::"v"' in inquiry.extra_actions
    assert inquiry.substitute == (('A::"x"', 'B::"y"'), ('B::"y"', 'A::"x"'))
    assert list(substitution("permit(principal, action, resource);")) == []
    assert len(list(substitution('A::"x" A::"y" A::"z"'))) == 3
