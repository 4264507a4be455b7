"""Every way a request can fail: one class per meaning, no status, no code, no vendor word.

::

    Fault
    ├── RequestFault      the bytes could not become a call (route, body, parameters)
    ├── IdentityFault     we do not know, or do not trust, who is asking
    ├── AccessFault       we know who is asking and the answer is no
    ├── NotFound          the thing named is not there (for this caller)
    ├── KeyStateFault     the key is there, its state forbids the use
    ├── KeyKindFault      the key is there, its spec, usage or origin forbids the use
    ├── CryptoFault       the bytes given do not decrypt, verify, unwrap
    ├── Conflict          the thing is there already, or is in use
    ├── LimitFault        a quota or a rate is used up
    ├── DryRunOutcome     nothing was to happen; how it would have ended
    └── ServerFault       our side failed; the caller learns only that

A dialect's ``errors.tsv`` joins on the class name (house rule: one grep crosses all layers).
The attributes of a class are the only values an error message may show; none of them may
hold key bytes, plaintext, tokens or passwords.
"""

from __future__ import annotations


class Fault(Exception):
    """Base of every refusal. Lost when it leaves the gate: the traceback and the cause."""

    def __init__(self, **details: str) -> None:
        super().__init__(type(self).__name__)
        self.__dict__.update(details)

    def detail(self, name: str) -> str:
        """The value of attribute ``name``, or the empty string."""
        return str(self.__dict__.get(name, ""))


# ── the request ───────────────────────────────────────────────────────────────


class RequestFault(Fault):
    """The bytes could not become a call."""


class UnknownOperation(RequestFault):
    """No operation at this path, or by this name. ``operation``: what was asked for."""


class UnsupportedMethod(RequestFault):
    """The path is known, the HTTP method is not served there."""


class UnsupportedVersion(RequestFault):
    """The API version is missing or not served. ``version``: what was asked for."""


class UnsupportedMediaType(RequestFault):
    """The content type is not one this operation reads. ``media_type``: what was sent."""


class MalformedBody(RequestFault):
    """The body is not well-formed JSON, XML, form data or protobuf."""


class MisshapenBody(MalformedBody):
    """The body is well-formed, but not an object, or a field has the wrong JSON type."""


class TooLarge(RequestFault):
    """The body is over the operation's limit."""


class MissingParameter(RequestFault):
    """A required parameter is absent or empty. ``parameter``: its name."""


class InvalidParameter(RequestFault):
    """A parameter's value is outside what is documented.

    ``parameter``: its name (of the command; the dialect prints its own spelling).
    ``reason``: ``format``, ``range``, ``length``, ``multiple``, ``enum`` or a word a dialect row names.
    """


class InvalidSequence(RequestFault):
    """The caller's own message sequence number is malformed."""


# ── who asks ──────────────────────────────────────────────────────────────────


class IdentityFault(Fault):
    """The caller's identity is missing, unknown or not proved."""


class MissingCredentials(IdentityFault):
    """No signature, no token: nothing to check."""


class MissingAccessKey(IdentityFault):
    """A signature without the name of the key that made it."""


class MissingSignature(IdentityFault):
    """An access key is named, but there is no signature, or it is not of the agreed form."""


class UnsupportedSignatureMethod(IdentityFault):
    """The signature method is not served. ``method``: what was asked for."""


class UnknownAccessKey(IdentityFault):
    """No such access key, client key or security token. ``access_key_id``."""


class AccessKeyInactive(IdentityFault):
    """The access key exists but is disabled."""


class SignatureMismatch(IdentityFault):
    """The signature does not fit the request. ``string_to_sign`` where a dialect echoes it."""


class BodyDigestMismatch(SignatureMismatch):
    """The signed digest header is not the digest of the body."""


class ClockMalformed(IdentityFault):
    """The request's date is missing or unreadable. ``parameter``: where it was expected."""


class ClockSkewed(IdentityFault):
    """The request's date is more than the allowed skew away from ours, either way."""


class NonceReused(IdentityFault):
    """The signature nonce was seen before within its window."""


class InvalidToken(IdentityFault):
    """The token is unknown, garbled or revoked."""


class ExpiredToken(IdentityFault):
    """The token was good once."""


class TokenOutOfScope(IdentityFault):
    """The token is not scoped to a project of this region."""


