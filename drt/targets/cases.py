"""Cases from scenarios and texts: what the targets put before the engines.

Owns the step from a generator's texts to a `Case`. It decides how much goes into one case, and nothing about
what is drawn.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from drt.hostile import FAMILIES
from drt.model.case import Case, Request
from drt.model.case import Source as Text
from generators.choice.profiles import HOSTILE_TEXT, UNTYPED, Profile
from generators.choice.sources import Source
from generators.draw.fragments import fragments_of
from generators.draw.world import Schema
from generators.faults.external_slips import slipped_json, slipped_text
from generators.faults.link_errors import left_external, unlinkable
from generators.faults.mutations import mutated_json, mutated_text
from generators.printing.schemas import schema_json, schema_text
from generators.printing.spelling import spelling_of
from generators.scenarios import Scenario, scenario
from generators.statistics import statistics
from generators.streams import streamed
from generators.texts.grammar import Grammar
from generators.texts.kind_grid import ENTITIES, REQUEST, grid_expression
from generators.texts.request_forms import reformed
from generators.texts.scripts import text as script_text
from generators.texts.tiny_schemas import tiny_fragments

Draw = Callable[[Source], Case]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A case with its stream and the scenario it was written from, where these are known."""

    case: Case
    stream: str = ""
    scenario: Scenario | None = None

    def statistics(self) -> Counter[str]:
        """Count what the scenario is made of: `policies`, `conditions`, `trivial conditions` and the like."""
        return Counter() if self.scenario is None else statistics(self.scenario)

    def policies_with_schema(self) -> Case | None:
        """Return the policies and links with the schema that they were drawn for, ready to validate."""
        if self.scenario is None:
            return None
        return Case(self.case.policies, schema=Text(self.scenario.schema_text()), links=self.case.links)


UNTYPED_RBAC = replace(UNTYPED, name="untyped-templates", templates=0.4, requests=6, expressions=0)
EVALUATE = replace(UNTYPED, name="evaluate", policies=(1, 1), requests=4, expressions=12)
SMALL = replace(UNTYPED, name="small", policies=(1, 2), requests=1, expressions=0, templates=0.2)
INQUIRED = replace(
    UNTYPED, name="inquired", templates=0.35, policies=(1, 4), requests=1, odd_names=0.15, expressions=0
)
SOUND = replace(UNTYPED, name="sound", broken_part=0.0, mistyped_value=0.0, mistyped_request=0.05)
"""Conforming entities and requests, and policies some of which a sloppy validator would let pass."""
ODD_TEXT = replace(HOSTILE_TEXT, name="odd-text", templates=0.3, requests=1, expressions=2, policies=(1, 3))


def reproduction(choices: Sequence[int | bool]) -> dict[str, str]:
    """Return the choices as Hypothesis takes them.

    `@reproduce_failure(version, blob)` above a test of `drawn_by(target.draw)` draws the case again.
    """
    from generators.choice.hypothesis_source import reproduction as of  # half a second, for finds alone

    version, blob = of(choices)
    return {"version": version, "blob": blob.decode("ascii")}


MOST_HOSTILE = 400
"""The size up to which hostile inputs take their turn among others: a few milliseconds each."""

OTHER_FORMS = 0.1
"""The share of cases whose requests are in all forms."""

EXPRESSIONS_A_CASE = 6
GRID_A_CASE = 16


def authorization(drawn: Scenario) -> Case:
    """Return the policies, entities, links and requests of a scenario, without its schema."""
    return Case(
        policies=Text(drawn.policies_text()),
        entities=drawn.entities_text(),
        requests=tuple(Request(text) for text in drawn.request_texts()),
        links=drawn.links,
    )


def authorize(profile: Profile) -> Draw:
    """Draw policies of a profile and requests aimed at them."""
    silent = replace(profile, expressions=0)
    return lambda source: authorization(scenario(source, silent))


def in_any_form(draw: Draw) -> Draw:
    """Draw the same cases, one in ten with its requests in all forms that request documents have."""
    return lambda source: _in_any_form(source, draw(source))


def _in_any_form(source: Source, case: Case) -> Case:
    if not source.boolean(OTHER_FORMS):
        return case
    return replace(case, requests=tuple(Request(reformed(source, one.text)) for one in case.requests))


