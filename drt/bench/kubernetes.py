"""A schema as large as that of a Kubernetes cluster, in both syntaxes.

Each API group is a namespace: its common types describe the parts of objects, its entity types are the kinds
of objects. Principals and actions have namespaces of their own. Everything is drawn from a fixed seed, so the
schema is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

from drt.bench.workload import seeded
from drt.model.case import Source

Type: TypeAlias = dict[str, Any]
"""A type in the JSON syntax."""

SIZE = 1_000_000
"""Characters of the schemas that are read in figures."""

KINDS = 12
"""Kinds of objects in one API group."""

PARTS = 3
"""Common types for one kind."""

VERBS = ("create", "update", "patch", "delete", "deletecollection", "connect", "get", "list", "watch")
PRINCIPALS = ["k8s::User", "k8s::ServiceAccount", "k8s::Node"]
WORDS = (
    "allowed", "address", "backend", "cluster", "container", "default", "endpoint", "failure", "generation",
    "host", "image", "interval", "limit", "mount", "name", "observed", "path", "policy", "port", "probe",
    "readiness", "replica", "request", "revision", "scheduler", "secret", "selector", "service", "state",
    "storage", "strategy", "template", "threshold", "timeout", "token", "topology", "volume", "weight",
)  # fmt: skip
SCALARS = ("String", "String", "String", "Long", "Boolean")


def json_schema(size: int = SIZE) -> Source:
    """Draw a schema in the JSON syntax, indented, of about so many characters."""
    return Source(_sized(size, json_text), "json")


def cedar_schema(size: int = SIZE) -> Source:
    """Draw a schema in the Cedar syntax of about so many characters."""
    return Source(_sized(size, cedar_text), "cedar")


def _sized(size: int, text: Callable[[Mapping[str, Any]], str]) -> str:
    """Draw schemas of more and more API groups until one has so many characters."""
    groups = max(1, size * 10 // len(text(document(10))))
    while len(written := text(document(groups))) < size:
        groups += 1
    return written


def document(groups: int) -> dict[str, Any]:
    """Draw a schema with so many API groups, as plain data in the JSON syntax."""
    random = seeded("kubernetes", groups)
    drawn = {f"group{number}::v1": _group(random) for number in range(groups)}
    kinds = [f"{name}::{kind}" for name, group in drawn.items() for kind in group["entityTypes"]]
    return {"meta::v1": _meta(), "k8s": _principals(), **drawn, "k8s::admission": _admission(kinds)}


# Drawing


def _meta() -> dict[str, Any]:
    labels = {"type": "Set", "element": {"type": "KeyValue"}}
    owner = {"apiVersion": _string(), "kind": _string(), "name": _string(), "uid": _string()}
    metadata = {
        "name": _string(required=False),
        "namespace": _string(required=False),
        "labels": {**labels, "required": False},
        "annotations": {**labels, "required": False},
        "owners": {"type": "Set", "element": {"type": "OwnerReference"}, "required": False},
        "generation": {"type": "Long", "required": False},
    }
    commons = {
        "KeyValue": _record({"key": _string(), "value": _string()}),
        "OwnerReference": _record(owner),
        "ObjectMeta": _record(metadata),
    }
    return {"commonTypes": commons, "entityTypes": {}, "actions": {}}


def _principals() -> dict[str, Any]:
    named = {"name": _string(), "uid": _string()}
    entities = {
        "Group": {"shape": _record({"name": _string()})},
        "User": {"memberOfTypes": ["Group"], "shape": _record(named)},
        "ServiceAccount": {"memberOfTypes": ["Group"], "shape": _record({**named, "namespace": _string()})},
        "Node": {"memberOfTypes": ["Group"], "shape": _record(named)},
    }
    return {"entityTypes": entities, "actions": {}}


def _group(random: Random) -> dict[str, Any]:
    commons: dict[str, Type] = {}
    entities: dict[str, Any] = {}
    for number in range(KINDS):
        kind = "".join(word.title() for word in random.sample(WORDS, 2)) + str(number)
        parts: list[str] = []
        for part in range(PARTS):
            commons[f"{kind}Part{part}"] = _record(_attributes(random, parts))
            parts.append(f"{kind}Part{part}")
        entities[kind] = _kind(parts[-1], f"{kind}s".lower())
    return {"commonTypes": commons, "entityTypes": entities, "actions": {}}


def _kind(specification: str, plural: str) -> dict[str, Any]:
    attributes = {
        "apiVersion": _string(),
        "kind": _string(),
        "metadata": {"type": "meta::v1::ObjectMeta", "required": False},
        "spec": {"type": specification, "required": False},
    }
    return {"memberOfTypes": [], "shape": _record(attributes), "annotations": {"resource": plural}}


def _attributes(random: Random, declared: list[str]) -> dict[str, Type]:
    names = random.sample(WORDS, random.randint(4, 12))
    return {
        f"{name}{random.choice(WORDS).title()}": {
            **_attribute_type(random, declared), "required": random.random() < 0.3
        }
        for name in names
    }  # fmt: skip


def _attribute_type(random: Random, declared: list[str]) -> Type:
    """Draw a scalar, a declared common type, or a set of one of these."""
    named = {"type": random.choice(declared)} if declared and random.random() < 0.25 else {}
    single = named or {"type": random.choice(SCALARS)}
    return {"type": "Set", "element": single} if random.random() < 0.2 else single


def _admission(kinds: list[str]) -> dict[str, Any]:
    applies = {"principalTypes": PRINCIPALS, "resourceTypes": kinds, "context": _record({})}
    actions: dict[str, Any] = {verb: {"memberOf": [{"id": "all"}], "appliesTo": applies} for verb in VERBS}
    return {"entityTypes": {}, "actions": {"all": {}, **actions}}


def _record(attributes: Mapping[str, Type]) -> Type:
    return {"type": "Record", "attributes": dict(attributes)}


def _string(*, required: bool = True) -> Type:
    return {"type": "String"} if required else {"type": "String", "required": False}


# Writing


def json_text(schema: Mapping[str, Any]) -> str:
    """Write a schema in the JSON syntax."""
    return json.dumps(schema, indent=2)


def cedar_text(schema: Mapping[str, Any]) -> str:
    """Write a schema in the Cedar syntax."""
    return "\n".join(line for name, namespace in schema.items() for line in _namespace(name, namespace))


def _namespace(name: str, namespace: Mapping[str, Any]) -> Iterator[str]:
    yield f"namespace {name} {{"
    for common, type_ in namespace.get("commonTypes", {}).items():
        yield f"  type {common} = {_type(type_)};"
    for kind, entity in namespace["entityTypes"].items():
        for key, value in entity.get("annotations", {}).items():
            yield f"  @{key}({json.dumps(value)})"
        parents = ", ".join(entity.get("memberOfTypes", ()))
        yield f"  entity {kind}{f' in [{parents}]' if parents else ''} = {_type(entity['shape'])};"
    for verb, action in namespace["actions"].items():
        yield f"  action {verb}{_groups(action)}{_applies(action)};"
    yield "}\n"


def _type(type_: Type, indent: str = "  ") -> str:
    match type_["type"]:
        case "Record":
            inner = indent + "  "
            lines = [
                f"\n{inner}{name}{'' if part.get('required', True) else '?'}: {_type(part, inner)}"
                for name, part in type_["attributes"].items()
            ]
            return f"{{{','.join(lines)}\n{indent}}}" if lines else "{}"
        case "Set":
            return f"Set<{_type(type_['element'], indent)}>"
        case "Boolean":
            return "Bool"
        case name:
            return str(name)


def _groups(action: Mapping[str, Any]) -> str:
    groups = ", ".join(json.dumps(group["id"]) for group in action.get("memberOf", ()))
    return f" in [{groups}]" if groups else ""


def _applies(action: Mapping[str, Any]) -> str:
    if "appliesTo" not in action:
        return ""
    applies = action["appliesTo"]
    listed = ",\n      ".join(applies["resourceTypes"])
    return (
        f" appliesTo {{\n    principal: [{', '.join(applies['principalTypes'])}],"
        f"\n    resource: [\n      {listed}\n    ],\n    context: {_type(applies['context'])}\n  }}"
    )
