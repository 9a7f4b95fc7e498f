"""Batched authorization (spec 09 §9): a loader is asked for entities, level by level, up to a decision.

Law (loading): only a decision of the residuals is given. A loader that raises, answers late, or answers
something else raises `LoaderError` or `PartialEntitiesError`, and the request is not answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Protocol, TypeAlias

from ..entities import Entity
from ..errors import InsufficientIterations, LoaderError
from ..language.arguments import is_a, named
from ..language.entity import NO_TAGS
from ..language.hierarchy import NOBODY
from ..language.uids import Uid
from ..language.values import Record
from ..response import Decision
from .entities import PartialEntityChecker
from .outcome import decide
from .plans import Plan
from .terms import uids_in

Loaded: TypeAlias = Mapping[Uid, Entity | None]
"""Entities by uid, `None` for one that does not exist. An entity carries all its ancestors as parents."""


class Loader(Protocol):
    """A source of entities."""

    def load(self, uids: frozenset[Uid]) -> Loaded:
        """Return these entities, or `None` for one that does not exist.

        Those that are left out are asked for again; others than these are ignored.
        """
        ...


class AsyncLoader(Protocol):
    """A source of entities that is awaited."""

    def load(self, uids: frozenset[Uid]) -> Awaitable[Loaded]:
        """Return what `Loader.load` returns."""
        ...


Steps: TypeAlias = Generator[frozenset[Uid], dict[object, object], Decision]
"""Asks for entities, ends with the decision."""


def batched_steps(
    plan: Plan, checker: PartialEntityChecker, variables: tuple[Uid, Uid, Uid, Record], most: int
) -> Steps:
    """Yield the uids to be loaded and take the answers; end with the decision.

    Raises `InsufficientIterations` after `most` answers without a decision.
    """
    attributes: dict[Uid, Record] = {}
    ancestors: dict[Uid, frozenset[Uid]] = {}
    tags: dict[Uid, Record] = {}
    known = checker.known(attributes, ancestors, tags)
    residuals = plan.evaluate_parts(*variables, known)
    for _ in range(most):
        decision, _ = decide(plan, residuals)
        if decision is not None:
            return decision
        wanted = frozenset().union(*map(uids_in, residuals.values())) - attributes.keys()
        for uid, entity in _checked((yield wanted), wanted).items():
            if entity is not None:
                checker.check_parts(uid, entity._attributes, entity.parents, entity._tags)
            attributes[uid] = NO_TAGS if entity is None else entity._attributes
            ancestors[uid] = NOBODY if entity is None else entity.parents
            tags[uid] = NO_TAGS if entity is None else entity._tags
        residuals = plan.evaluate_again(residuals, variables, known)
    decision, _ = decide(plan, residuals)
    if decision is None:
        raise InsufficientIterations(f"no decision after {most} calls of the loader")
    return decision


def _checked(loaded: Mapping[object, object], wanted: frozenset[Uid]) -> dict[Uid, Entity | None]:
    """Return what was asked for of an answer; raise `LoaderError` for another entity in its place."""
    checked: dict[Uid, Entity | None] = {}
    for uid in wanted & loaded.keys():
        entity = loaded[uid]
        if entity is None:
            checked[uid] = None
        elif not is_a(entity, Entity):
            raise LoaderError(f"the loader gave {named(entity)} for {uid!r}, which is no Entity")
        elif entity.uid is not uid:
            raise LoaderError(f"the loader gave {entity.uid!r} for {uid!r}")
        else:
            checked[uid] = entity
    return checked


def _copied(loaded: object) -> dict[object, object]:
    """Return an answer as a dict; raise `LoaderError` for what is no mapping."""
    if not is_a(loaded, Mapping):  # type: ignore[type-abstract]
        raise LoaderError(f"a loader answers with a mapping, not {named(loaded)}")
    return {uid: loaded[uid] for uid in loaded}


def _failed(error: BaseException) -> LoaderError:
    if isinstance(error, LoaderError):
        return error
    return LoaderError(f"the loader raised {type(error).__name__}: {error}")


def run_steps(steps: Steps, loader: Loader, deadline: float | None) -> Decision:
    """Return the decision at which steps end, each answered by a loader within `deadline` seconds in all."""
    end = None if deadline is None else monotonic() + deadline
    try:
        wanted = next(steps)
        while True:
            wanted = steps.send(_load(loader, wanted, end))
    except StopIteration as stop:
        decision: Decision = stop.value
        return decision


def _load(loader: Loader, wanted: frozenset[Uid], end: float | None) -> dict[object, object]:
    """Return one answer; where there is an end, the loader runs in a thread that may be left behind."""
    if end is None:
        try:
            return _copied(loader.load(wanted))
        except Exception as error:
            raise _failed(error) from error
    answers: SimpleQueue[dict[object, object] | BaseException] = SimpleQueue()

    def work() -> None:
        try:
            answers.put(_copied(loader.load(wanted)))
        except BaseException as error:  # It is raised again in the thread that asked.
            answers.put(error)

    Thread(target=work, name="cedar-loader", daemon=True).start()
    try:
        answer = answers.get(timeout=max(end - monotonic(), 0))
    except Empty:
        raise LoaderError("the loader did not answer in time") from None
    if isinstance(answer, BaseException):
        raise _failed(answer) from answer
    return answer


async def await_steps(steps: Steps, loader: AsyncLoader, deadline: float | None) -> Decision:
    """Return what `run_steps` returns, with a loader that is awaited."""
    end = None if deadline is None else monotonic() + deadline
    try:
        wanted = next(steps)
        while True:
            wanted = steps.send(await _awaited(loader, wanted, end))
    except StopIteration as stop:
        decision: Decision = stop.value
        return decision


async def _awaited(loader: AsyncLoader, wanted: frozenset[Uid], end: float | None) -> dict[object, object]:
    try:
        async with asyncio.timeout(None if end is None else max(end - monotonic(), 0)):
            return _copied(await loader.load(wanted))
    except TimeoutError:
        raise LoaderError("the loader did not answer in time") from None
    except Exception as error:
        raise _failed(error) from error
