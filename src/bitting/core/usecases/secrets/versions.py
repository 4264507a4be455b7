"""Secret versions: put, read, describe and list values.

::

    put_value     secret, value (, version, stages) -> version; repeating a put with the same value is not an error
    get_value     secret (, version | stage)        -> value          hot: from the cache, decrypted on every read
    list_versions, describe_version, update_expiry
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import NotResident, Reader
from bitting.core.model.key import KeyRef
from bitting.core.model.secret import CURRENT, Secret, SecretType, SecretVersion, Stage
from bitting.core.texts import is_base64
from bitting.core.usecases.secrets import events
from bitting.core.usecases.secrets.paging import PageMarkers, markers
from bitting.core.usecases.secrets.records import (
    STAGES_MAX,
    VERSIONS_MAX,
    NewVersion,
    VersionWithStages,
    add_version,
    find,
    is_visible,
    not_found_fault,
    purge,
    quota,
    require_permission,
    require_value_access,
    require_version,
    stages_of,
    stages_on,
    touch,
    value_equals,
    version_named,
    versions_of,
)
from bitting.core.usecases.secrets.stages import place_stages
from bitting.core.usecases.secrets.strength import require_strong
from bitting.core.usecases.secrets.values import (
    OPENING,
    SEALING,
    read_value,
    usable_key,
)

#: Longer encrypted values are read from the store each time, so that the cache stays small.
CACHED_BYTES_MAX = 2048


@dataclass(slots=True)
class PutValue:
    """``version`` empty: the next number. ``stages`` None: ``current``.

    ``only``: refuse secrets of another type. ``base64_only``: a binary value must be base64.
    ``versions_max``, ``stages_max``: the documented numbers of the API.
    """

    name: str
    value: bytes = field(repr=False)
    binary: bool = False
    version: str = ""
    stages: Sequence[str] | None = None
    expires_ms: int = 0
    only: SecretType | None = None
    base64_only: bool = False
    versions_max: int = VERSIONS_MAX
    stages_max: int = STAGES_MAX


@dataclass(slots=True)
class GetValue:
    """``version`` and ``stage`` empty: the stage ``current``. Both: the version must be on the stage.

    ``system_only``: managed secrets are read by the stages current and previous only, and a given version is
    ignored (Alibaba, GetSecretValue).
    """

    name: str
    version: str = ""
    stage: str = ""
    system_only: bool = False


@dataclass(slots=True)
class Value:
    """A value with its secret and version.

    ``value``: the text as given; ``version.binary``: whether it stands for bytes.
    """

    secret: Secret
    version: SecretVersion
    stages: tuple[str, ...]
    value: bytes = field(repr=False)

    @property
    def text(self) -> bytes | None:
        """The value if it is text."""
        return None if self.version.binary else self.value

    @property
    def binary(self) -> bytes | None:
        """The value if it stands for bytes: what the caller gave, still encoded."""
        return self.value if self.version.binary else None


@dataclass(slots=True)
class SecretVersionCommand:
    """One version of one secret."""

    name: str
    version: str


@dataclass(slots=True)
class SetExpiry:
    """``expires_ms`` 0: never."""

    name: str
    version: str
    expires_ms: int


@dataclass(slots=True)
class ListVersions:
    """A page of versions, oldest first. ``named``: only those on a stage. ``after``: a version's name."""

    name: str
    limit: int = 50
    offset: int = 0
    after: str = ""
    named: bool = False


@dataclass(slots=True)
class VersionPage:
    """``total`` counts every match; ``more``: whether there are versions after these."""

    secret: Secret
    versions: Sequence[VersionWithStages]
    total: int
    more: bool

    @property
    def markers(self) -> PageMarkers:
        """Where the page begins and ends, by the versions' names."""
        return markers([staged.version.name for staged in self.versions], more=self.more)


