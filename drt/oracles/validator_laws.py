"""Laws that a validator keeps by itself: over levels, environments, names of types, links, equal conditions.

Owns variants of policies and schemas in text. They catch what all validators have wrong alike (spec 08).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Outcome, Validated
from drt.model.question import Validate
from drt.oracles.comparing import Comparison
from drt.oracles.defined_names import RESERVED, Refused, Undefined
from drt.oracles.definitions import of_schema
from drt.oracles.law import Compares, law
from drt.oracles.validation import accepted
from drt.oracles.variants import subjects
from drt.scan.policies import layouts
from drt.scan.tokens import Token, tokenize

_LEVELS = (0, 1, 2)
_MOST_ENVIRONMENTS = 12
_KEYWORDS = RESERVED | {
    "permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "namespace", "entity",
    "type", "appliesTo", "tags", "enum", "attributes", "external", "Set", "Long", "String", "Bool", "Action",
    "decimal", "ipaddr", "ip", "datetime", "duration", "Record", "Entity", "Extension", "Boolean",
}  # fmt: skip


def _verdict(engine: Engine, case: Case) -> Outcome:
    return _verdicts(engine, case, (Validate(),))[0]


def _verdicts(engine: Engine, case: Case, questions: Sequence[Validate]) -> list[Outcome]:
    """Load a case once, and ask the questions about it."""
    loaded = engine.load(case)
    return [loaded if isinstance(loaded, NotLoaded) else loaded.ask(question) for question in questions]


@law(Compares.DERIVED)
def higher_levels_accept_more(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines agree at each level; what is valid at one is so at the next, and without any (spec 08 §9)."""
    case = replace(case, entities="[]", requests=())
    questions = [*(Validate(level=level) for level in _LEVELS), Validate()]
    loaded = [engine.load(case) for engine in engines]
    verdicts: list[list[Outcome]] = [
        [one if isinstance(one, NotLoaded) else one.ask(question) for one in loaded] for question in questions
    ]
    for question, answers in zip(questions, verdicts, strict=True):
        comparison.compare(f"validation at level {question.level}", answers, asked=question)
    for place, engine in enumerate(engines):
        for level, (below, above) in enumerate(pairwise(verdicts)):
            variants = [
                (f"{engine.name}, level {level}", below[place]),
                (f"{engine.name}, next", above[place]),
            ]
            comparison.hold(
                f"validation from level {level}", variants, lambda a, b: accepted(a) <= accepted(b)
            )


