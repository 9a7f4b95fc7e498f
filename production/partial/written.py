"""Partial requests and entities as JSON, the forms that `Schema` reads (spec 09 §1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..documents.value_json import uid_json, value_json
from ..language.uids import Uid
from ..language.values import Record
from .rules import Known


def role_json(role: Uid | str) -> dict[str, str]:
    """Return a uid, or the type of one whose id is unknown."""
    return {"type": role} if isinstance(role, str) else uid_json(role)


def record_json(record: Record) -> dict[str, Any]:
    """Return the members of a record; raise `PrintError`."""
    return {name: value_json(value) for name, value in record.items()}


def known_json(known: Known, uids: Iterable[Uid]) -> list[dict[str, Any]]:
    """Return what is known of entities, sorted by uid; raise `PrintError`."""
    document = []
    for uid in sorted(uids, key=_order):
        written: dict[str, Any] = {"uid": uid_json(uid)}
        for name, parts in (("attrs", known.attributes), ("tags", known.tags)):
            record = parts.get(uid)
            if record is not None:
                written[name] = record_json(record)
        ancestors = known.ancestors.get(uid)
        if ancestors is not None:
            written["parents"] = [uid_json(above) for above in sorted(ancestors, key=_order)]
        document.append(written)
    return document


def _order(uid: Uid) -> tuple[str, str]:
    return uid.type, uid.id
