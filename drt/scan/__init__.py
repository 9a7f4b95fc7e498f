"""Tolerant scanning of Cedar text: tokens and expression trees that need no parser of any engine."""
