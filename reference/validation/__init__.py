"""Validation (spec 08): types, the type checker, and the conformance of entities and requests to a schema."""
