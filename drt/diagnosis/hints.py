"""Hints: the parts of engines' own messages by which one divergence differs from another.

Owns the scheduling key and the guard of a reduction. A hint decides which divergence is pursued next and
keeps a reduction on it; no bucket is ever named by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from drt.diagnosis.json_names import FORMAT
from drt.diagnosis.places import MEMBERS
from drt.diagnosis.signature import alike, coarse_key
from drt.model.divergence import Checked, Divergence
from drt.model.outcome import Outcome, Rejected, Unwritable, Validated
from drt.scan.vocabulary import VARIABLES

QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|`[^`]*`")
PLACE = re.compile(r"(?:line\s*)?\d+(?::\d+|,?\s*column\s*\d+)?")
LONGEST = 90
MEMBER = (MEMBERS.keys() | FORMAT) - (VARIABLES | {"name", "id", "values", "left", "right", "kind", "body"})
"""Members of the JSON formats that users' names and Cedar texts hold rarely."""

Hints = frozenset[str]


def hints(divergence: Divergence) -> Hints:
    """Collect the complaints of readers that refuse, without names and places, and the kinds of verdicts."""
    return frozenset(hint for _, answer in divergence.answers for hint in _hints(answer))


def _hints(answer: Outcome) -> Sequence[str]:
    match answer:
        case Rejected(_, detail) | Unwritable(_, _, detail) if detail:
            return [complaint(detail)]
        case Validated(valid, _, errors, warnings):
            kinds = {kind for _, kind in errors or ()}
            return sorted(kinds if not valid else {warning[1] for warning in warnings or ()})
        case _:
            return []


def complaint(detail: str) -> str:
    """Strip a message of names, numbers and places; quoted punctuation and members of the formats stay."""
    line = detail.strip().partition("\n")[0]
    line = QUOTED.sub(lambda found: "" if _is_a_name(found[0]) else found[0], line)
    return PLACE.sub("", line)[-LONGEST:]


def _is_a_name(quoted: str) -> bool:
    return any(map(str.isalnum, quoted)) and quoted[1:-1] not in MEMBER


def pursuit_key(divergence: Divergence) -> str:
    """Write the key by which a run shares out pursuits.

    A divergence in which somebody refuses is the same under every law; any other belongs to its law.
    """
    law, classes = coarse_key(divergence)
    said = sorted(hints(divergence))
    refused = any(isinstance(answer, Rejected) for _, answer in divergence.answers)
    return repr(("" if refused else law, classes, *said))


def first_like(divergence: Divergence, checked: Checked) -> Divergence | None:
    """Find the first divergence that is the same bug, and of which engines say no more than of it."""
    is_alike, said = alike(divergence), hints(divergence)
    return next((one for one in checked.divergences if is_alike(one) and _fits(hints(one), said)), None)


def _fits(found: Hints, said: Hints) -> bool:
    return found <= said and bool(found) == bool(said)
