"""The steps of Huawei Cloud KMS and Open Telekom Cloud KMS: one dialect, two profiles.

A client script supplies ``call(verb, **body) -> dict`` with the names of the wire, ``all_keys()`` and ``refuse(...)``;
what is promised is written here once.
"""

from __future__ import annotations

import base64
import re
import time
import uuid
from typing import Any, ClassVar

from client_script import Refusal, Sealed, Settings, expect, expect_true, from_base64

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9A-F]+")
PLAINTEXT = "One kilobyte of text, ümläute and 钥匙 included. " * 20

ENABLED, DISABLED, PENDING = "2", "3", "4"

BAD_ID = Refusal(400, "KMS.0205", "Invalid key ID.")
IS_DISABLED = Refusal(400, "KMS.0209", "The key has been disabled.")
SAME_ALIAS = Refusal(400, "KMS.1104", "Duplicate key aliases.")
BAD_PERIOD = Refusal(400, "KMS.1401", "Set the pending deletion period between 7 to 1096 days.")
NOT_PENDING = Refusal(400, "KMS.1501", "The key is not in Pending deletion state.")
NO_KEY = Refusal(404, "KMS.0207", "The key does not exist.")
BAD_TOKEN = Refusal(403, "KMS.0302", "Invalid X-Auth-Token.")


