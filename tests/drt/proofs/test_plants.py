"""Defects planted by hand, each alone: each breaks a theorem, with a counterexample that the running code shows."""

from __future__ import annotations

import pytest

from drt.proofs.defects import Defect, plant
from drt.proofs.prover import prove
from drt.proofs.table import THEOREMS

LOOP = "    for policy_id, is_permit, status in statuses:\n"
PLANTS = {
    "Forbid overrides permit": (
        Defect("production forgets forbids", "production.response", "if permits and not forbids:", "if permits:"),
        Defect(
            "production ends at the first forbid",
            "production.response",
            LOOP,
            LOOP + "        if forbids:\n            break\n",
        ),
    ),
    "Reasons are exact": (
        Defect("sixteen statuses", "production.response", LOOP, LOOP.replace("statuses:", "list(statuses)[:16]:")),
        Defect("the last of many is lost", "reference.policies", "for policy in self.members if", "for policy in self.members[:64] if"),
    ),
    "Allow exactly if permitted and not forbidden": (
        Defect("empty means fewer than two", "reference.policies", "return not self.members", "return len(self.members) < 2"),
        Defect(
            "the reference always allows",
            "reference.authorizer",
            "return Response(verdict.decision, verdict.determining",
            'return Response("allow", verdict.determining',
        ),
        Defect(
            "an error counts as satisfied",
            "reference.authorizer",
            'return Outcome("erring", error.kind)',
            "return SATISFIED",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "defects"),
    [
        (name, each if isinstance(each, tuple) else (each,))
        for name, several in PLANTS.items()
        for each in several
    ],
    ids=lambda value: value if isinstance(value, str) else value[0].name,
)
def test_it_breaks_the_theorem(name: str, defects: tuple[Defect, ...]) -> None:
    [theorem] = [one for one in THEOREMS if one.name == name]
    with plant(*defects):
        verdict = prove(theorem)
    assert verdict.answer == "refuted", verdict.reason
    assert verdict.counterexample is not None
    assert verdict.counterexample.confirmed
