"""Python engines that wrap one of ours, as their authors write them: by inheritance and by passing on."""

from __future__ import annotations

from pathlib import Path

from drt.engines import build
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized, Evaluated
from drt.model.question import Authorize, Evaluate

WRAPPER = """
from drt.case import Case
from drt.engines.production_engine import ProductionEngine
from drt.outcome import Authorized

class Session:
    def __init__(self, inner):
        self.inner = inner
    def authorize(self, request):
        answer = self.inner.authorize(request)
        return Authorized("deny", answer.determining, answer.erring)
    def __getattr__(self, name):
        return getattr(self.inner, name)

class Denies(ProductionEngine):
    name = "denies"
    def load(self, case: Case):
        inner = super().load(case)
        return Session(inner) if hasattr(inner, "authorize") else inner
"""
ANYONE = Request(
    '{"principal":{"type":"U","id":"a"},"action":{"type":"Action","id":"v"},"resource":{"type":"R","id":"r"}}'
)


def test_a_wrapper_answers_by_its_own_methods_and_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(WRAPPER)
    engine = Guarded(build(f"{tmp_path}/mine.py:Denies"))
    session = engine.load(Case(Source("permit(principal, action, resource);")))

    assert engine.name == "denies"
    assert isinstance(session, GuardedSession)
    assert session.ask(Authorize(ANYONE)) == Authorized("deny", ("policy0",), ())
    assert session.ask(Evaluate("1 + 1", ANYONE)) == Evaluated("2")
