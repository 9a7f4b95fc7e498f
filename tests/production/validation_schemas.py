"""The schemas of the examples in spec 08, and a short way to ask about one policy."""

from __future__ import annotations

from typing import Literal

from production import PolicySet, Schema

STRICT_EXAMPLES = Schema.from_cedar("""
    entity Group in [Group] {gname: String};
    entity User in [Group] {
        name: String, age?: Long, manager?: User, rec: {req: Long, opt?: String, nest?: {a: Long, b?: Bool}},
        groups: Set<Group>, ints: Set<Long>, dec: decimal, dt: datetime, dur: duration, flag: Bool
    } tags Set<String>;
    entity Doc in [Folder] {owner: User, pub: Bool} tags Long;
    entity Folder;
    entity Color enum ["red", "blue"];
    action all;
    action view in [all] appliesTo {
        principal: User, resource: Doc, context: {mfa: Bool, ip?: ipaddr, color?: Color}
    };
    action edit in [view] appliesTo {principal: [User, Group], resource: [Doc, Folder]};
    namespace N { action far; }
""")
"""The schema of spec 08 §11 (and one action in another namespace)."""

PERMISSIVE_EXAMPLES = Schema.from_cedar("""
    entity User {name: String, age: Long, active: Bool};
    entity Admin {name: String};
    entity Doc {title: String};
    action view appliesTo {principal: User, resource: Doc};
""")
"""A schema as spec 08 §12.3 describes it."""


def policy(condition: str, scope: str = "principal, action, resource") -> PolicySet:
    """One policy with a `when` clause."""
    return PolicySet.from_text(f"permit({scope}) when {{ {condition} }};")


def warned(schema: Schema, policies: PolicySet) -> list[str]:
    """The kinds of the warnings, sorted."""
    return sorted(warning.kind for warning in schema.validate(policies).warnings)


def is_valid(
    schema: Schema,
    policies: PolicySet,
    mode: Literal["strict", "permissive"] = "strict",
    level: int | None = None,
) -> bool:
    """The verdict; the single verdicts must add up to it."""
    found = schema.validate(policies, mode, level)
    assert found.valid == all(found.verdicts.values()) == (not found.errors)
    return found.valid
