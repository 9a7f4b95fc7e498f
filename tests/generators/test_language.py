"""The language table against both engines, and what derives from it."""

from __future__ import annotations

import hashlib

import pytest

from drt.coverage.bins import bins
from drt.scan import vocabulary
from generators.language import EXTENSION_TYPES, FUNCTIONS, KINDS, LANGUAGE, METHODS, Operator
from production.language.extensions import FUNCTIONS as IN_PRODUCTION
from reference.extension_functions import FUNCTIONS as IN_REFERENCE
from reference.schema.types import describe
from reference.validation.calls import RESULTS, parameter_types

EXTENSIONS = [row for row in LANGUAGE if row.extension]


def test_the_table_has_the_extension_functions_of_both_engines() -> None:
    assert {row.name for row in EXTENSIONS} == set(IN_REFERENCE) == set(IN_PRODUCTION)


@pytest.mark.parametrize("row", EXTENSIONS, ids=lambda row: row.name)
def test_a_row_has_the_signature_of_the_reference(row: Operator) -> None:
    named = {"bool": "Bool", "long": "Long", "string": "String", **EXTENSION_TYPES}
    [operands] = row.takes
    assert [named[kind] for kind in operands] == [describe(one) for one in parameter_types(row.name)]
    assert named[row.result] == describe(RESULTS[row.name])


def test_names_are_unique_and_kinds_known() -> None:
    assert len({row.name for row in LANGUAGE}) == len(LANGUAGE)
    assert {kind for row in LANGUAGE for kinds in row.takes for kind in kinds} == set(KINDS)
    assert METHODS.keys().isdisjoint(FUNCTIONS)


def test_bins_keep_their_names() -> None:
    """Run logs, the saved corpus and baselines name them."""
    names = sorted(bins())
    assert len(names) == 2656
    assert (
        hashlib.sha256("\n".join(names).encode()).hexdigest()
        == "48948582e84a2717b51612c6cb13f145f46083878cf778d4161ca89b6d0e14f0"
    )


def test_the_scan_knows_every_call() -> None:
    assert set(METHODS) == vocabulary.METHODS
    assert vocabulary.FUNCTIONS - {"unknown"} == set(FUNCTIONS)
