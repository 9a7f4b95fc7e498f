"""The recorded schema verdicts: acceptance, equivalent renderings, and the same schema in two syntaxes."""

from __future__ import annotations

import json
import tarfile

import pytest

from reference.errors import InputError
from reference.schema.canonical import canonical_schema
from reference.schema.printer import schema_to_json, schema_to_text
from reference.schema.reader import Syntax, read_fragments, read_schema
from tests.shared_material import shared_folder

pytestmark = pytest.mark.shared


def records() -> list[dict[str, str]]:
    path = shared_folder("conformance", "extra", "schema", "schema.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def meaning(text: str, syntax: Syntax) -> str | None:
    try:
        return canonical_schema(read_schema(text, syntax))
    except InputError:
        return None


def test_acceptance_and_renderings() -> None:
    wrong = []
    for record in records():
        found = meaning(record["text"], record["format"])
        if (found is not None) != record["accept"]:
            wrong.append(record["id"])
        readable = "rendered" in record and "rendered_reparse_error" not in record
        if readable and meaning(record["rendered"], "cedar") != found:
            wrong.append(f"{record['id']}, rendered")
    assert wrong == []


def test_translations_keep_the_meaning() -> None:
    for record in records():
        if record["accept"]:
            fragments = read_fragments(record["text"], record["format"])
            expected = meaning(record["text"], record["format"])
            assert meaning(schema_to_text(fragments), "cedar") == expected
            assert meaning(schema_to_json(fragments), "json") == expected


def test_corpus_schemas_mean_the_same_in_both_syntaxes() -> None:
    folder = shared_folder("conformance")
    with (
        tarfile.open(folder / "corpus-tests.tar.gz") as texts,
        tarfile.open(folder / "extra" / "validator" / "corpus_json_schemas.tar.gz") as documents,
    ):
        members = [member for member in documents.getmembers() if member.name.endswith(".cedarschema.json")]
        assert len(members) > 500
        for member in members:
            name = member.name.rpartition("/")[2].removesuffix(".json")
            document, text = documents.extractfile(member), texts.extractfile(f"corpus-tests/{name}")
            assert document is not None
            assert text is not None
            found = meaning(document.read().decode("utf-8"), "json")
            assert found is not None
            assert found == meaning(text.read().decode("utf-8"), "cedar")