def streams(source: Source) -> Drawn:
    """Draw a case of one of the streams of a night."""
    found = streamed(source)
    case = _in_any_form(source, authorization(found.scenario))
    return Drawn(case, found.stream, found.scenario)


def evaluate(source: Source) -> Case:
    """Draw expressions of every type under a few requests."""
    drawn = scenario(source, EVALUATE)
    return replace(authorization(drawn), expressions=drawn.expressions())


def changed_text(source: Source) -> Case:
    """Draw policies and expressions from the grammar, most of them changed in a few places."""
    grammar = Grammar(source)
    texts = [grammar.policies(2)]
    texts += [grammar.expression(source.integer(1, 3)) for _ in range(EXPRESSIONS_A_CASE)]
    changed = [mutated_text(source, text) if source.boolean(0.65) else text for text in texts]
    return Case(policies=Text(changed[0]), expressions=tuple(changed[1:]))


def changed_json(source: Source) -> Case:
    """Draw a policy set and an entity document in JSON, most of them changed in a few places."""
    drawn = scenario(source, SMALL)
    policies, entities = drawn.policies_json(links=True), drawn.entities_text()
    return Case(
        policies=Text(mutated_json(source, policies) if source.boolean(0.9) else policies, "json"),
        entities=mutated_json(source, entities) if source.boolean(0.9) else entities,
    )


def odd_text(source: Source) -> Case:
    """Draw policies in unusual words, in text or in JSON, or straight from the grammar."""
    if source.boolean(0.4):
        return Case(policies=Text(Grammar(source).policies(2)))
    drawn = scenario(source, ODD_TEXT)
    case = replace(authorization(drawn), expressions=drawn.expressions())
    if source.boolean(0.4):
        return replace(case, policies=Text(drawn.policies_json(links=True), "json"), links=())
    return case


def entities_alone(source: Source) -> Case:
    """Draw an entity document, sometimes changed in a few places."""
    drawn = scenario(source, replace(SMALL, mistyped_value=0.2, dangling_reference=0.2))
    text = drawn.entities_text()
    return Case(policies=Text(""), entities=mutated_json(source, text) if source.boolean(0.4) else text)


def hostile(source: Source) -> Case:
    """Draw a hostile input of moderate size: deep, long, repetitive, ill-encoded."""
    family = source.choice(FAMILIES)
    return family.make(source.integer(2, min(MOST_HOSTILE, family.sizes[-1] + 1))).case


def grid(source: Source) -> Case:
    """Draw every operator on operands of every kind, evenly."""
    expressions = tuple(grid_expression(source) for _ in range(GRID_A_CASE))
    return Case(Text(""), ENTITIES, requests=(Request(REQUEST),), expressions=expressions)


def validated(
    *profiles: Profile, requests: int = 0, json_schema: float = 0.3, json_policies: float = 0.0
) -> Draw:
    """Draw policies of one of the profiles with their schema, each in either syntax.

    Entities and requests come with them where `requests` asks for some.
    """
    fewer = _at_most(profiles, requests)

    def draw(source: Source) -> Case:
        drawn = scenario(source, source.choice(fewer))
        whole = authorization(drawn)
        in_json = source.boolean(json_schema)
        schema = Text(drawn.schema_json(), "json") if in_json else Text(drawn.schema_text())
        if source.boolean(json_policies):
            whole = _with_json_policies(source, drawn, whole)
        if not requests:
            return replace(whole, schema=schema, entities="[]", requests=())
        return replace(whole, schema=schema)

    return draw


def _with_json_policies(source: Source, drawn: Scenario, case: Case) -> Case:
    """Write the policies of a case in JSON, under ids of odd scripts where the profile has those."""
    document = json.loads(drawn.policies_json())
    if source.boolean(drawn.profile.odd_scripts):
        end = script_text(source)
        for part in ("staticPolicies", "templates"):
            document[part] = {f"{id_}{end}": policy for id_, policy in document[part].items()}
        links = tuple((f"{template}{end}", new_id, values) for template, new_id, values in case.links)
        case = replace(case, links=links)
    return replace(case, policies=Text(json.dumps(document), "json"))


