"""A world in memory, and everybody who may ask: the matrix's columns.

::

    OWNER, ALLOWED                                    must not meet a refusal of access
    NO_RIGHT, OTHER_KEY                               users who may nothing, or only act on another key
    OTHER_ACCOUNT, WALLED                             administrators of another account, of a walled project
    EXPIRED, DISABLED                                 the owner's rights with a credential that is no longer good
    WRONG_NETWORK                                     allowed by statements, denied by the key's policy at this address
    REVOKED                                           had a grant on the key that is taken back
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from alibaba_instance.conftest import Client, ClientKeyFile
from alibaba_openapi.signer import Signer as OpenApiSigner
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from huawei.sdk_signer import Signer as SdkSigner

from bitting.core.authz.resource_policies import Policy, Rule, pack
from bitting.core.model.access import UserStatement
from bitting.core.model.grant import Grant
from bitting.core.model.iam import Group
from bitting.core.model.identity import (
    AccessKey,
    AccessPolicy,
    Account,
    AccountState,
    ApplicationAccessPoint,
    ClientKey,
    NetworkRule,
    Project,
    User,
)
from bitting.core.model.key import Key
from bitting.core.model.service import Operator
from bitting.core.usecases.iam.accounts import add_access_key, add_client_key
from bitting.core.usecases.iam.credentials import token_digest
from bitting.dialects.alibaba_instance.dialect import AlibabaInstance
from bitting.dialects.base.http import Request, Response
from bitting.dialects.registry import DIALECTS, DialectPorts

from .values import message, rest, values_of

OWNER, ALLOWED, NO_RIGHT, OTHER_KEY, OTHER_ACCOUNT = "owner", "allowed", "no right", "other key", "other account"
WALLED, EXPIRED, DISABLED, WRONG_NETWORK, REVOKED = "walled", "expired", "disabled", "wrong network", "revoked grant"
FORBIDDEN = (NO_RIGHT, OTHER_KEY, OTHER_ACCOUNT, WALLED, EXPIRED, DISABLED, WRONG_NETWORK, REVOKED)
PERSONAS = (*FORBIDDEN, ALLOWED, OWNER)
MARK = b"mark-of-the-world"
TOKEN = "operator-token-of-the-matrix"
TEMPLATE = "RbacPermission/Template/CryptoService"


class World:
    """One runtime with records of every sort, and credentials of everybody. ``done``: the last request was done."""

    done = False

    def __init__(self, runtime: Any, rsa: RSAPrivateKey) -> None:
        self.runtime, self.rsa, self.founded = runtime, rsa, runtime.founded
        ports = DialectPorts(runtime.vault, runtime.clock, runtime.gate.region, "-- chain --")
        self.dialects = {entry.name: entry.build(ports) for entry in DIALECTS if entry.build is not None}
        self.credentials: dict[str, tuple[str, str]] = {OWNER: (self.founded.access_key_id, self.founded.secret)}
        self.clients: dict[str, Client] = {}
        self.users: dict[str, User] = {}
        self.walled = Project("c" * 32, self.founded.account.id, "walled", "huawei", runtime.entropy.uuid(), 0)
        self.walled_otc = replace(self.walled, id="d" * 32, name="walled-otc", profile="otc")
        self._people()
        self.names = self._things()
        self._instance_clients()
        self._grant_and_revoke()

    def put(self, *records: Any) -> None:
        """Add records, or change them."""
        with self.runtime.store.begin(write=True) as uow:
            for record in records:
                held = uow.of(type(record))
                (held.put if held.get(record.id) else held.add)(record)

    def _person(self, name: str, account: str = "", **fields: Any) -> User:
        user_id = self.runtime.entropy.random(16).hex()
        user = replace(self.founded.user, id=user_id, name=name, account_id=account or self.founded.account.id)
        user = replace(user, admin=False, **fields)
        self.put(user)
        return user

    def _key_for(self, persona: str, user: User, **fields: Any) -> None:
        with self.runtime.store.begin(write=True) as uow:
            made = add_access_key(uow, self.runtime.vault, 0, user.account_id, user.id)
            if fields:
                keys = uow.of(AccessKey)
                keys.put(replace(keys.get(made[0]), **fields))
        self.credentials[persona], self.users[persona] = made, user

    def _people(self) -> None:
        other = Account("9" * 16, "9" * 32, "another", self.runtime.entropy.uuid(), AccountState.ACTIVE, 0)
        foreign = Project("8" * 32, other.id, "cn-hangzhou", "huawei", other.ring, 0)
        self.put(other, foreign, self.walled, self.walled_otc)
        for persona in (ALLOWED, NO_RIGHT, OTHER_KEY, WRONG_NETWORK, REVOKED):
            self._key_for(persona, self._person(persona.replace(" ", "-")))
        self._key_for(OTHER_ACCOUNT, self._person("stranger", other.id))
        self.put(replace(self.users[OTHER_ACCOUNT], admin=True))
        self._key_for(EXPIRED, self.founded.user, expires_ms=1)
        self._key_for(DISABLED, self.founded.user, enabled=False)
        self._key_for(WALLED, self.founded.user, project_id=self.walled.id)
        with self.runtime.store.begin(write=True) as uow:
            uow.of(Operator).add(Operator(token_digest(TOKEN), "operator", 0))

    def openapi(self, action: str, **parameters: str) -> Any:
        """A preparation by the owner."""
        made = OpenApiSigner(*self.credentials[OWNER], self.runtime.clock.now_ms).v3(action, form=parameters)
        response = self.runtime.send(self.dialects["alibaba_openapi"], made)
        assert response.status == 200, response.body
        return json.loads(response.body)

    def _things(self) -> dict[str, Any]:
        key, other = (self.openapi("CreateKey")["KeyMetadata"] for _ in range(2))
        self.other_key = other["KeyId"]
        self.openapi("CreateSecret", SecretName="secret", SecretData="hidden", VersionId="v1")
        tags = json.dumps([{"TagKey": MARK.decode(), "TagValue": "v"}])
        self.openapi("TagResource", SecretName="secret", Tags=tags)
        self.openapi("CreateAlias", AliasName="alias/one", KeyId=key["KeyId"])
        sealed = self.openapi("Encrypt", KeyId=key["KeyId"], Plaintext="eA==")["CiphertextBlob"]
        clerk = self._person("clerk")
        self._key_for("clerk", clerk)
        group = Group("a" * 32, self.founded.account.id, "people", "", 0)
        self.put(group)
        founded, project = self.founded, self.founded.project.id
        order = {"key_id": key["KeyId"], "plain_text": "x"}
        return {
            "key": key["KeyId"], "version": key["PrimaryKeyVersion"], "secret": "secret", "secret_id": "secret",
            "user": clerk.id, "user_name": "clerk", "alias": "alias/two", "alias_of_huawei": "alias/three",
            "account": founded.account.id, "project": founded.project.id, "domain": founded.account.domain_id,
            "instance": founded.instance.id, "access_key": self.credentials["clerk"][0], "sealed": sealed,
            "keystore": "0", "role": "b" * 32, "group": group.id, "token": "no-such-token", "version_name": "v2",
            "padded": self._huawei(f"/v1.0/{project}/kms/encrypt-data", order)["cipher_text"],
            "blob": self._huawei(f"/v1/{project}/secrets/secret/backup", {})["secret_blob"],
        }  # fmt: skip

    def _huawei(self, path: str, body: Any) -> Any:
        """A preparation by the owner."""
        made = Request("POST", path, "", {"content-type": "application/json"}, json.dumps(body).encode())
        signed = SdkSigner(*self.credentials[OWNER], self.runtime.clock.now_ms).sign(made)
        answer = self.runtime.send(self.dialects["huawei"], signed)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def allow(self, persona: str, actions: tuple[str, ...], resources: tuple[str, ...]) -> None:
        """The persona's only statement from now on."""
        user = self.users[persona]
        self.put(UserStatement(f"statement-{user.id}", user.account_id, user.id, True, actions, resources, 0))

    def policy_of_key(self, action: str) -> None:
        """The key's policy denies the action to WRONG_NETWORK everywhere but in 10.0.0.0/8; empty: no policy."""
        who = f"{self.founded.account.id}/user/{self.users[WRONG_NETWORK].name}"
        rule = Rule(False, (who,), (action,), elsewhere=("10.0.0.0/8",))
        with self.runtime.store.begin(write=True) as uow:
            keys = uow.of(Key)
            keys.put(replace(keys.get(self.names["key"]), policy=pack(Policy("{}", (rule,))) if action else ""))

    def _grant_and_revoke(self) -> None:
        key = self.names["key"]
        actions = ("key:describe", "key:encrypt", "key:decrypt", "key:generate_data_key")
        account = self.founded.account
        grant = Grant(
            "e" * 64, 1, key, account.ring, account.id, "", actions, self.users[REVOKED].id, "user", "", "", 0
        )
        self.put(grant)
        made = OpenApiSigner(*self.credentials[REVOKED], self.runtime.clock.now_ms).v3("DescribeKey", {"KeyId": key})
        self.granted = self.runtime.send(self.dialects["alibaba_openapi"], made).status
        with self.runtime.store.begin(write=True) as uow:
            uow.of(Grant).remove(grant.id)

    def _instance_clients(self) -> None:
        public = self.rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        dialect = self.dialects["alibaba_instance"]
        assert isinstance(dialect, AlibabaInstance)
        both = (f"{TEMPLATE}KeyUser", f"{TEMPLATE}SecretUser")
        everything, other = ("key/*", "secret/*"), (f"key/{self.other_key}",)
        plans: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
            OWNER: (both, everything, ()), ALLOWED: (both, everything, ()), NO_RIGHT: ((), everything, ()),
            OTHER_KEY: (both, other, ()), EXPIRED: (both, everything, ()), DISABLED: (both, everything, ()),
            WRONG_NETWORK: (both, everything, ("10.0.0.0/8",)),
        }  # fmt: skip
        account = self.founded.account.id
        for number, (persona, (permissions, resources, networks)) in enumerate(plans.items()):
            name = f"point{number}"
            rules = (name,) if networks else ()
            if networks:
                self.put(NetworkRule(f"{account}/{name}", account, name, "Private", networks, "", 0))
            where = (account, name, self.founded.instance.id)
            point = ApplicationAccessPoint(f"{account}/{name}", account, name, "ClientKey", (name,), "", 0)
            self.put(AccessPolicy(f"{account}/{name}", *where, permissions, resources, rules, "", 0), point)
            with self.runtime.store.begin(write=True) as uow:
                now = self.runtime.clock.now_ms()
                made = add_client_key(uow, now, self.runtime.entropy, point, public)
                if persona == EXPIRED:
                    uow.of(ClientKey).put(replace(made, not_before_ms=1, not_after_ms=2))
                if persona == DISABLED:
                    uow.of(ClientKey).remove(made.id)
            self.clients[persona] = Client(self.runtime, dialect, ClientKeyFile(made.id, self.rsa))

    def ask(self, dialect: str, row: Any, persona: str) -> Response:
        """The answer of the row to the persona. Raises ``Unbuildable``."""
        send: Callable[[Any, str], Response] = {
            "alibaba_openapi": self._ask_openapi, "alibaba_instance": self._ask_instance, "native": self._ask_native,
        }.get(dialect, lambda row, persona: self._ask_rest(dialect, row, persona))  # fmt: skip
        return send(row, persona)

    def _ask_openapi(self, row: Any, persona: str) -> Response:
        values = {name: str(held) for name, held in values_of(row, self.names).items()}
        made = OpenApiSigner(*self.credentials[persona], self.runtime.clock.now_ms).v3(row.name, form=values)
        return self.runtime.send(self.dialects["alibaba_openapi"], made)

    def _ask_instance(self, row: Any, persona: str) -> Response:
        names = {**self.names, "sealed": base64.b64decode(self.names["sealed"])}
        client = self.clients[persona]
        return client.send(client.request(row.name, message(row, values_of(row, names))))

    def _ask_native(self, row: Any, persona: str) -> Response:
        made = rest(row, self.names, values_of(row, self.names))
        token = TOKEN if persona == OWNER else self.credentials[persona][1]
        made.headers |= {"host": "127.0.0.1", "authorization": f"Bearer {token}"}
        return self.runtime.send(self.dialects["native"], made)

    def _ask_rest(self, dialect: str, row: Any, persona: str) -> Response:
        names = dict(self.names)
        if dialect == "otc":
            names["project"] = self.founded.second_project.id
        if persona == WALLED:
            names["project"] = (self.walled_otc if dialect == "otc" else self.walled).id
        made = rest(row, names, values_of(row, names))
        if getattr(row, "operators", False) and persona == OWNER:
            made.headers["x-auth-token"] = TOKEN
            return self.runtime.send(self.dialects["huawei"], made)
        key_id, secret = self.credentials[OWNER if persona == WALLED else persona]
        signed = SdkSigner(key_id, secret, self.runtime.clock.now_ms).sign(made)
        return self.runtime.send(self.dialects["iam" if dialect == "iam" else "huawei"], signed)
