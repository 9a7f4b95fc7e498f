"""Inputs made to hurt an engine, each with the answer that it must give; one for every size.

Owns the families of hostile inputs as data. What they cost is measured elsewhere.
"""

from __future__ import annotations

from drt.hostile.families import FAMILIES
from drt.hostile.family import Family, Hostile

__all__ = ["FAMILIES", "Family", "Hostile"]
