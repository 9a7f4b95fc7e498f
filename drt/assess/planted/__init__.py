"""Planted defects: engines that are wrong on purpose, by which the harness is measured."""
