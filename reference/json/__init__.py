"""JSON to syntax, entities and requests, and back."""
