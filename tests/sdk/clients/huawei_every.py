"""huaweicloudsdkkms: every one of its 75 operations, through the SDK's own request, body and response models.

Each step calls one operation and looks at the answer; steps build on each other through ``self.seen``. What must be
wrapped or signed is done with the ``openssl`` of the machine: the SDK's environment has no cryptography of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import client_script
from client_script import Exchange, Settings, expect, expect_true, from_base64
from huawei_sdk import build, own_credentials
from huaweicloudsdkkms.v2 import KmsAsyncClient, KmsClient, model
from plan import Client

DEK = bytes(range(64))
CHECKED = (DEK + hashlib.sha256(DEK).digest()).hex()
MESSAGE = base64.b64encode(bytes(32)).decode()
SPACE = str(uuid.uuid4())
Fields = dict[str, Any]


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def openssl(*arguments: str, data: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Every:
    """One run of all operations; ``seen`` keeps what later steps need."""

    def __init__(self, settings: Settings, sdk: Any, *, is_async: bool) -> None:
        self.settings, self.sdk, self.is_async = settings, sdk, is_async
        self.seen: dict[str, Any] = {}
        self.name = f"every-{uuid.uuid4().hex[:8]}"
        self.folder = Path(tempfile.mkdtemp())

    def call(self, operation: str, **fields: Any) -> Any:
        """The SDK's method with its models; fields of the request's own are path and query, the rest its body."""
        request_class = getattr(model, f"{camel(operation)}Request")
        own = request_class.openapi_types
        given = {name: value for name, value in fields.items() if name in own}
        if "body" in own:
            body_class = getattr(model, own["body"])
            given["body"] = body_class(
                **{name: value for name, value in fields.items() if name in body_class.openapi_types}
            )
        request = request_class(**given)
        if self.is_async:
            return getattr(self.sdk, f"{operation}_async")(request).result()
        return getattr(self.sdk, operation)(request)

    def key(self, **fields: Any) -> str:
        made = self.call("create_key", key_alias=f"{self.name}-{uuid.uuid4().hex[:6]}", **fields)
        return str(made.key_info.key_id)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What an earlier step made, or made now."""
        if name not in self.seen:
            self.seen[name] = make()
        return self.seen[name]

    @property
    def aes(self) -> str:
        return str(self.once("aes", self.key))

    def spec(self, spec: str, usage: str = "") -> str:
        more = {"key_usage": usage} if usage else {}
        return str(self.once(f"{spec} {usage}", lambda: self.key(key_spec=spec, **more)))

    def take(self, step: str) -> str:
        """One step: its operation, what is asked, what must be seen."""
        operation = step.split(" ", maxsplit=1)[0]
        fields, check = STEPS[step](self)
        answer = self.call(operation, **fields)
        expect_true(200 <= answer.status_code < 300, f"status {answer.status_code}")
        return str(check(answer))

    def remember(self, name: str, value: Any) -> Any:
        expect_true(value not in (None, "", []), f"the answer has {name}")
        self.seen[name] = value
        return value

    def wrapped(self, material: bytes) -> str:
        """Material under the wrapping key of the last get-parameters-for-import."""
        public = self.folder / "wrapping.der"
        public.write_bytes(from_base64(self.seen["parameters"].public_key))
        options = ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256")
        given = [part for option in options for part in ("-pkeyopt", option)]
        return b64(
            openssl("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", str(public), *given, data=material)
        )

    def signed(self, text: str) -> str:
        """A signature by the access point's private key."""
        private = self.folder / "point.der"
        private.write_bytes(from_base64(self.seen["private"]))
        return b64(openssl("dgst", "-sha256", "-keyform", "DER", "-sign", str(private), data=text.encode()))

    def public_half(self) -> str:
        private = self.folder / "point.der"
        private.write_bytes(from_base64(self.seen["private"]))
        return b64(openssl("rsa", "-inform", "DER", "-in", str(private), "-pubout", "-outform", "DER", data=b""))

    def project(self) -> tuple[str, str]:
        """A second region: a project that the operator makes."""
        data_dir = Path(self.settings["ca_cert"]).parent.parent
        token = (data_dir / "operator.token").read_text().strip()
        region = f"cn-{self.name}"
        account = self.settings["account_id"]
        request = urllib.request.Request(
            f"{self.settings['http']}/bitting/v1/accounts/{account}/projects",
            json.dumps({"name": region}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())["project"]["id"], region


def ok(_answer: Any) -> str:
    return "answered"


def field(name: str, value: Any) -> Callable[[Any], str]:
    """The answer's field must be that."""

    def check(answer: Any) -> str:
        expect(getattr(answer, name), value, name)
        return f"{name} is {value}"

    return check


def kept(run: Every, name: str, of: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda answer: str(run.remember(name, of(answer)))[:60]


def opened(run: Every, answer: Any) -> str:
    expect(bytes.fromhex(answer.data_key), DEK, "data_key")
    expect(answer.datakey_dgst, hashlib.sha256(DEK).hexdigest().upper(), "datakey_dgst")
    return f"{answer.datakey_length} bytes"


def peer(run: Every) -> str:
    key = openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", data=b"")
    return b64(openssl("ec", "-pubout", "-outform", "DER", data=key))


def everybody(run: Every) -> Fields:
    """The whole account, as a grantee."""
    return {"grantee_principal": run.settings["domain_id"], "grantee_principal_type": "domain"}


def later(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def proof(run: Every) -> Fields:
    until = later(600)
    document = {
        "custom_signature": run.signed(f"{until}\n{run.seen['capsule'].datakey_capsule}"),
        "custom_public_key": run.public_half(),
        "expire_time": until,
    }
    return {
        "key_id": run.aes, "datakey_capsule": run.seen["capsule"].datakey_capsule, "attestation_document": document,
    }  # fmt: skip


def policy(run: Every) -> str:
    period = {"startTime": later(-600), "endTime": later(3600)}
    return json.dumps({"version": "1.0", "validityPeriod": period, "allowedAccessPoint": [run.seen["point"]]})


def same_data_key(run: Every) -> Callable[[Any], str]:
    def check(answer: Any) -> str:
        expect(answer.datakey, run.seen["capsule"].datakey, "datakey")
        expect(answer.instance_id, run.seen["point"], "instance_id")
        return "the same data key"

    return check


Step = Callable[[Every], tuple[Fields, Callable[[Any], str]]]
TAG, TAGS = {"key": "a", "value": "b"}, [{"key": "c", "value": "d"}]
RSA = {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}

STEPS: dict[str, Step] = {
    "show_versions": lambda r: ({}, lambda a: a.versions[0].id),
    "show_version": lambda r: ({"version_id": "v1.0"}, lambda a: str(a.version)[:40]),
    "create_key": lambda r: ({"key_alias": r.name}, kept(r, "aes", lambda a: a.key_info.key_id)),
    "list_key_detail": lambda r: ({"key_id": r.aes}, lambda a: a.key_info.key_state),
    "list_keys": lambda r: ({"key_spec": "ALL"}, lambda a: str(a.total)),
    "update_key_alias": lambda r: ({"key_id": r.aes, "key_alias": r.name + "-2"}, lambda a: a.key_info.key_alias),
    "update_key_description": lambda r: (
        {"key_id": r.aes, "key_description": "every"}, lambda a: a.key_info.key_description),
    "disable_key": lambda r: ({"key_id": r.spec("SM4")}, lambda a: a.key_info.key_state),
    "enable_key": lambda r: ({"key_id": r.spec("SM4")}, lambda a: a.key_info.key_state),
    "create_alias": lambda r: ({"key_id": r.aes, "alias": r.name}, lambda a: a.alias_urn),
    "list_aliases": lambda r: ({"key_id": r.aes}, lambda a: a.body[0].aliases[0].alias),
    "associate_alias": lambda r: ({"alias": r.name, "target_key_id": r.spec("SM4")}, lambda a: a.key_id),
    "delete_alias": lambda r: ({"key_id": r.spec("SM4"), "aliases": [r.name]}, ok),
    "create_random": lambda r: ({"random_data_length": "512"}, lambda a: a.random_data[:16]),
    "encrypt_data": lambda r: ({"key_id": r.aes, "plain_text": "x"}, kept(r, "text", lambda a: a.cipher_text)),
    "decrypt_data": lambda r: ({"cipher_text": r.seen["text"]}, field("plain_text", "x")),
    "re_encrypt": lambda r: (
        {"cipher_text": r.seen["text"], "destination_key_id": r.spec("SM4")}, field("source_key_id", r.aes)),
    "create_datakey": lambda r: ({"key_id": r.aes, "datakey_length": "512"}, lambda a: a.plain_text[:16]),
    "create_datakey_without_plaintext": lambda r: ({"key_id": r.aes, "key_spec": "AES_256"}, lambda a: a.key_id),
    "encrypt_datakey": lambda r: (
        {"key_id": r.aes, "plain_text": CHECKED, "datakey_plain_length": "64"},
        kept(r, "sealed", lambda a: a.cipher_text)),
    "decrypt_datakey": lambda r: (
        {"key_id": r.aes, "cipher_text": r.seen["sealed"], "datakey_cipher_length": "64"}, lambda a: opened(r, a)),
    "create_rsa_datakey_pair": lambda r: (
        {"key_id": r.aes, "key_spec": "RSA_2048", "with_plain_text": False}, field("private_key_plain_text", None)),
    "create_ec_datakey_pair": lambda r: (
        {"key_id": r.aes, "key_spec": "ECC_NIST_P521"}, lambda a: a.private_key_plain_text[:16]),
    "sign": lambda r: (
        {"key_id": r.spec("EC_P256"), "message": MESSAGE, "signing_algorithm": "ECDSA_SHA_256"},
        kept(r, "signature", lambda a: a.signature)),
    "validate_signature": lambda r: (
        {"key_id": r.spec("EC_P256"), "message": MESSAGE, "signing_algorithm": "ECDSA_SHA_256",
         "signature": r.seen["signature"]}, field("signature_valid", "true")),
    "show_public_key": lambda r: ({"key_id": r.spec("EC_P256")}, lambda a: a.public_key.splitlines()[0]),
    "generate_mac": lambda r: (
        {"key_id": r.spec("HMAC_256"), "mac_algorithm": "HMAC_SHA_256", "message": MESSAGE},
        kept(r, "mac", lambda a: a.mac)),
    "verify_mac": lambda r: (
        {"key_id": r.spec("HMAC_256"), "mac_algorithm": "HMAC_SHA_256", "message": MESSAGE, "mac": r.seen["mac"]},
        field("mac_valid", True)),
    "derive_shared_secret": lambda r: (
        {"key_id": r.spec("EC_P256", "KEY_AGREEMENT"), "key_agreement_algorithm": "ECDH", "public_key": peer(r)},
        lambda a: str(len(from_base64(a.shared_secret)))),
    "create_kms_tag": lambda r: ({"key_id": r.aes, "tag": TAG}, ok),
    "batch_create_kms_tags": lambda r: ({"key_id": r.aes, "action": "create", "tags": TAGS}, ok),
    "show_kms_tags": lambda r: ({"key_id": r.aes}, field("exist_tags_num", 2)),
    "list_kms_tags": lambda r: ({}, lambda a: str(len(a.tags))),
    "list_kms_by_tags": lambda r: (
        {"resource_instances": "resource_instances", "action": "filter", "tags": [{"key": "a", "values": ["b"]}]},
        lambda a: a.resources[0].resource_detail.key_state),
    "delete_tag": lambda r: ({"key_id": r.aes, "key": "a"}, ok),
    "create_parameters_for_import": lambda r: (
        {"key_id": r.once("external", lambda: r.key(origin="external")), **RSA}, kept(r, "parameters", lambda a: a)),
    "import_key_material": lambda r: (
        {"key_id": r.seen["external"], "import_token": r.seen["parameters"].import_token,
         "encrypted_key_material": r.wrapped(bytes(32)), "expiration_time": int(time.time()) + 3600}, ok),
    "delete_imported_key_material": lambda r: ({"key_id": r.seen["external"]}, ok),
    "enable_key_rotation": lambda r: ({"key_id": r.aes}, ok),
    "update_key_rotation_interval": lambda r: ({"key_id": r.aes, "rotation_interval": 30}, ok),
    "show_key_rotation_status": lambda r: ({"key_id": r.aes}, field("rotation_interval", 30)),
    "disable_key_rotation": lambda r: ({"key_id": r.aes}, ok),
    "rotate_on_demand": lambda r: ({"key_id": r.aes}, field("key_id", r.aes)),
    "create_grant": lambda r: (
        {"key_id": r.aes, **everybody(r), "operations": ["encrypt-data", "retire-grant"]},
        kept(r, "grant", lambda a: a.grant_id)),
    "list_grants": lambda r: ({"key_id": r.aes}, field("truncated", "false")),
    "list_retirable_grants": lambda r: ({}, lambda a: str(a.total)),
    "cancel_self_grant": lambda r: ({"key_id": r.aes, "grant_id": r.seen["grant"]}, ok),
    "cancel_grant": lambda r: (
        {"key_id": r.aes, "grant_id": r.call(
            "create_grant", key_id=r.aes, operations=["describe-key"], **everybody(r),
        ).grant_id}, ok),
    "show_user_quotas": lambda r: ({}, lambda a: a.quotas.resources[0].type),
    "show_user_instances": lambda r: ({}, lambda a: str(a.instance_num)),
    "create_key_store": lambda r: (
        {"keystore_alias": r.name, "keystore_type": "CDMS"}, kept(r, "store", lambda a: a.keystore.keystore_id)),
    "list_key_stores": lambda r: ({"limit": 10}, lambda a: str(a.total)),
    "show_key_store": lambda r: ({"keystore_id": r.seen["store"]}, lambda a: a.keystore.keystore_alias),
    "disable_key_store": lambda r: ({"keystore_id": r.seen["store"]}, lambda a: a.keystore.keystore_state),
    "enable_key_store": lambda r: ({"keystore_id": r.seen["store"]}, lambda a: a.keystore.keystore_state),
    "delete_key_store": lambda r: ({"keystore_id": r.seen["store"]}, ok),
    "create_pin": lambda r: ({"pin_type": "PlainText"}, lambda a: str(len(a.pin))),
    "list_support_regions": lambda r: ({}, lambda a: a.regions[0]),
    "replicate_key": lambda r: (
        dict(zip(("replica_project_id", "replica_region"), r.once("far", r.project), strict=True),
             key_id=r.aes, key_alias="far"), field("region", f"cn-{r.name}")),
    "update_primary_region": lambda r: (
        {"key_id": r.aes, "primary_region": r.seen["far"][1]}, field("primary_region", f"cn-{r.name}")),
    "create_access_point": lambda r: (
        {"keyspace_id": SPACE, "access_point_name": r.name, "type": 3}, kept(r, "point", lambda a: a.access_point_id)),
    "download_access_point_private_key": lambda r: (
        {"access_point_id": r.seen["point"]}, lambda a: "kept" * bool(r.remember("private", a.private_key))),
    "list_access_point": lambda r: ({"keyspace_id": SPACE}, lambda a: str(a.page_info.current_count)),
    "disable_access_point": lambda r: ({"access_point_id": r.seen["point"]}, ok),
    "enable_access_point": lambda r: ({"access_point_id": r.seen["point"]}, ok),
    "create_key_policy": lambda r: (
        {"keyspace_id": SPACE, "policy_name": r.name, "policy": policy(r)}, kept(r, "policy", lambda a: a.policy_id)),
    "show_key_policy": lambda r: ({"policy_id": r.seen["policy"]}, lambda a: a.policy.version),
    "update_key_policy": lambda r: ({"policy_id": r.seen["policy"], "policy": policy(r)}, lambda a: a.policy.version),
    "list_key_policy": lambda r: ({"keyspace_id": SPACE}, lambda a: a.keyspace_policies[0].policy_name),
    "create_datakey_capsule": lambda r: (
        {"key_id": r.aes, "datakey_length": "256", "policy_id": r.seen["policy"]}, kept(r, "capsule", lambda a: a)),
    "decrypt_datakey_capsule": lambda r: (proof(r), same_data_key(r)),
    "delete_key_policy": lambda r: ({"policy_id": r.seen["policy"]}, ok),
    "delete_access_point": lambda r: ({"access_point_id": r.seen["point"]}, ok),
    "delete_key": lambda r: ({"key_id": r.spec("SM4"), "pending_days": "7"}, field("key_state", "4")),
    "cancel_key_deletion": lambda r: ({"key_id": r.spec("SM4")}, field("key_state", "3")),
}  # fmt: skip


def make(client: Client, settings: Settings, _exchange: Exchange) -> Every:
    """The client script for one entry of the plan."""
    is_async = client.options["mode"] == "async"
    client_class = KmsAsyncClient if is_async else KmsClient
    return Every(settings, build(settings, own_credentials(settings), client_class), is_async=is_async)


if __name__ == "__main__":
    client_script.run(make)
