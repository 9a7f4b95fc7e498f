"""Evaluation: an interpreter, and a generator of Python code."""
