"""A small world for partial evaluation: a schema, stores and requests that conform, policies of a few tests.

Every kind of test stands on unknown parts of either side, and behind tests that stay open or may err.
"""

from __future__ import annotations

import json
from typing import Any

from generators.choice.sources import Source

Json = Any

SCHEMA = """\
entity Org;
entity Kind enum ["a", "b"];
entity Team in [Team, Org, Kind] {size: Long, lead?: User} tags Long;
entity User in [Team] {
  ok: Bool, n: Long, name: String, team: Team, boss?: User, labels: Set<String>,
  friends: Set<User>, rec: {k: Long, who?: User, kind?: Kind}, pair: {k: Long, who: User},
  opt?: {a?: {b?: Long}}, kinds: Set<Kind>, teams: Set<Team>, act?: Action,
} tags String;
action all;
action view, edit in [all] appliesTo {
  principal: [User, Kind], resource: [User, Team],
  context: {n: Long, who: User, s: String, kind?: Kind, rec: {who?: User, kind?: Kind}}
};
"""
EXTERNAL = "external entity Elsewhere;\n"
"""A declaration that leaves the schema incomplete."""
GROUPS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("Action", "all"): (),
    **dict.fromkeys((("Action", "view"), ("Action", "edit")), (("Action", "all"),)),
}
_IDS = ("a", "b", "c", "d")
_TEAMS = ("t", "u", "v")
MANY = 90
"""So many entities are a crowd, for which queries have ways of their own."""

BEHIND_OPEN = 0.25
"""The share of conditions with a guard behind what stays open, so that its use is evaluated all the same."""


def uid(type_name: str, id_: str) -> Json:
    """Write a uid."""
    return {"type": type_name, "id": id_}


def entities(source: Source, users: int) -> list[Json]:
    """Draw entities that conform: so many users, and some teams one above the other."""
    holds_actions = source.boolean(0.4)
    ids = [*_IDS, *(f"e{number}" for number in range(len(_IDS), users))][:users]
    made = [_user(source, id_, holds_actions) for id_ in ids]
    for number, team in enumerate(_TEAMS):
        above = [uid("Team", each) for each in _TEAMS[number + 1 :] if source.boolean(0.4)]
        above += [one for one in (uid("Org", "o"), uid("Kind", "a")) if source.boolean(0.2)]
        lead = {"lead": uid("User", source.choice(_IDS))} if source.boolean() else {}
        tags = {"t": source.integer(0, 2)} if source.boolean() else {}
        attrs = {"size": source.integer(0, 3), **lead}
        made.append({"uid": uid("Team", team), "attrs": attrs, "parents": above, "tags": tags})
    if source.boolean(0.6):
        made = [{**one, "attrs": _escaped(one["attrs"])} for one in made]
    return [one for one in made if not source.boolean(0.1)]


def _escaped(value: Json) -> Json:
    """Write each entity in a value so that it is one without a schema too."""
    match value:
        case {"type": _, "id": _}:
            return {"__entity": value}
        case dict():
            return {name: _escaped(inner) for name, inner in value.items()}
        case list():
            return list(map(_escaped, value))
        case _:
            return value


def _user(source: Source, id_: str, holds_actions: bool) -> Json:
    pick = source.choice
    attrs: Json = {
        "ok": source.boolean(),
        "n": source.integer(-1, 3),
        "name": pick(("", "x", "xy")),
        "team": uid("Team", pick(_TEAMS)),
        "labels": [label for label in ("x", "y") if source.boolean()],
        "friends": [uid("User", each) for each in _IDS[:2] if source.boolean()],
        "rec": _record(source) | {"k": source.integer(0, 1)},
        "teams": [uid("Team", each) for each in _TEAMS if source.boolean(0.2)],
        "pair": {"k": 1, "who": uid("User", pick(_IDS))},
        "kinds": [uid("Kind", each) for each in "ab" if source.boolean(0.3)],
    }
    if holds_actions:
        attrs["act"] = uid("Action", pick(("view", "edit", "all")))
    if source.boolean():
        attrs["boss"] = uid("User", pick(_IDS))
    if source.boolean():
        attrs["opt"] = pick(({}, {"a": {}}, {"a": {"b": 1}}))
    above = [uid("Team", team) for team in _TEAMS if source.boolean(0.3)]
    tags = {key: pick(("", "x")) for key in ("t", "x") if source.boolean(0.5)}
    return {"uid": uid("User", id_), "attrs": attrs, "parents": above, "tags": tags}


def _record(source: Source) -> Json:
    members = {"who": uid("User", source.choice(_IDS)), "kind": uid("Kind", "a")}
    return {name: value for name, value in members.items() if source.boolean()}


