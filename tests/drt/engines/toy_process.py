"""A process that speaks the protocol without our help, and misbehaves when its policies say so."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

NONSENSE = {
    "no outcome": {"outcome": "Nonsense"},
    "no seq": {"seq": -1},
    "failure": {"failure": "I do not understand"},
    "odd decision": {"outcome": "Authorized", "decision": "maybe"},
    "odd ids": {"outcome": "Authorized", "decision": "allow", "determining": "policy0"},
    "odd pairs": {"outcome": "Authorized", "decision": "allow", "erring": [["p", "type", "more"]]},
    "odd kind": {"outcome": "Authorized", "decision": "allow", "erring": [["p", "wrong"]]},
    "odd member": {"outcome": "Authorized", "decision": "allow", "determing": ["p"]},
    "odd part": {"outcome": "Rejected", "part": "policies"},
    "twice": {"outcome": "Authorized", "decision": "allow", "erring": [["p", "type"], ["p", "arity"]]},
    "half": {"outcome": "Authorized", "decision": "allow", "determining": ["\ud800"]},
    "other question": {"outcome": "Printed", "text": ""},
    "one is true": {"outcome": "Validated", "valid": 1},
}
LINES = {"not JSON": "garbage", "a list": "[1]", "a number": "1", "deep": "[" * 100_000, "nothing": ""}

loaded = ""


def recurse(depth: int) -> int:
    return recurse(depth + 1) + 1


def spawn(work: Callable[[], None]) -> None:
    """Start processes of every kind that might outlive this one, and write their ids to a file."""
    for steps in ((), ("setsid",), ("fork",), ("setsid", "fork"), ("fork", "setsid", "fork"), ("exec",)):
        if os.fork():
            continue
        for step in steps:
            match step:
                case "setsid":
                    os.setsid()
                case "fork" if os.fork():
                    os._exit(0)
                case "exec":
                    with Path(os.environ["TOY_SPAWNED"]).open("a") as file:
                        file.write(f"{os.getpid()}\n")
                    os.execve("/bin/sleep", ["sleep", "3600"], {})
        with Path(os.environ["TOY_SPAWNED"]).open("a") as file:
            file.write(f"{os.getpid()}\n")
        work()
        os._exit(0)
    while len(Path(os.environ["TOY_SPAWNED"]).read_text().splitlines()) < 6:
        time.sleep(0.01)


def misbehave(how: str) -> None:
    match how:
        case "hang":
            time.sleep(3600)
        case "die":
            print("last words", file=sys.stderr)
            os._exit(3)
        case "abort":
            os.abort()
        case "recurse":
            sys.setrecursionlimit(2**31 - 1)
            recurse(0)
        case "shut":
            os.close(1)
            time.sleep(3600)
        case "flood":
            while True:
                os.write(1, b"x" * 65536)
        case "eat":
            hoard = []
            while True:
                hoard.append(bytearray(20_000_000))
                time.sleep(0.01)
        case "beat":
            for _ in range(8):
                print(json.dumps({"seq": 0, "heartbeat": True}), flush=True)
                time.sleep(0.1)
        case "beat and hang":
            while True:
                print(json.dumps({"seq": 0, "heartbeat": True}), flush=True)
                time.sleep(0.1)


def start_others(how: str) -> None:
    """Start processes, and do what the words after `and` say."""
    match how:
        case "spawn":
            spawn(lambda: time.sleep(3600))
        case "spawn and hang":
            spawn(lambda: time.sleep(3600))
            time.sleep(3600)
        case "spawn and die":
            spawn(lambda: time.sleep(3600))
            os._exit(3)
        case "spawn and eat":
            spawn(lambda: misbehave("eat"))
            time.sleep(3600)
        case "flee":
            if os.fork() == 0:
                while True:  # always another process
                    if os.fork():
                        os._exit(0)
                    os.setsid()


def answer(question: dict) -> dict:
    global loaded
    match question["ask"]:
        case "start":
            protocol = int(os.environ.get("TOY_PROTOCOL", "1"))
            return {"protocol": protocol, "name": "toy", "version": str(os.getpid())}
        case "capabilities":
            said = os.environ.get("TOY_CAPABILITIES")
            return json.loads(said) if said else {"outcome": "Unsupported", "feature": "capabilities"}
        case "batch":
            misbehave(loaded)
            start_others(loaded)
            return {"answers": [{"seq": one["seq"], **answer(one)} for one in question["questions"]]}
        case "load":
            loaded = question["case"]["policies"]["text"]
            return {"loaded": True}
        case "authorize":
            misbehave(loaded)
            start_others(loaded)
            if loaded in NONSENSE:
                return NONSENSE[loaded]
            erring = [["q", "type"], ["p", "type"]]
            return {
                "outcome": "Authorized",
                "decision": "allow",
                "determining": [loaded, ""],
                "erring": erring,
            }
        case "validate":
            return NONSENSE.get(loaded) or {"outcome": "Validated", "valid": True}
    return {"outcome": "Unsupported", "feature": question["ask"]}


if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["ask"] == "stop":
            break
        said = json.dumps({"seq": asked["seq"], **answer(asked)})
        print(LINES.get(loaded, said) if asked["ask"] in ("authorize", "batch") else said, flush=True)
