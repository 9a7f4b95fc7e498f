"""Named boundary lists: the constants, names and texts that generators prefer.

About half of all constants come from these lists or from next to a constant already in the case; the rest is
small and dull on purpose, so that values meet.
"""

from __future__ import annotations

LONG_MAX = 2**63 - 1
LONG_MIN = -(2**63)

SMALL_LONGS = (0, 1, 2, 3, 5, 7, 10, -1, 18, 42, 100)
EXTREME_LONGS = (
    LONG_MAX,
    LONG_MIN,
    LONG_MAX - 1,
    LONG_MIN + 1,
    2**62,
    -(2**62),
    2**32,
    -(2**31),
    2**31 - 1,
    2**53,
    2**53 + 1,
    255,
    256,
    -256,
    -257,
    3037000500,  # its square is the first to overflow
    3037000499,
    -3037000500,
)

PLAIN_STRINGS = ("a", "b", "ab", "abc", "alice", "x1", "red", "team", "read-only", "a b")
ODD_STRINGS = (
    "",
    "*",
    "a*b",
    "**",
    "\\",
    '"',
    "'",
    "\\*",
    "a\\b",
    "A",
    " a",
    "a ",
    "\n",
    "\t",
    "\x7f",
    "é",
    "e\u0301",
    "\u0301",
    "ß",
    "\U0001f600",
    "a\U0001f600*",
    "日本",
    "\u00a0",
    "if",
    "true",
    "1",
    "-1",
    "10.0.0.1",
    "//",
    "?principal",
    'User::"a"',
)
HOSTILE_STRINGS = (
    "\x00",
    "a\x00b",
    "\r",
    "\r\n",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\u200b",
    "\u202e",
    "\ufffd",
    "\uffff",
    "\ud7ff",
    "\ue000",
    "\U0010ffff",
    "\U00010000",
    "ı",
    "İ",
    "ſ",
    "K",
    "\u0660",
    "${x}",
    "{{",
    "%s",
    "\\u0041",
    "\\x41",
    "__entity",
    "__proto__",
    "a" * 300,
    "*" * 40,
    "ab" * 60,
)

IDS = ("a", "b", "c", "d", "0", "1", "alice", "bob")
ODD_IDS = (
    "",
    " ",
    "a b",
    '"',
    "\\",
    "é",
    "e\u0301",
    "*",
    "A",
    "a/b",
    "if",
    "\U0001f600",
    "\n",
    "::",
    "policy0",
)

ATTRIBUTE_NAMES = (
    "n",
    "m",
    "name",
    "age",
    "owner",
    "level",
    "flag",
    "tags",
    "info",
    "since",
    "addr",
    "team",
    "x",
    "y",
)
ODD_ATTRIBUTE_NAMES = (
    "principal",
    "context",
    "permit",
    "type",
    "id",
    "contains",
    "ip",
    "Set",
    "_",
    "a b",
    "",
    "if",
    "true",
    "in",
    "has",
    "é",
    '"',
    "a.b",
    "\U0001f600",
    "\ufb01",
    "*",
    "__cedar",
    "0",
)
ODD_ENTITY_ATTRIBUTE_NAMES = (*ODD_ATTRIBUTE_NAMES, "__entity", "__extn", "__expr")
"""The last three are plain names only at the top of an entity's attributes or tags (spec 05 §2)."""

TAG_NAMES = ("t", "k", "dept", "a", "b")
ODD_TAG_NAMES = ("", "*", "a b", "é", "if", "\U0001f600", "__entity")

TYPE_NAMES = ("User", "Group", "Doc", "Folder", "Team", "User2", "Org", "Doc_")
"""Some begin with another one, which a text of a uid may sort otherwise than its type and id."""
ODD_TYPE_NAMES = (
    "principal",
    "permit",
    "Set",
    "action",
    "type",
    "entity",
    "_",
    "ip",
    "when",
    "appliesTo",
    "A1_",
)
ENUM_TYPE_NAMES = ("Color", "Level")
COMMON_TYPE_NAMES = ("Info", "Ctx", "Pair", "Names")
NAMESPACES = ("NS", "App", "App::Core")
ODD_NAMESPACES = ("namespace", "principal::context", "_::_", "Action")
ACTION_NAMES = ("view", "edit", "delete", "share", "list")
ODD_ACTION_NAMES = ("", "if", "a b", "*", "é", "in", '"', "\U0001f600")
GROUP_NAMES = ("all", "read", "write")

