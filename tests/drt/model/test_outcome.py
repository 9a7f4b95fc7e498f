"""What a comparison of outcomes leaves out, and why."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from drt.model.outcome import Outcome


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_a_field_that_is_not_compared_has_its_reason_in_the_docstring(outcome: type) -> None:
    unseen = [field.name for field in fields(outcome) if not field.compare]

    assert [name for name in unseen if f"`{name}`" not in (outcome.__doc__ or "")] == []