class ProjectMismatch(IdentityFault):
    """The project in the URL is not the project of the token or access key."""


class WrongPassword(IdentityFault):
    """No such user, a disabled one, or not their password. Says no more, on purpose."""


class RestrictedToken(IdentityFault):
    """The token carries a restriction that keeps it from services (open beta flag)."""


# ── what they may do ──────────────────────────────────────────────────────────


class AccessFault(Fault):
    """The caller is known and may not do this. ``resource``: the key id or name it was about."""


class PermissionDenied(AccessFault):
    """The caller's policies do not allow the action."""


class KeyPermissionDenied(PermissionDenied):
    """The caller may act, but holds no right on this key."""


class ExplicitlyDenied(PermissionDenied):
    """A policy denies the action in so many words."""


class PartitionDenied(PermissionDenied):
    """The caller may not use this key store partition."""


class EnterpriseProjectDenied(PermissionDenied):
    """The caller has no right in the enterprise project named."""


class AccountFault(AccessFault):
    """The account as a whole may not use the service."""


class ServiceNotEnabled(AccountFault):
    """The account has not enabled the service."""


class AccountInDebt(AccountFault):
    """The account owes money."""


class AccountOverdue(AccountFault):
    """The account owes money for too long."""


class AccountAtRisk(AccountFault):
    """The account is under risk control."""


class AccountInvalid(AccountFault):
    """The account's user is not valid for the service."""


class AccountPartnerInvalid(AccountFault):
    """The account's partner does not offer the service."""


class AccountFrozen(AccountFault):
    """The account is frozen."""


class AccountUnverified(AccountFault):
    """The account's real name is not verified."""


class ReadOnlyReplica(AccessFault):
    """This server answers reads only."""


# ── what is named ─────────────────────────────────────────────────────────────


class NotFound(Fault):
    """The thing named is not there, or not for this caller. ``resource``: how it was named."""


class KeyNotFound(NotFound):
    """No key by this id or alias."""


class KeyNotInInstance(KeyNotFound):
    """The key exists, but in another key store instance. ``instance``: the one asked."""


class CiphertextKeyNotFound(KeyNotFound):
    """The key that a ciphertext names does not exist."""


class KeyVersionNotFound(NotFound):
    """The key has no such version."""


class AliasNotFound(NotFound):
    """No such alias."""


class ResourceNotFound(NotFound):
    """Something other than a key: secret, policy, access point, tag, grant, job."""


# ── the key's state ───────────────────────────────────────────────────────────


class KeyStateFault(Fault):
    """The key's state forbids this use. ``state``: the state as the domain names it."""


class KeyDisabled(KeyStateFault):
    """The key is disabled."""


class KeyPendingDeletion(KeyStateFault):
    """The key waits for its deletion."""


class KeyPendingImport(KeyStateFault):
    """The key has no material yet, or no more."""


class KeyFrozen(KeyStateFault):
    """The key is frozen by the operator."""


class KeyNotEnabled(KeyStateFault):
    """The use needs an enabled key, whatever else it is."""


class KeyNotDisabled(KeyStateFault):
    """The use needs a disabled key."""


class KeyNotPendingDeletion(KeyStateFault):
    """There is no deletion to cancel."""


class KeyAlreadyPendingDeletion(KeyStateFault):
    """The deletion is scheduled already."""


class KeyNotPendingImport(KeyStateFault):
    """The key does not wait for material."""


class KeyMaterialNotDeletable(KeyStateFault):
    """There is no material that could be deleted in this state."""


class KeyDeletionProtected(KeyStateFault):
    """Deletion protection is on."""


class RotationEnabled(KeyStateFault):
    """Automatic rotation is on already."""


class RotationDisabled(KeyStateFault):
    """Automatic rotation is not on."""


# ── the key's kind ────────────────────────────────────────────────────────────


class KeyKindFault(Fault):
    """The key's spec, usage or origin does not fit. ``key_id``, ``spec``, ``algorithm`` where known."""


class UnsupportedKeySpec(KeyKindFault):
    """No provider here makes keys of this spec."""


class UnsupportedOperation(KeyKindFault):
    """The operation does not fit this key."""


class AlgorithmMismatch(UnsupportedOperation):
    """The key is of the right kind, the algorithm is not one of its algorithms."""


class UsageMismatch(UnsupportedOperation):
    """The key was made for another usage. ``usage``: what it was made for."""


