"""Bitting's own JSON API: what operators, the command line and the console use. Documented in docs/dialects."""
