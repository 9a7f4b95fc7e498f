"""Differences in reading.

Locates the token that one reader refuses, the value that it does not take, or the place that readers take for
different things.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from drt.diagnosis.construct import Construct, blamed_construct
from drt.diagnosis.expressions import differ
from drt.diagnosis.json_construct import blamed_member
from drt.diagnosis.located import Located
from drt.diagnosis.places import MEMBERS, parting, place_name, token_name
from drt.diagnosis.rule import Aspect, Form, Rule, Whole
from drt.diagnosis.sections import section_of
from drt.diagnosis.stops import gets_further, text_at_stop
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Source
from drt.model.divergence import Divergence, NamedAnswers
from drt.model.outcome import Accepted, Outcome, Rejected, Unsupported, Unwritable
from drt.model.question import (
    Authorize,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    TextQuestion,
)
from drt.model.residual_json import unordered
from drt.oracles.reading import readers_agree
from drt.scan.tokens import tokenize

SHOWN = 60


def in_text(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate a difference in reading."""
    refused = [(name, outcome) for name, outcome in divergence.answers if isinstance(outcome, Rejected)]
    unwritable = [one for _, one in divergence.answers if isinstance(one, Unwritable)]
    if unwritable and not refused:
        part = unwritable[0].part
        blame = _blamed(case, engines, divergence, part) or Construct(f"the {part}", "")
        rule, detail = Rule(blame.name, Aspect.WRITING), unwritable[0].detail
        source = section_of(_form(case, part, divergence), str(rule))
        return Located("reading", rule, source, part, blame.text, divergence.answers, (), detail)
    if not refused:
        aspect = _reading_of(case, divergence.question.split()[0])
        named = _in_words_of_the_input(case, between_documents(divergence, aspect))
        return _of_blanks(case, engines, divergence) or _escaped(case, divergence, named)
    name, rejection = min(refused, key=lambda one: _order_of_loading(one[1].part))
    part = rejection.part
    if part in ("entities", "request") and (schema := in_inputs(case, engines, "schema")):
        return schema
    written = _text_of(case, part, divergence)
    text, complaint = text_at_stop(written, rejection, SHOWN), rejection.detail.strip().partition("\n")[0]
    remark = f"{name} stops there: {complaint}" if complaint else ""
    subject = token_name(text) if text else f"the {part}"
    if (found := _blamed(case, engines, divergence, part)) is not None:
        subject, text = found.name, found.text
        remark = f"{name}: {complaint}" if complaint else ""
    elif part in REQUIRED and _reads_without_schema(case, engines, divergence, part):
        subject = MEMBERS[REQUIRED[part]]
    rule = Rule(subject, Aspect.READING)
    source = section_of(_form(case, part, divergence), str(rule))
    return Located("reading", rule, source, part, text, divergence.answers, (), remark)


LOADED: tuple[str, ...] = ("schema", "policies", "link", "entities")
"""Parts in the order in which a case is loaded: who refuses a later one has accepted those before."""


def _order_of_loading(part: str) -> int:
    return LOADED.index(part) if part in LOADED else len(LOADED)


def plain_reading(case: Case, engines: Sequence[Guarded]) -> Located | None:
    """Locate what some engine refuses to read and another does not, whatever the law that it broke."""
    refused = refused_by_some(case, engines)
    return None if refused is None else in_text(case, engines, refused)


def refused_by_some(case: Case, engines: Sequence[Guarded]) -> Divergence | None:
    """Find the first part of a case that some engine refuses to read and another does not."""
    questions: list[tuple[str, int | None, TextQuestion[Any]]] = [
        ("policies", None, ReadPolicies(case.policies)),
        *((f"expression {at}", at, ReadExpression(one)) for at, one in enumerate(case.expressions)),
        ("entities", None, ReadEntities(case.entities, None)),
    ]
    if case.schema is not None:
        questions.append(("schema", None, ReadSchema(case.schema)))
    for question, number, asked in questions:
        answers: NamedAnswers = tuple((engine.name, engine.ask(asked)) for engine in engines)
        refused = [isinstance(one, Rejected) for _, one in answers if not isinstance(one, Unsupported)]
        if any(refused) and not all(refused):
            return Divergence(readers_agree.name, "rejection", question, answers, expression=number)
    return None


