"""Diagnosis: from a divergence to the rule that two engines read differently.

Searches for the innermost thing on which engines differ: a sub-expression, a clause, a step of the
authorizer, a token, a typing rule. Engines are queried through the protocol alone, so any will do.
"""

from __future__ import annotations

from drt.diagnosis.located import Located
from drt.diagnosis.search import localise

__all__ = ["Located", "localise"]
