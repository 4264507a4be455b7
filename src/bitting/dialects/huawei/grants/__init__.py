"""Grants of keys: a user or a domain may carry out some operations with a key that is not theirs."""