@use_case("secret:put_value", writes=True)
def put_value(context: Context, command: PutValue) -> VersionWithStages:
    """A new version.

    Raises ``ResourceNotFound`` (``kind`` secret, version_quota, stage_quota), the state's fault, ``InvalidParameter``
    (name: another type; value: weak, where the account refuses that), ``ResourceExists`` (``kind`` version: another
    value; stage: named twice), ``QuotaExceeded`` (``limit`` stages, stages_in_request), and the faults of the wrapping
    key.
    """
    uow, now = context.uow, context.now_ms
    secret = find(context, command.name, "secret:put_value")
    require_value_access(secret)
    if command.only is not None and secret.type is not command.only:
        raise faults.InvalidParameter(parameter="name", reason="managed")
    _require_future(command.expires_ms, now)
    if command.base64_only and command.binary and not is_base64(command.value):
        raise faults.InvalidParameter(parameter="value", reason="format")
    versions_max = quota(uow, secret.ring, "versions", command.versions_max)
    if command.version and (stored := version_named(uow, secret, command.version)):
        return _repeated_put(context, command, secret, stored)
    require_strong(context, command.value, secret.fields)
    cached = usable_key(context, KeyRef.by_id(secret.key_id), SEALING)
    new = NewVersion(command.value, command.binary, command.version, command.expires_ms)
    secret, version = add_version(context.gate, uow, cached, secret, new, now)
    wanted = (CURRENT,) if command.stages is None else tuple(command.stages)
    place_stages(uow, secret, version, wanted, now, command.stages_max)
    purge(uow, secret, versions_max)
    secret = touch(uow, secret, now)
    events.emit(context.gate, uow, secret, events.CREATED, now, version=version.name)
    return VersionWithStages(secret, version, stages_on(stages_of(uow, secret.id), version.id))


def _repeated_put(context: Context, command: PutValue, secret: Secret, stored: SecretVersion) -> VersionWithStages:
    """A repeated put of a version: accepted if the value is the same, else refused."""
    cached = usable_key(context, KeyRef.by_id(stored.key_id), SEALING)
    same = stored.binary == command.binary and value_equals(context.gate, cached, secret, stored, command.value)
    if not same:
        raise faults.ResourceExists(kind="version", resource=command.version)
    return VersionWithStages(secret, stored, stages_on(stages_of(context.uow, secret.id), stored.id))


@dataclass(slots=True)
class _CachedSecret:
    """A cached secret with one version; without its value if that is long."""

    secret: Secret
    version: SecretVersion | None
    stages: tuple[str, ...]


@use_case("secret:get_value", hot=True)
def get_value(context: Context, command: GetValue) -> Value:
    """One version's value.

    Raises ``PermissionDenied`` (on the secret, or naming its key), ``ResourceNotFound`` (``kind`` secret, version,
    stage), the state's fault, ``InvalidParameter`` (version: not on that stage), and the faults of the key.
    """
    principal = context.principal
    label = ("secret", principal.ring, command.name, command.version, command.stage, command.system_only)
    stored = context.view.get(label, _reader(principal.ring, command))
    if stored is not None and not is_visible(stored.secret, principal, context.now_ms):
        stored = None
    require_permission(context, command.name, "secret:get_value", stored.secret if stored is not None else None)
    if stored is None:
        raise not_found_fault(command.name)
    require_value_access(stored.secret)
    if stored.version is None:
        kind, wanted = ("version", command.version) if command.version else ("stage", command.stage)
        raise faults.ResourceNotFound(kind=kind, resource=wanted)
    _require_stage(command, stored)
    return Value(stored.secret, stored.version, stored.stages, _open(context, stored.secret, stored.version))


def _require_stage(command: GetValue, stored: _CachedSecret) -> None:
    by_stage = command.system_only and stored.secret.type is not SecretType.GENERIC
    if command.version and command.stage and not by_stage and command.stage not in stored.stages:
        raise faults.InvalidParameter(parameter="version", reason="stage")


def _open(context: Context, secret: Secret, version: SecretVersion) -> bytes:
    cached = usable_key(context, KeyRef.by_id(version.key_id), OPENING)
    if not version.sealed:
        version = _full_secret(context, version)
    return read_value(context.gate, cached, secret, version)