def fragments(*profiles: Profile, requests: int = 0, missed: float = 0.4, tiny: float = 0.0) -> Draw:
    """Draw policies of one of the profiles with schemas that link to theirs.

    With probability `missed` the schemas break one rule of linking; with probability `tiny` there are only
    schemas, of few declarations.
    """
    fewer = _at_most(profiles, requests)

    def draw(source: Source) -> Case:
        if source.boolean(tiny):
            first, *others = (Text(text) for text in tiny_fragments(source))
            return Case(Text(""), schema=first, fragments=tuple(others))
        drawn = scenario(source, source.choice(fewer))
        if source.boolean(missed):
            parts = unlinkable(source, drawn.schema, set())
        else:
            parts = fragments_of(source, drawn.schema)
        return _linked(source, drawn, parts, requests)

    return draw


def incomplete(*profiles: Profile, requests: int = 0) -> Draw:
    """Draw policies of one of the profiles with schemas that together leave something external.

    Rarely there are no policies.
    """
    fewer = _at_most(profiles, requests)

    def draw(source: Source) -> Case:
        drawn = scenario(source, source.choice(fewer))
        case = _linked(source, drawn, left_external(source, drawn.schema), requests)
        return replace(case, policies=Text(""), links=()) if source.boolean(0.05) else case

    return draw


def _at_most(profiles: Sequence[Profile], requests: int) -> list[Profile]:
    return [replace(profile, expressions=0, requests=max(requests, 1)) for profile in profiles]


def _linked(source: Source, drawn: Scenario, parts: Sequence[Schema], requests: int) -> Case:
    """Combine the policies of a scenario with schemas, in any order and each in either syntax."""
    waiting = list(parts)
    texts: list[Text] = []
    while waiting:
        part = waiting.pop(source.integer(0, len(waiting) - 1))
        in_json = source.boolean(0.4)
        texts.append(
            Text(json.dumps(schema_json(part)), "json") if in_json else Text(_schema_text(drawn, part))
        )
    case = replace(authorization(drawn), schema=texts[0], fragments=tuple(texts[1:]))
    return case if requests else replace(case, entities="[]", requests=())


def _schema_text(drawn: Scenario, schema: Schema) -> str:
    """Write a schema in Cedar syntax, in the spelling of a scenario."""
    return schema_text(schema, spelling_of(drawn.spelling))


_INQUIRIES: tuple[Draw, ...] = (
    fragments(INQUIRED, missed=0.0),
    fragments(INQUIRED, missed=0.0),
    fragments(INQUIRED, missed=0.5),
    incomplete(INQUIRED),
)


def inquiry(source: Source) -> Case:
    """Draw policies, templates and links for an inquiry (spec 13 §1–§3).

    They come with one schema, with schemas that link or do not, or without any.
    """
    if source.boolean(0.5):
        return source.choice(_INQUIRIES)(source)
    drawn = scenario(source, INQUIRED)
    case = _linked(source, drawn, (drawn.schema,), 0)
    match source.integer(0, 9):
        case 0:
            return replace(case, schema=None)
        case 1:
            return replace(case, policies=Text(""), links=())
        case 2 | 3:
            return replace(case, policies=Text(drawn.policies_json(), "json"))
        case _:
            return case


def schema_alone(*profiles: Profile) -> Draw:
    """Draw the schema of one of the profiles, or a fragment of it, in either syntax; change some texts."""
    fewer = _at_most(profiles, 0)

    def draw(source: Source) -> Case:
        drawn = scenario(source, source.choice(fewer))
        schema = drawn.schema
        whole = any(misfit.startswith("broken-schema") for misfit in drawn.intended_misfits)
        external = not whole and source.boolean(0.4)
        if external:
            schema = source.choice(fragments_of(source, schema))
        in_json = source.boolean()
        text = json.dumps(schema_json(schema)) if in_json else _schema_text(drawn, schema)
        if external and source.boolean(0.4):
            text = (slipped_json if in_json else slipped_text)(source, text)
        elif source.boolean(0.3):
            text = (mutated_json if in_json else mutated_text)(source, text)
        return Case(policies=Text(""), schema=Text(text, "json" if in_json else "cedar"))

    return draw
