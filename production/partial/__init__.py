"""Type-aware partial evaluation: residuals, permission queries, batched authorization (spec 09)."""
