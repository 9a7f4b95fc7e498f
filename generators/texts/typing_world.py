"""The world of typing cases: a schema, a store and requests that conform, and uses that hang on its types."""

from __future__ import annotations

import re

from generators.choice.sources import Source

SCHEMA = """\
type Pair = {f?: Long, g: Long};
entity Org tags N::Mate;
entity Color enum ["red", "blue"];
entity Group in [Group, Org] {owner?: User, level: Long} tags User;
entity User in [Group] {
  boss: User, peer?: User, rec: {f?: Long, g: Long, u?: User, deep?: {x?: Long}}, twin: Pair,
  users: Set<User>, name?: String, ok: Bool, group: Group, same: N::Mate, act: Action,
} tags Long;
entity Ghost;
action idle, all, read;
action view in [read, N::Action::"any"] appliesTo {
  principal: [User, N::Mate], resource: [Group, User],
  context: {a: Pair, b: Pair, c: Bool, n: Long, s: String, u?: User, longs: Set<Long>, names?: Set<String>}
};
action change in [all] appliesTo {principal: User, resource: Color};
namespace N {
  entity Mate in [Team] {name: Long, boss?: User, rec: {f?: Long}};
  entity Team tags Long;
  action any in [Action::"all"];
  action edit in [any] appliesTo {principal: Mate, resource: Team, context: {c: Bool, n: Long}};
}
namespace M {
  entity Mate {name: String, rec: {f?: Long}};
  action any in [N::Action::"any"] appliesTo {principal: Mate, resource: [Mate, N::Mate]};
}
"""
_U = '{"type": "User", "id": "%s"}'
_N = '{"type": "N::Mate", "id": "n"}'
_STORE = """\
[{"uid": {"type": "User", "id": "u"}, "attrs": {"boss": <User v>, "rec": {"g": 1}, "ok": true,
  "twin": {"f": 2, "g": 1}, "users": [], "group": <Group g>, "same": <N::Mate n>, "act": <Action view>},
  "parents": [{"type": "Group", "id": "g"}], "tags": {"t": 1}},
 {"uid": {"type": "User", "id": "v"}, "attrs": {"boss": <User u>, "name": "v", "peer": <User u>,
  "rec": {"f": 1, "g": 1, "u": <User u>, "deep": {}}, "ok": false, "twin": {"g": 1}, "users": [<User u>],
  "group": <Group h>, "same": <N::Mate n>, "act": <Action view>}, "parents": []},
 {"uid": {"type": "Group", "id": "g"}, "attrs": {"level": 1, "owner": <User v>},
  "parents": [{"type": "Group", "id": "h"}], "tags": {"t": <User u>}},
 {"uid": {"type": "Group", "id": "h"}, "attrs": {"level": 2}, "parents": [{"type": "Org", "id": "o"}]},
 {"uid": {"type": "N::Mate", "id": "n"}, "attrs": {"name": 1, "rec": {}}, "parents": []}]"""
_REFERENCE = re.compile(r"<(\S+) (\w+)>")
STORE = _REFERENCE.sub(r'{"__entity": {"type": "\1", "id": "\2"}}', _STORE)
"""Entities that conform, with the escapes that some engines need even where a schema gives the types."""
_CONTEXT = (
    '{"a": {"f": 1, "g": 1}, "b": {"g": 1}, "c": true, "n": 1, "s": "t", "longs": [1], "names": []}',
    '{"a": {"g": 1}, "b": {"f": 1, "g": 2}, "c": false, "n": 2, "s": "u", "longs": [], '
    '"u": {"__entity": {"type": "User", "id": "v"}}}',
)
_EDIT = (
    f'{{"principal": {_N}, "action": {{"type": "N::Action", "id": "edit"}}, '
    '"resource": {"type": "N::Team", "id": "t"}, "context": {"c": true, "n": 1}}'
)

