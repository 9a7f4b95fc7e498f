"""Names, values, expression trees, policies, and the code that conditions are lowered to."""
