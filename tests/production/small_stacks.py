"""Call every door of the engine under a way of running that leaves little stack; print what is no clean answer.

Run as `python small_stacks.py WAY`, where WAY is `small`, `low`, `deep`, `depths` or `usual`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from production import (
    Authorizer,
    CedarError,
    Entities,
    PolicySet,
    Request,
    Schema,
    entities_json,
    format_policies,
    parse_expression,
)

NESTED = '{"a":' * 60 + "1" + "}" * 60
UIDS = '"principal": "U::\\"a\\"", "action": "Action::\\"v\\"", "resource": "U::\\"a\\""'
REQUEST = f'{{{UIDS}, "context": {NESTED}}}'
ENTITY = f'[{{"uid": {{"type": "U", "id": "a"}}, "parents": [], "attrs": {NESTED}}}]'
GROUPS = "(" * 300 + "1 == 1" + ")" * 300
POLICY = f"permit(principal, action, resource) when {{ {GROUPS} && context has a }};"
DEEP_TYPE = "entity U { a: " + "{ a: " * 30 + "Long" + "}" * 30 + " };"
SCHEMA = "entity U; action v appliesTo { principal: U, resource: U };"


def asked(tier: str) -> bool:
    authorizer = Authorizer(PolicySet.from_text(POLICY), Entities.from_json(ENTITY), tier=tier)
    return all(authorizer.authorize(Request.from_json(REQUEST)).allowed for _ in range(60))


def typed() -> bool:
    schema = Schema.from_cedar(SCHEMA)
    authorizer = schema.authorizer(PolicySet.from_text("permit(principal, action, resource);"), Entities())
    return authorizer.authorize(schema.read_request(f"{{{UIDS}}}")).allowed


DOORS: dict[str, Callable[[], object]] = {
    "machine": lambda: asked("machine"),
    "generated": lambda: asked("generated"),
    "auto": lambda: asked("auto"),
    "typed": typed,
    "policy json": lambda: PolicySet.from_json(PolicySet.from_text(POLICY).to_json()),
    "policy text": lambda: PolicySet.from_text(PolicySet.from_text(POLICY).to_text()),
    "format": lambda: format_policies(POLICY),
    "brackets": lambda: PolicySet.from_json("[" * 100_000),
    "closed brackets": lambda: Request.from_json("[" * 900 + "]" * 900),
    "entities": lambda: entities_json(Entities.from_json(ENTITY)),
    "schema": lambda: Schema.from_json(Schema.from_cedar(DEEP_TYPE).to_json()),
    "validate": lambda: Schema.from_cedar(SCHEMA).validate(PolicySet.from_text(POLICY)).valid,
    "evaluate": lambda: Authorizer(PolicySet(), Entities()).evaluate(
        parse_expression("{a: " * 100 + "1" + "}" * 100), Request.from_json(REQUEST)
    ),
}


REFUSED = ("brackets", "closed brackets")


def call_all(is_answered: bool = False) -> None:
    for name, door in DOORS.items():
        try:
            if door() is False:
                print(name, "gave another answer")
        except CedarError as error:
            if is_answered and name not in REFUSED:
                print(name, error)
        except BaseException as error:
            print(name, repr(error))
    print("done")


def from_below(levels: int, work: Callable[[], object]) -> object:
    return from_below(levels - 1, work) if levels else work()


def call_validators() -> None:
    """Validate from many depths, so that the stack ends at every step of the way."""
    for levels in range(880, 984, 2):
        for name in ("typed", "validate"):
            try:
                if not from_below(levels, DOORS[name]):
                    print(name, levels, "gave another answer")
            except CedarError as error:
                print(name, levels, error)
    print("done")


def main(way: str) -> None:
    if way == "small":
        threading.stack_size(131_072)
        thread = threading.Thread(target=call_all)
        thread.start()
        thread.join()
    elif way == "low":
        sys.setrecursionlimit(200)
        call_all()
    elif way == "depths":
        call_validators()
    else:
        from_below(975 if way == "deep" else 0, lambda: call_all(is_answered=True))


if __name__ == "__main__":
    main(sys.argv[1])
