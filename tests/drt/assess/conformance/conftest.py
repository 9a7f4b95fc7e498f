"""Every check that the tests of this folder count has a name that a declared difference may choose."""

from __future__ import annotations

import pytest

from drt.assess.conformance.report import Report, Tally
from drt.engines.check_names import CHECKS


@pytest.fixture(autouse=True)
def _known_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Tally.report

    def checked(tally: Tally, engine: str) -> Report:
        assert CHECKS.issuperset(tally.checked)
        return report(tally, engine)

    monkeypatch.setattr(Tally, "report", checked)
