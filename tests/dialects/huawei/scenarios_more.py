"""How the errors of the remaining operations are met: data keys, signatures, tags, imports, rotation, grants.

As in ``scenarios``: a scenario does what a caller, or for switches an operator, would do.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from huawei.conftest import ApiClient, read, refusal
from huawei.limited_users import guest
from huawei.scenarios import Refusal, meets, spec, table

from bitting.core.model.identity import AccessKey
from bitting.core.model.service import Quota, Switches
from bitting.core.specs import Usage

DEK = bytes(range(64))
CHECKED = (DEK + hashlib.sha256(DEK).digest()).hex()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def ring(api: ApiClient) -> str:
    return str(api.project.ring)


# ── data keys ─────────────────────────────────────────────────────────────────

table(
    "encrypt-datakey",
    {"key_id": "KEY", "plain_text": CHECKED, "datakey_plain_length": "1025"},
    "KMS.2102/InvalidParameter",
)
table(
    "encrypt-datakey",
    {"key_id": "KEY", "plain_text": CHECKED[:-2] + "00", "datakey_plain_length": "64"},
    "KMS.2103/DataKeyDigestMismatch",
)
table(
    "encrypt-datakey",
    {"key_id": "KEY", "plain_text": CHECKED + "00", "datakey_plain_length": "64"},
    "KMS.2104/DataKeyLengthMismatch",
)
table(
    "decrypt-datakey",
    {"key_id": "KEY", "cipher_text": "00", "datakey_cipher_length": "1025"},
    "KMS.2202/InvalidParameter",
)


def opened_as_64(api: ApiClient, bits: int) -> Refusal:
    key = api.key()
    made = api.ok("create-datakey", key_id=key, datakey_length=bits)
    wanted = {"key_id": key, "cipher_text": made["cipher_text"], "datakey_cipher_length": "64"}
    return api.refused("decrypt-datakey", wanted)


meets("KMS.2203/DataKeyDigestMismatch")(lambda api: opened_as_64(api, 768))
meets("KMS.2204/DataKeyLengthMismatch")(lambda api: opened_as_64(api, 256))


@meets("KMS.2101/PlaintextTooLong")
def _(api: ApiClient) -> Refusal:
    key, data_key = api.core_key(spec="RSA_2048", usage=Usage.ENCRYPT), bytes(191)
    plain = (data_key + hashlib.sha256(data_key).digest()).hex()
    api.project = api.founded.project  # the other profile takes 64 bytes only
    return api.refused("encrypt-datakey", {"key_id": key, "plain_text": plain, "datakey_plain_length": 191})


# ── signatures and codes ──────────────────────────────────────────────────────

MESSAGE = {"message": b64(bytes(32)), "signing_algorithm": "ECDSA_SHA_256"}
spec("EC_P256", "sign", "KMS.0329/DigestLengthMismatch", message=b64(bytes(31)), signing_algorithm="ECDSA_SHA_256")
spec("AES_256", "get-publickey", "KMS.0331/AsymmetricKeyRequired")
spec("EC_P256", "sign", "KMS.0332/AlgorithmMismatch", message=b64(bytes(48)), signing_algorithm="ECDSA_SHA_384")
spec(
    "SM2", "sign", "KMS.0333/RawMessageUnsupported", message=b64(b"x"), signing_algorithm="SM2DSA_SM3",
    message_type="RAW",
)  # fmt: skip
spec(
    "RSA_2048", "sign", "KMS.0334/UsageMismatch", usage=Usage.ENCRYPT, message=b64(bytes(32)),
    signing_algorithm="RSASSA_PSS_SHA_256",
)  # fmt: skip
spec("AES_256", "sign", "KMS.1115/AsymmetricKeyRequired", **MESSAGE)
spec("HMAC_SHA256", "sign", "KMS.0341/AsymmetricKeyRequired", **MESSAGE)
spec("HMAC_SHA256", "generate-mac", "KMS.0341/AlgorithmMismatch", message=b64(b"x"), mac_algorithm="HMAC_SHA_512")
spec("RSA_2048", "generate-mac", "KMS.0325/UsageMismatch", message=b64(b"x"), mac_algorithm="HMAC_SHA_256")
spec(
    "SM2", "encrypt-data", "KMS.0335/UsageMismatch/", usage=Usage.AGREE, plain_text="x",
    encryption_algorithm="SM2_ENCRYPT",
)  # fmt: skip


def peer() -> bytes:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def agreement(document: bytes, api: ApiClient) -> Refusal:
    key = api.key(key_spec="EC_P256", key_usage="KEY_AGREEMENT")
    recipient = {"attestation_document": b64(document), "key_encryption_algorithm": "RSAES_OAEP_SHA_256"}
    body = {"key_id": key, "key_agreement_algorithm": "ECDH", "public_key": b64(peer()), "recipient": recipient}
    return refusal(read(api.send(api.signer.sign(api.request("derive-shared-secret", body)), broken=True)))


meets("KMS.3804/InvalidParameter")(lambda api: agreement(b"no document", api))
meets("KMS.3806/Unavailable")(lambda api: agreement(b"\xd2\x84\x44\xa1\x01\x38\x22\xa0", api))


@meets("KMS.0308/KeyKindFault")
def _(api: ApiClient) -> Refusal:
    key = api.core_key(spec="SM2", usage=Usage.AGREE)
    body = {"key_id": key, "key_agreement_algorithm": "ECDH", "public_key": b64(peer())}
    api.project = api.founded.project
    return api.refused("derive-shared-secret", body)


# ── tags ──────────────────────────────────────────────────────────────────────


def tag(body: dict[str, Any], path: str, *names: str, key_id: bool = True) -> None:
    """A scenario that is one request below a fresh key's tags."""

    def scenario(api: ApiClient) -> Refusal:
        return api.refused(f"{api.key()}/{path}" if key_id else path, body)

    meets(*names)(scenario)


