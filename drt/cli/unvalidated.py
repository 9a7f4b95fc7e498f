"""Schemas used only for reading a request, without validating it (`--request-validation false`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from drt.engines.guard import Guarded
from drt.model.case import Source
from drt.model.outcome import Accepted
from drt.model.question import LinkSchemas


def undemanding(engine: Guarded, schemas: Sequence[Source]) -> tuple[Source, ...]:
    """Make every attribute of a context optional; return the schemas unchanged if the engine cannot link."""
    linked = engine.ask(LinkSchemas(tuple(schemas), complete=False))
    if not isinstance(linked, Accepted):
        return tuple(schemas)
    try:
        document = json.loads(linked.canonical)
        for context in _contexts(document):
            _let_lack(context)
        return (Source(json.dumps(document), "json"),)
    except RecursionError:
        return tuple(schemas)


def _contexts(document: Any) -> Iterator[Any]:
    """Yield the context types of a resolved schema."""
    for namespace in document.values():
        for action in namespace.get("actions", {}).values():
            yield (action.get("appliesTo") or {}).get("context")


def _let_lack(context: Any) -> None:
    """Make the attributes of a resolved type optional, those of inner records too."""
    todo = [context]
    while todo:
        match todo.pop():
            case {"type": "Record", "attributes": dict(attributes)}:
                for attribute in attributes.values():
                    attribute["required"] = False
                todo += attributes.values()
            case {"type": "Set", "element": element}:
                todo.append(element)
