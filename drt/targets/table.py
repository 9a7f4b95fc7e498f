"""The targets: what a run can draw and the law by which it judges it.

Owns the table that joins a generator to an oracle, and nothing else. The same table prints `drt targets` and
shares a run's budget.
"""

from __future__ import annotations

from dataclasses import replace

from drt.model.case import Case
from drt.oracles import reading, roundtrips
from drt.oracles.agreement import engines_agree, variants_agree
from drt.oracles.algebra import comparable_values_have_an_order, equals_may_replace_equals
from drt.oracles.literals import literals_have_their_values
from drt.oracles.revisions import revised_sets_answer_as_new_ones
from drt.oracles.wildcard import wildcard_matches_definition
from drt.targets import cases, documents
from drt.targets.crowds import crowds
from drt.targets.laws import LAW_TARGETS
from drt.targets.likes import likes
from drt.targets.partial import PARTIAL_TARGETS
from drt.targets.scopes import scopes
from drt.targets.target import Target
from drt.targets.validation import VALIDATION_TARGETS
from generators.choice.profiles import (
    DANGLING,
    EXTREME,
    ONE_TYPE_ERROR,
    TEMPLATES,
    TYPED,
    UNTYPED,
)
from generators.choice.sources import Source
from generators.scenarios import scenario

MISTYPED = replace(cases.SOUND, name="mistyped", mistyped_request=0.25)
REVISED = replace(TEMPLATES, name="revised", requests=2, policies=(2, 4), templates=0.5, expressions=0)


def _revised(source: Source) -> Case:
    """Draw policies, half of them scopes alone: what changes are about is ids and contents."""
    drawn = scenario(source, REVISED)
    policies = (
        replace(policy, conditions=()) if source.boolean(0.5) else policy for policy in drawn.policies
    )
    return cases.authorization(replace(drawn, policies=tuple(policies)))


def _crowded_or(draw: cases.Draw, share: float) -> cases.Draw:
    """Draw a share of the cases with many short policies about few entities."""
    return lambda source: crowds(source) if source.boolean(share) else draw(source)


def _streams(source: Source) -> Case:
    return cases.streams(source).case


