"""Extras of this distribution: libraries that only some commands and targets need."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal

from drt.model.errors import InputProblem

Extra = Literal["fleet", "proofs"]

LIBRARIES: Final[dict[Extra, str]] = {"fleet": "distributed", "proofs": "z3"}


def has_extra(extra: Extra) -> bool:
    """Return whether the library of an extra is installed."""
    return find_spec(LIBRARIES[extra]) is not None


def require_extra(extra: Extra, what: str) -> None:
    """Raise `InputProblem`, which names the extra, if its library is not installed."""
    if not has_extra(extra):
        raise InputProblem(
            f"{what} needs {LIBRARIES[extra]}, which is not installed: install the extra `{extra}`, "
            f"as in `pip install -e '.[{extra}]'`"
        )
