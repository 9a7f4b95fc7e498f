"""The targets: what a run can draw and by which law it judges it.

Owns the table that joins a generator to an oracle, and nothing else; the same table prints `drt targets`,
fills the README and shares a run's budget.
"""

from __future__ import annotations

from dataclasses import replace

from drt import drawing
from drt.case import Case
from drt.oracles import laws, reading, roundtrips, schemas, validation
from drt.oracles.agreement import engines_agree, variants_agree
from drt.oracles.checked import Oracle
from drt.oracles.wildcard import wildcard_matches_definition
from drt.target import Target
from generators.profiles import (
    BROKEN_ENTITIES,
    BROKEN_SCHEMA,
    DANGLING,
    EXTREME,
    HOSTILE_TEXT,
    IMPLIED,
    LOOSE_TYPES,
    NEAR_MISS_SCHEMA,
    ODD_SCRIPTS,
    ONE_TYPE_ERROR,
    TEMPLATES,
    TYPE_ERRORS,
    TYPED,
    UNFIT_SCOPES,
    UNTYPED,
)
from generators.source import Source

SOUND = replace(UNTYPED, name="sound", broken_part=0.0, mistyped_value=0.0, mistyped_request=0.05)
"""Conforming entities and requests, and policies some of which a sloppy validator would let pass."""


def _law(name: str, oracle: Oracle, sentence: str) -> Target:
    """A law of authorization, tried on untyped policies with templates and links."""
    return Target(name, sentence, drawing.authorize(drawing.UNTYPED_RBAC), oracle)


def _streams(source: Source) -> Case:
    return drawing.streams(source).case


