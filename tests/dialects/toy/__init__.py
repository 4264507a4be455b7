"""A toy dialect of two operations: what a new dialect must have, and nothing else.

A folder with ``errors.tsv``, rows and a class that offers what ``Dialect`` asks for; then one line in the registry.
"""
