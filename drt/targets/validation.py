"""The targets that need a schema: validation, linking, entities and requests that conform, translations.

Owns the rows of the table of targets whose cases have a schema.
"""

from __future__ import annotations

from dataclasses import replace

from drt.oracles import questions, schemas, validation, validator_laws
from drt.oracles.agreement import engines_agree
from drt.oracles.definitions import requests_are_defined
from drt.targets import cases, documents
from drt.targets.target import Target
from generators.choice.profiles import (
    BROKEN_ENTITIES,
    BROKEN_SCHEMA,
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

VALIDATION_TARGETS = (
    Target(
        "valid-typed",
        "Engines give well-typed policies the same verdict, strict and permissive.",
        cases.validated(TYPED),
        validation.validators_agree,
    ),
    Target(
        "valid-untyped",
        "Engines give policies where nothing has to fit the same verdict.",
        cases.validated(UNTYPED),
        validation.validators_agree,
    ),
    Target(
        "valid-loose",
        "Engines agree on what only permissive validation may take.",
        cases.validated(LOOSE_TYPES),
        validation.validators_agree,
        weight=3,
    ),
    Target(
        "valid-one-error",
        "Engines agree on well-typed policies with exactly one type error.",
        cases.validated(ONE_TYPE_ERROR),
        validation.validators_agree,
    ),
    Target(
        "valid-errors",
        "Engines report the same kinds of errors, one or several in a policy.",
        cases.validated(TYPE_ERRORS, json_policies=0.15),
        validation.validators_agree,
        weight=4,
    ),
    Target(
        "valid-scopes",
        "Engines warn of the same policies, templates and links that no action fits, and check on.",
        cases.validated(UNFIT_SCOPES),
        validation.validators_agree,
        weight=4,
    ),
    Target(
        "valid-texts",
        "Engines warn of the same texts that mix scripts or mislead, and of no others.",
        cases.validated(ODD_SCRIPTS, json_policies=0.15),
        validation.validators_agree,
        weight=4,
    ),
    Target(
        "valid-incomplete",
        "Engines refuse to validate with schemas that leave something external.",
        cases.incomplete(TYPED, UNFIT_SCOPES),
        validation.validators_agree,
    ),
    Target(
        "valid-fragments",
        "Policies have the same verdict under schemas that link, whichever engine links them.",
        cases.fragments(TYPED, TYPE_ERRORS, tiny=0.3),
        validation.validators_agree,
        weight=3,
    ),
    Target(
        "valid-linking",
        "Engines link the same schemas to the same, whatever their order and grouping.",
        cases.fragments(TYPED, tiny=0.95),
        questions.linkers_agree,
        weight=2,
    ),
    Target(
        "questions",
        "Engines give the same answers about schemas and policies.",
        documents.inquiry,
        questions.questions_agree,
    ),
    Target(
        "valid-near-miss",
        "Engines agree where the schema has changed since the policies were written.",
        cases.validated(NEAR_MISS_SCHEMA),
        validation.validators_agree,
    ),
    Target(
        "valid-templates",
        "Engines give templates and their links the same verdict.",
        cases.validated(replace(TEMPLATES, mistyped_expression=0.05)),
        validation.validators_agree,
    ),
    Target(
        "valid-links",
        "An action fits a link exactly if it fits the policy that is written out.",
        cases.validated(UNFIT_SCOPES),
        validator_laws.links_fit_as_written_out,
    ),
    Target(
        "valid-permissive",
        "Permissive validation accepts what strict validation accepts.",
        cases.validated(LOOSE_TYPES),
        validation.permissive_accepts_what_strict_accepts,
    ),
    Target(
        "valid-sound",
        "A valid policy never has a type, attribute, tag or arity error.",
        cases.validated(cases.SOUND, requests=16),
        validation.validated_policies_keep_their_promise,
        weight=2,
    ),
    Target(
        "valid-levels",
        "A policy valid at a level needs no more than the slice of that depth.",
        cases.validated(TYPED, TYPED, UNFIT_SCOPES, TYPE_ERRORS, requests=4),
        validation.levels_are_enough,
    ),
    Target(
        "typing",
        "Engines give the same verdict on policies with twin names, look-alike guards and dead branches.",
        documents.typing,
        validation.validators_agree,
        weight=36,
    ),
    Target(
        "typing-sound",
        "A valid policy with twin names or look-alike guards never has a type, attribute or tag error.",
        documents.typing,
        validation.validated_policies_keep_their_promise,
        weight=6,
    ),
    Target(
        "typing-levels",
        "A policy that is valid at a level gets by with the slice of that depth, through records and tags.",
        documents.typing_for_levels,
        validation.levels_are_enough,
        weight=14,
    ),
    Target(
        "typing-higher-levels",
        "Engines agree at every level, and what is valid at one is valid at the next, and without any.",
        documents.typing_by_level,
        validator_laws.higher_levels_accept_more,
        weight=20,
    ),
    Target(
        "typing-environments",
        "A policy is valid if it is valid in each request environment by itself.",
        documents.typing_for_levels,
        validator_laws.verdicts_follow_from_environments,
        weight=2,
    ),
    Target(
        "typing-renamed",
        "Policies have the same verdict when namespaces and entity types are renamed.",
        documents.typing,
        validator_laws.names_of_types_are_mere_names,
        weight=2,
    ),
    Target(
        "typing-unused",
        "Types, actions and optional attributes that no policy names change no verdict.",
        documents.typing,
        validator_laws.unused_declarations_change_no_verdict,
        weight=2,
    ),
    Target(
        "typing-equals",
        "A policy is as valid with a condition that is equal to its own.",
        documents.typing,
        validator_laws.equal_conditions_are_as_valid,
        weight=2,
    ),
    Target(
        "valid-entities",
        "Engines agree which entities conform to a schema, and read them as the same.",
        cases.validated(BROKEN_ENTITIES, HOSTILE_TEXT, requests=1),
        schemas.stores_conform_alike,
        weight=3,
    ),
    Target(
        "valid-implied",
        "Engines read values that only the schema makes entities or extensions as the same.",
        cases.validated(IMPLIED, requests=4),
        schemas.stores_conform_alike,
        weight=2,
    ),
    Target(
        "valid-requests",
        "Engines agree which requests conform to a schema, and answer those alike.",
        cases.in_any_form(
            cases.validated(
                replace(UNTYPED, name="requests", mistyped_request=0.4, mistyped_value=0.02), requests=12
            )
        ),
        engines_agree,
        weight=3,
    ),
    Target(
        "valid-schemas",
        "Engines take the same schemas and resolve them to the same.",
        cases.schema_alone(BROKEN_SCHEMA, HOSTILE_TEXT),
        schemas.schema_readers_agree,
        weight=2,
    ),
    Target(
        "schema-rules",
        "Engines take the same small schemas, wrong by one rule or right, and resolve them to the same.",
        documents.schema_rules,
        schemas.schema_readers_agree,
        weight=28,
    ),
    Target(
        "schema-rules-translated",
        "A small schema translated to the other syntax means the same to every reader.",
        documents.sound_schemas,
        schemas.schema_translations_mean_the_same,
        weight=16,
    ),
    Target(
        "store-rules",
        "Engines agree which entities conform where one rule is broken, and read them as the same.",
        documents.store_rules,
        schemas.stores_conform_alike,
        weight=24,
    ),
    Target(
        "request-rules",
        "Engines agree which requests conform to a schema where one rule is broken.",
        documents.store_rules,
        engines_agree,
        weight=10,
    ),
    Target(
        "shapes",
        "Engines refuse entity documents where a rule of their form is broken, and read others as the same.",
        documents.shapes,
        schemas.stores_conform_alike,
        weight=10,
    ),
    Target(
        "requests-defined",
        "A request is refused or answered as the definition says, where one rule is broken too.",
        documents.store_rules,
        requests_are_defined,
        weight=8,
    ),
    Target(
        "valid-translations",
        "A schema translated to the other syntax means the same to every reader.",
        cases.schema_alone(HOSTILE_TEXT),
        schemas.schema_translations_mean_the_same,
        weight=3,
    ),
    Target(
        "valid-syntaxes",
        "Policies have the same verdict under a schema in either syntax.",
        cases.validated(ONE_TYPE_ERROR),
        schemas.syntaxes_validate_alike,
    ),
    Target(
        "valid-substitution",
        "Writing the action out in the place of its variable changes no response.",
        cases.validated(TYPED, requests=4),
        schemas.the_action_may_be_written_out,
    ),
)
