"""The kinds of divergence, each in a sentence for people."""

from __future__ import annotations

from drt.model.divergence import Kind

KINDS: dict[Kind, str] = {
    "decision": "One engine allows what another denies.",
    "determining": "Engines decide alike, because of other policies.",
    "erring": "Engines decide alike, and other policies err.",
    "error-kind": "The same fails in each engine, for other reasons.",
    "value": "Engines give an expression other values, or one gives a value where another fails.",
    "rejection": "One engine refuses what another takes, or they refuse different parts.",
    "verdict": "One engine holds valid what another holds invalid.",
    "validation-errors": "The same policies are invalid, for errors of different kinds.",
    "warnings": "The validators agree on the verdict and differ in their warnings.",
    "document": "Engines read or write the same document differently.",
    "law": "One engine breaks a law all by itself.",
    "crash": "An engine broke.",
    "budget": "One engine ran out of time, memory or stack, and another did not.",
}
"""Every kind of divergence in a sentence."""
