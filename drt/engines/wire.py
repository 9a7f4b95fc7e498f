"""Questions to an engine in another process as JSON, both ways.

The names of messages and members are those of the records in `drt.model.question`. `messages.schema.json` is
generated from them (see `message_schema`), and `docs/plug-in-an-engine.md` describes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Outcome
from drt.model.question import QUESTIONS, CaseQuestion, Load, Question, TextQuestion

Json = dict[str, Any]

PROTOCOLS = (1,)
"""The versions of the protocol that this module speaks."""

LINK_MEMBERS = ("template", "id", "values")
"""The members of a template link, which is an object on the wire and a tuple in a case."""

NOT_LOADED = ("requests", "expressions", "partials")
"""The members of a case that `load` leaves out."""


class BadQuestion(Exception):
    """A question that the protocol does not have, or that lacks a member."""


def members_of(question: Question[Any]) -> Json:
    """Write the members of a question."""
    members: Json = msgspec.to_builtins(question)
    if isinstance(question, Load):
        members["case"] = {name: part for name, part in members["case"].items() if name not in NOT_LOADED}
    return _with_links(members, lambda link: dict(zip(LINK_MEMBERS, link, strict=True)))


def question_of(message: Json) -> CaseQuestion[Any] | TextQuestion[Any]:
    """Read a question; raises `BadQuestion` where there is no such question."""
    ask = message.get("ask")
    try:
        members = _with_links(message, lambda link: [link[member] for member in LINK_MEMBERS])
        question: CaseQuestion[Any] | TextQuestion[Any] = msgspec.convert(members, QUESTIONS[str(ask)])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadQuestion(f"{ask!r}: {type(error).__name__}: {error}") from error
    return question


def _with_links(members: Json, change: Callable[[Any], Any]) -> Json:
    """Give the members of a question with each link of its case or inquiry changed."""
    parts = {name: members[name] for name in ("case", "inquiry") if name in members}
    return members | {
        name: {**part, "links": [change(link) for link in part.get("links", ())]}
        for name, part in parts.items()
    }


class Dispatcher:
    """Puts the questions that come over the wire to an engine, and keeps the case loaded last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loaded: Session | NotLoaded | None = None

    def answer(self, message: Json) -> Outcome | Session:
        """Answer a question; raises `BadQuestion` where there is no such question."""
        question = question_of(message)
        if isinstance(question, Load):
            self._loaded = None
            self._loaded = self._engine.load(question.case)
            return self._loaded
        if isinstance(question, TextQuestion):
            return self._engine.ask(question)
        if self._loaded is None:
            raise BadQuestion(f"{question.name!r} before any case was loaded")
        return self._loaded if isinstance(self._loaded, NotLoaded) else self._loaded.ask(question)