class HuaweiSteps:
    """One run of all steps on a key of its own, which stays behind scheduled for deletion."""

    #: The parameter that binds a ciphertext, and two values of it.
    bound: ClassVar[dict[str, Any]] = {"additional_authenticated_data": "order 4711"}
    bound_otherwise: ClassVar[dict[str, Any]] = {"additional_authenticated_data": "order 4712"}
    #: The one length of random data and data keys, in bits, that both profiles take.
    random_bits: tuple[int, ...] = (8, 512, 8192)
    data_key_bits: tuple[int, ...] = (128, 512)

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.key_id = ""
        self.alias = f"sdk-{uuid.uuid4()}"
        self.cipher_text = ""

    # --- what the SDK's client script supplies

    def call(self, verb: str, **body: Any) -> dict[str, Any]:
        """Call ``POST /v1.0/{project_id}/kms/<verb>`` through the SDK; the answer with the names of the wire."""
        raise NotImplementedError

    def all_keys(self) -> list[dict[str, Any]]:
        """Every key's details, through however many pages."""
        raise NotImplementedError

    def refuse(self, refusal: Refusal, verb: str, **body: Any) -> str:
        """The call must be refused with exactly that status, code and message."""
        raise NotImplementedError

    # --- helpers

    def own_key(self) -> str:
        """The key of this run."""
        expect_true(self.key_id, "create-key made a key in an earlier step")
        return self.key_id

    def new_key(self) -> str:
        """A further enabled key."""
        made: str = self.call("create-key", key_alias=f"sdk-{uuid.uuid4()}")["key_info"]["key_id"]
        return made

    def details(self) -> dict[str, Any]:
        """describe-key's answer."""
        found: dict[str, Any] = self.call("describe-key", key_id=self.own_key())["key_info"]
        return found

    def expect_state(self, state: str) -> str:
        """describe-key must show ``state``."""
        expect(self.details()["key_state"], state, "key_state")
        return f"key_state is {state}"

    # --- keys

    def create_key(self) -> str:
        """create-key answers the id and the domain."""
        made = self.call("create-key", key_alias=self.alias, key_description="tests/sdk")["key_info"]
        expect_true(_UUID.fullmatch(made["key_id"]), f"the key id {made['key_id']} is a UUID")
        expect(made["domain_id"], self.settings["domain_id"], "domain_id")
        self.key_id = made["key_id"]
        return self.key_id

    def describe_key(self) -> str:
        """describe-key shows an enabled key, made now."""
        found = self.details()
        promised = {
            "key_id": self.key_id,
            "key_alias": self.alias,
            "key_description": "tests/sdk",
            "key_state": ENABLED,
            "default_key_flag": "0",
            "domain_id": self.settings["domain_id"],
        }
        expect({name: found.get(name) for name in promised}, promised, "key_info")
        age = time.time() - int(found["creation_date"]) / 1000
        expect_true(-5 < age < 60, f"creation_date {found['creation_date']} is now, in milliseconds")
        return "all fields as made"

    def list_keys(self) -> str:
        """list-keys holds the key exactly once and ends."""
        listed = [key for key in self.all_keys() if key["key_id"] == self.own_key()]
        expect([(key["key_alias"], key["key_state"]) for key in listed], [(self.alias, ENABLED)], "the key in the list")
        return "listed once"

    def disable_key(self) -> str:
        """disable-key answers and shows state 3."""
        self.call("disable-key", key_id=self.own_key())
        return self.expect_state(DISABLED)

    def enable_key(self) -> str:
        """enable-key answers and shows state 2."""
        self.call("enable-key", key_id=self.own_key())
        return self.expect_state(ENABLED)

    # --- cryptography

    def encrypt_data(self) -> str:
        """encrypt-data names the key and gives a base64 ciphertext 140 bytes longer than the plaintext."""
        answer = self.call("encrypt-data", key_id=self.own_key(), plain_text=PLAINTEXT, **self.bound)
        expect(answer["key_id"], self.key_id, "key_id")
        self.cipher_text = answer["cipher_text"]
        data, clear = from_base64(self.cipher_text), PLAINTEXT.encode()
        expect((len(data), data[:2]), (len(clear) + 140, b"\x02\x00"), "length and first bytes")
        expect_true(clear[:64] not in data, "the ciphertext hides the plaintext")
        return f"{len(clear)} bytes to {len(self.cipher_text)} characters"

    def decrypt_data(self) -> str:
        """decrypt-data gives the plaintext back, and refuses other additional data."""
        answer = self.call("decrypt-data", cipher_text=self.cipher_text, **self.bound)
        expect((answer["plain_text"], answer["key_id"]), (PLAINTEXT, self.key_id), "plain_text and key_id")
        self.refuse_otherwise_bound()
        return "equal; refused with other additional data"

    def refuse_otherwise_bound(self) -> None:
        """decrypt-data with another binding is an error of the request."""
        raise NotImplementedError

    def create_datakey(self) -> str:
        """create-datakey gives keys of the length asked for, in upper-case hex, and their ciphertext opens to them."""
        for bits in self.data_key_bits:
            made = self.call("create-datakey", key_id=self.own_key(), datakey_length=str(bits))
            expect(made["key_id"], self.key_id, "key_id")
            expect(len(made["plain_text"]), bits // 4, f"length of plain_text for {bits} bits")
            for name in ("plain_text", "cipher_text"):
                expect_true(_HEX.fullmatch(made[name]), f"{name} is upper-case hex")
            expect(self._opened(made["cipher_text"]), bytes.fromhex(made["plain_text"]), "the opened data key")
        return f"{' and '.join(map(str, self.data_key_bits))} bits, opened"

    def create_datakey_without_plaintext(self) -> str:
        """create-datakey-without-plaintext gives a sealed key only."""
        made = self.call("create-datakey-without-plaintext", key_id=self.own_key(), datakey_length="512")
        expect_true(not made.get("plain_text"), "there is no plain_text")
        expect(len(self._opened(made["cipher_text"])), 64, "length of the opened data key")
        return "512 bits, opened"

    def _opened(self, hex_text: str) -> bytes:
        """A data key's ciphertext is a ciphertext like any other: decrypt-data gives its bytes."""
        text = base64.b64encode(bytes.fromhex(hex_text)).decode("ascii")
        return from_base64(self.call("decrypt-data", cipher_text=text)["plain_text_base64"])

    def gen_random(self) -> str:
        """gen-random gives as many bits as asked for, in hex, other ones each time."""
        for bits in self.random_bits:
            data = self.call("gen-random", random_data_length=str(bits))["random_data"]
            expect_true(_HEX.fullmatch(data), "random_data is upper-case hex")
            expect(len(data), bits // 4, f"length of {bits} bits")
        drawn = {self.call("gen-random", random_data_length="512")["random_data"] for _ in range(2)}
        expect(len(drawn), 2, "number of different draws out of two")
        return f"{', '.join(map(str, self.random_bits))} bits"

    # --- deletion

    def schedule_key_deletion(self) -> str:
        """schedule-key-deletion answers and shows state 4 and the date in milliseconds."""
        answer = self.call("schedule-key-deletion", key_id=self.own_key(), pending_days="7")
        expect((answer["key_id"], answer["key_state"]), (self.key_id, PENDING), "key_id and key_state")
        found = self.details()
        expect(found["key_state"], PENDING, "key_state")
        days = (int(found["scheduled_deletion_date"]) / 1000 - time.time()) / 86400
        expect_true(6.9 < days < 7.1, f"scheduled_deletion_date {found['scheduled_deletion_date']} is in seven days")
        return "state 4, in seven days"

    def cancel_key_deletion(self) -> str:
        """cancel-key-deletion leaves the key disabled; enable-key makes it usable again."""
        answer = self.call("cancel-key-deletion", key_id=self.own_key())
        expect((answer["key_id"], answer["key_state"]), (self.key_id, DISABLED), "key_id and key_state")
        self.expect_state(DISABLED)
        return self.enable_key()

    # --- refusals: exact status, code and text

    def refused_400_kms_0205(self) -> str:
        """A key id that is none."""
        return self.refuse(BAD_ID, "describe-key", key_id="no-such-form")

    def refused_400_kms_0209(self) -> str:
        """Encrypting under a disabled key (after the step disable-key)."""
        return self.refuse(IS_DISABLED, "encrypt-data", key_id=self.own_key(), plain_text="x")

    def refused_400_kms_1104(self) -> str:
        """A second key of the same alias."""
        return self.refuse(SAME_ALIAS, "create-key", key_alias=self.alias)

    def refused_400_kms_1401(self) -> str:
        """A pending period of six days."""
        return self.refuse(BAD_PERIOD, "schedule-key-deletion", key_id=self.own_key(), pending_days="6")

    def refused_400_kms_1501(self) -> str:
        """Cancelling a deletion that is not scheduled."""
        return self.refuse(NOT_PENDING, "cancel-key-deletion", key_id=self.own_key())

    def refused_404_kms_0207(self) -> str:
        """A key id nobody has."""
        return self.refuse(NO_KEY, "describe-key", key_id=str(uuid.uuid4()))

    # --- crossing

    def seal(self, plaintext: bytes) -> tuple[str, str]:
        """Encrypt ``plaintext`` under a key of its own."""
        key = self.new_key()
        return key, self.call("encrypt-data", key_id=key, plain_text=plaintext.decode())["cipher_text"]

    def open(self, sealed: Sealed) -> bytes:
        """Decrypt what another client sealed."""
        answer = self.call("decrypt-data", cipher_text=sealed.text)
        expect(answer["key_id"], sealed.key_id, "key_id")
        return str(answer["plain_text"]).encode()