class SymmetricKeyRequired(UnsupportedOperation):
    """Only symmetric keys do this. ``family``: what the key is instead."""


class AsymmetricKeyRequired(UnsupportedOperation):
    """Only asymmetric keys do this. ``family``: what the key is instead."""


class UnsupportedOrigin(KeyKindFault):
    """The key's material has the wrong origin for this. ``origin``."""


class UnsupportedAlias(KeyKindFault):
    """This operation takes a key id, not an alias."""


class UnsupportedProtectionLevel(KeyKindFault):
    """The protection level is not offered here."""


class ServiceKeyProtected(KeyKindFault):
    """The key belongs to a service; its owner may use it, not change it."""


# ── cryptography ──────────────────────────────────────────────────────────────


class CryptoFault(Fault):
    """The bytes given do not decrypt, verify or unwrap. Says no more, on purpose."""


class InvalidCiphertext(CryptoFault):
    """Not one of our ciphertexts, damaged, or made under another context."""


class AsymmetricDecryptionFailed(InvalidCiphertext):
    """The private key does not open it."""


class PlaintextTooLong(CryptoFault):
    """More plaintext than the key can take."""


class DigestLengthMismatch(CryptoFault):
    """The digest given is not as long as the algorithm's."""


class RawMessageUnsupported(CryptoFault):
    """The algorithm signs digests only."""


class DataKeyDigestMismatch(CryptoFault):
    """The digest behind the data key is not the data key's."""


class DataKeyLengthMismatch(CryptoFault):
    """The data key is not as long as announced."""


class InvalidKeyMaterial(CryptoFault):
    """The imported material does not unwrap, or is not of the key's spec."""


class KeyMaterialLengthInvalid(InvalidKeyMaterial):
    """The unwrapped material has the wrong length. ``spec``."""


class KeyMaterialDiffers(InvalidKeyMaterial):
    """A key takes back only the material it had."""


class InvalidImportToken(CryptoFault):
    """The import token is not ours or was changed."""


class ImportTokenKeyMismatch(InvalidImportToken):
    """The import token was given out for another key."""


class ExpiredImportToken(InvalidImportToken):
    """The import token is too old."""


# ── conflicts and limits ──────────────────────────────────────────────────────


class Conflict(Fault):
    """It is there already, or in use."""


class AliasExists(Conflict):
    """The alias is taken."""


class NameExists(Conflict):
    """The key name is taken."""


class ResourceExists(Conflict):
    """Something else by that name is there already. ``resource``."""


class ResourceInUse(Conflict):
    """It cannot go while it is used. ``resource``."""


class LimitFault(Fault):
    """A quota or rate is used up. ``limit``: which one."""


class QuotaExceeded(LimitFault):
    """The account or project holds as many as it may. ``limit``: keys, aliases, ..."""


class RateExceeded(LimitFault):
    """Too many requests. ``retry_after_ms`` where known."""


class ConcurrencyExceeded(LimitFault):
    """Too many at the same time."""


# ── dry runs ──────────────────────────────────────────────────────────────────


class DryRunOutcome(Fault):
    """A dry run never succeeds; it says how the request would have ended. ``reason``: what the caller is told."""


class DryRunPassed(DryRunOutcome):
    """Without the dry run it would have succeeded."""


class DryRunInvalid(DryRunOutcome):
    """What was asked for cannot be done."""


class DryRunDenied(DryRunOutcome):
    """The caller may not do it."""


# ── our side ──────────────────────────────────────────────────────────────────


class ServerFault(Fault):
    """Our side failed. Nothing about it reaches the caller but a request id."""


class InternalFault(ServerFault):
    """Unknown failure: a bug, until shown otherwise."""


class Unavailable(ServerFault):
    """Sealed, starting, draining, or unable to confirm that its keys are fresh. ``reason`` is for the log."""


class StoreFailed(ServerFault):
    """The store could not read or write."""


class ProviderFailed(ServerFault):
    """The cryptographic provider failed."""


def every_fault() -> dict[str, type[Fault]]:
    """All fault classes by name, the base included."""
    found: dict[str, type[Fault]] = {}
    pending: list[type[Fault]] = [Fault]
    while pending:
        kind = pending.pop()
        found[kind.__name__] = kind
        pending.extend(kind.__subclasses__())
    return found
