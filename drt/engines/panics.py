"""Places at which programs say that they failed, found in the last words of a process.

Reads panics of Go and Rust, traces of Python and Node. The places tell crashes with one exit code apart.
"""

from __future__ import annotations

import re

RUST = re.compile(r"panicked at (?:\S*/)?([^\s/:]+:\d+)")
GO = re.compile(r"^goroutine \d+.*\[running.*\]:$", re.MULTILINE)
GO_FRAME = re.compile(r"^(?:[^\s(]*/)?([^\s(/]+(?:\(\*?\w+\)[^\s(]*)?)\(.*\)$", re.MULTILINE)
PYTHON = re.compile(r'^ +File "[^"]*", line \d+, in (\S+)$', re.MULTILINE)
NODE = re.compile(r"^ +at (?:async )?(\S+) \(.*\)$", re.MULTILINE)

RUNTIME = ("runtime.", "panic", "main.")
"""How the names of functions begin that are not where a Go program failed."""

FRAMES = 2


def failed_at(words: str) -> tuple[str, ...]:
    """Name the innermost places of the last failure, outermost first as in `Crashed.where`."""
    if found := RUST.findall(words):
        return (found[-1],)
    if traces := GO.split(words)[1:]:
        frames = [name for name in GO_FRAME.findall(traces[-1]) if not name.startswith(RUNTIME)]
        return tuple(reversed(frames[:FRAMES]))
    if frames := PYTHON.findall(words):
        return tuple(frames[-FRAMES:])
    return tuple(reversed(NODE.findall(words)[:FRAMES]))
