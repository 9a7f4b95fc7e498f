"""Theorems about the shipped code, proved by running it on symbols.

Owns the explorer, the theorems as records, their planted defects, and the prover's verdicts. What is trusted:
the explorer, Z3, the few lines that stand for collections, and Python's meaning of the explored statements.
"""