def passed_on(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate the construct of a document that one engine wrote and another does not read as that."""
    part = "policies" if divergence.question.startswith("JSON") else "entities"
    if not _passed_on(divergence) or (found := _blamed(case, engines, divergence, part)) is None:
        return None
    rule = Rule(found.name, Aspect.READING)
    source = section_of(_form(case, part, divergence), str(rule))
    return Located("reading", rule, source, part, found.text, divergence.answers)


def _blamed(case: Case, engines: Sequence[Guarded], divergence: Divergence, part: str) -> Construct | None:
    """Find the construct of a part of the case without which all engines read the same."""
    written = _text_of(case, part, divergence)

    def is_well(text: str) -> bool:
        return _all_read(case, engines, divergence, part, text)

    if not _is_json(case, part, divergence):
        readers = [(engine.name, _reader(case, engine, divergence, part)) for engine in engines]
        further = gets_further(written, divergence.answers, readers)
        return blamed_construct(written, is_well, gets_further=further)
    answers = [_reader(case, engine, divergence, part)(written) for engine in engines]
    read_as = next((one.canonical for one in answers if isinstance(one, Accepted)), "")
    ids, enumerated = _ids(case, engines) if part != "schema" else ((), ())
    return blamed_member(
        written,
        is_well,
        read_as,
        schema=part == "schema",
        declared=ids[:MOST_DECLARED],
        enumerated=enumerated,
    )


def _ids(case: Case, engines: Sequence[Guarded]) -> tuple[Sequence[str], Collection[str]]:
    """Return the ids that the schema names and its enumerated types, as the first engine reads it."""
    read = None if case.schema is None else engines[0].ask(ReadSchema(case.schema))
    document = json.loads(read.canonical) if isinstance(read, Accepted) and read.canonical else {}
    types: dict[str, dict[str, list[str]]] = document.get("entityTypes", {})
    enumerated = {name: declared["enum"] for name, declared in types.items() if "enum" in declared}
    actions = [uid.partition('"')[2].removesuffix('"') for uid in document.get("actions", ())]
    return list(dict.fromkeys([*chain(*enumerated.values()), *actions])), enumerated


MOST_DECLARED = 20
"""Ids of a schema that are tried in the place of another."""


def _is_json(case: Case, part: str, divergence: Divergence | None = None) -> bool:
    """Whether a part of the case is a JSON document."""
    match part:
        case "policies" if divergence is not None and _passed_on(divergence):
            return True
        case "policies":
            return case.policies.format == "json"
        case "schema":
            return case.schema is not None and case.schema.format == "json"
        case _:
            return part != "expression"


def _form(case: Case, part: str, divergence: Divergence) -> str:
    """Return the format of a part of the case, as the sections of the language guide know it."""
    is_json = _is_json(case, part, divergence)
    match part:
        case "policies" | "expression":
            return "policy JSON" if is_json else "text"
        case "schema":
            return "schema JSON" if is_json else "schema text"
        case _:
            return part


def _reading_of(case: Case, part: str) -> Aspect:
    return Aspect.READING_JSON if part == "policies" and _is_json(case, part) else Aspect.READING


def _of_blanks(case: Case, engines: Sequence[Guarded], divergence: Divergence) -> Located | None:
    """Locate the blank or comment that makes readers understand a text differently."""
    part = divergence.question.split()[0]
    text = _text_of(case, part, divergence)
    if not text or _is_json(case, part):
        return None
    found = blamed_construct(
        text, lambda other: _all_read(case, engines, divergence, part, other), blanks_only=True
    )
    if found is None:
        return None
    rule = Rule(found.name, Aspect.READING)
    return Located("reading", rule, "spec 01 §1", part, found.text, divergence.answers)


WRITTEN_AS = {"`offset`": "`datetime`"}
"""Functions by which engines write a value, and the one that makes such a value in an input."""


def _in_words_of_the_input(case: Case, found: Located | None) -> Located | None:
    """Name it by the function in the input, not by the one that engines write the value with."""
    if found is None:
        return None
    texts = (case.policies.text, case.entities, *case.expressions, *(one.text for one in case.requests))
    for written, given in WRITTEN_AS.items():
        if found.identity.subject == written and not any(written.strip("`") in text for text in texts):
            return replace(found, identity=replace(found.identity, subject=given))
    return found


STRINGS = (
    "a string literal",
    Form.RECORD,
    Form.ATTRIBUTE_ACCESS,
    "`has`",
    "an entity literal",
    "annotations",
)
ESCAPE = Rule(Whole.ESCAPE, Aspect.READING)


def _escaped(case: Case, divergence: Divergence, found: Located | None) -> Located | None:
    """Locate the escape instead, where the text has one in a string and strings are what differs."""
    what = divergence.question.split()[0]
    text = _text_of(case, what, divergence)
    in_json = what == "policies" and case.policies.format == "json"
    if found is None or in_json or found.identity.subject not in STRINGS:
        return found
    escape = next((one.text for one in tokenize(text) if one.kind == "string" and "\\" in one.text), None)
    return found if escape is None else replace(found, identity=ESCAPE, said=f"in {escape}")


def in_inputs(case: Case, engines: Sequence[Guarded], part: str, text: str = "") -> Located | None:
    """Locate a part of the case that all engines accept and read as different things."""
    match part:
        case "policies":
            outcomes: list[Outcome] = [engine.ask(ReadPolicies(case.policies)) for engine in engines]
        case "entities":
            outcomes = [engine.ask(ReadEntities(case.entities, case.schema)) for engine in engines]
        case "schema":
            outcomes = [engine.ask(ReadSchema(case.schema)) for engine in engines if case.schema is not None]
        case _:
            outcomes = [engine.ask(ReadExpression(text)) for engine in engines]
    answers = tuple(zip((engine.name for engine in engines), outcomes, strict=False))
    read = Divergence(readers_agree.name, "document", part, answers)
    if sorted(type(one).__name__ for one in outcomes) == ["Accepted", "Unwritable"]:
        return in_text(case, engines, read)
    if (
        not outcomes
        or not all(isinstance(one, Accepted) and one.canonical for one in outcomes)
        or not differ(answers)
    ):
        return None
    found = between_documents(read, _reading_of(case, part))
    return _in_words_of_the_input(case, found)


def between_documents(divergence: Divergence, aspect: Aspect) -> Located | None:
    """Find the first place where what the answers read differs; `aspect` is what has been done with it."""
    documents = [outcome.canonical for _, outcome in divergence.answers if isinstance(outcome, Accepted)]
    if len(documents) < 2 or not all(documents[:2]):
        return None
    what = divergence.question.split()[0]
    forms = {"entities": "entities", "schema": "schema JSON", "request": "request", "link": "link"}
    form = forms.get(what, "policy JSON")
    for left, right in zip(*(document.split("\n") for document in documents[:2]), strict=False):
        try:
            found = parting(json.loads(unordered(left)), json.loads(unordered(right)))
        except (ValueError, RecursionError):
            continue
        if found is not None:
            path, one, other = found
            text = f"at {_spelled(path)}: {json.dumps(one)[:200]} against {json.dumps(other)[:200]}"
            rule = Rule(place_name(path, one, other), aspect)
            return Located("reading", rule, section_of(form, str(rule)), what, text, divergence.answers)
    rule = Rule(f"the {what}", aspect)
    return Located("reading", rule, section_of(form, str(rule)), what, "", divergence.answers)


REQUIRED = {"entities": "attrs", "request": "context"}
"""Members of an entity and of a request in which a schema can require an attribute, which may be missing."""


def _spelled(path: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _all_read(case: Case, engines: Sequence[Guarded], divergence: Divergence, part: str, text: str) -> bool:
    """Whether all engines take another text for the part, and understand the same by it."""
    answers = [_reader(case, engine, divergence, part)(text) for engine in engines]
    named = tuple(zip((engine.name for engine in engines), answers, strict=True))
    return not any(isinstance(answer, Rejected | Unwritable) for answer in answers) and not differ(named)


def _reads_without_schema(case: Case, engines: Sequence[Guarded], divergence: Divergence, part: str) -> bool:
    """Whether all engines take the part when no schema demands anything of it."""
    if divergence.request is None:
        free = replace(case, schema=None)
    else:
        request = replace(case.requests[divergence.request], validate=False)
        free = replace(case, requests=(request,))
        divergence = replace(divergence, request=0)
    return _all_read(free, engines, divergence, part, _text_of(free, part, divergence))


def _reader(case: Case, engine: Guarded, divergence: Divergence, part: str) -> Callable[[str], Outcome]:
    match part:
        case "policies":
            form = "json" if _passed_on(divergence) else case.policies.format
            return lambda text: engine.ask(ReadPolicies(Source(text, form)))
        case "entities":
            schema = None if _passed_on(divergence) else case.schema
            return lambda text: engine.ask(ReadEntities(text, schema))
        case "schema" if case.schema is not None:
            source = case.schema
            return lambda text: engine.ask(ReadSchema(replace(source, text=text)))
        case "expression":
            return lambda text: engine.ask(ReadExpression(text))
        case "request" if divergence.request is not None:
            request = case.requests[divergence.request]
            loaded = engine.load(case)
            if isinstance(loaded, GuardedSession):
                return lambda text: loaded.ask(Authorize(replace(request, text=text)))
    return lambda _: Unsupported("reading")


def _text_of(case: Case, part: str, divergence: Divergence) -> str:
    match part:
        case "policies" | "entities" if document := _passed_on(divergence):
            return document
        case "policies":
            return case.policies.text
        case "entities":
            return case.entities
        case "schema":
            return case.schema.text if case.schema else ""
        case "expression" if divergence.expression is not None:
            return case.expressions[divergence.expression]
        case "request" if divergence.request is not None:
            return case.requests[divergence.request].text
        case _:
            return ""


def _passed_on(divergence: Divergence) -> str:
    """Return the document that one engine wrote and another read; empty for a question about the case."""
    if not divergence.question.startswith(("JSON from ", "entities from ")):
        return ""
    return next((one.canonical for _, one in divergence.answers if isinstance(one, Accepted)), "")
