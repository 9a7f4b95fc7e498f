"""The words of click about wrong usage, in the style of our own sentences."""

from __future__ import annotations

import re
from functools import partial

REWORDED = (
    (r"(File|Directory|Path) ('.*') does not exist", r"no such \1: \2"),
    (r"(File|Directory|Path) ('.*') is a (file|directory)", r"expected a \1, and \2 is a \3"),
    (r"('.*') is not a valid integer(?: range)?", r"\1 is not a whole number"),
    (r"('.*') is not a valid float(?: range)?", r"\1 is not a number"),
    (r"(-?[0-9.]+) is not in the range ", r"'\1' is not in the range "),
    (r"('.*') is not a valid boolean\. Recognized values: .*", r"\1 is neither true nor false"),
    (r"\. \(?Did you mean (.*?)\)?$", r" (did you mean \1)"),
)
"""Messages of click, as patterns, and their replacements."""

NAMES = {"File": "file", "Directory": "folder", "directory": "folder", "Path": "file or folder"}


def in_our_style(message: str) -> str:
    """Reword an error of click: lower case, no full stop, the value quoted."""
    for pattern, instead in REWORDED:
        message = re.sub(pattern, partial(_named, instead), message)
    return message.rstrip(".")


def _named(instead: str, found: re.Match[str]) -> str:
    """Fill the groups of a match into the new words, under our name for each."""
    return re.sub(r"\\([1-3])", lambda group: NAMES.get(found[int(group[1])], found[int(group[1])]), instead)
