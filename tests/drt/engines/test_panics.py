"""Places of failures in the last words of processes."""

from __future__ import annotations

import sys

import pytest

from drt.engines.panics import failed_at
from drt.engines.process_engine import ProcessEngine
from drt.model.outcome import Crashed
from drt.model.question import ReadExpression

GO = """panic: runtime error: index out of range [1] with length 1

goroutine 1 [running]:
runtime.panicIndex()
\t/usr/local/go/src/runtime/panic.go:115
example.com/policies/x/validate.(*Validator).typeOfCall(0x24f3cbfb7c80, {{0x6a30c8?, 0x24f3cbf254e0?}})
\t/root/go/pkg/mod/example.com/policies/x/validate/typing.go:300 +0x1a
example.com/policies/x/validate.(*Validator).typeOfAnd(0x24f3cbfb7c80, {{0x6a30c8?, 0x24f3cbf254e0?}})
\t/root/go/pkg/mod/example.com/policies/x/validate/typing.go:118 +0x8c
main.main()
\t/work/main.go:40 +0x2b
exit status 2
"""
RUST = """thread '<unnamed>' panicked at /home/me/.cargo/registry/src/policies-4.1/src/parser.rs:120:9:
called `Option::unwrap()` on a `None` value
"""
NODE = """/work/engine.mjs:12
    at readPolicies (/work/engine.mjs:12:9)
    at answer (/work/engine.mjs:40:3)
    at main (/work/engine.mjs:60:1)
"""
PYTHON = """Traceback (most recent call last):
  File "/work/engine.py", line 9, in <module>
  File "/work/engine.py", line 5, in answer
  File "/work/engine.py", line 2, in evaluate
ZeroDivisionError: division by zero
"""


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (GO, ("validate.(*Validator).typeOfAnd", "validate.(*Validator).typeOfCall")),
        (RUST, ("parser.rs:120",)),
        (GO + RUST + RUST.replace("120", "130"), ("parser.rs:130",)),
        (NODE, ("answer", "readPolicies")),
        (PYTHON, ("answer", "evaluate")),
        ("out of luck\n", ()),
    ],
)
def test_the_last_failure_is_found(words: str, places: tuple[str, ...]) -> None:
    assert failed_at(words) == places


ENGINE = f"""
import json, sys
sys.stdin.readline()
print(json.dumps({{"seq": 1, "protocol": 1, "name": "mine", "version": "1"}}), flush=True)
sys.stdin.readline()
print(json.dumps({{"seq": 2, "asks": ["read_expression"]}}), flush=True)
sys.stdin.readline()
sys.stderr.write({GO!r} + "noise\\n" * 2000)
sys.exit(2)
"""


def test_a_crash_of_an_engine_names_the_place_however_much_was_written_after_it() -> None:
    engine = ProcessEngine([sys.executable, "-c", ENGINE])
    answer = engine.ask(ReadExpression("1"))
    assert answer == Crashed(
        "exit 2", ("validate.(*Validator).typeOfAnd", "validate.(*Validator).typeOfCall")
    )
