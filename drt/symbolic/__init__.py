"""Policies as formulas: what they do on every request and store of a schema (spec 10).

Read `analyzer` first, then `compiler` for the meaning of expressions as terms. The compiler works on the
typed expressions of the reference: the reference is the meaning that proofs are about, and its type checker
has already decided which operands can be reached and which attributes are present. Terms are records of this
package, so that folding, the interpreter and the solver back ends share one language. `z3` is imported only
when a solver is needed.
"""