def request(source: Source) -> Json:
    """Draw a request that conforms."""
    principal = uid("User", source.choice(_IDS)) if source.boolean(0.9) else uid("Kind", "a")
    resource = uid("User", source.choice(_IDS)) if source.boolean(0.7) else uid("Team", source.choice(_TEAMS))
    context: Json = {
        "n": source.integer(0, 2),
        "who": uid("User", source.choice(_IDS)),
        "s": source.choice(("t", "x")),
        "rec": _record(source),
    }
    if source.boolean(0.4):
        context["kind"] = uid("Kind", source.choice("ab"))
    action = uid("Action", source.choice(("view", "view", "edit")))
    return {"principal": principal, "action": action, "resource": resource, "context": context}


_LOOKUPS = (
    "{v}.ok", "!{v}.ok", '{v} has act && {v}.act in Action::"all"', "{v}.n == 1", "{v}.n != 1",
    "1 == {v}.n", "{v}.n < {k}", "{v}.n <= {k}", "{v}.n > {k}", "{k} < {v}.n", "{k} >= {v}.n",
    "!({v}.n < {k})", '{v}.name == "x"', '!({v}.name == "x")', '"x" == {v}.name',
    '{v}.labels.contains("x")', '!({v}.labels.contains("x"))', '{v}.team == Team::"t"',
    '{v}.team != Team::"t"', '{v}.friends.contains(User::"a")', '["x", "y"].contains({v}.name)',
    '{v}.kinds.contains(Kind::"a")',
)  # fmt: skip
"""Tests of one attribute: an index or a column may answer them."""
_TESTS = (
    '{v}.name like "x*"', "{v}.n < {w}.n", "{v}.rec.k == {w}.rec.k", "{v} == {w}",
    "{v}.friends.contains({w})", "{v}.labels.isEmpty()", "{v}.labels.containsAll({w}.labels)",
    '{v}.labels.containsAny(["x", "z"])', '{v}.pair == {{k: 1, who: User::"c"}}',
    '{v}.friends == [User::"d"]', '{v}.friends.containsAny([User::"c"])',
    '{{a: {v}.n, b: {{who: User::"d"}}}} == {{a: 1, b: {{who: User::"d"}}}}', "[{v}.n, 1] == [1]",
    "{v}.n + 1 == 2", "-{v}.n == -1", "{v}.n * 9223372036854775807 > 0", "{v}.team.size == 1",
    "{v}.team.size < context.n", '(if {v}.ok then User::"c" else {w}).n == 1',
    "(if context.n == 1 then {v} else {w}).ok", "[{v}, context.who].contains({w})", "context.who == {v}",
    "context.n == {v}.n", "{v}.pair == {w}.pair", "{v} is User in {w}.team", "{v}.team is Team",
)  # fmt: skip
_MEMBERS = (
    '{v} in Team::"t"', '{v} in [Team::"t", Team::"u"]', '{v}.team in Team::"v"', '{v}.team in Kind::"a"',
    "{w} in {v}.teams", "{v} in {v}.teams", "{w}.team in {v}.teams", "{w} in {v}.friends",
    'Team::"t" in {v}.teams', "{v} in context.who.team", "context.who in {v}.team",
    '{v}.team in [Kind::"a", Kind::"b"]',
)  # fmt: skip
_DECIDED = (
    "if {v}.team is Team then {v}.ok else {w}.ok", "if {v}.team is User then {v}.ok else {w}.ok",
    'if {v}.team == User::"a" then {w}.ok else {v}.ok', "if {v}.team has nope then {v}.ok else {w}.ok",
    'if {v}.team in User::"a" then {v}.ok else {w}.n == 1', "{v}.team is Team && {w}.ok",
    "{v}.team is User || {w}.ok", '{v}.team == User::"a" || {w}.ok', "{v}.team has nope || {v}.ok",
    'if action == Action::"view" then {v}.ok else {w}.ok', 'action in Action::"all" && {v}.ok',
    "if {v}.ok || true then {v}.ok else {w}.ok", "if !({v}.team is Team) then {v}.ok else {w}.ok",
)  # fmt: skip
"""Conditions of which the types decide a part that may err all the same."""
_GUARDED = (
    ("{v} has act", '{v}.act in Action::"all"'), ("{v} has act", '{v}.act == Action::"view"'),
    ("{v} has boss", "{v}.boss.ok"), ("{v} has boss", "{v}.boss.n == 1"),
    ("{v} has boss", '{v}.boss == User::"a"'), ("{v} has opt.a.b", "{v}.opt.a.b == 1"),
    ("{v} has boss.opt.a.b", "{v}.boss.opt.a.b == 1"), ("{v} has rec.who", "{v}.rec.who.ok"),
    ("{v} has rec.who.boss", "{v}.rec.who.boss.ok"), ("{v}.team has lead", "{v}.team.lead.ok"),
    ("{v}.team has lead.boss", '{v}.team.lead.boss.name == "x"'),
    ("context has kind", 'context.kind == Kind::"a"'),
    ("context has rec.who.boss.name", "context.rec.who.boss.ok"),
    ("context.rec has who.opt.a.b", "context.rec.who.opt.a.b == 1"),
    ("context has rec.kind", "{v}.kinds.contains(context.rec.kind)"),
)  # fmt: skip
_TAGGED = (
    ('{v}.hasTag("t")', '{v}.getTag("t") == "x"'),
    ("{v}.hasTag(context.s)", '{v}.getTag(context.s) like "*"'),
    ("{v}.hasTag({w}.name)", '{v}.getTag({w}.name) == ""'),
    ('{v}.team.hasTag("t")', '{v}.team.getTag("t") == 1'),
)  # fmt: skip
_OPEN = (
    "{v}.ok", "{w}.ok", "context.n == 1", "context.n == 1", "context.who.ok", "({v}.n + 1 > 0)",
)  # fmt: skip


