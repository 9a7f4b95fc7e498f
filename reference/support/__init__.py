"""What surrounds the rules: recursion without a limit, and traversal of expressions."""
