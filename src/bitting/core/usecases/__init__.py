"""What the service can do: one function per use case, one package per domain.

::

    keys            keys: creation, states, deletion, rotation, material import, aliases, tags, grants, key stores
    crypto          cryptographic operations with keys, and data keys
    secrets         secrets: values, versions, stages, rotation, events, backup
    certificates    certificates and their private keys
    access          application access points, client keys, data key capsules
    iam             accounts, users, roles, tokens, credentials
    instances       dedicated key store instances, activation of the service
    operator        operation of the service: switches, quotas, account states
    developer       developer mode: fault injection, the movable clock

A use case takes a :class:`bitting.core.gate.Context` and its command, and returns records or a small result. It knows
no wire format. Where clouds differ, there are two use cases and each dialect names the one it means.
"""
