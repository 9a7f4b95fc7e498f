"""Validation of policies, entities and requests under a schema: types, warnings, levels, conformance."""
