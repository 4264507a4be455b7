"""Secrets: values that applications read at run time.

::

    lifecycle, listing, records               create to delete; lists and tags; shared helpers
    values, versions, stages                  how values are encrypted; version reads and writes; version stages
    rotation, rotation_ports                  the rotation job, and what it needs from outside
    database_rotation, access_key_rotation, webhook_rotation    the kinds of rotation
    sweeps                                    the background jobs of secrets
    events, delivery_targets                  event rules and notices; registered webhooks and databases
    grants, account_users, backup, passwords

Used by the Huawei dialect only: ``account_users``, ``backup``, ``events``, ``grants``.
"""
