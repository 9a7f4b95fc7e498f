"""Broken laws of writing: the part of a document that is written or read back wrongly.

A table maps laws to the operation they check. Engines are queried through the law itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from drt.diagnosis.expressions import differ
from drt.diagnosis.located import Answers, Located
from drt.diagnosis.minimal_value import blamed
from drt.diagnosis.places import place_name
from drt.diagnosis.reading import SHOWN, between_documents, in_text, plain_reading
from drt.diagnosis.residuals import QUESTIONS, in_partial
from drt.diagnosis.revisions import in_revision
from drt.diagnosis.rule import Aspect, Rule, Whole
from drt.diagnosis.rules import rule_of
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Source
from drt.model.divergence import Divergence
from drt.model.outcome import Accepted, Printed
from drt.model.question import Evaluate, PrintPolicies, ReadEntities, ReadExpression, ReadPolicies
from drt.oracles import roundtrips, schemas
from drt.oracles.law import Law
from drt.oracles.literals import literals_have_their_values
from drt.oracles.reading import NO_ENTITIES, comments_change_nothing
from drt.oracles.revisions import revised_sets_answer_as_new_ones
from drt.oracles.wildcard import ANY_REQUEST, wildcard_matches_definition
from drt.scan.expressions import NotAnExpression, read_expression
from drt.scan.tokens import tokenize

WRITING: Mapping[str, tuple[Law, Aspect, Aspect, str]] = {
    law.name: (law, reading, writing, f"spec 11 {citation}")
    for law, reading, writing, citation in (
        (roundtrips.printing_round_trips, Aspect.READING, Aspect.WRITING, "J1"),
        (roundtrips.json_round_trips, Aspect.READING_JSON, Aspect.WRITING_JSON, "J2"),
        (roundtrips.printed_links_decide_alike, Aspect.READING_LINKS, Aspect.WRITING_LINKS, "J9"),
        (roundtrips.entities_round_trip, Aspect.READING_ENTITIES, Aspect.WRITING_ENTITIES, "J5"),
        (schemas.schema_translations_mean_the_same, Aspect.READING_SCHEMA, Aspect.WRITING_SCHEMA, "J4"),
    )
}
"""Laws about documents by name, each with the aspects of reading and writing one, and its citation."""


def in_writing(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate what is written so that it is not read back as it was."""
    law, reading, writing, citation = WRITING[divergence.law]
    aspect = reading if _is_read_by_some(case, engines, divergence, law) else writing
    if aspect is reading and (found := _reading_of_document(case, engines, divergence)):
        return found
    found = between_documents(divergence, aspect)
    if found is not None:
        return found
    document = _document(case, engines, divergence)
    blame = None if document is None else blamed(document, lambda text: _holds(case, engines, law, text))
    if blame is None:
        rule = Rule(divergence.question, aspect)
        return Located("reading", rule, citation, divergence.question, "", divergence.answers)
    path, value = blame
    rule = Rule(place_name(path, value), aspect)
    text = repr(value)[:SHOWN]
    return Located("reading", rule, "spec 01 §7, 06 §4", divergence.question, text, divergence.answers)


