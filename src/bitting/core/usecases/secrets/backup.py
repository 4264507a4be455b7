"""Secret backup: a secret as one opaque blob, restored here or on another server that has the same key.

::

    "BSB1" | length (4) | data key under the secret's key (framed, starts with key and version ids it names)
           | iv (12) | { secret, versions, stages } in JSON, sealed under the data key

1. Both layers are bound to the constants of this format and to nothing of the server, so the blob is portable.
2. The key is found by the id in the blob; if another server imported the same material under another id, the imported
   keys of the key ring that the caller may decrypt with are tried. A wrong key decrypts nothing.
3. The restored secret is encrypted under the key that decrypted it, with new data keys and new bindings.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import Any

from bitting.core import faults
from bitting.core.blob import BACKUP_DOMAIN, framed, parse
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import CachedKey
from bitting.core.model.key import Key, KeyRef, Origin
from bitting.core.model.secret import Secret, SecretRotation, SecretState, SecretType
from bitting.core.quotas import require_room
from bitting.core.specs import SPECS
from bitting.core.usecases.secrets.access_key_rotation import require_right
from bitting.core.usecases.secrets.lifecycle import SecretCommand
from bitting.core.usecases.secrets.records import (
    KIND,
    NewVersion,
    add_version,
    find,
    get_by_name,
    is_deleted,
    put_stage,
    quota,
    require_action,
    require_value_access,
    stages_of,
    touch,
    versions_of,
)
from bitting.core.usecases.secrets.values import (
    OPENING,
    SEALING,
    read_value,
    seal_value,
    unseal_value,
    usable_key,
)

_MAGIC = b"BSB1"
_LENGTH_BYTES = 4
CANDIDATES_MAX = 100
#: Fields that are part of a backup; the others are set by the restoring server.
_FIELDS = (
    "id",
    "name",
    "description",
    "config",
    "target",
    "paired",
    "function",
    "enterprise_project_id",
    "policy",
    "rotation_interval_s",
)


@dataclass(slots=True)
class RestoreBackup:
    """``blob`` as :func:`back_up` gave it."""

    blob: str


@use_case("secret:backup")
def back_up(context: Context, command: SecretCommand) -> str:
    """The blob, base64. Raises ``ResourceNotFound``, the state's fault, and the faults of every version's key."""
    gate, uow = context.gate, context.uow
    secret = find(context, command.name, "secret:backup")
    require_value_access(secret)
    stages = stages_of(uow, secret.id)
    versions = []
    for version in versions_of(uow, secret.id):
        cached = usable_key(context, KeyRef.by_id(version.key_id), OPENING)
        versions.append(
            {
                "name": version.name,
                "value": base64.b64encode(read_value(gate, cached, secret, version)).decode(),
                "binary": version.binary,
                "expires_ms": version.expires_ms,
                "created_ms": version.created_ms,
                "stages": [name for name, stage in stages.items() if stage.version_id == version.id],
            }
        )
    content = {
        **{name: getattr(secret, name) for name in _FIELDS},
        "type": secret.type.value,
        "automatic": secret.rotation is not SecretRotation.DISABLED,
        "fields": list(secret.fields),
        "tags": list(secret.tags),
        "versions": versions,
    }
    cached = usable_key(context, KeyRef.by_id(secret.key_id), SEALING)
    data_key, sealed = seal_value(gate, cached, BACKUP_DOMAIN, json.dumps(content).encode())
    named = secret.key_id.encode()
    head = len(data_key).to_bytes(_LENGTH_BYTES, "big") + bytes((len(named),)) + named
    return base64.b64encode(_MAGIC + head + data_key + sealed).decode()


@use_case("secret:restore_backup", writes=True)
def restore_backup(context: Context, command: RestoreBackup) -> Secret:
    """The secret, under the name it had.

    Raises ``InvalidParameter`` (blob), ``KeyNotFound`` where no key here decrypts it, ``ResourceExists`` (``kind``
    version while the same secret still exists, secret where another has its name), ``QuotaExceeded`` (``limit``
    secrets), ``PermissionDenied``.
    """
    key_id, data_key, sealed = _parts(command.blob)
    cached, content = _decrypt_blob(context, key_id, data_key, sealed)
    require_action(context.principal, content["name"], "secret:restore_backup")
    usable_key(context, KeyRef.by_id(cached.key.id), SEALING)
    uow, ring = context.uow, context.principal.ring
    stored = get_by_name(uow, ring, content["name"])
    if stored is not None and not is_deleted(stored, context.now_ms):
        kind = "version" if stored.id == content["id"] else KIND
        raise faults.ResourceExists(kind=kind, state=stored.state.value, resource=stored.name)
    quota(uow, ring, "secrets", 0)
    require_room(uow, ring, "secrets", lambda: uow.of(Secret).count({"ring": ring}))
    return _restored(context, cached, content)


def _parts(blob: str) -> tuple[str, bytes, bytes]:
    try:
        data = binascii.a2b_base64(blob, strict_mode=True)
        if data[:4] != _MAGIC:
            raise faults.InvalidParameter(parameter="blob", reason="format")
        length, named = int.from_bytes(data[4:8], "big"), data[8]
        key_id = data[9 : 9 + named].decode("ascii")
        data_key = data[9 + named : 9 + named + length]
        parse(data_key)
        return key_id, data_key, data[9 + named + length :]
    except (ValueError, IndexError, faults.InvalidCiphertext):
        raise faults.InvalidParameter(parameter="blob", reason="format") from None


def _decrypt_blob(context: Context, key_id: str, data_key: bytes, sealed: bytes) -> tuple[CachedKey, dict[str, Any]]:
    """The key that decrypts the blob, and the content."""
    own = context.uow.of(Key).get(key_id)
    if own is not None and own.ring == context.principal.ring:
        cached = usable_key(context, KeyRef.by_id(key_id), OPENING)
        try:
            return cached, json.loads(unseal_value(context.gate, cached, BACKUP_DOMAIN, data_key, sealed))
        except (faults.ProviderFailed, faults.KeyVersionNotFound):
            raise faults.InvalidParameter(parameter="blob", reason="format") from None
    for key in _imported_keys(context):
        try:
            cached = usable_key(context, KeyRef.by_id(key.id), OPENING)
            with_version = _with_key_ids(data_key, key)
            return cached, json.loads(unseal_value(context.gate, cached, BACKUP_DOMAIN, with_version, sealed))
        except (faults.ProviderFailed, faults.AccessFault, faults.KeyStateFault, faults.KeyKindFault):
            continue  # another key's blob, or a key that this caller may not use
    raise faults.KeyNotFound(resource=key_id)


def _imported_keys(context: Context) -> list[Key]:
    where = {"ring": context.principal.ring, "origin": Origin.EXTERNAL, "state": "enabled"}
    found = context.uow.of(Key).find(where, limit=CANDIDATES_MAX)
    return [key for key in found if SPECS[key.spec].family.symmetric and key.provider in context.gate.providers]


def _with_key_ids(data_key: bytes, key: Key) -> bytes:
    """The wrapped data key as if this key had made it: the version id is not authenticated by itself."""
    blob = parse(data_key)
    return framed(replace(blob, version_id=key.primary_version))


def _restored(context: Context, cached: CachedKey, content: dict[str, Any]) -> Secret:
    uow, now, principal = context.uow, context.now_ms, context.principal
    interval = int(content["rotation_interval_s"])
    on = bool(content["automatic"]) and interval > 0
    secret = Secret(
        id=context.gate.entropy.uuid(),
        number=uow.next_number("secrets"),
        ring=principal.ring,
        account_id=principal.account_id,
        project_id=principal.project_id,
        name=content["name"],
        description=content["description"],
        type=SecretType(content["type"]),
        state=SecretState.ENABLED,
        key_id=cached.key.id,
        created_ms=now,
        updated_ms=now,
        creator=principal.user_id or principal.account_id,
        instance_id="" if cached.key.service else cached.key.instance_id,
        enterprise_project_id=content["enterprise_project_id"],
        rotation=SecretRotation.ENABLED if on else SecretRotation.DISABLED,
        rotation_interval_s=interval,
        rotation_due_ms=now + interval * 1000 if on else 0,
        config=content["config"],
        target=content["target"],
        paired=content["paired"],
        fields=tuple(content["fields"]),
        function=content["function"],
        tags=tuple(content["tags"]),
        policy=content["policy"],
    )
    uow.of(Secret).add(secret)
    for item in content["versions"]:
        value = base64.b64decode(item["value"])
        new = NewVersion(value, item["binary"], item["name"], item["expires_ms"])
        secret, version = add_version(context.gate, uow, cached, secret, new, item["created_ms"])
        for stage in item["stages"]:
            put_stage(uow, secret, stage, version.id, now)
    if on:
        require_right(context, secret)
    return touch(uow, secret, now)
