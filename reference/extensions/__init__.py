"""The four extension types, one module each (spec 03)."""
