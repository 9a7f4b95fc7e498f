"""Formatting, over every policy text of the recorded material that is to be accepted."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator

import pytest

from drt.engines import build
from drt.model.case import Case, Source
from drt.oracles.roundtrips import formatting_keeps_everything
from tests.shared_material import shared_folder


def accepted_texts() -> Iterator[str]:
    """Of the parser records, the hand-written tests and the official corpus."""
    with shared_folder("conformance", "extra", "parser", "parser.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["accept"]:
                yield record["text"]
    for path in sorted(shared_folder("conformance", "tests").rglob("*.cedar")):
        yield path.read_text(encoding="utf-8")
    with tarfile.open(shared_folder("conformance", "corpus-tests.tar.gz")) as archive:
        for member in archive:
            if member.name.endswith(".cedar") and (file := archive.extractfile(member)) is not None:
                yield file.read().decode()


@pytest.mark.shared
@pytest.mark.slow
def test_formatting_is_idempotent_and_keeps_policies_and_comments() -> None:
    engines = [build("production")]
    compared = 0
    for text in accepted_texts():
        checked = formatting_keeps_everything(Case(Source(text)), engines)
        assert checked.divergences == (), text
        assert checked.comparisons > 0, f"not read: {text}"
        compared += checked.comparisons
    assert compared > 1_000
