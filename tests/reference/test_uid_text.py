"""Uids as texts of their own (spec 05 §9)."""

from __future__ import annotations

import pytest

from reference.errors import InputError
from reference.text.uid_text import parse_uid, show
from reference.values import EntityUid


@pytest.mark.parametrize(
    "text",
    [
        'U::"é*"', r'U::"\n"', r'U::"\'"', r'U::"\u{a0}"', 'A::B::"c"', 'U::""', 'U::"a b"', r'U::"\0"',
        r'U::"\u{301}a"', 'U::"a\u0301"', r'U::"\u{115f}"', r'U::"a\u{e0100}"', r'U::"\u{9be}\\\""', 'U::"a::\\"b"',
    ],
)  # fmt: skip
def test_takes_the_canonical_spelling(text: str) -> None:
    assert show(parse_uid(text, "request")) == text


@pytest.mark.parametrize(
    "text",
    [
        'U ::"a"', ' U::"a"', 'U::"a"//x', 'U::"a" ', r'U::"\u{61}"', r'U::"\x41"', 'U::"\'"', r'U::"\u{A0}"',
        r'U::"\u{00a0}"', r'U::"\u{0}"', 'U::"\n"', 'if::"a"', '__cedar::"a"', "U", 'U::"', 'U::"a', '"a"', "",
        'U::"\u0301a"', r'U::"a\u{301}"', 'U::"\xa0"', 'U::"a"b"', r'U::"a\"', r'U::"\q"', 'U::"\u09bea"',
    ],
)  # fmt: skip
def test_refuses_any_other_spelling(text: str) -> None:
    with pytest.raises(InputError, match="request"):
        parse_uid(text, "request")


@pytest.mark.slow
@pytest.mark.parametrize("block", [range(0xD800), range(0xE000, 0x20000)])
def test_every_id_has_a_spelling_that_reads_back(block: range) -> None:
    for code in block:
        for entity_id in (chr(code), f"a{chr(code)}"):
            uid = EntityUid("A::B", entity_id)
            assert parse_uid(show(uid), "request") == uid
