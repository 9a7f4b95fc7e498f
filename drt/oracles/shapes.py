"""The law of shapes: no engine takes an entity document without the shape of its format (spec 05).

Owns a search for flaws, which shares nothing with an engine. It finds many flaws, not all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drt.model.case import Case
from drt.model.engine import Engine
from drt.model.outcome import Outcome, Rejected
from drt.model.question import ReadEntities
from drt.oracles.comparing import Comparison
from drt.oracles.defined_names import RESERVED, WORD
from drt.oracles.law import Compares, law

Json = Any

IDENTIFIER = re.compile(rf"(?!(?:{'|'.join(sorted(RESERVED))})\b){WORD.pattern}", re.ASCII)
NAME = re.compile(rf"{IDENTIFIER.pattern}(?:::{IDENTIFIER.pattern})*", re.ASCII)


def _named(pattern: re.Pattern[str], what: str, text: Json) -> Iterator[str]:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        yield f"{text!r} is no {what}"


def _object(node: Json) -> Mapping[str, Json]:
    return node if isinstance(node, dict) else {}


def _list(node: Json) -> Sequence[Json]:
    return node if isinstance(node, list) else ()


def entity_flaws(document: Json) -> Iterator[str]:
    """Yield flaws of an entity document (spec 05 §2, §3)."""
    if not isinstance(document, list):
        yield "an entity document is no array"
        return
    seen: dict[tuple[str, str], Json] = {}
    for entity in document:
        if not isinstance(entity, dict) or not {"uid", "attrs", "parents"} <= entity.keys():
            yield "an entity lacks `uid`, `attrs` or `parents`"
            continue
        for uid in (entity["uid"], *_list(entity["parents"])):
            if isinstance(uid, dict) and uid.keys() == {"type", "id"}:
                yield from _named(NAME, "entity type", uid["type"])
        match entity["uid"]:
            case {"type": str(type_name), "id": str(id_)} as uid if len(uid) == 2:
                content = _plain(entity)
                if content is not None and seen.setdefault((type_name, id_), content) != content:
                    yield f"two entities have the id {id_!r}"


def _plain(entity: Mapping[str, Json]) -> Json:
    """Return a key that distinguishes entities; None where equal entities may be written differently."""
    parts = [
        {k: (type(v).__name__, v) for k, v in _object(entity.get(key)).items()} for key in ("attrs", "tags")
    ]
    plain = all(isinstance(v, bool | int | str) for part in parts for _, v in part.values())
    return parts if plain and not entity["parents"] else None


def _flaw(text: str) -> str | None:
    """Return the first flaw of a text, None where none is known."""
    try:
        return next(iter(entity_flaws(json.loads(text, object_pairs_hook=_once))), None)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


@law(Compares.ITSELF)
def flawed_documents_are_refused(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """No engine takes an entity document with keys, names or ids that the format excludes.

    Where no flaw is known, all refuse the document or read it as the same.
    """
    flaw = _flaw(case.entities)
    answers: list[Outcome] = [engine.ask(ReadEntities(case.entities, None)) for engine in engines]
    if flaw is None:
        comparison.compare("entities", answers)
        return
    for engine, answer in zip(engines, answers, strict=True):
        comparison.hold("entities", [("definition", Rejected("entities", flaw)), (engine.name, answer)])
