"""Schemas: types, both syntaxes in and out, names, linking."""
