"""A small engine, written from the words of docs/plug-in-an-engine.md alone; it imports nothing of drt."""

import json
import re
import sys

POLICY = re.compile(
    r'(permit|forbid)\(principal( == \?principal)?, action(?: in Action::"(\w+)")?, resource\);\s*'
)
ACTION = re.compile(r"action (\w+)(?: in \[(\w+)\])?;")
policies, groups, typed = [], {}, []


def load(case):
    text = case["policies"]["text"]
    if case["policies"]["format"] == "json":
        given = json.loads(text)["staticPolicies"].items()
        read = [
            (name, one["effect"], "", one["action"].get("entity", {}).get("id", "")) for name, one in given
        ]
    elif POLICY.sub("", text) or case["entities"] != "[]":
        return {"outcome": "Unsupported", "feature": "conditions"}
    else:
        read = [(f"policy{number}", *one) for number, one in enumerate(POLICY.findall(text))]
    templates = {name: (effect, group) for name, effect, slot, group in read if slot}
    policies[:] = [(name, effect, None, group) for name, effect, slot, group in read if not slot]
    for link in case["links"]:
        effect, group = templates[link["template"]]
        [[_, uid]] = link["values"]
        policies.append((link["id"], effect, json.loads(uid), group))
    schema = case["schema"]
    typed[:] = [schema] if schema else []
    groups.clear()
    groups.update(ACTION.findall(schema["text"]) if schema else ())
    return {"loaded": True}


def authorize(request):
    asked = json.loads(request["text"])
    action = asked["action"]["id"]
    if typed and request["validate"] and action not in groups:
        return {"outcome": "Rejected", "part": "request", "detail": "no such action"}
    above = {action}
    for _ in groups:
        above |= {groups[one] for one in above if groups.get(one)}
    ids = {"permit": [], "forbid": []}
    for name, effect, principal, group in policies:
        if principal in (None, asked["principal"]) and (not group or group in above):
            ids[effect].append(name)
    decision = "allow" if ids["permit"] and not ids["forbid"] else "deny"
    return {"outcome": "Authorized", "decision": decision, "determining": ids["forbid"] or ids["permit"]}


ANSWERS = {
    "start": lambda question: {"protocol": 1, "name": "guided", "version": "1"},
    "capabilities": lambda question: {"asks": ["load", "authorize"]},
    "load": lambda question: load(question["case"]),
    "authorize": lambda question: authorize(question["request"]),
    "stop": sys.exit,
}
for question in map(json.loads, sys.stdin):
    print(json.dumps({"seq": question["seq"], **ANSWERS[question["ask"]](question)}), flush=True)
