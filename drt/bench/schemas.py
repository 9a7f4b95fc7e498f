"""Schemas of the workloads whose policies are valid under one; requests and stores conform to them.

`abac` has none: its requests err on purpose, and policies that may err are not valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from drt.bench import direct_grants
from drt.bench.applications import gdrive, github, tinytodo
from drt.bench.workload import REQUESTS, Maker, Workload
from drt.model.case import Source

TINYTODO = """
entity Application;
entity Team in [Team];
entity User in [Team];
entity List {
    name: String, owner: User, readers: Team, editors: Team, tasks: Set<{ name: String, done: Bool }>
};
action CreateList, GetLists appliesTo { principal: User, resource: Application };
action GetList, UpdateList, CreateTask, UpdateTask appliesTo { principal: User, resource: List };
"""

GDRIVE = """
entity View;
entity Group in [Group];
entity Folder in [Folder, View];
entity User in [Group] { viewAccess: View, ownedAccess: Folder };
entity Document in [Folder] { isPublic: Bool, owner: User, viewers: Group };
action readDocument, writeDocument, shareDocument, changeOwner
    appliesTo { principal: User, resource: Document };
"""

GITHUB = """
entity Team in [Team];
entity User in [Team];
entity Repository { readers: Team, triagers: Team, writers: Team, admins: Team };
entity Issue { repository: Repository, reporter: User };
action pull, fork, push, addReader appliesTo { principal: User, resource: Repository };
action deleteIssue, editIssue, assignIssue appliesTo { principal: User, resource: Issue };
"""

MANY = """
entity Group in [Group];
entity Folder in [Folder];
entity User in [Group] { level: Long };
entity Document in [Folder] { level: Long, owner: User, isPublic: Bool, isLocked: Bool };
action view, edit, share appliesTo { principal: User, resource: Document, context: { mfa: Bool } };
"""


def _validated(make: Maker, schema: str) -> Maker:
    """Return the same workload, read and run under a schema."""

    def made(size: int, asked: int = REQUESTS, world: int = 0) -> Workload:
        plain = make(size, asked, world)
        return replace(plain, name=f"{plain.name}, validated", schema=Source(schema, "cedar"))

    return made


VALIDATED: Mapping[str, Maker] = MappingProxyType(
    {
        "tinytodo": _validated(tinytodo, TINYTODO),
        "gdrive": _validated(gdrive, GDRIVE),
        "github": _validated(github, GITHUB),
        "many": _validated(direct_grants.many, MANY),
    }
)
