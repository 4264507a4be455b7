"""The steps of instances, access points, key policies and the account, the same for both OpenAPI SDKs.

One method a step, in the order of the plan; each makes what the later ones use. ``call`` checks on the way that no
field of the SDK's response model is left empty.
"""

from __future__ import annotations

import base64
import json
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from client_script import Refusal, expect, expect_true, from_base64
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from openapi_steps import OpenApiSteps

KEY_USER = "RbacPermission/Template/CryptoServiceKeyUser"
SECRET_USER = "RbacPermission/Template/CryptoServiceSecretUser"
PASSWORD = "Steps-2026"
PLACE = {"VpcId": "vpc-steps", "VSwitchIds": '["vsw-1","vsw-2"]', "ZoneIds": '["zone-a","zone-b"]'}
NO_RESOURCE = Refusal(404, "Forbidden.ResourceNotFound", "The resource is not found.")
NO_INSTANCE = Refusal(404, "Forbidden.DKMSInstanceNotFound", "The specified DKMS Instance is not found.")
NO_CERTIFICATE = Refusal(404, "Certificate.NotFound", "The specified certificate is not found.")
NOT_ACTIVE = Refusal(409, "Rejected.CertificateNotActive", "The certificate state does not allow this operation.")
OPENED = Refusal(400, "Forbidden.Opened", "Your kms service has been opened.")
#: Fields of an instance that are truly empty here: it has no end, and nothing was said about its protection.
EMPTY = {"EndDate", "DeletionProtectionDescription"}