def one(key: Any, value: Any, *names: str) -> None:
    tag({"tag": {"key": key, "value": value}}, "tags", *names)


def many(body: dict[str, Any], *names: str) -> None:
    tag({"action": "create", **body}, "tags/action", *names)


def instances(body: dict[str, Any], *names: str) -> None:
    tag({"action": "filter", **body}, "resource_instances/action", *names, key_id=False)


TAG = {"key": "a", "value": "b"}
many({"tags": []}, "KMS.0401/InvalidParameter")
instances({"matches": [{"key": "resource_name", "value": ""}]}, "KMS.0402/InvalidParameter")
instances({"matches": [{"key": "name", "value": "x"}]}, "KMS.0403/InvalidParameter")
many({"action": "rename", "tags": [TAG]}, "KMS.0404/InvalidParameter")
one("a", "<", "KMS.0405/InvalidParameter")
one("", "b", "KMS.0406/InvalidParameter")
many({"tags": [{"key": f"k{n}", "value": ""} for n in range(21)]}, "KMS.0407/InvalidParameter")
tag({"action": "filter"}, "things/action", "KMS.0408/InvalidParameter", key_id=False)
one("a", "b" * 44, "KMS.0410/InvalidParameter")
one("a" * 37, "b", "KMS.0411/InvalidParameter")
many({"tags": {"a": "b"}}, "KMS.0412/InvalidParameter")
instances({"tags": [{"key": "a", "values": [str(n) for n in range(11)]}]}, "KMS.0413/InvalidParameter")
tag({"tag": "a"}, "tags", "KMS.0414/InvalidParameter")
instances({"matches": "x"}, "KMS.0415/InvalidParameter")
instances({"offset": "-1"}, "KMS.0417/InvalidParameter")
instances({"action": "count", "offset": "0"}, "KMS.0418/InvalidParameter")


@meets("KMS.0409/QuotaExceeded")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    body = {"action": "create", "tags": [{"key": f"k{n}", "value": ""} for n in range(20)]}
    assert api.send(api.signer.sign(api.request(f"{key}/tags/action", body))).status == 204
    return api.refused(f"{key}/tags", {"tag": TAG})


@meets("KMS.0416/ResourceNotFound")
def _(api: ApiClient) -> Refusal:
    return api.refused_at("DELETE", api.path(f"{api.key()}/tags/nothing"))


@meets("KMS.0212/InvalidParameter")
def _(api: ApiClient) -> Refusal:
    return api.refused_at("GET", f"/v1.0/{api.project.id}/volumes/tags")


@meets("KMS.5022/AccessFault")
def _(api: ApiClient) -> Refusal:
    api.add(Switches(tag_policy="owner, cost"))
    return api.refused("create-key", {"key_alias": "a", "tags": [{"key": "owner", "value": "me"}]})


# ── imported material ─────────────────────────────────────────────────────────


