"""Schemas: both syntaxes, resolution, linking, and what they mean."""
