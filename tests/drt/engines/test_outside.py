"""Engines of other authors in our own process: an answer that is none is theirs, not the harness's."""

from __future__ import annotations

from typing import Any

import pytest

from drt.engines.base import BaseEngine
from drt.engines.outside import OutsideEngine
from drt.model.case import Case, Request, Source
from drt.model.engine import NotLoaded
from drt.model.outcome import Authorized, Crashed, Rejected, Unsupported
from drt.model.question import Authorize

CASE = Case(Source("permit(principal, action, resource);"))


class Session:
    """A session with one answer, whatever it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def ask(self, _: object) -> Any:
        return self.answer


class Answers(BaseEngine):
    """An engine with one answer."""

    name, version = "answers", "1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def load(self, case: Case) -> Any:
        return self.answer if isinstance(self.answer, Rejected) else Session(self.answer)


def answer_of(answer: Any) -> Any:
    loaded = OutsideEngine(Answers(answer)).load(CASE)
    return loaded if isinstance(loaded, NotLoaded) else loaded.ask(Authorize(Request("{}")))


@pytest.mark.parametrize("ids", [["b", "a"], ("b", "a"), frozenset("ab")])
def test_ids_may_be_any_collection_in_any_order(ids: Any) -> None:
    assert answer_of(Authorized("allow", ids, ())) == Authorized("allow", ("a", "b"), ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Authorized("ALLOW", (), ()), "Invalid enum value 'ALLOW'"),  # type: ignore[arg-type]  # what Python lets through
        (Authorized(True, (), ()), "got `bool`"),  # type: ignore[arg-type]  # likewise
        (Authorized("allow", (), {"a": "type"}), "got `object`"),  # type: ignore[arg-type]  # likewise
        (Authorized("allow", (), (("a", "TypeError"),)), "Invalid enum value 'TypeError'"),  # type: ignore[arg-type]  # likewise
        (None, "None"),
        ("allow", "'allow'"),
        (object(), "object"),
        (Rejected("Schema"), "Invalid enum value 'Schema'"),  # type: ignore[arg-type]  # likewise
        (Rejected("schema", None), "got `null`"),  # type: ignore[arg-type]  # likewise
        (Rejected("request"), "'load' is not about the part 'request'"),
    ],
)
def test_an_answer_that_is_none_is_a_breach_of_the_protocol(answer: Any, words: str) -> None:
    outcome = answer_of(answer)
    assert isinstance(outcome, Crashed)
    assert (outcome.error, outcome.where) == ("protocol", ("no outcome",))
    assert words in outcome.detail


def test_a_question_that_is_not_answered_stays_so() -> None:
    assert answer_of(Unsupported("templates")) == Unsupported("templates")