class Importer:
    """One external key on its way to its material."""

    def __init__(self, api: ApiClient, **key: Any) -> None:
        self.api = api
        self.key = api.key(origin="external", **key)
        self.renew()

    def renew(self) -> None:
        wanted = {"key_id": self.key, "wrapping_algorithm": "RSAES_OAEP_SHA_256"}
        self.parameters = self.api.ok("get-parameters-for-import", **wanted)

    def wrapped(self, material: bytes) -> str:
        public: Any = serialization.load_der_public_key(base64.b64decode(self.parameters["public_key"]))
        return b64(public.encrypt(material, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)))

    def body(self, material: bytes, **more: Any) -> dict[str, Any]:
        token = self.parameters["import_token"]
        return {"key_id": self.key, "import_token": token, "encrypted_key_material": self.wrapped(material), **more}

    def refused(self, material: bytes, **more: Any) -> Refusal:
        return self.api.refused("import-key-material", self.body(material, **more))

    def done(self, material: bytes, **more: Any) -> None:
        self.api.ok("import-key-material", **self.body(material, **more))


def private_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)


AES = bytes(range(32))
table(
    "get-parameters-for-import", {"key_id": "KEY", "wrapping_algorithm": "RSAES_OAEP_SHA_256"},
    "KMS.0309/UnsupportedOrigin",
)  # fmt: skip


@meets("KMS.0310/KeyNotPendingImport")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api)
    importer.done(AES)
    return importer.refused(AES)


@meets("KMS.2601/ExpiredImportToken")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api)
    api.runtime.clock.advance(days=1)
    return importer.refused(AES)


@meets("KMS.2602/InvalidParameter")
def _(api: ApiClient) -> Refusal:
    return Importer(api).refused(AES, expiration_time=api.runtime.clock.now_ms() // 1000)


@meets("KMS.2603/ImportTokenKeyMismatch")
def _(api: ApiClient) -> Refusal:
    other = Importer(api)
    return Importer(api).refused(AES, import_token=other.parameters["import_token"])


meets("KMS.2604/KeyMaterialLengthInvalid")(lambda api: Importer(api).refused(AES[:31]))
meets("KMS.2605/InvalidImportToken")(lambda api: Importer(api).refused(AES, import_token=b64(bytes(200))))
meets("KMS.2607/KeyMaterialLengthInvalid")(lambda api: Importer(api, key_spec="SM4").refused(AES))
meets("KMS.2608/MissingParameter")(lambda api: Importer(api, key_spec="EC_P256").refused(AES))
meets("KMS.2609/InvalidKeyMaterial")(
    lambda api: Importer(api, key_spec="EC_P256").refused(AES, encrypted_privatekey=b64(bytes(40)))
)
meets("KMS.2610/KeyMaterialLengthInvalid")(
    lambda api: Importer(api, key_spec="EC_P256").refused(AES[:24], encrypted_privatekey=b64(bytes(40)))
)


@meets("KMS.2606/KeyMaterialDiffers")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api)
    importer.done(AES)
    api.ok("delete-imported-key-material", key_id=importer.key)
    importer.renew()
    return importer.refused(AES[::-1])


@meets("KMS.2701/KeyMaterialNotDeletable")
def _(api: ApiClient) -> Refusal:
    return api.refused("delete-imported-key-material", {"key_id": Importer(api).key})


@meets("KMS.2702/UnsupportedOperation")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api, key_spec="EC_P256")
    importer.done(AES, encrypted_privatekey=b64(aes_key_wrap_with_padding(AES, private_key())))
    return api.refused("delete-imported-key-material", {"key_id": importer.key})


# ── rotation ──────────────────────────────────────────────────────────────────

table("disable-key-rotation", {"key_id": "KEY"}, "KMS.0313/RotationDisabled")
table("update-key-rotation-interval", {"key_id": "KEY", "rotation_interval": 366}, "KMS.3001/InvalidParameter")
spec("RSA_2048", "enable-key-rotation", "KMS.0324/SymmetricKeyRequired")


@meets("KMS.0312/UnsupportedOrigin")
def _(api: ApiClient) -> Refusal:
    importer = Importer(api)
    importer.done(AES)
    return api.refused("enable-key-rotation", {"key_id": importer.key})


@meets("KMS.2901/RotationEnabled")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    api.ok("enable-key-rotation", key_id=key)
    return api.refused("enable-key-rotation", {"key_id": key})


@meets("KMS.0319/UnsupportedOperation")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    api.add(Switches(rotation=False))
    return api.refused("enable-key-rotation", {"key_id": key})


# ── names and quotas ──────────────────────────────────────────────────────────


