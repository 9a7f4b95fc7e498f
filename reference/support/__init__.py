"""Support for the rules: recursion without a limit, and traversal of expressions."""
