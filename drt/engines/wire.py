"""Questions to an engine in another process as JSON, both ways; outcomes are `drt.model.outcome_json`'s.

Owns the names of the questions and of their members, as `docs/plug-in-an-engine.md` tells them, and the desk
at which an engine of ours answers them.
"""

from __future__ import annotations

from typing import Any, cast

from drt.model.case import Case, Format, Inquiry, Link, Request, Source
from drt.model.engine import Engine, Loaded, NotLoaded, ValidationMode
from drt.model.outcome import Outcome

Json = dict[str, Any]

PROTOCOLS = (1,)
"""The versions of the protocol that this module speaks."""


class BadQuestion(Exception):
    """A question that the protocol does not have, or that lacks a member."""


def source_to_json(source: Source | None) -> Json | None:
    return None if source is None else {"text": source.text, "format": source.format}


def source_from_json(document: Json | None) -> Source | None:
    return None if document is None else Source(document["text"], cast(Format, document["format"]))


def request_to_json(request: Request) -> Json:
    return {"text": request.text, "validate": request.validate}


def case_to_json(case: Case) -> Json:
    """What `load` reads: everything of a case but its requests and expressions."""
    return {
        "policies": source_to_json(case.policies),
        "schema": source_to_json(case.schema),
        "entities": case.entities,
        "links": _links_to_json(case.links),
        "fragments": [source_to_json(fragment) for fragment in case.fragments],
    }


def case_from_json(document: Json) -> Case:
    """Read back what `case_to_json` gave."""
    return Case(
        _source(document["policies"]),
        document["entities"],
        source_from_json(document["schema"]),
        links=_links(document["links"]),
        fragments=tuple(map(_source, document.get("fragments", ()))),
    )


def inquiry_to_json(inquiry: Inquiry) -> Json:
    return {
        "schemas": [source_to_json(schema) for schema in inquiry.schemas],
        "policies": source_to_json(inquiry.policies),
        "links": _links_to_json(inquiry.links),
        "extra_types": list(inquiry.extra_types),
        "extra_actions": list(inquiry.extra_actions),
        "substitute": [list(pair) for pair in inquiry.substitute],
    }


def inquiry_from_json(document: Json) -> Inquiry:
    """Read back what `inquiry_to_json` gave."""
    return Inquiry(
        tuple(map(_source, document["schemas"])),
        source_from_json(document["policies"]),
        _links(document["links"]),
        tuple(document["extra_types"]),
        tuple(document["extra_actions"]),
        tuple((literal, replacement) for literal, replacement in document["substitute"]),
    )


def _links_to_json(links: tuple[Link, ...]) -> list[Json]:
    return [
        {"template": template, "id": identity, "values": [list(pair) for pair in values]}
        for template, identity, values in links
    ]


def _links(documents: list[Json]) -> tuple[Link, ...]:
    return tuple(
        (link["template"], link["id"], tuple((slot, uid) for slot, uid in link["values"]))
        for link in documents
    )


def _source(document: Json) -> Source:
    return Source(document["text"], cast(Format, document["format"]))


class Desk:
    """Answers questions of the protocol with an engine; keeps the case loaded last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loaded: Loaded | NotLoaded | None = None

    def answer(self, question: Json) -> Outcome | Loaded:
        """The engine's answer; raises `BadQuestion` where there is no such question."""
        try:
            return self._about_texts(question) or self._about_a_case(question)
        except (KeyError, TypeError, ValueError) as error:
            raise BadQuestion(f"{question.get('ask')!r}: {type(error).__name__}: {error}") from error

    def _about_texts(self, question: Json) -> Outcome | None:
        engine = self._engine
        match question["ask"]:
            case "read_policies":
                return engine.read_policies(_source(question["policies"]))
            case "print_policies":
                return engine.print_policies(_source(question["policies"]), templates=question["templates"])
            case "format_policies":
                widths = question["line_width"], question["indent_width"]
                return engine.format_policies(question["text"], *widths)
            case "read_expression":
                return engine.read_expression(question["expression"])
            case "read_entities":
                return engine.read_entities(question["entities"], source_from_json(question["schema"]))
            case "read_schema":
                return engine.read_schema(_source(question["schema"]))
            case "translate_schema":
                return engine.translate_schema(_source(question["schema"]), cast(Format, question["to"]))
            case "link_schemas":
                return engine.link_schemas(
                    [_source(schema) for schema in question["schemas"]], complete=question["complete"]
                )
            case "answer":
                return engine.answer(inquiry_from_json(question["inquiry"]))
        return None

    def _about_a_case(self, question: Json) -> Outcome | Loaded:
        ask = question["ask"]
        if ask == "load":
            self._loaded = None
            self._loaded = self._engine.load(case_from_json(question["case"]))
            return self._loaded
        if ask not in ("authorize", "evaluate", "validate"):
            raise BadQuestion(f"unknown question {ask!r}")
        loaded = self._loaded
        if loaded is None:
            raise BadQuestion(f"{ask!r} before any case was loaded")
        if isinstance(loaded, NotLoaded):
            return loaded
        match ask:
            case "authorize":
                return loaded.authorize(Request(**question["request"]))
            case "evaluate":
                return loaded.evaluate(question["expression"], Request(**question["request"]))
        return loaded.validate(cast(ValidationMode, question["mode"]), question["level"])
