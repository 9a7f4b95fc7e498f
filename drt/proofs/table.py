"""All theorems, in the order of the table."""

from __future__ import annotations

from drt.proofs import (
    addresses,
    arithmetic,
    authorizer,
    bounds,
    closures,
    compiled_policies,
    compiler,
    datetimes,
    decimals,
    equality,
    indexes,
    ip_texts,
    operand_order,
    operators,
    partial_control,
    partial_decisions,
    patterns,
    residuals,
    round_trips,
    scopes,
    serving,
    tested,
    texts,
    typed_code,
    typed_operators,
    typing_rules,
    valid_policies,
    worklists,
)
from drt.proofs.theorem import KINDS, Theorem

THEOREMS: tuple[Theorem, ...] = (
    *authorizer.THEOREMS,
    *operators.THEOREMS,
    *operand_order.THEOREMS,
    *arithmetic.THEOREMS,
    *addresses.THEOREMS,
    *compiler.THEOREMS,
    *compiled_policies.THEOREMS,
    *typed_code.THEOREMS,
    *equality.THEOREMS,
    *scopes.THEOREMS,
    *indexes.THEOREMS,
    *typing_rules.THEOREMS,
    *typed_operators.THEOREMS,
    *worklists.THEOREMS,
    *closures.THEOREMS,
    *patterns.THEOREMS,
    *bounds.THEOREMS,
    *texts.THEOREMS,
    *decimals.THEOREMS,
    *ip_texts.THEOREMS,
    *datetimes.THEOREMS,
    *round_trips.THEOREMS,
    *serving.THEOREMS,
    *valid_policies.THEOREMS,
    *partial_control.THEOREMS,
    *partial_decisions.THEOREMS,
    *residuals.THEOREMS,
    *tested.THEOREMS,
)

COSTLY: tuple[Theorem, ...] = (
    *valid_policies.THEOREMS,
    *round_trips.THEOREMS,
    *residuals.THEOREMS,
    *typed_code.THEOREMS,
    *compiled_policies.THEOREMS,
    *operators.THEOREMS,
    *serving.THEOREMS,
    *datetimes.THEOREMS,
    *ip_texts.THEOREMS,
)
"""The theorems that take the longest; where several are proved at a time, these begin first."""

TRUSTED = """\
- the explorer (`drt/proofs/explore.py`) and its rewriting of the engines' source (`rewriting.py`): that a function's paths are those that it follows; that they cover everything is proved, and each path is replayed on plain values of a model
- the stand-ins for collections of any size (`collections.py`, `policies.py`, `combining.py`), beside the same replays
- that a loop over all of a parameter is what comes before it, any number of turns, and what comes after (`folds.py`)
- that a regular expression matches texts of symbols as Python's engine matches their characters (`characters.py`), beside the same replays
- that `str.find`, `startswith` and `endswith` do what Python's manual says (`patterns_production.py`)
- the stand-ins for texts by their parts, for digits and for worklists (`patterns_*.py`, `digits.py`, `ip_*.py`, `closures.py`): their paths are not replayed, but each row also runs the plain code on many inputs
- that a number of more than thirty digits without leading zeros is 10^30 or more, and that leading zeros add nothing
- Z3, with its answers taken as they are; an unknown is never taken for a proof
- CPython's meaning of the explored statements: comparisons, integer arithmetic, `match`, calls, `if`, `while`, exceptions
- that Python integers are mathematical integers, and that `//` and `%` by a positive constant are Euclid's
- for kinds without numbers (strings, entities, sets, records, addresses), that a few values stand for all in the rows about operators
- the bounds that rows of kind B name; they are tried, not proved, and what lies beyond is tested
- readers and writers of text and JSON are not covered by any proof, but the readers of datetimes, decimals and addresses; those of policies and of durations are tried
- production's generated code is proved form by form (S) and for 200 policies (P), and tried on many sets; code specialised to a schema's types is tried
- the statements themselves: that they say what their names say"""


def markdown() -> str:
    """Render the table of docs/theorems.md."""
    rows = ["| theorem | stands for | kind | why not for all inputs |", "|---|---|---|---|"]
    rows += [f"| {one.name} | {one.anchor} | {one.kind} | {one.because or '–'} |" for one in THEOREMS]
    kinds = "; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items())
    return "\n".join(rows) + f"\n\n{kinds}.\n"
