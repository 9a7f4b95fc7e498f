"""Inputs made to hurt an engine, each with the answer it must give; and the measuring of what they cost.

Owns the families of hostile inputs, by size, and the verdict on an engine's answers and growth.
"""

from __future__ import annotations

from drt.hostile.families import FAMILIES
from drt.hostile.family import Family, Hostile
from drt.hostile.measuring import Row, measured

__all__ = ["FAMILIES", "Family", "Hostile", "Row", "measured"]
