"""The JSON Schema of the messages, generated from the records of questions and outcomes.

python -m drt.engines.message_schema > drt/engines/messages.schema.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, get_args

import msgspec

from drt.engines.wire import LINK_MEMBERS, NOT_LOADED
from drt.model.engine import Unanswered
from drt.model.outcome import WarningKind
from drt.model.outcome_json import CLASSES
from drt.model.question import QUESTIONS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TRUE: Schema = {"const": True}

ASKS = ("start", "capabilities", *QUESTIONS, "batch", "stop")


def message_schema() -> Schema:
    """Build the schema: a definition for each message, and for each record in one."""
    _, records = msgspec.json.schema_components([*QUESTIONS.values(), *CLASSES.values()])
    for record in records.values():
        record["description"] = cleandoc(record["description"])
        for member in record.get("properties", {}).values():
            member.pop("default", None)
    _narrow(records)
    questions = {ask: records.pop(record.__name__) for ask, record in QUESTIONS.items()}
    asked = {ask: _question(ask, record["properties"]) for ask, record in questions.items()}
    defs = _session() | asked | _answers() | {name: _record(name, part) for name, part in records.items()}
    defs["Evaluated"]["oneOf"] = [{"required": [form]} for form in ("value", "json")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages between the harness and an engine in another process, protocol 1",
        "description": "One definition for each message: a question by the name of its 'ask', its answer by "
        "that name and '.answer', a sign of life as 'heartbeat'.",
        **_any_of([*ASKS, *(f"{ask}.answer" for ask in ASKS), "heartbeat"]),
        "$defs": defs,
    }


def _narrow(records: dict[str, Schema]) -> None:
    """Constrain members by what their types do not say."""
    template, new_id, filled = LINK_MEMBERS
    slot = {"enum": ["?principal", "?resource"]}
    values = _array({"type": "array", "prefixItems": [slot, TEXT], "minItems": 2, "maxItems": 2})
    link = {"type": "object", "properties": {template: TEXT, new_id: TEXT, filled: values}}
    records["Link"] = {"description": "A template, the id of its link, and the values of its slots.", **link}
    for name in ("Case", "Inquiry"):
        records[name]["properties"]["links"] = _array(_ref("Link"))
    for name in NOT_LOADED:
        del records["Case"]["properties"][name]
    records["Validate"]["properties"]["level"] = {"anyOf": [COUNT, NULL]}
    records["Batched"]["properties"]["max_iters"] = COUNT
    records["BatchAuthorized"]["properties"]["loads"] = _array({**_array(TEXT), "minItems": 1})
    records["Evaluated"]["properties"]["json"] = {}
    records["Evaluated"]["required"].remove("value")
    kinds = {"enum": list(get_args(WarningKind))}
    warning = {"type": "array", "prefixItems": [TEXT, kinds], "items": TEXT, "minItems": 2, "maxItems": 4}
    records["Validated"]["properties"]["warnings"] = {"anyOf": [_array(warning), NULL]}


def _record(name: str, record: Schema) -> Schema:
    """Define an outcome, which may lack the members that have a default, or a part of a question."""
    if record["type"] != "object":
        return {key: value for key, value in record.items() if key != "title"}
    members = record["properties"]
    if name in CLASSES:
        outcome = {"seq": COUNT, "outcome": {"const": name}}
        defined = _object(outcome | members, [*outcome, *record["required"]])
    else:
        defined = _object(members)
    return {"description": record["description"], **defined}


def _question(ask: str, members: Schema) -> Schema:
    common = {"seq": COUNT, "ask": {"const": ask}}
    deadline = {"type": "number", "exclusiveMinimum": 0}
    return _object({**common, "deadline": deadline, **members}, [*common, *members])


def _session() -> dict[str, Schema]:
    """Define the messages that are not about Cedar."""
    seq_or_null = {"anyOf": [COUNT, NULL]}
    integers, batch = _array({"type": "integer"}), _array(_any_of(["authorize", "evaluate"]))
    return {
        "start": _question("start", {"protocols": {**integers, "minItems": 1}}),
        "capabilities": _question("capabilities", {}),
        "batch": _question("batch", {"questions": {**batch, "minItems": 1}}),
        "stop": _question("stop", {}),
        "heartbeat": _object({"seq": seq_or_null, "heartbeat": TRUE}),
        "failure": _object({"seq": seq_or_null, "failure": TEXT}),
        "unanswered": _any_of([*(outcome.__name__ for outcome in get_args(Unanswered)), "failure"]),
    }


def _answers() -> dict[str, Schema]:
    """Define the answer of each question."""
    started = _object({"seq": COUNT, "protocol": {"type": "integer"}, "name": TEXT, "version": TEXT})
    heartbeat = {"type": "number", "minimum": 0, "exclusiveMaximum": 3600}
    capabilities = {"seq": COUNT, "asks": _array(TEXT), "batch": COUNT, "heartbeat": heartbeat}
    answers = _array(_any_of(["authorize.answer", "evaluate.answer"]))
    outcomes = {
        f"{ask}.answer": _any_of([*(outcome.__name__ for outcome in record.answered_by), "unanswered"])
        for ask, record in QUESTIONS.items()
    }
    outcomes["load.answer"]["anyOf"].insert(0, _object({"seq": COUNT, "loaded": TRUE}))
    return outcomes | {
        "start.answer": {"anyOf": [started, _ref("failure")]},
        "capabilities.answer": {"anyOf": [_object(capabilities, ["seq", "asks"]), _ref("Unsupported")]},
        "batch.answer": {"anyOf": [_object({"seq": COUNT, "answers": answers}), _ref("unanswered")]},
        "stop.answer": _object({"seq": COUNT, "stopped": TRUE}),
    }


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    """Constrain an object to these members, all of them required unless `required` names fewer."""
    required = list(properties) if required is None else required
    closed = {"required": required, "additionalProperties": False}
    return {"type": "object", "properties": properties, **closed}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _any_of(names: Iterable[str]) -> Schema:
    return {"anyOf": [_ref(name) for name in names]}


def text() -> str:
    """Write the schema as it stands in `messages.schema.json`."""
    schema = message_schema()
    defs = schema.pop("$defs")
    lines = [f"    {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}" for name, part in defs.items()]
    head = json.dumps(schema, indent=2, ensure_ascii=False).removesuffix("\n}")
    return head + ',\n  "$defs": {\n' + ",\n".join(lines) + "\n  }\n}\n"


if __name__ == "__main__":
    print(text(), end="")
