"""Authorisation: what a principal may do.

::

    statements.py          statements of a principal, and grants on single keys
    resource_policies.py   policies stored with a key or secret
    roles.py               roles of IAM users, as statements
    decision_point.py      the external policy decision point, as a port

The gate (:mod:`bitting.core.gate`) is the only caller on the way of a request. It asks the statements first, then the
resource policy, then the decision point.
"""
