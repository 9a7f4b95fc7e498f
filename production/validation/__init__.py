"""Validation of policies against a schema (spec 08): strict and permissive types, warnings, levels."""
