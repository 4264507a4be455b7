"""Quotas of keys and grants, the number of keys, and the operators' way to raise a quota."""
