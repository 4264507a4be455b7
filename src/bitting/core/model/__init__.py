"""The records of the domain: frozen dataclasses, without behaviour beyond their own fields.

A record's first field is its id. Times are integers of milliseconds since 1970 (UTC), 0 for "none".
Every record is stored through :class:`bitting.core.ports.store.Collection`.
"""
