"""Identity and access management: accounts, users, groups, roles, credentials, tokens.

::

    accounts                    accounts and what a new one starts with
    credentials                 from a credential to the principal it stands for
    tokens                      identity tokens, temporary access keys, projects
    users, role_assignments     users, groups, roles        the IAM dialect
    user_statements             statements of single users  the native API, for operators
"""
