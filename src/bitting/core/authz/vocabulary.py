"""The names of actions: what they are about, and what they need a statement on.

::

    action               needs a statement on
    key:encrypt          the key                                  use cases that name a key: the gate asks
    secret:get_value     the secret                               NAMED: the use case asks about the resource it names
    key:list             every key: ``*`` or ``key/*``            all others
    random:generate      anything                                 FREE: nothing of the account is read or changed

One meaning, one name: Huawei's capsule access points and policies are ``capsule_access_point`` and ``capsule_policy``,
Alibaba's application access points ``access_point``, their keys ``client_key``.
"""

from __future__ import annotations

from bitting.core.model.identity import Reach

#: What is done to identities: users, groups, roles and their assignments, credentials.
IDENTITY = frozenset({"user", "group", "role", "access_key", "token", "project"})
#: What belongs to the account and not to one of its projects' key rings.
ACCOUNT_WIDE = frozenset({"access_point", "access_policy", "network_rule", "client_key", "instance", "service"})
#: Every kind of action there is, besides :data:`IDENTITY`.
SERVICES = ACCOUNT_WIDE | frozenset(
    {
        *("key", "alias", "grant", "keystore", "region", "quota", "random", "digest", "pin", "attestation"),
        *("secret", "certificate", "managed_data_key", "capsule_access_point", "capsule_policy"),
    }
)
FREE = frozenset({"random:generate", "digest:compute", "pin:create", "attestation:challenge", "secret:check"})
_KINDS = {"alias": "key", "grant": "key", "region": "key", "instance": "keystore", "managed_data_key": "datakey",
          "access_point": "applicationaccesspoint", "client_key": "applicationaccesspoint",
          "network_rule": "network", "access_policy": "policy"}  # fmt: skip


def _actions(kind: str, words: str) -> set[str]:
    return {f"{kind}:{word}" for word in words.split()}


#: Actions whose use cases ask about the very resource that their command names, wherever no key is named.
NAMED = frozenset(
    _actions("secret", "describe get_value put_value list_versions update_version update_stage update rotate restore")
    | _actions("secret", "schedule_deletion delete create disable enable backup restore_backup tag list_tags")
    | _actions("secret", "create_grant update_grant delete_grant list_grants")
    | _actions("network_rule", "create describe update delete")
    | _actions("access_policy", "create describe update delete")
    | _actions("access_point", "create describe update delete")
    | _actions("client_key", "create describe delete")
    | _actions("certificate", "create upload get describe set_state delete sign verify encrypt decrypt")
    | _actions("instance", "connect describe bind protect release")
    | _actions("managed_data_key", "get list_versions")
    | _actions("key", "tag untag")
    | {"alias:delete"}
)
#: Use cases that do so although others of the same action do not.
NAMED_USES = frozenset({"create_placed_key", "list_tagged"})


def kind_of(action: str) -> str:
    """The kind of resource that an action is about: ``key`` for ``alias:list``."""
    kind = action.partition(":")[0]
    return _KINDS.get(kind, kind)


def least_reach(action: str) -> tuple[Reach, ...]:
    """The reaches of which a statement needs one for this action."""
    kind = action.partition(":")[0]
    if kind in IDENTITY:
        return (Reach.ACCOUNT,)
    if kind in ACCOUNT_WIDE:
        return (Reach.ACCOUNT, Reach.SERVICES)
    return (Reach.ACCOUNT, Reach.SERVICES, Reach.PROJECT)


def is_known(pattern: str) -> bool:
    """Whether a pattern of actions can mean anything here: ``*``, or of a kind that there is."""
    kind, colon, word = pattern.partition(":")
    return pattern == "*" or (bool(colon and word) and kind in SERVICES | IDENTITY)