DECIMAL_TEXTS = (
    "0.0",
    "-0.0",
    "1.0",
    "-1.0",
    "0.0001",
    "-0.0001",
    "0.5",
    "-0.5",
    "1.2345",
    "00001.10",
    "10.01",
    "922337203685477.5807",
    "-922337203685477.5808",
    "922337203685477.0",
)
IP_TEXTS = (
    "10.0.0.1",
    "10.0.0.0/24",
    "10.0.0.5/24",
    "10.0.0.255",
    "10.0.1.0",
    "127.0.0.1",
    "127.0.0.0/8",
    "127.0.0.0/7",
    "224.0.0.0/4",
    "224.0.0.0/3",
    "239.255.255.255",
    "240.0.0.0",
    "0.0.0.0",
    "0.0.0.0/0",
    "255.255.255.255",
    "1.2.3.4/0",
    "::",
    "::/0",
    "::1",
    "::1/127",
    "ff00::/8",
    "ff00::/7",
    "FF02::1",
    "fe80::1",
    "::ffff:7f00:1",
    "1:2:3:4:5:6:7:8",
    "1::3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "0001::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::/32",
    "2001:db8::1",
)
DATETIME_TEXTS = (
    ("1970-01-01", 0),
    ("1969-12-31T23:59:59.999Z", -1),
    ("2024-10-15", 1728950400000),
    ("2024-10-15T11:35:00Z", 1728992100000),
    ("2024-10-15T11:35:00+0130", 1728986700000),
    ("2024-10-15T11:35:00.123-0130", 1728997500123),
    ("2024-10-15T11:35:00-2359", 1729078440000),
    ("2024-02-29", 1709164800000),
    ("2000-02-29", 951782400000),
    ("1969-12-31", -86400000),
    ("0000-01-01", -62167219200000),
    ("0000-01-01T00:00:00+2359", -62167305540000),
    ("9999-12-31", 253402214400000),
    ("9999-12-31T23:59:59.999-2359", 253402387139999),
)
DURATION_TEXTS = (
    ("0ms", 0),
    ("-0ms", 0),
    ("1ms", 1),
    ("-1ms", -1),
    ("1s", 1000),
    ("1m", 60000),
    ("1h", 3600000),
    ("24h", 86400000),
    ("1d", 86400000),
    ("-1d2h", -93600000),
    ("1d2h3m4s5ms", 93784005),
    ("1m1ms", 60001),
    ("60m60s", 3660000),
    ("-1500ms", -1500),
    ("-23h", -82800000),
    ("36h", 129600000),
)
EXTREME_DURATION_TEXTS = (
    ("9223372036854775807ms", LONG_MAX),
    ("-9223372036854775808ms", LONG_MIN),
    ("106751991167d7h12m55s807ms", LONG_MAX),
    ("-106751991167d7h12m55s808ms", LONG_MIN),
    ("106751991167d", 9223372036828800000),
)

BAD_EXTENSION_TEXTS = {
    "decimal": (
        "",
        "1",
        "1.",
        ".5",
        "1.23456",
        "+1.0",
        "1e3",
        " 1.0",
        "922337203685477.5808",
        "\u0661.0",
        "-",
    ),
    "ipaddr": (
        "",
        "127.0.0.01",
        "256.0.0.1",
        "1.2.3",
        "127.0.0.1/33",
        "::1/129",
        "1::2::3",
        "::1.2.3.4",
        "fe80::1%e",
    ),
    "datetime": (
        "",
        "2023-02-29",
        "2024-13-01",
        "2024-10-15T11:35:00",
        "2024-10-15t11:35:00Z",
        "2024-1-5",
        "+2024-10-15",
    ),
    "duration": ("", "1", "ms", "1h1d", "1d ", "+1d", "9223372036854775808ms", "106751991168d", "1.5h", "-"),
}
