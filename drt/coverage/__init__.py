"""Functional coverage: bins, situations and required events, and how a run observes them."""