_TARGETS = (
    Target(
        "authorize",
        "Engines give the same response in every stream: well typed, dangling, erring, mutated, hostile.",
        _streams,
        engines_agree,
        weight=340,
        watched=32,
        streams=drawing.streams,
    ),
    Target(
        "authorize-typed",
        "Engines give the same response to requests on well-typed policies.",
        drawing.authorize(TYPED),
        engines_agree,
        weight=2,
    ),
    Target(
        "authorize-untyped",
        "Engines give the same response, errors included, where nothing has to fit.",
        drawing.authorize(UNTYPED),
        engines_agree,
        weight=4,
    ),
    Target(
        "evaluate",
        "Engines give every expression the same value or the same kind of error.",
        drawing.evaluate,
        engines_agree,
        weight=4,
    ),
    Target(
        "kinds",
        "Engines give every operator on operands of every kind the same value or error.",
        drawing.grid,
        engines_agree,
        weight=18,
        watched=1,
    ),
    Target(
        "rbac",
        "Engines give the same response on many policies with templates and links.",
        drawing.authorize(TEMPLATES),
        engines_agree,
        weight=2,
    ),
    Target(
        "variants",
        "An engine gives the same response by generated code, errors included.",
        drawing.authorize(UNTYPED),
        variants_agree,
    ),
    Target(
        "variants-typed",
        "An engine gives the same response by code for the types of the schema, errors included.",
        drawing.validated(SOUND, requests=8),
        variants_agree,
    ),
    Target(
        "variants-many",
        "An engine gives the same response by an index over many policies, whatever else is generated.",
        drawing.authorize(replace(TEMPLATES, name="many", policies=(20, 60))),
        variants_agree,
    ),
    Target(
        "dangling",
        "Engines agree where entities, parents and attributes refer to what is not there.",
        drawing.authorize(DANGLING),
        engines_agree,
    ),
    Target(
        "extreme",
        "Engines agree where constants lie at the ends of their ranges.",
        drawing.authorize(EXTREME),
        engines_agree,
    ),
    Target(
        "one-type-error",
        "Engines agree on well-typed policies with exactly one operand of the wrong kind.",
        drawing.authorize(ONE_TYPE_ERROR),
        engines_agree,
    ),
    Target(
        "parse-text",
        "Engines take the same policy and expression texts and read them as the same.",
        drawing.changed_text,
        reading.readers_agree,
        weight=4,
    ),
    Target(
        "parse-json",
        "Engines take the same policy and entity JSON and read it as the same.",
        drawing.changed_json,
        reading.readers_agree,
        weight=4,
    ),
    Target(
        "hostile",
        "Engines agree on deep, long, cyclic and ill-encoded inputs, and survive them.",
        drawing.hostile,
        engines_agree,
    ),
    Target(
        "comments",
        "Blanks and comments between tokens change nothing.",
        drawing.odd_text,
        reading.comments_change_nothing,
    ),
    Target(
        "print-policies",
        "What one engine prints, every engine reads as the same policies.",
        drawing.odd_text,
        roundtrips.printing_round_trips,
        weight=2,
    ),
    Target(
        "policies-json",
        "Policies written as JSON are read back as the same by every engine.",
        drawing.odd_text,
        roundtrips.json_round_trips,
        weight=2,
    ),
    Target(
        "print-links",
        "A policy set printed with its links written out decides like the set.",
        drawing.authorize(TEMPLATES),
        roundtrips.printed_links_decide_alike,
    ),
    Target(
        "format",
        "Formatting keeps policies and comments, and formatting again changes nothing.",
        drawing.odd_text,
        roundtrips.formatting_keeps_everything,
    ),
    Target(
        "entities",
        "The entities that one engine writes, every engine reads as the same.",
        drawing.entities_alone,
        roundtrips.entities_round_trip,
        weight=2,
    ),
    Target(
        "wildcard",
        "`like` matches as its definition says.",
        drawing.likes,
        wildcard_matches_definition,
    ),
    Target(
        "valid-typed",
        "Engines give well-typed policies the same verdict, strict and permissive.",
        drawing.validated(TYPED),
        validation.validators_agree,
    ),
    Target(
        "valid-untyped",
        "Engines give policies where nothing has to fit the same verdict.",
        drawing.validated(UNTYPED),
        validation.validators_agree,
    ),
    Target(
        "valid-loose",
        "Engines agree on what only permissive validation may take.",
        drawing.validated(LOOSE_TYPES),
        validation.validators_agree,
    ),
    Target(
        "valid-one-error",
        "Engines agree on well-typed policies with exactly one type error.",
        drawing.validated(ONE_TYPE_ERROR),
        validation.validators_agree,
    ),
    Target(
        "valid-errors",
        "Engines report the same kinds of errors, one or several in a policy.",
        drawing.validated(TYPE_ERRORS, json_policies=0.15),
        validation.validators_agree,
        weight=2,
    ),
    Target(
        "valid-scopes",
        "Engines warn of the same policies, templates and links that no action fits, and check on.",
        drawing.validated(UNFIT_SCOPES),
        validation.validators_agree,
        weight=2,
    ),
    Target(
        "valid-texts",
        "Engines warn of the same texts that mix scripts or mislead, and of no others.",
        drawing.validated(ODD_SCRIPTS, json_policies=0.15),
        validation.validators_agree,
        weight=2,
    ),
    Target(
        "valid-incomplete",
        "Engines refuse to validate with schemas that leave something external.",
        drawing.incomplete(TYPED, UNFIT_SCOPES),
        validation.validators_agree,
    ),
    Target(
        "valid-fragments",
        "Policies have the same verdict under schemas that link, whoever links them.",
        drawing.fragments(TYPED, TYPE_ERRORS),
        validation.validators_agree,
    ),
    Target(
        "valid-near-miss",
        "Engines agree where the schema has changed since the policies were written.",
        drawing.validated(NEAR_MISS_SCHEMA),
        validation.validators_agree,
    ),
    Target(
        "valid-templates",
        "Engines give templates and their links the same verdict.",
        drawing.validated(replace(TEMPLATES, mistyped_expression=0.05)),
        validation.validators_agree,
    ),
    Target(
        "valid-permissive",
        "Permissive validation accepts what strict validation accepts.",
        drawing.validated(LOOSE_TYPES),
        validation.permissive_accepts_what_strict_accepts,
    ),
    Target(
        "valid-sound",
        "A valid policy never has a type, attribute, tag or arity error.",
        drawing.validated(SOUND, requests=16),
        validation.validated_policies_keep_their_promise,
        weight=2,
    ),
    Target(
        "valid-levels",
        "A policy valid at a level needs no more than the slice of that depth.",
        drawing.validated(TYPED, TYPED, UNFIT_SCOPES, TYPE_ERRORS, requests=4),
        validation.levels_are_enough,
    ),
    Target(
        "valid-entities",
        "Engines agree which entities conform to a schema, and read them as the same.",
        drawing.validated(BROKEN_ENTITIES, HOSTILE_TEXT, requests=1),
        schemas.stores_conform_alike,
    ),
    Target(
        "valid-implied",
        "Engines read values that only the schema makes entities or extensions as the same.",
        drawing.validated(IMPLIED, requests=4),
        schemas.stores_conform_alike,
    ),
    Target(
        "valid-requests",
        "Engines agree which requests conform to a schema, and answer those alike.",
        drawing.validated(replace(UNTYPED, name="requests", mistyped_request=0.4), requests=12),
        engines_agree,
    ),
    Target(
        "valid-schemas",
        "Engines take the same schemas and resolve them to the same.",
        drawing.schema_alone(BROKEN_SCHEMA, HOSTILE_TEXT),
        schemas.schema_readers_agree,
    ),
    Target(
        "valid-translations",
        "A schema translated to the other syntax means the same, whoever reads it.",
        drawing.schema_alone(HOSTILE_TEXT),
        schemas.schema_translations_mean_the_same,
    ),
    Target(
        "valid-syntaxes",
        "Policies have the same verdict under a schema in either syntax.",
        drawing.validated(ONE_TYPE_ERROR),
        schemas.syntaxes_validate_alike,
    ),
    Target(
        "valid-substitution",
        "Writing the action out in the place of its variable changes no response.",
        drawing.validated(TYPED, requests=4),
        schemas.the_action_may_be_written_out,
    ),
    _law(
        "law-policy-order",
        laws.policy_order_is_irrelevant,
        "The order of policies is irrelevant.",
    ),
    _law(
        "law-more-forbids",
        laws.adding_a_forbid_never_allows,
        "Adding a forbid never turns deny into allow.",
    ),
    _law(
        "law-more-permits",
        laws.adding_a_permit_never_denies,
        "Adding a permit never turns allow into deny.",
    ),
    _law(
        "law-erring-policies",
        laws.removing_an_erring_policy_changes_no_decision,
        "Removing the erring policies changes no decision.",
    ),
    _law(
        "law-idle-policies",
        laws.removing_an_idle_policy_changes_nothing,
        "Removing the policies that neither determine nor err changes nothing.",
    ),
    _law(
        "law-composition",
        laws.responses_are_composed,
        "A response follows from what each policy does alone.",
    ),
    _law(
        "law-invariants",
        laws.responses_are_well_formed,
        "Determining policies have the effect of the decision and do not err.",
    ),
    _law(
        "law-links",
        laws.linking_equals_writing,
        "A template link does what the policy does that is written out.",
    ),
    _law(
        "law-renaming",
        laws.renaming_changes_nothing,
        "Renaming entity and policy ids consistently changes nothing.",
    ),
    _law(
        "law-repetition",
        laws.repeated_elements_change_nothing,
        "Repeating the elements of sets changes nothing.",
    ),
)

TARGETS: dict[str, Target] = {target.name: target for target in _TARGETS}
"""Every target by its name."""
