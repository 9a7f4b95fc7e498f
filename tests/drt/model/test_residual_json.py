"""Residual policies are equal where only the order within set values differs."""

from __future__ import annotations

import json

from drt.model.residual_json import canonical_residual
from reference.support.recursion import deep_recursion

ONE, TWO = {"Value": 1}, {"Value": 2}
RESOURCE = {"Var": "resource"}


def test_elements_of_set_values_have_no_order() -> None:
    nested = [{"Set": [{"Record": {"a": ONE}}, {"Set": [TWO, ONE]}, {"decimal": [{"Value": "1.0000"}]}]}]
    turned = [{"Set": [{"decimal": [{"Value": "1.0000"}]}, {"Set": [ONE, TWO]}, {"Record": {"a": ONE}}]}]
    assert canonical_residual(nested) == canonical_residual(turned)
    assert json.loads(canonical_residual({"Set": [TWO, ONE]})) == {"Set": [ONE, TWO]}


def test_all_other_lists_have_an_order() -> None:
    for one, other in ((RESOURCE, ONE), ({"error": []}, ONE), ({".": {"left": RESOURCE, "attr": "a"}}, ONE)):
        assert canonical_residual({"Set": [one, other]}) != canonical_residual({"Set": [other, one]})
    offset = [{"datetime": [{"Value": "1970-01-01"}]}, {"duration": [{"Value": "1ms"}]}]
    assert canonical_residual({"offset": offset}) != canonical_residual({"offset": offset[::-1]})
    assert canonical_residual({"Set": [ONE, ONE]}) != canonical_residual({"Set": [ONE]})


def test_deep_residuals_are_written_without_the_c_stack() -> None:
    depth, document = 100_000, {"Var": "context"}
    for _ in range(depth):
        document = {"!": {"arg": document}}
    with deep_recursion():
        assert canonical_residual(document) == '{"!":{"arg":' * depth + '{"Var":"context"}' + "}}" * depth