class ManageSteps(OpenApiSteps):
    """One run on an instance, a rule, a policy and an access point of its own."""

    name = ""
    instance_id = ""
    client_key_id = ""

    def full(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call, and demand that every field of the response model is filled."""
        answer = self.call(operation, **parameters)
        expect(self.blanks(), [], f"empty fields of {operation}")
        return answer

    def blanks(self) -> list[str]:
        """The fields of the last response model that are empty; none where an SDK has no models."""
        raise NotImplementedError

    def _native(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What an operator does through the native API: the OpenAPI cannot buy instances."""
        token = (Path(self.settings["client_key_file"]).parent / "operator.token").read_text().strip()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        url = f"{self.settings['http']}/bitting/v1/accounts/{self.settings['account_id']}/{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=10) as response:
            found: dict[str, Any] = json.loads(response.read())
        return found

    def _arn(self, what: str) -> str:
        return f"acs:kms:{self.settings['region']}:{self.settings['account_id']}:{what}"

    # --- instances

    def connect_kms_instance(self) -> str:
        """A bought instance opens for business."""
        self.instance_id = self._native("instances", {"name": "steps"})["instance"]["id"]
        self.call("ConnectKmsInstance", KmsInstanceId=self.instance_id, KMProvider="Aliyun", **PLACE)
        return self.instance_id

    def update_kms_instance_bind_vpc(self) -> str:
        """Further networks are kept as given."""
        network = {"VpcId": "vpc-2", "VSwitchId": "vsw-3", "RegionId": self.settings["region"], "VpcOwnerId": "1"}
        self.call("UpdateKmsInstanceBindVpc", KmsInstanceId=self.instance_id, BindVpcs=json.dumps([network]))
        found = self.call("GetKmsInstance", KmsInstanceId=self.instance_id)["KmsInstance"]
        expect(found["BindVpcs"]["BindVpc"], [network], "BindVpcs")
        return "vpc-2"

    def get_kms_instance(self) -> str:
        """Everything about the instance, its certificate authority being the file clients trust."""
        found = self.full("GetKmsInstance", KmsInstanceId=self.instance_id)["KmsInstance"]
        expect((found["Status"], found["InstanceName"], found["VpcId"]), ("Connected", "steps", "vpc-steps"), "facts")
        expect((found["VswitchIds"], found["ZoneIds"]), (["vsw-1", "vsw-2"], ["zone-a", "zone-b"]), "places")
        expect(found["CaCertificateChainPem"], Path(self.settings["ca_cert"]).read_text(), "CaCertificateChainPem")
        empty = {name for name, value in found.items() if value in (None, "", [], {})}
        expect(empty - EMPTY, set(), "empty fields of KmsInstance")
        return str(found["Status"])

    def list_kms_instances(self) -> str:
        """The instance is listed with its ARN."""
        rows = self.full("ListKmsInstances", PageNumber=1, PageSize=100)["KmsInstances"]["KmsInstance"]
        wanted = {"KmsInstanceId": self.instance_id, "KmsInstanceArn": self._arn(f"keystore/{self.instance_id}")}
        expect(rows.count(wanted), 1, "the instance in the list")
        return f"{len(rows)} instances"

    def get_default_kms_instance(self) -> str:
        """The first instance is the default one."""
        found = self.full("GetDefaultKmsInstance")["DefaultKmsInstanceId"]
        expect(found, self.settings["kms_instance_id"], "DefaultKmsInstanceId")
        return str(found)

    def get_kms_instance_quota_infos(self) -> str:
        """Quotas of every kind; a key made in the instance counts."""
        self.call("CreateKey", DKMSInstanceId=self.instance_id)
        found = self.full("GetKmsInstanceQuotaInfos", KmsInstanceId=self.instance_id)["KmsInstanceQuotaInfos"]
        used = {row["ResourceType"]: row["UsedQuantity"] for row in found}
        expect((used["key"], used["secret"], used["vpc"]), (1, 0, 2), "UsedQuantity")
        return ", ".join(used)

    def release_kms_instance(self) -> str:
        """A released instance is gone, and its keys with it."""
        self.call("ReleaseKmsInstance", KmsInstanceId=self.instance_id, ForceDeleteWithoutBackup="true")
        with self.refused(NO_INSTANCE):
            self.call("GetKmsInstance", KmsInstanceId=self.instance_id)
        return str(NO_INSTANCE)

    # --- access

    def create_network_rule(self) -> str:
        """Everywhere is a network, too: the steps' client key is used from where the steps run."""
        self.name = f"steps-{uuid.uuid4()}"
        sources = '["0.0.0.0/0","::/0"]'
        given = {"Name": self.name, "Type": "Private", "SourcePrivateIp": sources, "Description": "d"}
        made = self.full("CreateNetworkRule", **given)
        expect({name: made[name] for name in given}, given, "what was given")
        expect(made["Arn"], self._arn(f"network/{self.name}"), "Arn")
        return self.name

    def describe_network_rule(self) -> str:
        """As it was made."""
        return str(self.full("DescribeNetworkRule", Name=self.name)["SourcePrivateIp"])

    def update_network_rule(self) -> str:
        """The description changes, the sources stay."""
        before = self.call("DescribeNetworkRule", Name=self.name)["SourcePrivateIp"]
        self.call("UpdateNetworkRule", Name=self.name, Description="e")
        found = self.call("DescribeNetworkRule", Name=self.name)
        expect((found["Description"], found["SourcePrivateIp"]), ("e", before), "the rule")
        return "e"

    def _listed(self, operation: str, wrapper: str, **more: str) -> str:
        many, one = wrapper.split("/")
        rows = self.full(operation, PageNumber=1, PageSize=100)[many][one]
        expect(rows.count({"Name": self.name, **more}), 1, "in the list")
        return f"{len(rows)} listed"

    def list_network_rules(self) -> str:
        """Listed once."""
        return self._listed("ListNetworkRules", "NetworkRules/NetworkRule", Type="Private")

    def create_policy(self) -> str:
        """A policy of the default instance for every key."""
        rules = json.dumps({"NetworkRules": [self.name]}, separators=(",", ":"))
        given = {
            "Name": self.name,
            "KmsInstance": self.settings["kms_instance_id"],
            "Permissions": json.dumps([KEY_USER]),
            "Resources": '["key/*"]',
            "AccessControlRules": rules,
            "Description": "d",
        }
        made = self.full("CreatePolicy", **given)
        expect({name: made[name] for name in given}, given, "what was given")
        expect(made["Arn"], self._arn(f"policy/{self.name}"), "Arn")
        return self.name

    def describe_policy(self) -> str:
        """Lists are lists here."""
        found = self.full("DescribePolicy", Name=self.name)
        expect((found["Permissions"], found["Resources"]), ([KEY_USER], ["key/*"]), "lists")
        return "lists"

    def update_policy(self) -> str:
        """More permissions."""
        self.call("UpdatePolicy", Name=self.name, Permissions=json.dumps([KEY_USER, SECRET_USER]))
        expect(self.call("DescribePolicy", Name=self.name)["Permissions"], [KEY_USER, SECRET_USER], "Permissions")
        return "two permissions"

    def list_policies(self) -> str:
        """Listed once."""
        return self._listed("ListPolicies", "Policies/Policy")

    def create_application_access_point(self) -> str:
        """An access point with the policy."""
        policies = json.dumps([self.name])
        given = {"Name": self.name, "AuthenticationMethod": "ClientKey", "Policies": policies, "Description": "d"}
        made = self.full("CreateApplicationAccessPoint", **given)
        expect({name: made[name] for name in given}, given, "what was given")
        return self.name

    def describe_application_access_point(self) -> str:
        """As it was made."""
        found = self.full("DescribeApplicationAccessPoint", Name=self.name)
        expect(found["Arn"], self._arn(f"applicationaccesspoint/{self.name}"), "Arn")
        return str(found["Policies"])

    def update_application_access_point(self) -> str:
        """The description changes."""
        self.call("UpdateApplicationAccessPoint", Name=self.name, Description="e")
        expect(self.call("DescribeApplicationAccessPoint", Name=self.name)["Description"], "e", "Description")
        return "e"

    def list_application_access_points(self) -> str:
        """Listed once."""
        wrapper = "ApplicationAccessPoints/ApplicationAccessPoint"
        return self._listed("ListApplicationAccessPoints", wrapper, AuthenticationMethod="ClientKey")

    def create_client_key(self) -> str:
        """The private key comes as PKCS #12, once."""
        made = self.full("CreateClientKey", AapName=self.name, Password=PASSWORD)
        expect_true(base64.b64decode(made["PrivateKeyData"])[:1] == b"\x30", "PrivateKeyData is DER")
        expect(made["KeyAlgorithm"], "RSA_2048", "KeyAlgorithm")
        self.client_key_id = made["ClientKeyId"]
        return self.client_key_id

    def get_client_key(self) -> str:
        """The public half, as a certificate."""
        found = self.full("GetClientKey", ClientKeyId=self.client_key_id)
        expect((found["AapName"], found["KeyOrigin"]), (self.name, "KMS_PROVIDED"), "facts")
        expect_true(found["PublicKeyData"].startswith("-----BEGIN CERTIFICATE-----"), "PublicKeyData is a certificate")
        return str(found["NotAfter"])

    def list_client_keys(self) -> str:
        """A bare list."""
        rows = self.full("ListClientKeys", AapName=self.name)["ClientKeys"]
        expect([row["ClientKeyId"] for row in rows], [self.client_key_id], "ClientKeys")
        expect_true(all(rows[0].values()), "no field is empty")
        return "one"

    def delete_client_key(self) -> str:
        """Gone at once."""
        self.call("DeleteClientKey", ClientKeyId=self.client_key_id)
        with self.refused(NO_RESOURCE):
            self.call("GetClientKey", ClientKeyId=self.client_key_id)
        return str(NO_RESOURCE)

    def _delete(self, what: str) -> str:
        self.call(f"Delete{what}", Name=self.name)
        with self.refused(NO_RESOURCE):
            self.call(f"Describe{what}", Name=self.name)
        return str(NO_RESOURCE)

    def delete_application_access_point(self) -> str:
        """Gone at once."""
        return self._delete("ApplicationAccessPoint")

    def delete_policy(self) -> str:
        """Gone at once."""
        return self._delete("Policy")

    def delete_network_rule(self) -> str:
        """Gone at once."""
        return self._delete("NetworkRule")

    # --- key policies and users

    def set_key_policy(self) -> str:
        """A user without any right may use the one key whose policy says so."""
        name = f"u{uuid.uuid4().hex[:12]}"
        self._native("users", {"name": name})
        made = self._native("access-keys", {"user_name": name})["access_key"]
        other = self.unknown_key(made["id"], made["secret"])
        key = self.own_key() if self.key_id else self.new_key()
        self.key_id = key
        try:
            other.call("Encrypt", KeyId=key, Plaintext="eA==")
        except Exception as error:  # noqa: BLE001 - each SDK raises its own
            expect(self.facts(error).code, "Forbidden.NoPermission", "code without a policy")
        else:
            expect("a ciphertext", "a refusal", "Encrypt without a policy")
        principal = {"RAM": [f"acs:ram::{self.settings['account_id']}:user/{name}"]}
        statement = {"Effect": "Allow", "Principal": principal, "Action": ["kms:Encrypt"], "Resource": ["*"]}
        policy = json.dumps({"Version": "1", "Statement": [statement]})
        self.call("SetKeyPolicy", KeyId=key, PolicyName="default", Policy=policy)
        expect(self.full("GetKeyPolicy", KeyId=key)["Policy"], policy, "Policy")
        expect(other.call("Encrypt", KeyId=key, Plaintext="eA==")["KeyId"], key, "Encrypt by policy")
        return name

    def get_key_policy(self) -> str:
        """A key without a policy says the default one."""
        found = json.loads(self.full("GetKeyPolicy", KeyId=self.new_key(), PolicyName="default")["Policy"])
        expect(found["Version"], "1", "Version")
        return "default"

    # --- managed data keys and challenges

    def get_managed_data_key(self) -> str:
        """An operator makes it; its versions differ."""
        self.name = self.name or f"steps-{uuid.uuid4()}"
        key = self.new_key()
        for _ in range(2):
            self._native("data-keys", {"name": self.name, "key_id": key})
        first = self.full("GetManagedDataKey", DataKeyName=self.name)
        latest = self.full("GetManagedDataKey", DataKeyName=self.name, UseLatest=True)
        expect((first["DataKeyVersionId"], latest["DataKeyVersionId"]), ("1", "2"), "DataKeyVersionId")
        expect(len(from_base64(first["Plaintext"])), 32, "length of Plaintext")
        expect_true(first["Plaintext"] != latest["Plaintext"], "versions differ")
        return str(latest["DataKeyVersionName"])

    def list_managed_data_key_versions(self) -> str:
        """Both versions."""
        found = self.full("ListManagedDataKeyVersions", DataKeyName=self.name)
        rows = found["ManagedDataKeyVersions"]["ManagedDataKeyVersion"]
        expect([row["DataKeyVersionId"] for row in rows], ["1", "2"], "versions")
        return "1, 2"

    def get_challenge(self) -> str:
        """A nonce and its token."""
        return f"{len(from_base64(self.full('GetChallenge')['Nonce']))} bytes"

    # --- the account

    def open_kms_service(self) -> str:
        """The account has the service already."""
        with self.refused(OPENED):
            self.call("OpenKmsService")
        return str(OPENED)

    def describe_account_kms_status(self) -> str:
        """Enabled."""
        return str(self.full("DescribeAccountKmsStatus")["AccountStatus"])

    def describe_regions(self) -> str:
        """This server's region."""
        regions = self.full("DescribeRegions")["Regions"]["Region"]
        expect(regions, [{"RegionId": self.settings["region"]}], "Regions")
        return self.settings["region"]


class CertificateSteps(ManageSteps):
    """The ten operations of the certificates manager; the certificate authority is made by the steps themselves."""

    certificate_id = ""
    request = ""
    certificate = ""

    def create_certificate(self) -> str:
        """A key pair and a request that its key has signed."""
        subject = "CN=steps.example.com,C=CN,O=Steps,OU=SDK"
        made = self.call("CreateCertificate", KeySpec="RSA_2048", Subject=subject)
        loaded = x509.load_pem_x509_csr(made["Csr"].encode())
        expect_true(loaded.is_signature_valid, "the request's signature fits")
        expect(made["Arn"], self._arn(f"certificate/{made['CertificateId']}"), "Arn")
        self.certificate_id, self.request = made["CertificateId"], made["Csr"]
        return self.certificate_id

    def upload_certificate(self) -> str:
        """The certificate that an authority issued for it."""
        self.certificate, chain = _issue(self.request)
        given = {"Certificate": self.certificate, "CertificateChain": chain}
        self.call("UploadCertificate", CertificateId=self.certificate_id, **given)
        found = self.call("GetCertificate", CertificateId=self.certificate_id)
        expect({name: found[name] for name in given}, given, "what was uploaded")
        return "uploaded"

    def get_certificate(self) -> str:
        """Request, certificate and chain."""
        found = self.call("GetCertificate", CertificateId=self.certificate_id)
        expect(found["Csr"], self.request, "Csr")
        return "as uploaded"

    def describe_certificate(self) -> str:
        """No field is empty but those nothing was said about."""
        found = self.call("DescribeCertificate", CertificateId=self.certificate_id)
        empty = {name for name, value in found.items() if value in (None, "", [], {})}
        expect(empty, {"SubjectAlternativeNames", "Tags"}, "empty fields")
        expect((found["Status"], found["Issuer"]), ("ACTIVE", "CN=steps root"), "Status and Issuer")
        return str(found["Serial"])

    def certificate_private_key_sign(self) -> str:
        """A signature that the certificate verifies."""
        given = {"MessageType": "RAW", "Message": "bWVzc2FnZQ==", "Algorithm": "RSA_PKCS1_SHA_256"}
        signed = self.call("CertificatePrivateKeySign", CertificateId=self.certificate_id, **given)
        signature = from_base64(signed["SignatureValue"])
        public: Any = x509.load_pem_x509_certificate(self.certificate.encode()).public_key()
        public.verify(signature, b"message", PKCS1v15(), SHA256())
        return f"{len(signature)} bytes"

    def certificate_public_key_verify(self) -> str:
        """True for a signature by its key, false for another."""
        given = {"MessageType": "RAW", "Message": "bWVzc2FnZQ==", "Algorithm": "RSA_PKCS1_SHA_256"}
        signed = self.call("CertificatePrivateKeySign", CertificateId=self.certificate_id, **given)["SignatureValue"]
        for message, valid in (("bWVzc2FnZQ==", True), ("b3RoZXI=", False)):
            check = {**given, "Message": message, "SignatureValue": signed}
            found = self.call("CertificatePublicKeyVerify", CertificateId=self.certificate_id, **check)
            expect(found["SignatureValid"], valid, "SignatureValid")
        return "true and false"

    def certificate_public_key_encrypt(self) -> str:
        """A ciphertext that the private key opens."""
        algorithm = "RSAES_OAEP_SHA_256"
        one = {"CertificateId": self.certificate_id, "Algorithm": algorithm}
        sealed = self.call("CertificatePublicKeyEncrypt", Plaintext="aGVsbG8=", **one)["CiphertextBlob"]
        opened = self.call("CertificatePrivateKeyDecrypt", CiphertextBlob=sealed, **one)
        expect(opened["Plaintext"], "aGVsbG8=", "Plaintext")
        return "opened again"

    certificate_private_key_decrypt = certificate_public_key_encrypt

    def update_certificate_status(self) -> str:
        """A revoked certificate does not sign."""
        self.call("UpdateCertificateStatus", CertificateId=self.certificate_id, Status="REVOKED")
        expect(self.call("DescribeCertificate", CertificateId=self.certificate_id)["Status"], "REVOKED", "Status")
        given = {"MessageType": "RAW", "Message": "eA==", "Algorithm": "RSA_PKCS1_SHA_256"}
        with self.refused(NOT_ACTIVE):
            self.call("CertificatePrivateKeySign", CertificateId=self.certificate_id, **given)
        return str(NOT_ACTIVE)

    def delete_certificate(self) -> str:
        """Gone at once."""
        self.call("DeleteCertificate", CertificateId=self.certificate_id)
        with self.refused(NO_CERTIFICATE):
            self.call("DescribeCertificate", CertificateId=self.certificate_id)
        return str(NO_CERTIFICATE)


def _issue(request: str) -> tuple[str, str]:
    """A certificate for a request, and the root that issued it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "steps root")]),
    )
    loaded, now = x509.load_pem_x509_csr(request.encode()), datetime.now(UTC)

    def sign(subject: x509.Name, public: Any) -> str:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now)
        made = builder.not_valid_after(now + timedelta(days=30)).sign(key, SHA256())
        return made.public_bytes(Encoding.PEM).decode()

    return sign(loaded.subject, loaded.public_key()), sign(name, key.public_key())
