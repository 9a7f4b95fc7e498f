"""Every family of hostile inputs."""

from __future__ import annotations

from drt.hostile.documents import DOCUMENTS, SCHEMAS
from drt.hostile.expressions import EXPRESSIONS
from drt.hostile.family import Family

FAMILIES: tuple[Family, ...] = (*EXPRESSIONS, *DOCUMENTS, *SCHEMAS)
