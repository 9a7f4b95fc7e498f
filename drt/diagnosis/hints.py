"""Hints: the parts of engines' own messages by which one divergence differs from another.

Owns the scheduling key and the guard of a reduction. A hint decides which divergence is pursued next and
keeps a reduction on it; no bucket is ever named by one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from drt.diagnosis.json_names import FORMAT
from drt.diagnosis.places import MEMBERS
from drt.diagnosis.signature import alike, coarse_key
from drt.model.divergence import Checked, Divergence
from drt.model.outcome import Authorized, Outcome, Rejected, Unwritable, Validated
from drt.scan.vocabulary import VARIABLES

QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|`[^`]*`")
UID_TYPE = re.compile(r"(?:\w+::)+(?=[\"'`])")
ADVICE = re.compile(r"[;,]?\s*did you mean.*")
PLACE = re.compile(r"(?:line\s*)?\d+(?::\d+|,?\s*column\s*\d+)?")
ODD = re.compile(r"\\[xu][0-9a-fA-F]+|[^\x00-\x7f]")
TYPES = re.compile(r"[{<\[].*[}>\]]|\b[A-Z]\w*")
WRAPPED = re.compile(r":\s+")
LEAST_WORDS = 3
"""Words of a message of its own; one that is shorter needs what the reader wraps it in."""

LONGEST = 90
MEMBER = (MEMBERS.keys() | FORMAT) - (VARIABLES | {"name", "id", "values", "left", "right", "kind", "body"})
"""Members of the JSON formats that users' names and Cedar texts hold rarely."""

Hints = frozenset[str]


def hints(divergence: Divergence) -> Hints:
    """Collect the complaints of readers that refuse, without names and places, and the kinds of verdicts.

    Of verdicts only what is said of the policies in dispute. What cannot be written says nothing where
    another engine refuses to read.
    """
    answers = [answer for _, answer in divergence.answers]
    refusals = [answer for answer in answers if isinstance(answer, Rejected)]
    disputed = _disputed([answer for answer in answers if isinstance(answer, Validated)])
    return frozenset(hint for answer in refusals or answers for hint in _hints(answer, disputed))


def _disputed(verdicts: Sequence[Validated]) -> Collection[str] | None:
    """Return the policies of which not all verdicts are the same; None if the verdicts do not tell."""
    given = Counter(pair for verdict in verdicts for pair in set(verdict.policies))
    return {policy for (policy, _), times in given.items() if times < len(verdicts)} or None


def _hints(answer: Outcome, disputed: Collection[str] | None) -> Sequence[str]:
    match answer:
        case Rejected(_, detail) | Unwritable(_, _, detail) if detail:
            return [complaint(detail)]
        case Validated(valid, _, errors, warnings):
            if not valid and errors is None:
                said = [one.message for one in answer.problems if disputed is None or one.policy in disputed]
                return [complaint(TYPES.sub("", QUOTED.sub("", message))) for message in said]
            found = (errors if not valid else warnings) or ()
            return [kind for policy, kind, *_ in found if disputed is None or policy in disputed]
        case _:
            return []


def complaint(detail: str) -> str:
    """Strip a message of names, numbers, places and advice; quoted punctuation and members stay.

    Of a message that readers have wrapped in others (`x: y: z`) the innermost is left.
    """
    line = UID_TYPE.sub("", ADVICE.sub("", detail.strip().partition("\n")[0]))
    line = QUOTED.sub(lambda found: "" if _is_a_name(found[0]) else found[0], line)
    *outer, message = WRAPPED.split(PLACE.sub("", ODD.sub("\ufffd", line)))
    while outer and len(message.split()) < LEAST_WORDS:
        message = f"{outer.pop()}: {message}"
    return message.strip()[-LONGEST:]


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
    """Find the first divergence that is the same bug, and of which engines say no more than of it.

    Where one engine allows what another denies, it does so there: what fails open is not taken for less.
    """
    is_alike, said, decided = alike(divergence), hints(divergence), _parted_decisions(divergence)

    def is_the_same(one: Divergence) -> bool:
        return (
            is_alike(one) and _fits(hints(one), said) and (not decided or _parted_decisions(one) == decided)
        )

    return next(filter(is_the_same, checked.divergences), None)


def _parted_decisions(divergence: Divergence) -> Mapping[str, str]:
    """Map each answer's name to its decision; none where no two decisions part."""
    decisions = {name: one.decision for name, one in divergence.answers if isinstance(one, Authorized)}
    return decisions if len(set(decisions.values())) > 1 else {}


def _fits(found: Hints, said: Hints) -> bool:
    return found <= said and bool(found) == bool(said)
