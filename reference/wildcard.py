"""`like`: matching a whole text against a pattern (spec 02 §4.8)."""

from __future__ import annotations

from reference.syntax import Pattern, Star


def matches(text: str, pattern: Pattern) -> bool:
    """Whether the pattern describes the whole text.

    Characters are taken one by one; on a mismatch the last wildcard swallows one more character. Earlier
    wildcards need no second try: whatever they could swallow more, the last one can.
    """
    position = place = 0
    star, swallowed = -1, 0
    while position < len(text):
        element = pattern[place] if place < len(pattern) else None
        if isinstance(element, Star):
            star, swallowed = place, position
            place += 1
            if place == len(pattern):
                return True
        elif element == text[position]:
            position += 1
            place += 1
        elif star >= 0:
            swallowed += 1
            position, place = swallowed, star + 1
        else:
            return False
    return all(isinstance(rest, Star) for rest in pattern[place:])