def _reading_of_document(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate what some engine refuses in the text or document that another wrote."""
    if divergence.law == roundtrips.printing_round_trips.name:
        printed = _printed(case, engines, divergence)
        if printed is None:
            return None
        return plain_reading(replace(case, policies=printed, entities=NO_ENTITIES), engines)
    document = _document(case, engines, divergence)
    if document is None:
        return None
    if divergence.law == roundtrips.entities_round_trip.name:
        return plain_reading(replace(case, entities=document), engines)
    return plain_reading(replace(case, policies=Source(document, "json")), engines)


def _is_read_by_some(case: Case, engines: Sequence[Guarded], divergence: Divergence, law: Law) -> bool:
    """Whether some engine reads back what was written, so that reading is at fault and not writing.

    An engine alone gives no second opinion: what it cannot read back, it has written wrongly.
    """
    found = [one for one in law(case, engines).divergences if one.question == divergence.question]
    failing = {one.answers[-1][0].partition(",")[0] for one in found}
    return len(failing) < len(engines) and len(engines) > 1


def _document(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> str | None:
    """Read what the law is about as canonical JSON, by the engine that wrote it."""
    writer = divergence.answers[0][0].partition(",")[0]
    for engine in engines:
        if engine.name == writer:
            if divergence.law == schemas.schema_translations_mean_the_same.name:
                return None
            read = (
                engine.ask(ReadEntities(case.entities, None))
                if divergence.law == roundtrips.entities_round_trip.name
                else engine.ask(ReadPolicies(case.policies))
            )
            return read.canonical if isinstance(read, Accepted) else None
    return None


def _printed(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Source | None:
    """Have the engine that printed the policies print them once more."""
    writer = divergence.answers[0][0].partition(",")[0]
    for engine in engines:
        if engine.name == writer:
            printed = engine.ask(PrintPolicies(case.policies, templates=True))
            return Source(printed.text) if isinstance(printed, Printed) else None
    return None


def _holds(case: Case, engines: Sequence[Guarded], law: Law, text: str) -> bool:
    """Whether the law holds, and was really tested, for another document."""
    if law is roundtrips.entities_round_trip:
        other = replace(case, entities=text)
    else:
        other = replace(case, policies=Source(text, "json"))
    checked = law(other, engines)
    return not checked.divergences and checked.comparisons > 0


def in_layout(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located:
    """Locate what formatting does not keep; a loss counts more than another layout."""
    engine = divergence.answers[0][0].partition(",")[0]
    found = roundtrips.formatting_keeps_everything(case, engines).divergences
    questions = {one.question for one in found if one.answers[0][0].partition(",")[0] == engine}
    question = next((one for one in LAYOUT if one in questions), divergence.question)
    return Located(
        "reading", Rule(question, Aspect.FORMATTING), "spec 11 J6", question, "", divergence.answers
    )


LAYOUT = ("formatting", "policies", "comments", "formatting again")
"""The questions about formatting, the gravest first."""


def in_comments(divergence: Divergence) -> Located:
    """Comments are read as something else."""
    found = between_documents(divergence, Aspect.READING_COMMENTS)
    rule = Rule(Whole.COMMENTS, Aspect.READING)
    return found or Located("reading", rule, "spec 01 §1", "policies", "", divergence.answers)


def in_definition(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate an expression where an engine deviates from a definition: its outermost rule or its reading."""
    assert isinstance(divergence.asked, Evaluate)
    text = divergence.asked.expression
    number = case.expressions.index(text)
    read: Answers = tuple((engine.name, engine.ask(ReadExpression(text))) for engine in engines)
    if differ(read):
        asked = replace(divergence, answers=read, question=f"expression {number}", expression=number)
        return in_text(case, engines, asked)
    tokens = tokenize(text)
    try:
        node = read_expression(tokens, 0, len(tokens))
    except NotAnExpression:
        return None
    rule, source = rule_of(node, tokens)
    loaded = [(engine.name, engine.load(case)) for engine in engines]
    parts = [text[tokens[part.start].start : tokens[part.end - 1].end] for part in node.parts]
    operands = tuple((part, _values(loaded, part)) for part in parts)
    return Located("expression", Rule(rule), source, divergence.question, text, divergence.answers, operands)


def _values(loaded: Sequence[tuple[str, Any]], text: str) -> Answers:
    return tuple(
        (name, one.ask(Evaluate(text, ANY_REQUEST)))
        for name, one in loaded
        if isinstance(one, GuardedSession)
    )


Search = Callable[[Case, Sequence[Guarded], Divergence], Located | None]

SEARCHES: Mapping[str, Search] = {
    roundtrips.formatting_keeps_everything.name: in_layout,
    comments_change_nothing.name: lambda _case, _engines, divergence: in_comments(divergence),
    wildcard_matches_definition.name: in_definition,
    literals_have_their_values.name: in_definition,
    revised_sets_answer_as_new_ones.name: lambda _case, _engines, divergence: in_revision(divergence),
    **dict.fromkeys(WRITING, in_writing),
    **dict.fromkeys(QUESTIONS, in_partial),
}
"""Laws by name, each with the search for what breaks it."""
