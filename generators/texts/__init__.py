"""Input drawn as text, without a schema or a tree behind it."""
