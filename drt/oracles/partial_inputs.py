"""The inputs of partial evaluation that laws derive from a case: completions, queries, batched requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

from drt.model.case import Case, PartialInput, Request, Store
from drt.model.question import (
    Batched,
    CaseQuestion,
    LoaderKind,
    PartiallyAuthorize,
    Query,
    QueryKind,
    Reauthorize,
)
from drt.oracles.texts import NotPlainJson, plain_json, random_of

Json = dict[str, Any]

LOADERS: tuple[LoaderKind, ...] = ("exact", "less", "more")
ENOUGH_ROUNDS = 8
"""Rounds that all but a long chain of entities can be loaded in."""

ROUNDS = (0, 1, 2, ENOUGH_ROUNDS)
OTHER_ROUNDS = 3
"""Rounds for loaders that return too little, which ask on in vain, or too much."""

QUERY_KINDS: tuple[QueryKind, ...] = ("resource", "principal")


def concrete(case: Case) -> Store:
    """Return the entities of a case, read under its schema."""
    return Store(case.entities, "typed")


UNFIT = 0.4
"""The share of cases of which a store is made that may not fit the schema."""


def unfit(case: Case) -> tuple[Store, ...]:
    """Return the entities of some cases changed, read without the schema that they may break.

    Where attributes hold actions, the actions are left out, which breaks nothing; else one entity is changed.
    """
    random = random_of(case.entities)
    is_wanted = random.random() < UNFIT
    try:
        entities = plain_json(case.entities)
        if 'Action"' in json.dumps([one["attrs"] for one in entities]):
            entities = [one for one in entities if not _is_action(one)]
        elif is_wanted:
            entities.append(_changed(random, entities))
        else:
            return ()
    except (NotPlainJson, KeyError, IndexError, TypeError, AttributeError):
        return ()
    return (Store(json.dumps(entities), "untyped"),)


def _changed(random: Random, entities: list[Json]) -> Json:
    """Take an entity away and return it changed in one place; actions as often as all others."""
    actions = [one for one in entities if _is_action(one)]
    one = random.choice(actions if actions and random.random() < 0.5 else entities)
    entities.remove(one)
    parents, attrs = one["parents"], one["attrs"]
    match random.randrange(7):
        case 0:
            return {**one, "attrs": {**attrs, "undeclared": 1}}
        case 1:
            return {**one, "tags": {**one.get("tags", {}), "undeclared": True}}
        case 2:
            return {**one, "attrs": dict([*attrs.items()][1:])}
        case 3:
            return {**one, "parents": parents[1:]}
        case 4 | 5 if entities:
            return {**one, "parents": [*parents, inner(random.choice(entities)["uid"])]}
        case _:
            return {**one, "parents": [*parents, {"type": inner(one["uid"])["type"], "id": "undeclared"}]}


def _is_action(entity: Json) -> bool:
    return bool(inner(entity["uid"])["type"].rpartition("::")[2] == "Action")


def halved(question: CaseQuestion[Any]) -> list[CaseQuestion[Any]]:
    """Ask a question about the actions of its store alone, and about all others alone.

    Not about a store that is read in the order of its document.
    """
    match question:
        case Reauthorize(store=store):
            return [replace(question, store=half) for half in _halves(store)]
        case PartiallyAuthorize(entities=store) | Query(entities=store):
            return [replace(question, entities=half) for half in _halves(store)]
    return []


def _halves(store: Store) -> list[Store]:
    if store.form == "partial":
        return []
    try:
        entities = plain_json(store.text)
        parts = [[one for one in entities if _is_action(one) == wanted] for wanted in (True, False)]
    except (NotPlainJson, KeyError, TypeError, AttributeError):
        return []
    return [replace(store, text=json.dumps(part)) for part in parts]


def unfit_questions(case: Case) -> Iterator[tuple[int, Query | Batched]]:
    """Query and ask in batches about a store that does not fit the schema: the first request of a case."""
    for store, request in product(unfit(case), case.requests[:1]):
        for kind in QUERY_KINDS:
            if (text := query_text(request, kind)) is not None:
                yield 0, Query(kind, text, store)
        yield 0, Batched(request.text, store, "exact", ENOUGH_ROUNDS)


def completions(case: Case, partial: PartialInput) -> Iterator[tuple[int, Reauthorize]]:
    """Pair each request of the case with the question that takes it for a completion."""
    for index, request in enumerate(case.requests):
        yield index, Reauthorize(partial.request, partial.entities, request.text, concrete(case))


def altered(case: Case, partial: PartialInput) -> tuple[Store, ...]:
    """Return the entities of a case with other numbers and truths where the partial input knows nothing."""
    try:
        known = {_name(one) for one in plain_json(partial.entities.text)}
        entities = plain_json(case.entities)
        changed = [
            one if _name(one) in known else {**one, "attrs": _altered(one["attrs"])} for one in entities
        ]
    except (NotPlainJson, KeyError, TypeError, AttributeError):
        return ()
    return () if changed == entities else (Store(json.dumps(changed), "typed"),)


def _name(entity: Json) -> str:
    return json.dumps(inner(entity["uid"]), sort_keys=True)


def _altered(attrs: Json) -> Json:
    return {
        name: not value if isinstance(value, bool) else value ^ 1 if isinstance(value, int) else value
        for name, value in attrs.items()
    }


def queries(case: Case) -> Iterator[tuple[int, Query]]:
    """Query the principals and the resources of each request, its other parts being known."""
    for index, request in enumerate(case.requests):
        for kind in QUERY_KINDS:
            if (text := query_text(request, kind)) is not None:
                yield index, Query(kind, text, concrete(case))


def action_queries(case: Case) -> Iterator[tuple[PartialInput, Query]]:
    """Query the actions of each partial request, with its partial entities and without a context."""
    return _action_queries(case, ("principal", "resource"))


def action_queries_in_contexts(case: Case) -> Iterator[tuple[PartialInput, Query]]:
    """Query the actions as above, with the context of each partial request that has one.

    Without an action no type says how to read it, so actions may be left out that the partial request has.
    """
    for partial, query in _action_queries(case, ("principal", "resource", "context")):
        if "context" in json.loads(query.request):
            yield partial, query


def _action_queries(case: Case, names: tuple[str, ...]) -> Iterator[tuple[PartialInput, Query]]:
    for partial in case.partials:
        try:
            members = plain_json(partial.request)
        except NotPlainJson:
            continue
        if isinstance(members, dict):
            known = {name: members[name] for name in names if name in members}
            yield partial, Query("action", json.dumps(known), partial.entities)


def query_text(request: Request, wanted: QueryKind) -> str | None:
    """Write a request without the id of what is wanted; None where it is no ordinary request."""
    try:
        members = plain_json(request.text)
        parts = {role: inner(members[role]) for role in ("principal", "action", "resource")}
        parts[wanted] = {"type": parts[wanted]["type"]}
        return json.dumps({**parts, "context": members.get("context", {})})
    except (NotPlainJson, KeyError, TypeError, AttributeError):
        return None


def batches(case: Case, rounds: tuple[int, ...] = ROUNDS) -> Iterator[tuple[int, Batched]]:
    """Ask for each request in batches: with different limits, and by each other loader with one."""
    for index, request in enumerate(case.requests):
        for loader in LOADERS:
            for most in rounds if loader == "exact" else (OTHER_ROUNDS,):
                yield index, Batched(request.text, concrete(case), loader, most)


def inner(document: Json) -> Json:
    """Return the members of a uid in either form."""
    found: Json = document.get("__entity", document)
    return found