_TARGETS = (
    Target(
        "authorize",
        "Engines give the same response in every stream: well typed, dangling, erring, mutated, hostile.",
        _streams,
        engines_agree,
        weight=192,
        watched=32,
        streams=cases.streams,
    ),
    Target(
        "scopes",
        "Engines give the same response on a few policies that are scopes alone.",
        scopes,
        engines_agree,
        weight=4,
    ),
    Target(
        "authorize-typed",
        "Engines give the same response to requests on well-typed policies.",
        cases.in_any_form(cases.authorize(TYPED)),
        engines_agree,
        weight=2,
    ),
    Target(
        "authorize-untyped",
        "Engines give the same response, errors included, where nothing has to fit.",
        cases.in_any_form(cases.authorize(UNTYPED)),
        engines_agree,
        weight=4,
    ),
    Target(
        "evaluate",
        "Engines give every expression the same value or the same kind of error.",
        cases.in_any_form(cases.evaluate),
        engines_agree,
        weight=4,
    ),
    Target(
        "kinds",
        "Engines give every operator on operands of every kind the same value or error.",
        cases.grid,
        engines_agree,
        weight=20,
        watched=1,
    ),
    Target(
        "rbac",
        "Engines give the same response on many policies with templates and links.",
        cases.in_any_form(cases.authorize(TEMPLATES)),
        engines_agree,
        weight=2,
    ),
    Target(
        "variants",
        "An engine gives the same response by generated code, errors included.",
        cases.authorize(UNTYPED),
        variants_agree,
        weight=2,
    ),
    Target(
        "variants-kinds",
        "An engine's generated code gives every operator on operands of every kind the same value or error.",
        cases.grid,
        variants_agree,
        weight=8,
    ),
    Target(
        "variants-typed",
        "An engine gives the same response by code for the types of the schema, errors included.",
        cases.validated(MISTYPED, requests=8),
        variants_agree,
        weight=3,
    ),
    Target(
        "variants-requests",
        "An engine answers a request alike as text, as an object and by its types, or refuses it.",
        documents.request_variants,
        variants_agree,
        weight=3,
    ),
    Target(
        "variants-many",
        "An engine gives the same response by an index over many policies, whatever else is generated.",
        _crowded_or(cases.authorize(replace(TEMPLATES, name="many", policies=(20, 60))), 0.8),
        variants_agree,
        weight=3,
    ),
    Target(
        "crowds",
        "Engines give the same response on many short policies about few entities.",
        crowds,
        engines_agree,
        weight=2,
    ),
    Target(
        "dangling",
        "Engines agree where entities, parents and attributes refer to what is not there.",
        cases.in_any_form(cases.authorize(DANGLING)),
        engines_agree,
    ),
    Target(
        "extreme",
        "Engines agree where constants lie at the ends of their ranges.",
        cases.in_any_form(cases.authorize(EXTREME)),
        engines_agree,
    ),
    Target(
        "one-type-error",
        "Engines agree on well-typed policies with exactly one operand of the wrong kind.",
        cases.in_any_form(cases.authorize(ONE_TYPE_ERROR)),
        engines_agree,
    ),
    Target(
        "parse-text",
        "Engines take the same policy and expression texts and read them as the same.",
        cases.changed_text,
        reading.readers_agree,
        weight=6,
    ),
    Target(
        "parse-json",
        "Engines take the same policy and entity JSON and read it as the same.",
        cases.changed_json,
        reading.readers_agree,
        weight=5,
    ),
    Target(
        "hostile",
        "Engines agree on deep, long, cyclic and ill-encoded inputs, and survive them.",
        cases.hostile,
        engines_agree,
    ),
    Target(
        "comments",
        "Blanks and comments between tokens change nothing.",
        cases.odd_text,
        reading.comments_change_nothing,
    ),
    Target(
        "print-policies",
        "What one engine prints, every engine reads as the same policies.",
        cases.odd_text,
        roundtrips.printing_round_trips,
        weight=5,
    ),
    Target(
        "policies-json",
        "Policies written as JSON are read back as the same by every engine.",
        cases.odd_text,
        roundtrips.json_round_trips,
        weight=2,
    ),
    Target(
        "print-links",
        "A policy set printed with its links written out decides like the set.",
        cases.authorize(TEMPLATES),
        roundtrips.printed_links_decide_alike,
    ),
    Target(
        "format",
        "Formatting keeps policies and comments, and formatting again changes nothing.",
        cases.odd_text,
        roundtrips.formatting_keeps_everything,
        weight=2,
    ),
    Target(
        "entities",
        "The entities that one engine writes, every engine reads as the same.",
        cases.entities_alone,
        roundtrips.entities_round_trip,
        weight=3,
    ),
    Target(
        "literals",
        "Extension literals, their methods, and arithmetic have the values that a definition gives them.",
        documents.literals,
        literals_have_their_values,
        weight=18,
    ),
    Target(
        "equals",
        "An expression has the same value or error however it is written.",
        cases.grid,
        equals_may_replace_equals,
        weight=2,
    ),
    Target(
        "order",
        "Of two comparable values one is less or both are equal, by every comparison.",
        documents.literals,
        comparable_values_have_an_order,
        weight=2,
    ),
    Target(
        "odd-tokens",
        "Engines take the same texts with an odd word, sign, number, escape or line end, and read them so.",
        documents.odd_tokens,
        reading.readers_agree,
        weight=18,
    ),
    Target(
        "format-comments",
        "Formatting keeps comments wherever they stand, and formatting again changes nothing.",
        documents.commented,
        roundtrips.formatting_keeps_everything,
        weight=8,
    ),
    Target(
        "trees",
        "Engines take the same policy JSON with trees that no text has, and read it as the same.",
        documents.trees,
        reading.readers_agree,
        weight=20,
    ),
    Target(
        "trees-responses",
        "Engines give the same response by policies with trees that no text has.",
        documents.sound_trees,
        engines_agree,
        weight=3,
    ),
    Target(
        "print-trees",
        "What one engine prints of trees that no text has, every engine reads as the same policies.",
        documents.sound_trees,
        roundtrips.printing_round_trips,
        weight=12,
    ),
    Target(
        "trees-json",
        "Trees that no text has, written as JSON, are read back as the same by every engine.",
        documents.sound_trees,
        roundtrips.json_round_trips,
        weight=3,
    ),
    Target(
        "revisions",
        "After every change of a policy set or a store, answers are those of ones that are newly made.",
        _crowded_or(_revised, 0.1),
        revised_sets_answer_as_new_ones,
        weight=8,
    ),
    Target(
        "wildcard",
        "`like` matches as its definition says.",
        likes,
        wildcard_matches_definition,
    ),
    *VALIDATION_TARGETS,
    *PARTIAL_TARGETS,
    *LAW_TARGETS,
)

TARGETS: dict[str, Target] = {target.name: target for target in _TARGETS}
"""Every target by its name."""