@law(Compares.ITSELF)
def verdicts_follow_from_environments(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A policy is valid if it is valid in each request environment of the schema by itself (spec 08 §2).

    A condition in front, which is false in all other environments, takes a policy to one.
    """
    guards = list(_guards(case))
    if case.policies.format != "cedar" or not 0 < len(guards) <= _MOST_ENVIRONMENTS:
        comparison.skip("no policies in text, or too many environments")
        return
    count = len(layouts(tokenize(case.policies.text)))
    texts = [_with_conditions(case.policies.text, f" when {{ {guard} }}") for guard in guards]
    guarded = replace(case, policies=Source("\n".join(texts)), links=())
    for engine in engines:
        whole, apart = _verdict(engine, replace(case, links=())), _verdict(engine, guarded)
        if isinstance(whole, Validated) and isinstance(apart, Validated):
            valid = accepted(apart)
            together = tuple(
                (f"policy{n}", all(f"policy{n + at * count}" in valid for at in range(len(guards))))
                for n in range(count)
            )
            apart = Validated(all(one for _, one in together), tuple(sorted(together)))
            whole = Validated(whole.valid, whole.policies)
        comparison.hold("validation", [(engine.name, whole), (f"{engine.name}, by environments", apart)])


def _guards(case: Case) -> Iterator[str]:
    """Write a condition for each request environment."""
    if case.schema is None or case.fragments:
        return
    try:
        schema = of_schema(case.schema).define(case.schema.text)
    except (Refused, Undefined, RecursionError):
        return
    for key, action in schema["actions"].items():
        type_name, id_ = json.loads(key)
        applies: Any = action.get("appliesTo") or {"principals": (), "resources": ()}
        written = "".join(f"\\u{{{ord(character):x}}}" for character in id_)
        for principal in applies["principals"]:
            for resource in applies["resources"]:
                types = f"principal is {principal} && resource is {resource}"
                yield f'action == {type_name}::"{written}" && {types}'


def _with_conditions(text: str, condition: str) -> str:
    """Put a condition before those of each policy."""
    tokens = tokenize(text)
    pieces, at = [], 0
    for layout in layouts(tokens):
        start = layout.conditions[0][0] if layout.conditions else layout.end - 1
        pieces += [text[at : tokens[start].start], condition, " "]
        at = tokens[start].start
    return "".join([*pieces, text[at:]])


@law(Compares.ITSELF)
def names_of_types_are_mere_names(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Namespaces and entity types renamed in policies and schema leave the verdict as it is (spec 08)."""
    schema = case.schema
    if schema is None or schema.format != "cedar" or case.policies.format != "cedar" or case.fragments:
        comparison.skip("policies or schema not in text")
        return
    names = _declared(tokenize(schema.text))
    case = replace(case, entities="[]", requests=(), links=())
    renamed = replace(
        case,
        schema=Source(_renamed(schema.text, names)),
        policies=Source(_renamed(case.policies.text, names)),
    )
    for engine in engines:
        before, after = _verdict(engine, case), _verdict(engine, renamed)
        comparison.hold("validation", [(engine.name, before), (f"{engine.name}, types renamed", after)])


def _declared(tokens: Sequence[Token]) -> dict[str, str]:
    """Return new names for the namespaces and entity types that a schema declares."""
    names: dict[str, str] = {}
    for at, token in enumerate(tokens):
        place = at + 1
        while token.text in ("entity", "namespace") and place < len(tokens) and tokens[place].kind == "word":
            name = tokens[place].text
            if name not in _KEYWORDS:
                names[name] = f"Z{len(names)}{name[::-1]}"
            place += 2 if place + 1 < len(tokens) and tokens[place + 1].text in (",", "::") else len(tokens)
    return names


def _renamed(text: str, names: Mapping[str, str]) -> str:
    pieces, at = [], 0
    for token in tokenize(text):
        pieces += [text[at : token.start], names.get(token.text, token.text)]
        at = token.end
    return "".join([*pieces, text[at:]])


_UNUSED = "zz_unused"
_QUESTIONS = (Validate(), Validate("permissive"), Validate(level=1))


@law(Compares.ITSELF)
def unused_declarations_change_no_verdict(
    case: Case, engines: Sequence[Engine], comparison: Comparison
) -> None:
    """Types, actions and optional attributes that no policy names leave the verdict as it is (spec 08).

    An action that applies to something would add request environments, so the added one applies to nothing.
    """
    schema = case.schema
    if schema is None or schema.format != "cedar" or case.fragments or _UNUSED in case.policies.text:
        comparison.skip("schema not in text")
        return
    case = replace(case, entities="[]", requests=())
    larger = replace(case, schema=Source(_enlarged(schema.text)))
    for engine in engines:
        verdicts = [_verdicts(engine, one, _QUESTIONS) for one in (case, larger)]
        for question, before, after in zip(_QUESTIONS, *verdicts, strict=True):
            variants = [(engine.name, before), (f"{engine.name}, with unused declarations", after)]
            comparison.hold("validation", variants, asked=question)


def _enlarged(text: str) -> str:
    """Add an optional attribute to each entity type that has some, and a type and an action of their own."""
    tokens = tokenize(text)
    pieces, at, declared = [], 0, False
    for token, following in pairwise(tokens):
        if token.text in (";", "{", "tags"):
            declared = False
        elif token.text == "entity":
            declared = following.kind == "word"
        if declared and following.text == "{":
            pieces += [text[at : following.end], f" {_UNUSED}?: Long, "]
            at = following.end
    added = f'\nentity {_UNUSED}; entity {_UNUSED}_2 in [{_UNUSED}] {{ n: Long }}; action "{_UNUSED}";\n'
    return "".join([*pieces, text[at:], added])


_EQUALS = ("true && ({})", "({}) && true", "!!({})", "if true then ({}) else false", "({}) || false")

_FORGETTING = "!!({})"
"""A form that grants no capabilities to later conditions (spec 08 §6), so only the last one may have it."""


@law(Compares.ITSELF)
def equal_conditions_are_as_valid(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A policy is as valid with a condition that is equal to its own by the laws of logic (spec 08)."""
    if case.policies.format != "cedar":
        comparison.skip("policies not in text")
        return
    number = len(case.policies.text) % len(_EQUALS)
    text = _with_equals(case.policies.text, _EQUALS[number])
    for engine in engines:
        verdicts = [_verdict(engine, replace(case, policies=one)) for one in (case.policies, Source(text))]
        name = f"{engine.name}, {_EQUALS[number].format('condition')}"
        comparison.hold("validation", [(engine.name, verdicts[0]), (name, verdicts[1])])


def _with_equals(text: str, form: str) -> str:
    tokens = tokenize(text)
    pieces, at = [], 0
    for layout in layouts(tokens):
        for start, end in layout.conditions[-1:] if form == _FORGETTING else layout.conditions:
            inner = tokens[start + 2].start, tokens[end - 1].start
            pieces += [text[at : inner[0]], form.format(text[inner[0] : inner[1]]), " "]
            at = inner[1]
    return "".join([*pieces, text[at:]])


_NO_ACTION = "no_applicable_action"


@law(Compares.ITSELF)
def links_fit_as_written_out(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """An action fits a link as the policy written out, whose validity makes the link valid (spec 08 §4)."""
    case = replace(case, entities="[]", requests=())
    for subject in subjects(case, engines, comparison):
        links = {link["newId"] for link in subject.policies.links}
        if not links:
            comparison.skip("no links")
            continue
        sources = (subject.policies.source(), subject.policies.written_out().source())
        linked, written = (_verdict(subject.engine, replace(subject.case, policies=one)) for one in sources)

        def fits(linked: Validated, written: Validated, links: set[str] = links) -> bool:
            unfit = [
                {one[0] for one in each.warnings or () if one[1] == _NO_ACTION} for each in (linked, written)
            ]
            return unfit[0] & links == unfit[1] & links and accepted(written) & links <= accepted(linked)

        name = subject.engine.name
        comparison.hold("validation", [(name, linked), (f"{name}, links written out", written)], fits)
