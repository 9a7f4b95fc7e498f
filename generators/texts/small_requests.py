"""Requests under the schema of the small stores: right ones, and ones that break one rule or are none."""

from __future__ import annotations

import json
from typing import Any

from generators.choice.sources import Source
from generators.texts.json_faults import faulty_json
from generators.texts.misfit_members import misfit
from generators.texts.small_stores import COLORS, CONTEXT, SPELLED_OUT, TYPES, some, uid_of
from generators.texts.spelled_out import spelled_out

Json = Any


def request(source: Source) -> str:
    """Draw a request that conforms."""
    return _request_text(source, _request(source))


def listed_and_not(source: Source) -> tuple[str, str]:
    """Draw a request that names enumerated entities, and the same with one id that is not listed."""
    others = (uid_of("Color", "red"), uid_of("User", "e0")), (uid_of("Color", "red"), uid_of("Group", "e1"))
    right = {
        "principal": source.choice(others[0]),
        "action": uid_of("Action", source.choice(("view", "list"))),
        "resource": source.choice(others[1]),
        "context": {"color": {"__entity": uid_of("Color", "red")}},
    }
    unlisted = uid_of("Color", source.choice(("blue", "Red")))
    role = source.choice(("principal", "resource", "context"))
    wrong = right | {role: {"color": {"__entity": unlisted}} if role == "context" else unlisted}
    return json.dumps(right), json.dumps(wrong)


def _request_text(source: Source, made: Json) -> str:
    spelled = source.boolean(SPELLED_OUT) and isinstance(made.get("context"), dict)
    return json.dumps({**made, "context": spelled_out(made["context"])} if spelled else made)


def _request(source: Source) -> Json:
    if source.boolean(0.3):
        space = source.choice("NM")
        parts = uid_of("User", "e0"), uid_of(f"{space}::Action", "edit"), uid_of(f"{space}::Team", "e1")
        return dict(zip(("principal", "action", "resource", "context"), (*parts, {}), strict=True))
    return {
        "principal": source.choice((uid_of("User", "e0"), uid_of("Color", source.choice(COLORS)))),
        "action": uid_of("Action", source.choice(("view", "list"))),
        "resource": source.choice((uid_of("Group", "e1"), uid_of("Color", source.choice(COLORS)))),
        "context": some(source, CONTEXT),
    }


_IDS_IN_TEXT = (
    *"\u200b\u0301\u00e9\u00ad\u034f\u115f\ue000\u0378\u00a0\u2028\u0903\u0bbe\U000e0001\U0001f600\x7f\x1f",
    *(f"a{mark}" for mark in "\u0301\u20dd\u0bbe\ufe0f\u200d"),
    *(f"\\u{{{code}}}" for code in ("200b", "301", "0200b", "200B", "e9", "ad", "d800", "110000", "", "7f")),
    "\\q", "\\x41", "\\x80", "\\x7f", "\\'", "'", "\\0", "\\*", "\\n\\t\\r", "\\\\", "\\", '\\"', '"',
    "a\\u{301}", "\\u{e0001}",
)  # fmt: skip
"""Ids of uids in text, spelled in the one way that is right or in another one."""
_NO_REQUESTS = (
    "null", "[]", "{}", "1", '""', "[{}]", '{"principal": 1', "{'action': 1}", '{"a": 1,}', '{"a" 1}',
    '{"a": 01}', '{"a": NaN}', "{a: 1}", "{} {}", "",
)  # fmt: skip
"""Texts that are no request, some of them because they are no JSON."""


def broken_request(source: Source) -> str:
    """Draw a request that breaks one rule."""
    made = _request(source)
    match source.integer(0, 8):
        case 7:
            return faulty_json(source, _request_text(source, made))
        case 8:
            return source.choice(_NO_REQUESTS)
        case 0 | 1:
            if source.boolean(0.3):  # nothing but an id is wrong
                made = {**_request(source), "action": uid_of("Action", "view")}
                unlisted = uid_of("Color", source.choice(("blue", "Red", "red ")))
                role = source.choice(("principal", "resource"))
                made |= {"resource": uid_of("Color", "red"), role: unlisted, "context": {}}
                return _request_text(source, made)
            role = source.choice(("principal", "resource", "action"))
            made[role] = uid_of(
                source.choice(TYPES), source.choice(("e0", "blue", "red", "red ", "read", "view"))
            )
        case 2 | 3:
            made["context"].update(misfit(source, CONTEXT))
        case 4:
            made["context"] = source.choice(
                (
                    None,
                    [],
                    "",
                    "{}",
                    0,
                    True,
                    [{}],
                    {"__entity": uid_of("User", "u")},
                    {"__expr": "x"},
                    {"__extn": {"fn": "ip", "arg": "::1"}},
                )
            )
        case 5:
            if source.boolean(0.6):
                made.pop(source.choice(tuple(made)))
            made |= source.choice(({}, {"more": 1}, {"Principal": uid_of("User", "u")}, {"entities": []}))
        case _:
            role = source.choice(("principal", "resource", "action"))
            if source.boolean(0.6):
                made["principal"] = f'User::"{source.choice(_IDS_IN_TEXT)}"'
                return json.dumps(made)
            made[role] = source.choice(
                (f'{made[role]["type"]}::"{made[role]["id"]}"', [], {**made[role], "more": 1}, "User")
            )
    return _request_text(source, made)
