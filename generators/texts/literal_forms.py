"""Literals of the extension types and Longs at their limits, by grammar: right, or wrong in one place.

Owns expression texts that a definition can evaluate: constructors of texts, methods on them, arithmetic.
"""

from __future__ import annotations

from generators.choice.sources import Source

Parts = list[str]

_YEARS = ("0000", "0001", "1600", "1900", "1969", "1970", "1972", "2000", "2023", "2024", "2100", "9999")
_DAYS = ("01", "02", "15", "28", "29", "30", "31")
_QUANTITIES = (
    "0",
    "1",
    "007",
    "23",
    "59",
    "61",
    "1000",
    "2147483647",
    "2147483648",
    "4294967296",
    "106751991167",
)
_LIMITS = ("9223372036854775807", "9223372036854775808", "9223372036854775809", "99999999999999999999")
_WHOLES = ("0", "00", "1", "12", "00001", "922337203685477", "922337203685476", "922337203685478")
_FRACTIONS = ("0", "5", "00", "50", "05", "5807", "5808", "5809", "9999", "0001", "123")
_OCTETS = ("0", "1", "9", "10", "126", "127", "128", "192", "223", "224", "239", "240", "255")
_GROUPS = ("0", "1", "00ff", "ff", "FF00", "ff00", "fe80", "ffff", "0001", "7f00", "abcd")
_BAD_FIELDS = (
    "",
    "-1",
    "+1",
    "00",
    "24",
    "32",
    "60",
    "61",
    "99",
    "256",
    "33",
    "129",
    "0x1",
    "1_0",
    "٣",
    "１",
    "g",
    "12345",
)
_BEYOND = {2: ("00", "13"), 4: ("00", "31", "32"), 6: ("24",), 8: ("60",), 10: ("60", "61")}
"""One beyond the bounds of each field of two digits of a datetime, by its place among the parts."""

_STRAY = (
    " ",
    "\t",
    "\n",
    "\0",
    "_",
    "+",
    "-",
    "--",
    ".",
    ":",
    "/",
    "%eth0",
    "T",
    "Z",
    "z",
    "é",
    "\U0001f600",
    "0",
    "9",
)
_FRONTS = ("::ffff:", "::ffff:", "::", "::ffff:0:", "64:ff9b::", "fe80::")
_VERSION_4 = ("7f00:1", "7fff:ffff", "e000:1", "efff:ffff", "a00:1", "0:0", "ffff:ffff")
"""Addresses of version 4 that one of version 6 may hold: loopback, multicast and others."""
_UNITS = ("d", "h", "m", "s", "ms")
_COUNTS = ("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")
_ORDERS = ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")
_LONGS = tuple(
    str(number)
    for limit in (0, 2**31, 2**32, 2**62, 2**63 - 1, -(2**62), -(2**63))
    for number in (limit - 1, limit, limit + 1)
    if -(2**63) <= number < 2**63
)
_MEMBERS = (
    "1", "0", "-1", "true", "false", '""', '"1"', '"true"', 'decimal("1.0")', 'decimal("1.00")', 'ip("::1")',
    'ip("::1/127")', 'duration("1ms")', 'datetime("1970-01-01")', "[1]", "[true]", "[]", '["1"]',
    "{a: 1}", "{b: 1}", "{a: 1, b: 1}", "{a: true}", "{a: {b: 1}}", "{b: {a: 1}}", "{}",
)  # fmt: skip
"""Elements of sets that a host language may take for each other."""

_WRONG = 0.55
"""The share of texts that are wrong in one place; a few of those happen to be right."""


def _decimal(source: Source) -> Parts:
    sign = source.choice(("", "-"))
    return [sign, source.choice(_WHOLES), ".", source.choice(_FRACTIONS)]


def _ip(source: Source) -> Parts:
    prefixes: tuple[str, ...]
    if source.boolean():
        parts = [source.choice(_OCTETS)]
        for _ in range(3):
            parts += (".", source.choice(_OCTETS))
        prefixes = ("0", "1", "3", "4", "7", "8", "9", "24", "31", "32")
    else:
        parts = _version_6(source)
        prefixes = ("0", "1", "7", "8", "9", "64", "96", "100", "104", "127", "128")
    return [*parts, "/", source.choice(prefixes)] if source.boolean(0.6) else parts