def _full_secret(context: Context, version: SecretVersion) -> SecretVersion:
    if not context.view.may_load:
        raise NotResident
    with context.gate.store.begin(write=False) as uow:
        found = uow.of(SecretVersion).get(version.id)
    if found is None:
        raise faults.ResourceNotFound(kind="version", resource=version.name)
    return found


def _reader(ring: str, command: GetValue) -> Callable[[Reader], _CachedSecret | None]:
    """The cache builder of a read. It depends on the secret, which every change of its parts writes."""

    def build(reader: Reader) -> _CachedSecret | None:
        uow = reader._uow  # noqa: SLF001 - the secret is found by name, the cache entry depends on its id
        found = uow.of(Secret).find({"ring": ring, "name": command.name}, limit=1)
        secret = reader.get(Secret, found[0].id) if found else None
        if secret is None:
            return None
        stages = stages_of(uow, secret.id)
        version = _select_version(
            command, secret, stages, lambda name: version_named(uow, secret, name), uow.of(SecretVersion).get
        )
        if version is None:
            return _CachedSecret(secret, None, ())
        named = stages_on(stages, version.id)
        if len(version.sealed) > CACHED_BYTES_MAX:
            version = replace(version, sealed=b"")
        return _CachedSecret(secret, version, named)

    return build


def _select_version(
    command: GetValue,
    secret: Secret,
    stages: dict[str, Stage],
    named: Callable[[str], SecretVersion | None],
    by_id: Callable[[str], SecretVersion | None],
) -> SecretVersion | None:
    managed = command.system_only and secret.type is not SecretType.GENERIC
    if command.version and not managed:
        return named(command.version)
    stage = stages.get(command.stage or CURRENT)
    return by_id(stage.version_id) if stage else None


@use_case("secret:list_versions")
def list_versions(context: Context, command: ListVersions) -> VersionPage:
    """One page. Raises ``ResourceNotFound`` (``kind`` secret; version, for ``after``)."""
    secret = find(context, command.name, "secret:list_versions")
    stages = stages_of(context.uow, secret.id)
    found = [
        VersionWithStages(secret, version, stages_on(stages, version.id))
        for version in versions_of(context.uow, secret.id)
    ]
    if command.named:
        found = [staged for staged in found if staged.stages]
    total = len(found)
    if command.after:
        mark = require_version(context.uow, secret, command.after).number
        found = [staged for staged in found if staged.version.number > mark]
    page = found[command.offset : command.offset + command.limit]
    return VersionPage(secret, page, total, len(found) > command.offset + command.limit)


@use_case("secret:list_versions")
def describe_version(context: Context, command: SecretVersionCommand) -> VersionWithStages:
    """One version without its value. Raises ``ResourceNotFound`` (``kind`` secret, version)."""
    secret = find(context, command.name, "secret:list_versions")
    version = require_version(context.uow, secret, command.version)
    return VersionWithStages(secret, version, stages_on(stages_of(context.uow, secret.id), version.id))


def _require_future(expires_ms: int, now_ms: int) -> None:
    """Raises ``InvalidParameter`` for a time that is past, such as one in seconds; 0 is never."""
    if 0 < expires_ms <= now_ms:
        raise faults.InvalidParameter(parameter="expires_ms", reason="past")


@use_case("secret:update_version", writes=True)
def update_expiry(context: Context, command: SetExpiry) -> VersionWithStages:
    """Set the expiry of a version. Subscribers are notified once; the version stays readable.

    Raises ``ResourceNotFound`` (``kind`` secret, version), ``InvalidParameter`` (expires_ms) for a past time, and the
    state's fault.
    """
    uow = context.uow
    secret = find(context, command.name, "secret:update_version")
    require_value_access(secret)
    _require_future(command.expires_ms, context.now_ms)
    version = require_version(uow, secret, command.version)
    version = replace(version, expires_ms=command.expires_ms, noted=False)
    uow.of(SecretVersion).put(version)
    secret = touch(uow, secret, context.now_ms)
    return VersionWithStages(secret, version, stages_on(stages_of(uow, secret.id), version.id))