_FORMS = (
    "({g} && {u})", "(({o} && {g}) && {u})", "(({o} && {g}) && {u})", "(({o} && {g}) && {u})",
    "(({g} && {o}) && {u})", "(if {g} then {u} else {o})", "(({g} && {u}) || {o})",
)  # fmt: skip


def _test(source: Source, depth: int) -> str:
    inner = depth - 1
    match source.integer(0, 9):
        case 0 | 1 | 2 if depth:
            return f"({_test(source, inner)} {source.choice(('&&', '||'))} {_test(source, inner)})"
        case 3 if depth:
            return f"!({_test(source, inner)})"
        case 4 if depth:
            parts = (_test(source, inner) for _ in range(3))
            return "(if {} then {} else {})".format(*parts)
        case 5 | 6 | 7:
            guard, use = source.choice(source.choice((_GUARDED, _TAGGED)))
            held = source.choice(_OPEN)
            form = source.choice(_FORMS)
            return form.format(g=guard, u=f"({use})", o=held)
        case _:
            tests = source.choice((_TESTS, _TESTS, _MEMBERS, _MEMBERS, _LOOKUPS, _DECIDED))
            return f"({source.choice(tests)})"


def condition(source: Source) -> str:
    """Draw a condition that is well typed where principal and resource are users."""
    if source.boolean(BEHIND_OPEN):
        guard, use = source.choice(source.choice((_GUARDED, _TAGGED)))
        return _filled(source, f"({source.choice(_OPEN)} && {guard}) && ({use})")
    return _filled(source, _test(source, source.integer(0, 2)))


def lookup(source: Source) -> str:
    """Draw a condition whose first test looks one attribute up, most often its only one."""
    first = source.choice(_LOOKUPS)
    if source.boolean(0.3):
        first = f"{first} && {source.choice((*_TESTS, *_MEMBERS, *_LOOKUPS))}"
    return _filled(source, first)


def of_actions(source: Source) -> str:
    """Draw a policy that looks a held action up in its groups."""
    test = _filled(source, '{v} has act && {v}.act in Action::"all"')
    effect = source.choice(("permit", "forbid"))
    return f"{effect}(principal is User, action, resource is User) when {{ {test} }};"


def _filled(source: Source, test: str) -> str:
    """Put a side of the request in the place of `v`, the other one in that of `w`."""
    one, other = ("principal", "resource") if source.boolean() else ("resource", "principal")
    text = test.replace("{v}", one).replace("{w}", other).replace("{k}", str(source.integer(-1, 3)))
    return text.replace("{{", "{").replace("}}", "}")


_SCOPES = ("{v} is User", "{v} is User", "{v} is User", '{v} is User in Team::"t"', '{v} == User::"a"')


def policies(source: Source, count: int, lookups: float = 0.3) -> str:
    """Draw policies and templates about users, the share `lookups` of which look something up first."""
    drawn = []
    for number in range(count):
        effect = "forbid" if number and source.boolean(0.3) else "permit"
        scope = ", ".join((_scope(source, "principal"), "action", _scope(source, "resource")))
        body = lookup(source) if source.boolean(lookups) else condition(source)
        drawn.append(f"{effect}({scope}) {source.choice(('when', 'when', 'unless'))} {{ {body} }};")
    return "\n".join(drawn)


def _scope(source: Source, variable: str) -> str:
    return source.choice(_SCOPES).replace("{v}", variable)


def document(source: Source, users: int) -> str:
    """Draw a store as a document."""
    return json.dumps(entities(source, users))