_WORD = re.compile("[a-z]+")
_TWO = (
    ("principal", "principal.same", ("rec has f", "rec.f == 1", "boss.ok", "name == 1")),
    ("principal", 'M::Mate::"m"', ("rec has f", "rec.f == 1", 'name like "v"')),
    ("principal.same", 'M::Mate::"m"', ("rec.f == 1", "name == 1", "boss.ok")),
    ("principal", "resource", ("level == 1", "ok", "owner.ok")),
    ("principal", 'N::Team::"t"', ("ok",)),
    ("resource", 'Org::"o"', ("level == 1", "owner.ok")),
    ("principal", 'Ghost::"x"', ("ok", "zz == 1")),
    ("action", "principal.act", ("zz == 1",)),
    ("context.a", "{g: 1}", ("f == 1", "g == 1")),
    ("principal.rec", "context.b", ("f == 1", "g == 1", "u.ok", "zz == 1")),
    ("{f: 1, h: 1}", "{f: 2, g: true}", ("f == 1", "g == 1", "h == 1")),
    ("context.a", "principal.same.rec", ("f == 1", "g == 1")),
    ("{f: [principal]}", "{f: [resource]}", ("f.contains(principal)", "f.isEmpty()")),
    ("{f: true}", "{f: false}", ("f", "g")),
    ("{f: 1}", '{f: "x"}', ("f == 1", "g == 1")),
    ("context.a", "{f: true, g: 1}", ("f == 1", "g == 1")),
    ("principal.rec", '{g: "x", u: principal}', ("g == 1", "u.ok")),
    ("{f: [1], g: {f: 1}}", "{f: [true], g: {f: true}}", ("f.isEmpty()", "g.f == 1", "g == {}")),
    ("{g: 1}", "(if principal.ok then {g: 1} else context.a)", ("f == 1", "g == 1")),
    ("context.longs", "[]", ("zz == 1",)),
)
"""Pairs of which only permissive validation gives a bound, most often, with uses of an attribute."""
_PATHS = (
    "rec.deep.x", "rec.deep", "rec.u.peer", "rec.f", "twin.f", "peer.boss.name", "peer.rec.f",
    "same.boss.peer", "same.rec.f", "group.owner", "owner.peer", "owner.boss.name", "boss.peer", "zz.a",
    "rec.zz", "name.a",
)  # fmt: skip


def of_two_types(source: Source, other: str) -> str:
    """Draw a use of an expression that is of one type or another."""
    first, second, uses = source.choice(_TWO)
    if source.boolean():
        first, second = second, first
    both = f"(if {source.choice(('context.c', 'principal.ok'))} then {first} else {second})"
    use = source.choice(uses)
    name = _WORD.match(use)[0]  # type: ignore[index]  # each begins with a word
    match source.integer(0, 12):
        case 12:
            return f"(if {both} has {name} then true else {both}.zz)"
        case 11:
            test = f"{both} is {source.choice(('User', 'N::Mate', 'M::Mate', 'Group', 'Org', 'Ghost'))}"
            return source.choice((f"(if {test} then true else {both}.zz)", f"(!({test}) && {both}.zz)"))
        case 10:
            return f"(if {both} == {other} then {both}.zz else true)"
        case 0:
            return f"({both} has {name} || {both}.{use})"
        case 1 | 2 | 3:
            return f"({both} has {name} && {both}.{use})"
        case 4:
            return f"({both} has {name} && (if {both} has {name} then true else {both}.{use}))"
        case 5:
            return f"({both}.{use})"
        case 6:
            return f'({both}.hasTag("t") && {both}.getTag("t") == 1)'
        case 7:
            test = f"{both} is {source.choice(('User', 'User', 'N::Mate', 'Group', 'Action'))}"
            return source.choice((f"({test} && {both}.{use})", f"(if {test} then true else {both}.zz)"))
        case 8:
            above = source.choice((other, f"[{other}]", f"[{first}, {second}]", 'N::Team::"t"'))
            return f"({both} in {above})"
        case _:
            return f"[{first}, {second}].contains({source.choice((other, first))})"


def behind_a_path(source: Source, target: str) -> str:
    """Draw a use of an attribute behind a `has` with a path, or of one on the way."""
    path = source.choice(_PATHS)
    words = path.split(".")
    used = ".".join(words[: source.integer(1, len(words))])
    rest = source.choice((" == 1", " == 1", ".ok", " has x", ' == "v"', ".peer.ok"))
    test, use = f"{target} has {path}", f"{target}.{used}{rest}"
    match source.integer(0, 4):
        case 0:
            return f"({test})"
        case 1:
            return f"(if {test} then {use} else {test})"
        case 2:
            return f"({test} && {test} && {use})"
        case _:
            return f"({test} && {use})"


def requests(source: Source) -> list[str]:
    """Draw requests that conform."""
    principal = source.choice((_U % "u", _U % "v", _N))
    resource = source.choice(('{"type": "Group", "id": "g"}', _U % "v", _U % "u"))
    action = '{"type": "Action", "id": "view"}'
    whole = f'{{"principal": {principal}, "action": {action}, "resource": {resource}, "context": %s}}'
    return [whole % context for context in _CONTEXT] + [_EDIT]
