"""Many errors and a large schema: time grows with both together no faster than with their sum."""

from __future__ import annotations

from time import process_time

from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.messages import MOST_SHOWN, explain
from reference.validation.policies import validate

MANY = 2_000
SCHEMA = read_schema(
    "".join(f"entity Type{n};" for n in range(MANY))
    + f"entity User {{{', '.join(f'attribute{n}: Long' for n in range(MANY))}}};"
    + "action view appliesTo {principal: User, resource: User};"
)


def test_many_errors_under_a_large_schema() -> None:
    tests = [f"principal is Typo{n} || principal.atribute{n} == 1" for n in range(MANY)]
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {' || '.join(tests)} }};")
    start = process_time()
    verdict = validate(body, SCHEMA)
    assert len(verdict.problems) == 2 * MANY
    lines = list(explain({"policy0": verdict}))
    assert process_time() - start < 30
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1].endswith(f"and {2 * MANY - MOST_SHOWN} more")
