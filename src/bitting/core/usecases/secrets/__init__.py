"""Secrets: their life, versions and stages, tags and grants, rotation, events and backups.

Every use case finds its secret through ``records`` (visible, permitted, in a state that allows it); ``values`` seals
and opens what is stored; ``strength`` refuses weak values where an account has asked for that. ``account_users``,
``agencies`` and ``settings`` are the parts of an account that secrets APIs show beside the secrets themselves.
"""
