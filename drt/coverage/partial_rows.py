"""The rows of partial evaluation (spec 09 §4), by names: the denominator of its coverage."""

from __future__ import annotations

GENERIC = ("applied", "fails", "an operand errs", "rebuilt")

_ROWS: dict[str, tuple[str, ...]] = {
    "by type": (
        "is, of the type", "is, of another type", "==", "in", "hasTag", "has", "has path",
        "undecided, as an operand may err",
    ),
    "principal": ("known", "unknown"),
    "resource": ("known", "unknown"),
    "action": ("known",),
    "context": ("known", "unknown"),
    "&&": (
        "left true", "left false", "left errs", "right true", "right false, left free of errors",
        "right false, left may err", "rebuilt",
    ),
    "||": (
        "left true", "left false", "left errs", "right false", "right true, left free of errors",
        "right true, left may err", "rebuilt",
    ),
    "if": ("condition true", "condition false", "condition errs", "rebuilt"),
    "unary": GENERIC,
    "binary": GENERIC,
    "in": ("the entity itself", "an ancestor", "no ancestor", "unknown ancestors"),
    "in a set": ("the entity itself", "an ancestor", "no ancestor", "unknown ancestors", "empty"),
    "hasTag": ("there", "missing", "unknown"),
    "getTag": ("there", "missing", "unknown"),
    "attribute of a record": ("there", "missing"),
    "attribute of an entity": ("there", "missing", "unknown"),
    "attribute": ("an operand errs", "rebuilt"),
    "has of a record": ("there", "missing"),
    "has of an entity": ("there", "missing", "unknown"),
    "has": ("an operand errs", "rebuilt"),
    "has path": ("there", "missing", "stopped", "an operand errs", "rebuilt"),
    "set, record or call": GENERIC,
}  # fmt: skip

PREFIX = "partial evaluation: "
PARTIAL_ROWS = tuple(f"{PREFIX}{form}: {row}" for form, rows in _ROWS.items() for row in rows)
"""Every row, under the name of its event."""
