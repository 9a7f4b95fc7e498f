"""Every law by its name."""

from __future__ import annotations

from collections.abc import Mapping

from drt.oracles import (
    agreement,
    algebra,
    definitions,
    laws,
    literals,
    partial_agreement,
    partial_laws,
    questions,
    reading,
    residual_policies,
    revisions,
    roundtrips,
    schemas,
    validation,
    validator_laws,
    wildcard,
)
from drt.oracles.law import Law

_MODULES = (
    agreement,
    algebra,
    definitions,
    laws,
    literals,
    partial_agreement,
    partial_laws,
    questions,
    reading,
    residual_policies,
    revisions,
    roundtrips,
    schemas,
    validation,
    validator_laws,
    wildcard,
)

LAWS: Mapping[str, Law] = {
    law.name: law for module in _MODULES for law in vars(module).values() if isinstance(law, Law)
}
