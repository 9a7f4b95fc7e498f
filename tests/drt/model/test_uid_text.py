"""Uids as text: which literals are read, and the one spelling that each has by itself (spec 05 §9)."""

from __future__ import annotations

import json
import unicodedata

import pytest

from drt.model.uid_text import normalized_uid_json, plain_uid, uid_json


@pytest.mark.parametrize(
    ("literal", "type_name", "identity"),
    [
        ('User::"alice"', "User", "alice"),
        ('A::B::_c1::""', "A::B::_c1", ""),
        (r'U::"\u{1_F600}\x41\0\'"', "U", "\U0001f600A\0'"),
        ('U::"a\nb"', "U", "a\nb"),
        ('principal::"a"', "principal", "a"),
    ],
)
def test_a_literal_may_use_any_escape(literal: str, type_name: str, identity: str) -> None:
    assert json.loads(uid_json(literal)) == {"type": type_name, "id": identity}


@pytest.mark.parametrize(
    "literal",
    [
        "",
        "User",
        'User::"a',
        'User::"a"//"',
        '(User::"a")',
        ' User::"a"',
        'User::"a"\n',
        'User :: "a"',
        'Ué::"a"',
        '1U::"a"',
        'U::if::"a"',
        '__cedar::"a"',
        r'U::"\q"',
        r'U::"\u0041"',
        r'U::"\u{}"',
        r'U::"\u{_1}"',
        r'U::"\u{0000041}"',
        r'U::"\u{110000}"',
        r'U::"\u{D800}"',
        r'U::"\x80"',
        'U::"a\rb"',
        'U::"\udc80"',
    ],
)
def test_what_is_no_literal_is_refused(literal: str) -> None:
    with pytest.raises(ValueError, match=r"^not an entity"):
        uid_json(literal)
    with pytest.raises(ValueError, match=r"^not an entity"):
        normalized_uid_json(literal)


@pytest.mark.parametrize(
    "literal",
    [
        'U::"é*"',
        r'U::"\n"',
        r'U::"\'"',
        r'U::"\u{a0}"',
        'A::B::"c d"',
        r'U::"\u{301}a"',
        'U::"a\u0301"',
        r'U::"a\u{200b}"',
        r'U::"\u{115f}"',
    ],
)
def test_the_normalized_spelling_is_taken(literal: str) -> None:
    assert normalized_uid_json(literal) == uid_json(literal)


@pytest.mark.parametrize(
    "literal",
    [
        r'U::"\u{61}"',
        r'U::"\x41"',
        'U::"\'"',
        r'U::"\u{A0}"',
        r'U::"\u{00a0}"',
        r'U::"\u{0}"',
        'U::"a\nb"',
        'U::"\u0301a"',
        r'U::"a\u{301}"',
        'U::"a\u200b"',
        'U::"\u115f"',
        'U::"\uff9e"',
    ],
)
def test_any_other_spelling_is_refused_with_the_right_one(literal: str) -> None:
    uid_json(literal)
    with pytest.raises(ValueError, match=r"not a normalized uid: .* is the only spelling of"):
        normalized_uid_json(literal)


def test_a_character_newer_than_our_tables_may_be_spelled_in_both_ways() -> None:
    unassigned = next(chr(code) for code in range(0x378, 0x10000) if unicodedata.category(chr(code)) == "Cn")

    assert normalized_uid_json(f'U::"{unassigned}"') == normalized_uid_json(
        f'U::"\\u{{{ord(unassigned):x}}}"'
    )


@pytest.mark.parametrize(
    ("value", "uid"),
    [
        ({"type": "A", "id": "a"}, ("A", "a")),
        ({"__entity": {"type": "A", "id": "a"}, "type": "B", "id": "b"}, ("A", "a")),
        ({"__entity": 5, "type": "B", "id": "b", "x": None}, ("B", "b")),
        ({"__entity": {"type": "A"}}, None),
        ({"type": "A", "id": 1}, None),
        ('A::"a"', None),
        (None, None),
    ],
)
def test_a_uid_in_json_has_two_shapes(value: object, uid: tuple[str, str] | None) -> None:
    expected = None if uid is None else {"type": uid[0], "id": uid[1]}

    assert plain_uid(value) == expected
