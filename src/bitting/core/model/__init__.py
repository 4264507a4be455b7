"""The domain's nouns: frozen dataclasses, no behaviour beyond what their own fields answer.

A record's first field is its id. Times are integers of milliseconds since 1970 (UTC), 0 for "none".
Every record is stored through :class:`bitting.core.ports.Collection`.
"""
