"""The door of the reference: three texts in, a record out."""

from __future__ import annotations

import pytest

import reference
from reference.values import TRUE

REQUEST = (
    '{"principal":{"type":"U","id":"a"},"action":{"type":"Action","id":"x"},"resource":{"type":"R","id":"r"}}'
)
ENTITIES = '[{"uid":{"type":"U","id":"a"},"attrs":{"n":1},"parents":[]}]'


def test_authorize() -> None:
    policies = "permit(principal, action, resource) when { principal.n == 1 };"
    response = reference.authorize(policies, ENTITIES, REQUEST)
    assert (response.decision, response.determining) == ("allow", {"policy0"})
    assert reference.authorize(policies, "[]", REQUEST).errors == {"policy0": "entity-missing"}


def test_evaluate() -> None:
    assert reference.evaluate("principal.n == 1", ENTITIES, REQUEST) == TRUE
    with pytest.raises(reference.EvaluationError, match="attr-missing"):
        reference.evaluate("principal.m", ENTITIES, REQUEST)


@pytest.mark.parametrize(
    ("texts", "part"),
    [
        (("permit", "[]", REQUEST), "policies"),
        (("", "{}", REQUEST), "entities"),
        (("", "[]", "1"), "request"),
    ],
)
def test_refused_texts_name_their_part(texts: tuple[str, str, str], part: str) -> None:
    with pytest.raises(reference.InputError) as caught:
        reference.authorize(*texts)
    assert caught.value.part == part