def _version_6(source: Source) -> Parts:
    usual = source.choice(("", "::", "::1", "ff00::", "fe80::1", "::ffff:127.0.0.1", "::ffff:", "::ffff:"))
    if usual == "::ffff:":
        return [source.choice(_FRONTS), source.choice(_VERSION_4)]
    if usual:
        return [usual]
    gap = source.integer(0, 8)
    count = 8 if gap == 8 else source.choice((1, 2, 3, 4, 5, 6, 7, 7, 8))
    groups = [source.choice(_GROUPS) for _ in range(count)]
    if gap == 8:
        return _colons(groups)
    return [*_colons(groups[:gap]), "::", *_colons(groups[gap:])]


def _colons(groups: Parts) -> Parts:
    return [piece for group in groups for piece in (":", group)][1:]


def _datetime(source: Source) -> Parts:
    month = f"{source.integer(1, 12):02}"
    parts = [source.choice(_YEARS), "-", month, "-", source.choice(_DAYS)]
    if source.boolean(0.4):
        return parts
    parts += ("T", source.choice(("00", "01", "12", "23")), ":", source.choice(("00", "30", "59")))
    parts += (":", source.choice(("00", "01", "59")))
    if source.boolean():
        parts += (".", source.choice(("000", "001", "500", "999")))
    if source.boolean():
        return [*parts, "Z"]
    return [
        *parts,
        source.choice("+-"),
        source.choice(("00", "01", "14", "23")),
        source.choice(("00", "30", "59")),
    ]


def _duration(source: Source) -> Parts:
    parts = [source.choice(("", "", "-"))]
    units = [unit for unit in _UNITS if source.boolean(0.4)] or [source.choice(_UNITS)]
    for unit in units:
        at_limit = unit == "ms" and source.boolean(0.4)
        parts += (source.choice(_LIMITS if at_limit else _QUANTITIES), unit)
    return parts


_TEXTS = {"decimal": _decimal, "ip": _ip, "datetime": _datetime, "duration": _duration}


def _break(source: Source, parts: Parts) -> Parts:
    """Leave a part or two out, double or swap them, replace one, or put something beside it."""
    fields = [place for place, part in enumerate(parts) if part.isalnum()]
    at = source.choice(fields) if fields and source.boolean() else source.integer(0, len(parts) - 1)
    part = parts[at]
    match source.integer(0, 12):
        case 10:
            return [*parts[:at], *parts[at + 2 :]]
        case 11:
            return [*parts[: at + 2], *parts[at : at + 2], *parts[at + 2 :]]
        case 12:
            return [*parts[:at], *parts[at + 2 : at + 4], *parts[at : at + 2], *parts[at + 4 :]]
        case 0:
            new = [""]
        case 1:
            new = [part, part]
        case 2 if at + 1 < len(parts):
            return [*parts[:at], parts[at + 1], part, *parts[at + 2 :]]
        case 3:
            new = [source.choice(_BAD_FIELDS)]
        case 4:
            new = [f"{source.choice('01')}{part}"]
        case 5:
            new = [f"{part}{source.choice('019')}"]
        case 6:
            new = [part.swapcase() if part.swapcase() != part else part.replace("0", "٠")]
        case 7:
            return [source.choice(("-", "+", " ")), *parts]
        case _:
            cut = source.integer(0, len(part))
            new = [part[:cut], source.choice(_STRAY), part[cut:]]
    return [*parts[:at], *new, *parts[at + 1 :]]


def _iso_8601(source: Source, parts: Parts) -> Parts:
    """Write a datetime in a form of ISO 8601 or RFC 3339 that Cedar does not take."""
    year, rest = parts[0], parts[1:]
    match source.integer(0, 5):
        case 0:
            return [source.choice("+-"), source.choice(("00", "00000")), year, *rest]
        case 1:
            return [part for part in parts if part not in ("-", ":")]
        case 2:
            return [{"T": source.choice(" t"), "Z": "z", ".": ","}.get(part, part) for part in parts]
        case 3 if "T" in parts:
            return [*parts[:9], *parts[11:]]
        case 4 if len(parts) > 10 and parts[-3] in ("+", "-"):
            return [*parts[:-1], ":", parts[-1]]
        case _:
            return [year, source.choice(("-W01-1", "-001", "-01", "")), *rest[4:]]


