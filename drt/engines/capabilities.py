"""What an engine states of itself: name and version, and capabilities if it is behind JSON lines.

Owns the sentences about wrong statements, which are the same for a class and for a process.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from drt.engines.base import BaseEngine
from drt.model.question import QUESTIONS, CaseQuestion, TextQuestion

Json = Mapping[str, Any]

LONGEST_NAME = 100
"""Characters of the name of an engine, and of its version."""

LONGEST_SHOWN = 60
"""Characters of a wrong value that a sentence quotes."""

MISSING = object()
"""The value of a member that is not there."""

MEMBERS = ("asks", "batch", "heartbeat")
"""The members of the answer to `capabilities`."""

ABOUT_THE_SESSION = frozenset({"start", "capabilities", "batch", "stop"})
"""Questions that an engine may list, but need not."""


ABOUT_TEXTS = tuple(
    name for name, kind in QUESTIONS.items() if issubclass(kind, TextQuestion) and name != "load"
)


class CannotTalk(Exception):
    """A process that starts, and with which there is no common language."""


class Misstated(CannotTalk):
    """An engine states something wrong about itself, which its author has to correct."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The questions that an engine takes, how many in one batch, and its heartbeat in seconds (0: none)."""

    asks: frozenset[str] = frozenset(QUESTIONS)
    batch: int = 0
    heartbeat: float = 0.0


def capabilities_of(answer: Json) -> Capabilities:
    """Read the capabilities of an engine; one that does not know the question has all, one by one.

    Raises `Misstated`.
    """
    if answer.get("outcome") == "Unsupported":
        return Capabilities()
    miswritten = [name for name in answer if name not in MEMBERS and name.lower() in MEMBERS]
    if miswritten:
        meant = miswritten[0].lower()
        raise Misstated(
            f"its capabilities have the unknown member {miswritten[0]!r}; did you mean {meant!r}?"
        )
    asks = _asks(answer.get("asks", MISSING))
    batch, heartbeat = answer.get("batch", 0), answer.get("heartbeat", 0)
    if type(batch) is not int or batch < 0:
        raise _not("batch", batch, "a whole number from 0 on")
    if type(heartbeat) not in (int, float) or not 0 <= heartbeat < 3600:
        raise _not("heartbeat", heartbeat, "a number of seconds from 0 to below 3600")
    return Capabilities(asks, batch, float(heartbeat))


def _asks(asks: Any) -> frozenset[str]:
    """Read the names of the questions that an engine takes; raises `Misstated`."""
    if not isinstance(asks, list):
        raise _not("asks", asks, "a list of names")
    for place, ask in enumerate(asks):
        if not isinstance(ask, str):
            raise Misstated(f"'asks' holds {shown(ask)}, which is no name")
        if ask not in QUESTIONS and ask not in ABOUT_THE_SESSION:
            raise Misstated(f"its capabilities name the unknown question {shown(ask)}{_meant(ask)}")
        if ask in asks[:place]:
            raise Misstated(f"'asks' holds {ask!r} twice")
    taken = frozenset(asks) & frozenset(QUESTIONS)
    if not taken:
        raise Misstated(
            f"'asks' holds {'none of the questions' if asks else 'nothing'}: it answers no question"
        )
    about_a_case = [ask for ask in asks if ask in taken and issubclass(QUESTIONS[ask], CaseQuestion)]
    if about_a_case and "load" not in taken:
        raise Misstated(f"'asks' holds {about_a_case[0]!r} but not 'load', which such a question needs")
    return taken


def _meant(ask: str) -> str:
    near = get_close_matches(ask.lower(), (*QUESTIONS, *sorted(ABOUT_THE_SESSION)), 1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(QUESTIONS)}"


def check_engine(engine: object) -> None:
    """Check what an engine in this process states of itself; raises `Misstated`."""
    check_identity(getattr(engine, "name", MISSING), getattr(engine, "version", MISSING))
    if not isinstance(engine, BaseEngine) or type(engine).ask is not BaseEngine.ask:
        return
    if type(engine).load is BaseEngine.load and not any(hasattr(engine, name) for name in ABOUT_TEXTS):
        raise Misstated("it has neither 'load' nor a method called as a question is: it answers no question")


def check_identity(name: object, version: object) -> None:
    """Check the name and the version of an engine; raises `Misstated`."""
    for member, value in (("name", name), ("version", version)):
        if not isinstance(value, str):
            raise _not(member, value, "a text")
        if len(value) > LONGEST_NAME:
            raise Misstated(f"{member!r} has {len(value):,} characters, more than {LONGEST_NAME}")
        odd = [one for one in value if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
        if odd:
            raise Misstated(f"{member!r} holds the control character U+{ord(odd[0]):04X}")
    if not str(name).strip():
        raise Misstated("'name' is empty")


def protocol_of(stated: object, spoken: tuple[int, ...]) -> int:
    """Read the version of the protocol that an engine has chosen; raises `Misstated`."""
    if type(stated) is not int:
        raise _not("protocol", stated, "a number")
    if stated not in spoken:
        raise Misstated(f"it speaks protocol {stated}, and this harness {' and '.join(map(str, spoken))}")
    return stated


def _not(member: str, value: object, wanted: str) -> Misstated:
    """Say that a member is not what it has to be."""
    if value is MISSING:
        return Misstated(f"{member!r} is missing: expected {wanted}")
    return Misstated(f"{member!r} is {shown(value)}, not {wanted}")


def shown(value: object) -> str:
    """Put a wrong value in words: short ones as they are written, long and nested ones by their kind."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return shortened(str(value))
        case str():
            return repr(shortened(value))
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
    return f"of the type {type(value).__name__}"


def shortened(text: str) -> str:
    """Shorten a text that a sentence quotes."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
