# An engine of policies that look at nothing but the scope. It imports nothing of drt.
import json
import re
import sys

UID = r'\s*(?:==\s*((?:[A-Z]\w*::)*%s::"[^"\\]*")\s*)?'
ANY, ACT = UID % r"[A-Z]\w*", UID % "Action"
POLICY = re.compile(rf"(permit|forbid)\s*\(\s*principal{ANY},\s*action{ACT},\s*resource{ANY}\)\s*;\s*", re.A)
policies = []


def load(case):
    text = case["policies"]["text"] if case["policies"]["format"] == "cedar" else "JSON"
    policies[:] = POLICY.findall(text)
    known = not (POLICY.sub("", text) or case["schema"] or case["links"]) and case["entities"].strip() == "[]"
    return {"loaded": True} if known else {"outcome": "Unsupported", "feature": "more than scopes"}


def authorize(request):
    asked = json.loads(request["text"])
    if asked.pop("context", {}) or [set(uid) for uid in asked.values()] != [{"type", "id"}] * 3:
        return {"outcome": "Unsupported", "feature": "contexts"}
    uids = ['{type}::"{id}"'.format(**asked[name]) for name in ("principal", "action", "resource")]
    ids = {"permit": [], "forbid": []}
    for number, (effect, *scope) in enumerate(policies):
        if all(wanted in ("", uid) for wanted, uid in zip(scope, uids, strict=True)):
            ids[effect].append(f"policy{number}")
    decision = "allow" if ids["permit"] and not ids["forbid"] else "deny"
    return {"outcome": "Authorized", "decision": decision, "determining": ids["forbid"] or ids["permit"]}


ANSWERS = {
    "start": lambda question: {"protocol": 1, "name": "forty-lines", "version": "1"},
    "capabilities": lambda question: {"asks": ["load", "authorize"]},
    "load": lambda question: load(question["case"]),
    "authorize": lambda question: authorize(question["request"]),
    "stop": sys.exit,
}
for question in map(json.loads, sys.stdin):
    print(json.dumps({"seq": question["seq"], **ANSWERS[question["ask"]](question)}), flush=True)
