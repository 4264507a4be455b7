"""Authorisation: what a principal may do. ``docs/authorisation.md`` says it in prose.

::

    engine.py              the one function that decides, and which statement did
    patterns.py            actions and resources compared; conditions.py: facts of the request
    vocabulary.py          what each action is about, and how far a statement must reach for it
    statements.py          the engine's decisions as faults
    resource_policies.py   policies stored with a key or secret
    roles.py               roles of IAM users, as statements
    covers.py              whether one holder has all that another has
    decision_point.py      the external policy decision point, as a port

The gate (:mod:`bitting.core.gate`) is the only caller on the way of a request.
"""
