"""Unit tests of policies: requests with the decisions that their author expects (spec 12 §6)."""
