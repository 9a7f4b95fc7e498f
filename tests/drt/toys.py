"""Toy engines and toy targets, to try the running half of the harness without any Cedar.

A toy engine allows a request unless the policies mention the id of its principal. Each faulty one has one
fault, which shows where the policies hold the word `like`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from drt.engines.base import BaseEngine, BaseSession
from drt.model.case import Case, Request
from drt.model.case import Source as Text
from drt.model.outcome import Authorized, Outcome, Rejected, Unsupported, Validated
from drt.oracles.agreement import engines_agree
from drt.targets.target import Target
from generators.choice.sources import Source
from tests.drt.engines.toy_process import spawn

NOT_DONE = Unsupported("toy")


@dataclass
class ToyLoaded(BaseSession):
    engine: Toy
    case: Case

    def authorize(self, request: Request) -> Outcome:
        return self.engine.respond(self.case, json.loads(request.text)["principal"]["id"])

    def evaluate(self, expression: str, request: Request) -> Outcome:
        return NOT_DONE

    def validate(self, mode: str = "strict", level: int | None = None) -> Outcome:
        return Validated(valid="invalid" not in self.case.policies.text)


class Toy(BaseEngine):
    name = "toy"
    version = "1"

    def load(self, case: Case) -> ToyLoaded | Rejected:
        if "syntax error" in case.policies.text:
            return Rejected("policies", "a syntax error")
        return ToyLoaded(self, case)

    def respond(self, case: Case, principal: str) -> Outcome:
        if f'"{principal}"' in case.policies.text:
            return Authorized("deny", ("policy0",))
        return Authorized("allow", ("policy1",))

    def read_policies(self, policies: Text) -> Outcome:
        return NOT_DONE

    def print_policies(self, policies: Text, *, templates: bool) -> Outcome:
        return NOT_DONE

    def format_policies(self, text: str, line_width: int, indent_width: int) -> Outcome:
        return NOT_DONE

    def read_expression(self, expression: str) -> Outcome:
        return NOT_DONE

    def read_entities(self, entities: str, schema: Text | None) -> Outcome:
        return NOT_DONE

    def read_schema(self, schema: Text) -> Outcome:
        return NOT_DONE

    def translate_schema(self, schema: Text, to: str) -> Outcome:
        return NOT_DONE


class Spawning(Toy):
    """Starts processes that would outlive it, once."""

    name = "spawning"

    def respond(self, case: Case, principal: str) -> Outcome:
        if not Path(os.environ["TOY_SPAWNED"]).stat().st_size:
            spawn(lambda: time.sleep(3600))
        return super().respond(case, principal)


class SpawningAndAborting(Spawning):
    """Then it ends its process."""

    name = "spawning and aborting"

    def respond(self, case: Case, principal: str) -> Outcome:
        super().respond(case, principal)
        os.abort()


class Twin(Toy):
    """The same again, under another name."""

    name = "twin"


class Third(Toy):
    """And again, as a third opinion."""

    name = "third"


class Faulty(Twin):
    def respond(self, case: Case, principal: str) -> Outcome:
        if "like" in case.policies.text:
            self.err(principal)
            return Authorized("deny", ())
        return super().respond(case, principal)

    def err(self, principal: str) -> None:
        """What goes wrong beside the wrong answer."""


class AlwaysDenies(Twin):
    def respond(self, case: Case, principal: str) -> Outcome:
        return Authorized("deny", ())


class Raises(Faulty):
    def err(self, principal: str) -> None:
        raise KeyError(principal)


class Hangs(Faulty):
    def err(self, principal: str) -> None:
        while True:
            time.sleep(0.01)


class HangsForGood(Faulty):
    """Hangs where no alarm reaches it, as in a library that does not come back."""

    def err(self, principal: str) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        while True:
            time.sleep(0.1)


class Aborts(Faulty):
    def err(self, principal: str) -> None:
        os.abort()


class Exits(Faulty):
    def err(self, principal: str) -> None:
        os._exit(7)


class AlwaysExits(Twin):
    def respond(self, case: Case, principal: str) -> Outcome:
        os._exit(7)


class DoesNothing(Twin):
    def load(self, case: Case) -> Unsupported:
        return NOT_DONE


class DoesNotValidate(Twin):
    """Leaves the questions of one target unanswered, and answers the others."""

    def load(self, case: Case) -> ToyLoaded | Rejected | Unsupported:
        return NOT_DONE if case.entities == VALIDATED else super().load(case)


class DoesHalf(Twin):
    """Does not know what to say about every other user."""

    def respond(self, case: Case, principal: str) -> Outcome:
        return NOT_DONE if int(principal[1:]) % 2 else super().respond(case, principal)


class Recurses(Faulty):
    def err(self, principal: str) -> None:
        self.err(principal)


class EatsMemory(Faulty):
    def err(self, principal: str) -> None:
        hoard = []
        while True:
            hoard.append(bytearray(50_000_000))


class Leaks(Twin):
    """Right, and never forgets a request."""

    hoard: ClassVar[list[bytes]] = []

    def respond(self, case: Case, principal: str) -> Outcome:
        self.hoard.append(b"x" * 40_000)
        return super().respond(case, principal)


class Flaky(Twin):
    """Wrong in processes with the hash salt of a worker, right in those that have another."""

    def respond(self, case: Case, principal: str) -> Outcome:
        if "like" in case.policies.text and os.environ.get("PYTHONHASHSEED") not in ("1", "2", "3"):
            return Authorized("deny", ())
        return super().respond(case, principal)


class DiesInFresh(Faulty):
    """Wrong in a worker, and dead in processes with the hash salt of a confirmation."""

    def err(self, principal: str) -> None:
        if os.environ.get("PYTHONHASHSEED") in ("1", "2", "3"):
            os._exit(7)


class UnableAtTimes(Faulty):
    """Always wrong, but for a tenth of the questions, which it does not support."""

    def respond(self, case: Case, principal: str) -> Outcome:
        return NOT_DONE if random.random() < 0.1 else super().respond(case, principal)


class BreaksAtTimes(Faulty):
    """Always wrong, but for a tenth of the questions, on which it raises."""

    def respond(self, case: Case, principal: str) -> Outcome:
        if random.random() < 0.1:
            raise OSError("no luck")
        return super().respond(case, principal)


class Unable(Twin):
    """Does not support the cases on which the faulty toys are wrong."""

    def respond(self, case: Case, principal: str) -> Outcome:
        return NOT_DONE if "like" in case.policies.text else super().respond(case, principal)


class Random(Twin):
    """Wrong in a tenth of its answers, in no order."""

    def respond(self, case: Case, principal: str) -> Outcome:
        right = super().respond(case, principal)
        if random.random() < 0.1 and isinstance(right, Authorized):
            return Authorized("deny" if right.decision == "allow" else "allow", right.determining)
        return right


class NeverStarts(Twin):
    """Can be built in any process that is not a worker."""

    def __init__(self) -> None:
        if "drt.run.worker" in sys.orig_argv:
            raise OSError("a library is missing")


WORDS = ("has", "in", "==", "is", "contains", "like", "&&", "||")


def draw(source: Source) -> Case:
    """A few policies with a word each, and requests of ten users."""
    lines = []
    for _ in range(source.integer(1, 5)):
        word = source.choice(WORDS) if source.boolean(0.5) else "in"
        user = source.integer(0, 9)
        lines.append(f'forbid(principal == User::"u{user}", action, resource) when {{ 1 {word} 2 }};')
    requests = tuple(
        Request(
            json.dumps(
                {
                    "principal": {"type": "User", "id": f"u{source.integer(0, 9)}"},
                    "action": {"type": "Action", "id": "view"},
                    "resource": {"type": "Doc", "id": "d"},
                }
            )
        )
        for _ in range(4)
    )
    return Case(policies=Text("\n".join(lines)), requests=requests)


VALIDATED = "[ ]"


def draw_for_validation(source: Source) -> Case:
    return replace(draw(source), entities=VALIDATED)


def draw_badly(source: Source) -> Case:
    """A generator with a mistake in it, which shows now and then."""
    if source.boolean(0.1):
        raise ZeroDivisionError("a mistake in the generator")
    return draw(source)


def draw_forever(source: Source) -> Case:
    while source.boolean(0.01):
        time.sleep(0.0)
        while True:
            pass
    return draw(source)


def _table(*targets: Target) -> dict[str, Target]:
    return {target.name: target for target in targets}


TARGETS = _table(
    Target("toy", "Toys agree.", draw, engines_agree, weight=3),
    Target("toy-two", "Toys agree twice.", draw, engines_agree),
)
TWO_TARGETS = _table(
    Target("toy", "Toys agree.", draw, engines_agree),
    Target("validation", "Toys agree on verdicts.", draw_for_validation, engines_agree),
)
BAD_TARGETS = _table(Target("toy", "Toys agree.", draw_badly, engines_agree))
ENDLESS_TARGETS = _table(Target("toy", "Toys agree.", draw_forever, engines_agree))
