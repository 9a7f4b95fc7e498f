"""A process that speaks the protocol without our help, and misbehaves when its policies say so."""

from __future__ import annotations

import json
import os
import sys
import time


def answer(question: dict) -> dict:
    if question["ask"] == "start":
        return {
            "protocol": int(os.environ.get("TOY_PROTOCOL", "1")),
            "name": "toy",
            "version": str(os.getpid()),
        }
    text = question.get("case", question).get("policies", {}).get("text", "")
    match text:
        case "hang":
            time.sleep(3600)
        case "die":
            print("last words", file=sys.stderr)
            os._exit(3)
        case "abort":
            os.abort()
        case "garble":
            return {"seq": -1}
        case "nonsense":
            return {"outcome": "Nonsense"}
        case "shut":
            os.close(1)
            time.sleep(3600)
    if question["ask"] == "load":
        return {"loaded": True}
    if question["ask"] == "authorize":
        return {
            "outcome": "Authorized",
            "decision": "allow",
            "determining": [text],
            "erring": [["p", "type"]],
        }
    return {"outcome": "Unsupported", "feature": question["ask"]}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"seq": asked["seq"], **answer(asked)}), flush=True)