def literal_text(source: Source, constructor: str, wrong: float = _WRONG) -> str:
    """Draw what a constructor is called with: in its grammar, or wrong in one place."""
    parts = _TEXTS[constructor](source)
    if constructor == "datetime" and source.boolean(wrong / 4):
        parts = _iso_8601(source, parts)
    elif source.boolean(wrong):
        break_ = _pass_a_bound if constructor == "datetime" and source.boolean(0.4) else _break
        parts = break_(source, parts)
    return "".join(parts)


def _pass_a_bound(source: Source, parts: Parts) -> Parts:
    """Put one field of a datetime one beyond its bounds."""
    beyond = {at: values for at, values in _BEYOND.items() if at < len(parts)}
    if parts[-3] in ("+", "-") and len(parts) > 10:
        beyond |= {len(parts) - 2: ("24",), len(parts) - 1: ("60",)}
    at = source.choice(tuple(beyond))
    return [*parts[:at], source.choice(beyond[at]), *parts[at + 1 :]]


def _quoted(text: str) -> str:
    return f'"{"".join(map(_written, text))}"'


def _written(character: str) -> str:
    is_plain = character.isascii() and (character.isalnum() or character in "-+.:/% ")
    return character if is_plain else f"\\u{{{ord(character):x}}}"


def _call(source: Source, constructor: str, wrong: float = _WRONG) -> str:
    return f"{constructor}({_quoted(literal_text(source, constructor, wrong))})"


def _instant(source: Source) -> str:
    """Draw a datetime, now and then one that only an offset reaches."""
    made = _call(source, "datetime", 0.1)
    if not source.boolean():
        return made
    far = source.choice(("", "-")) + source.choice(
        (*_LIMITS[:2], "86399999", "86400000", "1", "62167219200000")
    )
    start = 'datetime("1970-01-01")' if source.boolean() else made
    return f'{start}.offset(duration("{far}ms"))'


def _set(source: Source) -> str:
    return f"[{', '.join(source.choice(_MEMBERS) for _ in range(source.integer(0, 3)))}]"


def _set_expression(source: Source) -> str:
    """Draw a method of a set, or an equality, of literals that are easily mistaken for each other."""
    whole, part, element = _set(source), _set(source), source.choice(_MEMBERS)
    return source.choice(
        (
            f"{whole}.contains({element})",
            f"{whole}.containsAll({part})",
            f"{whole}.containsAny({part})",
            f"{whole}.isEmpty()",
            f"{whole} == {part}",
            f"{element} == {source.choice(_MEMBERS)}",
        )
    )


def literal_expression(source: Source) -> str:
    """Draw a literal by itself, under a method or operator, or arithmetic at the limits of Long."""
    match source.integer(0, 9):
        case 0 | 1 | 2 | 9:
            return _call(source, source.choice((*_TEXTS, "datetime")))
        case 8:
            return _set_expression(source)
        case 3:
            first, second = _call(source, "ip", 0.05), _call(source, "ip", 0.05)
            tests = ("isLoopback()", "isMulticast()", "isIpv4()", "isIpv6()", f"isInRange({second})")
            return f"{first}.{source.choice(tests)}"
        case 4:
            first, second = _instant(source), _instant(source)
            steps = (
                "toDate()",
                "toTime()",
                f"durationSince({second})",
                f"offset({_call(source, 'duration', 0.1)})",
            )
            return f"{first}.{source.choice(steps)}"
        case 5:
            return f"{_call(source, 'duration', 0.05)}.{source.choice(_COUNTS)}()"
        case 6:
            first, second = _call(source, "decimal", 0.05), _call(source, "decimal", 0.05)
            return f"{first}.{source.choice(_ORDERS)}({second})"
        case _:
            operator = source.choice(("neg", "+", "-", "*", "<", "=="))
            if operator == "neg":
                return f"-({source.choice(_LONGS)})"
            return f"({source.choice(_LONGS)}) {operator} ({source.choice(_LONGS)})"
