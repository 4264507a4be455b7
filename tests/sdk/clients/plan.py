"""Which client takes which steps. Read by the client scripts, by pytest (for the test ids) and by ``make demo``.

A client script has one method per step, named after it: ``CreateKey`` is ``create_key``, ``404 Forbidden.KeyNotFound``
is ``refused_404_forbidden_key_not_found``. Steps run in order and build on each other.

Crossing: every client in ``CROSSING`` seals one plaintext (phase ``seal``) and opens what each other one sealed
(phase ``open``); the ciphertexts travel through files in the exchange folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_OPENAPI_KEYS = ("CreateKey", "DescribeKey", "ListKeys", "DisableKey", "EnableKey")
_OPENAPI_ALIASES = ("CreateAlias", "UpdateAlias", "ListAliases", "ListAliasesByKeyId", "DeleteAlias")
_OPENAPI_CRYPTO = ("Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
_OPENAPI_DELETION = ("ScheduleKeyDeletion", "CancelKeyDeletion")
_OPENAPI_REFUSED = (
    "400 AliasAlreadyExists",
    "400 IncompleteSignature",
    "404 Forbidden.KeyNotFound",
    "404 Forbidden.AliasNotFound",
    "404 InvalidAccessKeyId.NotFound",
    "409 Rejected.Disabled",
    "409 Rejected.PendingDeletion",
    "409 Rejected.StateModifiedFailed",
)
OPENAPI_STEPS = _OPENAPI_KEYS + _OPENAPI_CRYPTO + _OPENAPI_ALIASES + _OPENAPI_DELETION + _OPENAPI_REFUSED
LEGACY_STEPS = (*OPENAPI_STEPS, "XML DescribeKey", "XML 404 Forbidden.KeyNotFound", "HTTPS with the CA file")
_MANAGE_INSTANCES = ("ConnectKmsInstance", "UpdateKmsInstanceBindVpc", "GetKmsInstance", "ListKmsInstances")
_MANAGE_NEW = ("GetDefaultKmsInstance", "GetKmsInstanceQuotaInfos", "ReleaseKmsInstance")
_MANAGE_ACCESS = tuple(
    f"{verb}{noun}"
    for noun, many in (
        ("NetworkRule", "NetworkRules"),
        ("Policy", "Policies"),
        ("ApplicationAccessPoint", "ApplicationAccessPoints"),
    )
    for verb, noun in (("Create", noun), ("Describe", noun), ("Update", noun), ("List", many))
)
_MANAGE_REST = (
    *("CreateClientKey", "GetClientKey", "ListClientKeys", "DeleteClientKey"),
    *("DeleteApplicationAccessPoint", "DeletePolicy", "DeleteNetworkRule"),
    *("SetKeyPolicy", "GetKeyPolicy", "OpenKmsService", "DescribeAccountKmsStatus", "DescribeRegions"),
)
_MANAGE_2026 = ("GetManagedDataKey", "ListManagedDataKeyVersions", "GetChallenge")
_CERTIFICATES = (
    *("CreateCertificate", "UploadCertificate", "GetCertificate", "DescribeCertificate"),
    *("CertificatePrivateKeySign", "CertificatePublicKeyVerify"),
    *("CertificatePublicKeyEncrypt", "CertificatePrivateKeyDecrypt"),
    *("UpdateCertificateStatus", "DeleteCertificate"),
)
#: The old SDK lacks what is newest, the new SDK what was given up.
MANAGE_LEGACY_STEPS = _MANAGE_INSTANCES + _MANAGE_ACCESS + _MANAGE_REST + _CERTIFICATES
MANAGE_STEPS = _MANAGE_INSTANCES + _MANAGE_NEW + _MANAGE_ACCESS + _MANAGE_REST + _MANAGE_2026
#: Every operation about keys, in an order in which each finds what it needs.
EVERY_STEPS = (
    *("CreateKey", "TagResource", "ListResourceTags", "UntagResource"),
    *("TagResources", "ListTagResources", "UntagResources", "DescribeKey", "ListKeys"),
    *("UpdateKeyDescription", "SetDeletionProtection", "DisableKey", "EnableKey"),
    *("GetPublicKey", "CreateKeyVersion", "DescribeKeyVersion", "ListKeyVersions", "UpdateRotationPolicy"),
    *("CreateAlias", "UpdateAlias", "ListAliases", "ListAliasesByKeyId", "DeleteAlias"),
    *("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("ExportDataKey", "GenerateAndExportDataKey"),
    *("AsymmetricEncrypt", "AsymmetricDecrypt", "AsymmetricSign", "AsymmetricVerify"),
    *("GetParametersForImport", "ImportKeyMaterial", "DeleteKeyMaterial"),
    *("ScheduleKeyDeletion", "CancelKeyDeletion"),
)
#: The old SDK alone has AdvanceEncrypt, the new one alone the codes.
EVERY_NEW_STEPS = (*EVERY_STEPS, "GenerateMac", "VerifyMac")
EVERY_LEGACY_STEPS = (*EVERY_STEPS, "AdvanceEncrypt")
APPS_STEPS = (
    "OSS object envelope",
    "OSS object envelope with a passphrase",
    "Nacos encrypts raw text",
    "Nacos data key",
)
STS_STEPS = tuple(
    f"{signature} {mode} {what}"
    for signature in ("V3", "V1", "V4")
    for mode in ("sync", "async")
    for what in ("Encrypt and Decrypt", "refused without its token")
)

INSTANCE_STEPS = (
    "Encrypt",
    "Decrypt",
    "Encrypt with Aad",
    "GenerateDataKey",
    "GenerateRandom",
    "401 SignatureNotMatch",
    "404 Forbidden.KeyNotFound",
    "404 Unauthorized",
    "409 Rejected.Disabled",
    "500 InternalFailure",
)

INSTANCE_EVERY_STEPS = (
    "AdvanceEncrypt",
    "AdvanceDecrypt",
    "AdvanceGenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "AdvanceGenerateDataKeyPair",
    "AdvanceGenerateDataKeyPairWithoutPlaintext",
    "GetPublicKey",
    "Sign",
    "Verify",
    "Encrypt for keys of other families",
    "GetSecretValue",
    "404 Secret not found",
    "400 InvalidParameter",
    "413 too large",
)
INSTANCE_THROTTLING_STEPS = ("429 Rejected.Throttling", "throttling is retried")
TRANSFER_STEPS = (
    "openapi ciphertexts open here",
    "ciphertexts open through the openapi",
    "Encrypt",
    "Decrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "AsymmetricEncrypt and AsymmetricDecrypt",
    "AsymmetricSign and AsymmetricVerify",
    "GetPublicKey",
    "GetSecretValue",
    "404 Secret not found",
    "404 Forbidden.KeyNotFound",
    "409 Rejected.Disabled",
    "404 InvalidAccessKeyId.NotFound",
)
#: The two layouts of one SDK: what the older one made must open with the newer one, and the other way round.
TRANSFER_BOTH_STEPS = (
    *TRANSFER_STEPS,
    "old ciphertext opens with the new version",
    "new ciphertext opens with the old",
)
KMS_SDK_STEPS = (
    "CreateKey",
    "DescribeKey",
    "Encrypt and Decrypt",
    "AdvanceEncrypt and AdvanceDecrypt",
    "ScheduleKeyDeletion",
    "409 Rejected.PendingDeletion",
)
SECRETS_STEPS = ("GetSecretValue", "404 Secret not found", "404 InvalidAccessKeyId.NotFound")

#: What the clients of the secrets API do, one operation a step.
CSMS_STEPS = (
    "create_secret_event", "show_secret_event", "update_secret_event", "list_secret_events",
    "create_secret", "show_secret", "update_secret", "list_secrets", "batch_import_secrets",
    "create_secret_version", "show_secret_version", "list_secret_versions", "update_version",
    "update_secret_stage", "show_secret_stage", "delete_secret_stage",
    "create_secret_tag", "batch_create_or_delete_tags", "list_secret_tags", "list_project_secrets_tags",
    "list_resource_instances", "delete_secret_tag",
    "create_grants", "update_grant", "list_grants", "delete_grant",
    "rotate_secret", "list_secret_task", "list_notification_records",
    "generate_random_password", "check_secrets", "update_secrets_config", "show_secrets_config",
    "create_agency", "show_agency", "show_secret_function_templates",
    "list_users", "show_user_detail", "update_user_password",
    "delete_secret_for_schedule", "restore_secret", "download_secret_blob", "delete_secret", "upload_secret_blob",
    "delete_secret_event",
)  # fmt: skip
OPENAPI_SECRETS_STEPS = (
    "CreateSecret", "GetSecretValue", "PutSecretValue", "ListSecretVersionIds", "UpdateSecretVersionStage",
    "BatchGetSecretValue", "DescribeSecret", "ListSecrets", "UpdateSecret", "SetSecretPolicy", "GetSecretPolicy",
    "GetRandomPassword", "RotateSecret", "UpdateSecretRotationPolicy", "DeleteSecret", "RestoreSecret",
)  # fmt: skip
ENVIRON_STEPS = ("get", "get_json", "load_env")
CACHE_STEPS = ("GetSecretValue", "refresh after a new version", "404 Forbidden.ResourceNotFound")

_HUAWEI_STEPS = (
    "create-key",
    "describe-key",
    "list-keys",
    "disable-key",
    "400 KMS.0209",
    "enable-key",
    "encrypt-data",
    "decrypt-data",
    "create-datakey",
    "create-datakey-without-plaintext",
    "gen-random",
    "schedule-key-deletion",
    "cancel-key-deletion",
    "400 KMS.0205",
    "400 KMS.1104",
    "400 KMS.1401",
    "400 KMS.1501",
    "404 KMS.0207",
)
HUAWEI_STEPS = (*_HUAWEI_STEPS, "403 KMS.0302")
HUAWEI_LOOKUP_STEPS = (
    "project lookup",
    "region from the environment",
    "encrypt-data with STS",
    "HTTPS with the CA file",
)
OTC_STEPS = (
    "password token",
    "versions at the root",
    *_HUAWEI_STEPS,
    "token re-scoped",
    "HTTPS with the CA file",
    "401 wrong password",
)


#: huaweicloudsdkkms: each of its 75 operations, in an order that lets later ones use what earlier ones made.
HUAWEI_EVERY_STEPS = (
    "show_versions",
    "show_version",
    "create_key",
    "list_key_detail",
    "list_keys",
    "update_key_alias",
    "update_key_description",
    "disable_key",
    "enable_key",
    "create_alias",
    "list_aliases",
    "associate_alias",
    "delete_alias",
    "create_random",
    "encrypt_data",
    "decrypt_data",
    "re_encrypt",
    "create_datakey",
    "create_datakey_without_plaintext",
    "encrypt_datakey",
    "decrypt_datakey",
    "create_rsa_datakey_pair",
    "create_ec_datakey_pair",
    "sign",
    "validate_signature",
    "show_public_key",
    "generate_mac",
    "verify_mac",
    "derive_shared_secret",
    "create_kms_tag",
    "batch_create_kms_tags",
    "show_kms_tags",
    "list_kms_tags",
    "list_kms_by_tags",
    "delete_tag",
    "create_parameters_for_import",
    "import_key_material",
    "delete_imported_key_material",
    "enable_key_rotation",
    "update_key_rotation_interval",
    "show_key_rotation_status",
    "disable_key_rotation",
    "rotate_on_demand",
    "create_grant",
    "list_grants",
    "list_retirable_grants",
    "cancel_self_grant",
    "cancel_grant",
    "show_user_quotas",
    "show_user_instances",
    "create_key_store",
    "list_key_stores",
    "show_key_store",
    "disable_key_store",
    "enable_key_store",
    "delete_key_store",
    "create_pin",
    "list_support_regions",
    "replicate_key",
    "update_primary_region",
    "create_access_point",
    "download_access_point_private_key",
    "list_access_point",
    "disable_access_point",
    "enable_access_point",
    "create_key_policy",
    "show_key_policy",
    "update_key_policy",
    "list_key_policy",
    "create_datakey_capsule",
    "decrypt_datakey_capsule",
    "delete_key_policy",
    "delete_access_point",
    "delete_key",
    "cancel_key_deletion",
)


OTC_EVERY_STEPS = (
    *("create_key", "get_key", "find_key", "keys", "disable_key", "enable_key", "create_datakey"),
    *("create_datakey_wo_plain", "encrypt_datakey", "decrypt_datakey", "generate_random", "get_instance_number"),
    *("quotas", "schedule_key_deletion", "cancel_key_deletion", "session asks for another token"),
)
OTC_CLI_STEPS = tuple(
    f"kms {words}"
    for words in ("cmk create", "cmk list", "cmk show", "cmk disable", "cmk enable", "cmk delete",
                  "cmk cancel delete", "quota list")
)  # fmt: skip


@dataclass(frozen=True)
class Client:
    """One way of using one SDK. ``environment`` names its requirements, ``script`` its client script."""

    name: str
    environment: str
    script: str
    steps: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    #: How this client is called in the crossing table; empty when it takes no part.
    crossing: str = ""


_TEA, _TEA_NAME = "alibaba_openapi_tea.py", "alibabacloud-kms20160120"
_OLD_NAME = "aliyun-python-sdk-kms"
_GCS, _GCS_NAME = "alibaba_instance_gcs.py", "alibabacloud-dkms-gcs"
_HUAWEI, _HUAWEI_NAME = "huawei_sdk.py", "huaweicloudsdkkms"


def _tea(signature: str, mode: str, crossing: str = "") -> Client:
    options = {"signature": signature, "mode": mode}
    steps = (*OPENAPI_STEPS, "HTTPS with the CA file") if mode == "sync" and signature == "V3" else OPENAPI_STEPS
    return Client(f"{_TEA_NAME} {signature} {mode}", "alibaba-openapi", _TEA, steps, options, crossing)


def _manage(sdk: str) -> Client:
    name, steps = (f"{_TEA_NAME} {sdk}", MANAGE_STEPS) if sdk != "legacy" else (_OLD_NAME, MANAGE_LEGACY_STEPS)
    return Client(f"{name} management", "alibaba-openapi", "alibaba_openapi_manage.py", steps, {"sdk": sdk})


def _secrets(signature: str) -> Client:
    options = {"signature": signature}
    script = "alibaba_openapi_secrets.py"
    return Client(f"{_TEA_NAME} {signature} secrets", "alibaba-openapi", script, OPENAPI_SECRETS_STEPS, options)


def _every_key(sdk: str, mode: str = "sync", who: str = "AK") -> Client:
    legacy = sdk == "legacy"
    name = f"{_OLD_NAME} every key operation" if legacy else f"{_TEA_NAME} {sdk} {mode} {who} every key operation"
    steps = EVERY_LEGACY_STEPS if legacy else EVERY_NEW_STEPS
    options = {"sdk": sdk, "mode": mode, "who": who}
    return Client(name, "alibaba-openapi", "alibaba_openapi_every.py", steps, options)


def _gcs(scheme: str, mode: str, crossing: str = "") -> Client:
    options = {"scheme": scheme, "mode": mode}
    return Client(f"{_GCS_NAME} {scheme} {mode}", "alibaba-instance", _GCS, INSTANCE_STEPS, options, crossing)


_EVERY = "alibaba_instance_every.py"
_KMS_SDK, _KMS_SDK_NAME = "alibaba_kms_sdk.py", "alibabacloud-kms-python-sdk"
_TRANSFER, _TRANSFER_NAME = "alibaba_transfer.py", "alibabacloud-dkms-transfer-python"
_SECRETS, _SECRETS_NAME = "alibaba_secrets.py", "aliyun-secret-manager-client"
_BOTH = ("https", "http")


def _every(scheme: str, mode: str, crossing: str = "") -> Client:
    options = {"scheme": scheme, "mode": mode}
    steps = INSTANCE_EVERY_STEPS + (INSTANCE_THROTTLING_STEPS if mode == "sync" else ())
    return Client(f"{_GCS_NAME} the rest, {scheme} {mode}", "alibaba-instance", _EVERY, steps, options, crossing)


def _over(name: str, environment: str, script: str, steps: tuple[str, ...], crossing: str = "") -> tuple[Client, ...]:
    """One client over https, which takes part in the crossing, and one over http."""
    return tuple(
        Client(f"{name} {scheme}", environment, script, steps, {"scheme": scheme}, crossing * (scheme == "https"))
        for scheme in _BOTH
    )


#: Everything that speaks the Instance API besides the first steps of its own SDK.
INSTANCE_CLIENTS = (
    _every("https", "sync", crossing="Alibaba Instance Advance"),
    _every("https", "async"),
    _every("http", "sync"),
    _every("http", "async"),
    Client(f"{_KMS_SDK_NAME} Client", "alibaba-kms-sdk", _KMS_SDK, KMS_SDK_STEPS, {"scheme": "https"}),
    *_over(
        f"{_KMS_SDK_NAME} TransferClient",
        "alibaba-kms-sdk",
        "alibaba_kms_transfer.py",
        TRANSFER_BOTH_STEPS,
        "Alibaba transfer",
    ),
    *_over(_TRANSFER_NAME, "alibaba-transfer", _TRANSFER, TRANSFER_STEPS, "Alibaba legacy transfer"),
    *_over(_SECRETS_NAME, "alibaba-secrets", _SECRETS, SECRETS_STEPS),
)

CLIENTS = (
    _tea("V3", "sync", crossing="Alibaba OpenAPI"),
    _tea("V3", "async"),
    _tea("V1", "sync"),
    _tea("V1", "async"),
    _tea("V4", "sync"),
    _tea("V4", "async"),
    Client(f"{_TEA_NAME} STS", "alibaba-openapi", "alibaba_openapi_sts.py", STS_STEPS),
    Client(
        "aliyun-python-sdk-kms",
        "alibaba-openapi",
        "alibaba_openapi_legacy.py",
        LEGACY_STEPS,
        crossing="Alibaba OpenAPI legacy",
    ),
    *(_manage(sdk) for sdk in ("V3", "V1", "V4", "legacy")),
    *(_secrets(signature) for signature in ("V3", "V1", "V4")),
    *(_every_key(sdk, mode, who) for who in ("AK", "STS") for mode in ("sync", "async") for sdk in ("V3", "V1", "V4")),
    _every_key("legacy"),
    Client("oss2 and nacos-sdk-python", "alibaba-apps", "alibaba_apps.py", APPS_STEPS),
    _gcs("https", "sync", crossing="Alibaba Instance"),
    _gcs("http", "sync"),
    _gcs("http", "async"),
    *INSTANCE_CLIENTS,
    Client(f"{_HUAWEI_NAME} sync", "huawei", _HUAWEI, HUAWEI_STEPS, {"mode": "sync"}, crossing="Huawei"),
    Client(f"{_HUAWEI_NAME} async", "huawei", _HUAWEI, HUAWEI_STEPS, {"mode": "async"}),
    Client(f"{_HUAWEI_NAME} set-up", "huawei", "huawei_setup.py", HUAWEI_LOOKUP_STEPS),
    Client("huaweicloudsdkcsms sync", "huawei-secrets", "huawei_csms.py", CSMS_STEPS, {"mode": "sync"}),
    Client("huaweicloudsdkcsms async", "huawei-secrets", "huawei_csms.py", CSMS_STEPS, {"mode": "async"}),
    Client("huaweicloud-csms-environ", "huawei-secrets", "huawei_csms.py", ENVIRON_STEPS, {"mode": "environ"}),
    Client("alibabacloud-secretsmanager-client-v2", "alibaba-secrets-v2", "alibaba_secrets_v2.py", CACHE_STEPS),
    *(
        Client(f"{_HUAWEI_NAME} every {mode}", "huawei", "huawei_every.py", HUAWEI_EVERY_STEPS, {"mode": mode})
        for mode in ("sync", "async")
    ),
    Client("otcextensions", "otc", "otc_sdk.py", OTC_STEPS, crossing="Open Telekom Cloud"),
    Client("otcextensions every", "otc", "otc_every.py", OTC_EVERY_STEPS),
    Client("openstack command line", "otc-cli", "otc_cli.py", OTC_CLI_STEPS),
)
#: Opener and sealers whose ciphertexts it cannot send: it takes the first 36 bytes of whatever it gets for a version.
CANNOT_OPEN = {"Alibaba legacy transfer": frozenset({"Alibaba Instance Advance", "Huawei", "Open Telekom Cloud"})}
CROSSING = tuple(client for client in CLIENTS if client.crossing)
#: Makes the keys that the Instance API, which cannot create any, is used with.
KEY_MAKER = CLIENTS[0]
#: Whose clients need the keys made first.
KEYS_NEEDED = frozenset({"alibaba-instance", "alibaba-kms-sdk", "alibaba-transfer", "alibaba-secrets"})
#: Whose clients only read, or speak an API that another client stands for already: they take no part in the crossing.
ENCRYPTS_NOTHING = frozenset({"alibaba-secrets", "alibaba-secrets-v2", "alibaba-apps", "huawei-secrets", "otc-cli"})


def client_named(name: str) -> Client:
    """The client of that name. Raises ``LookupError``."""
    for client in CLIENTS:
        if client.name == name:
            return client
    msg = f"no client {name!r}; there are {', '.join(each.name for each in CLIENTS)}"
    raise LookupError(msg)


def steps_of(client: Client, phase: str) -> tuple[str, ...]:
    """What ``client`` must report in ``phase`` (keys, seal, operations, open), in order."""
    if phase == "operations":
        return client.steps
    if phase == "keys":
        return ("keys for the Instance API",) if client is KEY_MAKER else ()
    if not client.crossing:
        return ()
    if phase == "seal":
        return ("seal for the crossing",)
    return tuple(open_step(sealer) for sealer in sealers_for(client))


def sealers_for(opener: Client) -> tuple[Client, ...]:
    """Whose ciphertexts ``opener`` opens: those of all others that it can send."""
    never = CANNOT_OPEN.get(opener.crossing, frozenset())
    return tuple(sealer for sealer in CROSSING if sealer is not opener and sealer.crossing not in never)


def open_step(sealer: Client) -> str:
    """The name of the step in which a client opens what ``sealer`` sealed."""
    return f"open from {sealer.crossing}"


def method_name(step: str) -> str:
    """The driver method of ``step``; a step that starts with a status is a refusal."""
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", step)
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return f"refused_{name}" if name[0].isdigit() else name
