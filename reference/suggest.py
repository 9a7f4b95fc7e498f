"""The nearest of the known names, for messages about an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

LONGEST = 80
MOST = 2_000


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, or nothing; looks at a bounded number of names of bounded length."""
    if len(name) > LONGEST:
        return ""
    candidates = list(islice((other for other in known if len(other) <= LONGEST), MOST))
    near = difflib.get_close_matches(name, candidates, n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
