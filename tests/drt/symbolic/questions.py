"""Schemas and queries that several tests put to the analyser."""

from __future__ import annotations

from drt.model.case import Source
from drt.symbolic.analyzer import Analyzer, Verdict
from drt.symbolic.inputs import policies_of
from drt.symbolic.queries import QueryName
from drt.symbolic.solver import solve

SCHEMA = """
entity Group in [Group];
entity Color enum ["red", "green"];
entity User in [Group, User] { age: Long, boss: User, nick?: String, home: { city: String, zip?: Long } } tags Set<String>;
entity Doc in [Folder] { owner: User, color: Color };
entity Folder in [Folder];
action read, write;
action list in [read];
action view in [list] appliesTo { principal: User, resource: [Doc, Folder], context: {
  a: Long, b: Long, t: datetime, d: duration, m: decimal, i: ipaddr, j: ipaddr, s: String, g: Group,
  groups: Set<Group>, names: Set<String>, flags: Set<Bool>, nested: Set<Set<Long>>,
  homes: Set<{x: Long, y: Bool}>, sites: Set<{x: Long, y?: Bool}>, site: {x: Long, y?: Bool},
  act: Action, deep?: { r: { o?: Long } } } };
"""

ENVIRONMENT = ("User", 'Action::"view"', "Doc")


def asked(query: QueryName, *policies: str, analyzer: Analyzer | None = None) -> Verdict:
    """The verdict on policies, written out or as conditions of a permit."""
    analyzer = analyzer or Analyzer(Source(SCHEMA), solve=solve)
    sets = [policies_of(Source(written(policy))) for policy in policies]
    return analyzer.ask(query, sets, analyzer.environment(*ENVIRONMENT))


def written(policy: str) -> str:
    """A condition as a policy; policies as they are."""
    if policy == "" or policy.startswith(("permit", "forbid")):
        return policy
    return f"permit(principal, action, resource) when {{ {policy} }};"
