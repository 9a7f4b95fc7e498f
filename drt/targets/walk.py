"""The targets of `drt enumerate`: small scopes that are walked in order, each case once.

Owns the table that joins a list of cases to a law; otherwise its targets are like those of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drt.model.case import Case, Format, Request
from drt.model.case import Source as Text
from drt.model.divergence import Oracle
from drt.oracles.agreement import engines_agree, variants_agree
from drt.oracles.reading import readers_agree
from drt.oracles.schemas import schema_readers_agree, stores_conform_alike
from drt.oracles.thorough import responses_and_verdicts_agree
from drt.targets.target import Target
from generators.walk import documents, operators

PLACE = "drt.targets.walk:WALK"
"""The name of the table, for `--targets-from`."""

REQUESTS_A_CASE = 16
WATCHED = 128
"""One case of so many is observed: the next one of a walk does not depend on what is new."""

NO_POLICIES = Text("")
PERMIT_ALL = Text("permit(principal, action, resource);")
SCHEMA = Text(operators.SCHEMA)
REQUESTS = tuple(map(Request, operators.REQUESTS))
GROUPS = operators.groups()


def _walked(name: str, sentence: str, cases: Iterable[Case], oracle: Oracle) -> Target:
    """Return a target that walks cases in order."""
    known = tuple(cases)
    number = len(known)
    return Target(name, sentence, lambda source: source.choice(known), oracle, number, WATCHED, walk=number)


def _typed(*contexts: str) -> Iterator[Case]:
    """List the operators in some contexts, in policies with a schema."""
    for group in GROUPS:
        if group.context in contexts:
            yield Case(Text(group.policies()), operators.ENTITIES, SCHEMA, REQUESTS)


def _untyped() -> Iterator[Case]:
    """List the operators alone, as expressions on a store that is read without a schema."""
    for group in GROUPS:
        if group.context == operators.ALONE:
            yield Case(NO_POLICIES, operators.ENTITIES, None, REQUESTS, group.expressions)


def _policies(texts: Iterable[str], form: Format) -> Iterator[Case]:
    return (Case(Text(text, form)) for text in texts)


def _schemas(texts: Iterable[str], form: Format) -> Iterator[Case]:
    return (Case(NO_POLICIES, schema=Text(text, form)) for text in texts)


def _requests() -> Iterator[Case]:
    requests = [Request(text) for text in documents.requests()]
    for start in range(0, len(requests), REQUESTS_A_CASE):
        some = tuple(requests[start : start + REQUESTS_A_CASE])
        yield Case(PERMIT_ALL, operators.ENTITIES, SCHEMA, some)
        yield Case(PERMIT_ALL, operators.ENTITIES, None, some)


_TARGETS = (
    _walked(
        "walk-operators",
        "Engines give every operator in every context the same response, and the same verdict in each mode.",
        _typed(*operators.CONTEXTS),
        responses_and_verdicts_agree,
    ),
    _walked(
        "walk-code",
        "An engine gives every operator the same response by generated code.",
        _typed(operators.ALONE),
        variants_agree,
    ),
    _walked(
        "walk-values",
        "Engines give every operator on operands of every kind the same value or error.",
        _untyped(),
        engines_agree,
    ),
    _walked(
        "walk-policy-texts",
        "Engines take the same policy texts with one token wrong, and read them as the same.",
        _policies(documents.policy_texts(), "cedar"),
        readers_agree,
    ),
    _walked(
        "walk-policy-json",
        "Engines take the same policy JSON with one value or key wrong, and read it as the same.",
        _policies(documents.policy_documents(), "json"),
        readers_agree,
    ),
    _walked(
        "walk-schema-texts",
        "Engines take the same schema texts with one token wrong, and resolve them to the same.",
        _schemas(documents.schema_texts(), "cedar"),
        schema_readers_agree,
    ),
    _walked(
        "walk-schema-json",
        "Engines take the same schema JSON with one value or key wrong, and resolve it to the same.",
        _schemas(documents.schema_documents(), "json"),
        schema_readers_agree,
    ),
    _walked(
        "walk-entities",
        "Engines take the same entities with one value or key wrong under a schema, and read them alike.",
        (Case(NO_POLICIES, text, SCHEMA) for text in documents.entity_documents()),
        stores_conform_alike,
    ),
    _walked(
        "walk-entities-untyped",
        "Engines take the same entities with one value or key wrong without a schema.",
        (Case(NO_POLICIES, text) for text in documents.entity_documents()),
        stores_conform_alike,
    ),
    _walked(
        "walk-requests",
        "Engines refuse the same requests with one value or key wrong, and answer the others alike.",
        _requests(),
        engines_agree,
    ),
)

WALK = {target.name: target for target in _TARGETS}
"""Every target by its name."""
