"""JSON documents of policies, entities and requests, read with or without a schema, and written."""