@meets("KMS.1104/AliasExists")
def _(api: ApiClient) -> Refusal:
    api.project = api.founded.project
    key = api.key()
    assert api.ask("aliases", {"key_id": key, "alias": "alias/a"})[0] == 201
    return api.refused("aliases", {"key_id": key, "alias": "a"})


@meets("KMS.0207/NotFound")
def _(api: ApiClient) -> Refusal:
    api.project = api.founded.project
    return api.refused_at("DELETE", api.path("aliases"), {"key_id": api.key(), "aliases": ["nobody"]})


def quota(api: ApiClient, scope: str, name: str, most: int) -> None:
    api.add(Quota(f"{scope}/{name}", scope, name, most))


@meets("KMS.1105/QuotaExceeded")
def _(api: ApiClient) -> Refusal:
    quota(api, ring(api), "keys", 0)
    return api.refused("create-key", {"key_alias": "a"})


@meets("KMS.1105/LimitFault")
def _(api: ApiClient) -> Refusal:
    api.project = api.founded.project
    key = api.key()
    for number in range(50):
        assert api.ask("aliases", {"key_id": key, "alias": f"a{number}"})[0] == 201
    return api.refused("aliases", {"key_id": key, "alias": "one-too-many"})


# ── grants ────────────────────────────────────────────────────────────────────


def grant(api: ApiClient, key: str, **more: Any) -> dict[str, Any]:
    return {"key_id": key, "grantee_principal": api.founded.user.id, "operations": ["encrypt-data"], **more}


def granting(*names: str, **more: Any) -> None:
    meets(*names)(lambda api: api.refused("create-grant", grant(api, api.key(), **more)))


granting("KMS.2401/InvalidParameter", operations=["create-grant"])
granting("KMS.2402/InvalidParameter", grantee_principal="nobody")


def too_many_grants(api: ApiClient, scope: str, name: str, key: str) -> Refusal:
    quota(api, scope, name, 1)
    api.ok("create-grant", **grant(api, key))
    return api.refused("create-grant", grant(api, key))


meets("KMS.2404/QuotaExceeded")(lambda api: too_many_grants(api, ring(api), "grants_per_key", api.key()))
meets("KMS.2405/QuotaExceeded")(lambda api: too_many_grants(api, ring(api), "grants", api.key()))
table("revoke-grant", {"key_id": "KEY", "grant_id": "x" * 64}, "KMS.2501/InvalidParameter")
table("revoke-grant", {"key_id": "KEY", "grant_id": "0" * 64}, "KMS.2501/ResourceNotFound")


@meets("KMS.2502/InvalidParameter")
def _(api: ApiClient) -> Refusal:
    made = api.ok("create-grant", **grant(api, api.key()))
    return api.refused("revoke-grant", {"key_id": api.key(), "grant_id": made["grant_id"]})


# ── what the caller may do ────────────────────────────────────────────────────


def as_guest(api: ApiClient, *rules: tuple[bool, tuple[str, ...], tuple[str, ...]]) -> None:
    """From now on the access key is a user's with a custom policy of these rules."""
    user = guest(api, *rules)
    with api.runtime.store.begin(write=True) as uow:
        held = uow.of(AccessKey).get(api.founded.access_key_id)
        uow.of(AccessKey).put(replace(held, user_id=user))


@meets("KMS.0306/PermissionDenied")
def _(api: ApiClient) -> Refusal:
    key, other = api.key(), api.key()
    as_guest(api, (True, ("key:describe",), (f"key/{other}",)))
    api.ok("describe-key", key_id=other)
    return api.refused("describe-key", {"key_id": key})


@meets("KMS.0306/KeyPermissionDenied")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    made = api.ok("create-grant", **grant(api, key, operations=["encrypt-data"]))
    as_guest(api, (True, ("grant:revoke",), ("*",)))
    return api.refused("revoke-grant", {"key_id": key, "grant_id": made["grant_id"]})


@meets("KMS.0326/ExplicitlyDenied")
def _(api: ApiClient) -> Refusal:
    key = api.key()
    as_guest(api, (True, ("*",), ("*",)), (False, ("key:describe",), ("*",)))
    return api.refused("describe-key", {"key_id": key})


@meets("KMS.0330/EnterpriseProjectDenied")
def _(api: ApiClient) -> Refusal:
    as_guest(api, (True, ("key:*",), ("eps/one/*",)))
    api.ok("create-key", key_alias="mine", enterprise_project_id="one")
    return api.refused("create-key", {"key_alias": "a", "enterprise_project_id": "two"})
