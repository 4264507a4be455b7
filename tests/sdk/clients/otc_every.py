"""otcextensions: every method of its KMS proxy, and a session that outlives its token.

The token is ended at the server, as an administrator would end it; the session then signs in again.
"""

from __future__ import annotations

import uuid
from typing import Any

import client_script
from client_script import Exchange, Settings, expect, expect_true
from openstack.connection import Connection
from otc_sdk import connect, password
from plan import Client


class OtcEvery:
    """One run of all methods on a key of its own."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self.settings, self.connection = settings, connection
        self.kms: Any = connection.kms
        self.alias = f"every-{uuid.uuid4()}"
        self.key: Any = None
        self.sealed = self.plain = ""

    def create_key(self) -> str:
        """The proxy's create_key."""
        self.key = self.kms.create_key(key_alias=self.alias, key_description="every")
        return str(self.key.id)

    def get_key(self) -> str:
        """By id."""
        expect(self.kms.get_key(self.key.id).key_alias, self.alias, "key_alias")
        return self.alias

    def find_key(self) -> str:
        """By name: refused as an id, then looked up in the list."""
        expect(self.kms.find_key(self.alias).id, self.key.id, "id")
        return "found by its alias"

    def keys(self) -> str:
        """Pages end."""
        found = [key.id for key in self.kms.keys(limit=1)]
        expect_true(self.key.id in found, "the key is listed")
        expect(len(set(found)), len(found), "each key once")
        return f"{len(found)} keys"

    def disable_key(self) -> str:
        """The proxy's disable_key."""
        self.kms.disable_key(self.key)
        return self._state("3")

    def enable_key(self) -> str:
        """The proxy's enable_key."""
        self.kms.enable_key(self.key)
        return self._state("2")

    def _state(self, state: str) -> str:
        expect(str(self.kms.get_key(self.key.id).key_state), state, "key_state")
        return f"state {state}"

    def create_datakey(self) -> str:
        """Plaintext and ciphertext."""
        made = self.kms.create_datakey(self.key, datakey_length=512, encryption_context={"a": "b"})
        expect(len(made.plain_text), 128, "length of plain_text")
        return made.cipher_text[:16]

    def create_datakey_wo_plain(self) -> str:
        """Ciphertext only."""
        made = self.kms.create_datakey_wo_plain(self.key, datakey_length="512")
        expect_true(made.cipher_text and not made.plain_text, "there is a ciphertext and no plaintext")
        return made.cipher_text[:16]

    def encrypt_datakey(self) -> str:
        """A data key the SDK has in the clear: it adds the digest, and sends the length as a number."""
        data_key = self.kms.create_datakey(self.key, datakey_length=512)
        self.plain = data_key.plain_text
        self.sealed = self.kms.encrypt_datakey(data_key).cipher_text
        return self.sealed[:16]

    def decrypt_datakey(self) -> str:
        """The data key back."""
        found = self.kms.decrypt_datakey(self.key, self.sealed, 64).plain_text
        expect(found, self.plain, "the data key")
        return "equal"

    def generate_random(self) -> str:
        """512 bits, asked for as a number."""
        expect(len(self.kms.generate_random(512).random_data), 128, "length")
        return "512 bits"

    def get_instance_number(self) -> str:
        """At least the key of this run."""
        number = self.kms.get_instance_number()
        count = getattr(number, "instance_num", number)
        expect_true(int(count) >= 1, f"instance_num {count}")
        return str(count)

    def quotas(self) -> str:
        """Both types."""
        found = {quota.type for quota in self.kms.quotas()}
        expect(found, {"CMK", "grant_per_CMK"}, "types")
        return ", ".join(sorted(found))

    def schedule_key_deletion(self) -> str:
        """Days as a number."""
        self.kms.schedule_key_deletion(self.key, 7)
        return self._state("4")

    def cancel_key_deletion(self) -> str:
        """Back to disabled."""
        self.kms.cancel_key_deletion(self.key)
        return self._state("3")

    def session_asks_for_another_token(self) -> str:
        """A session whose token was ended signs in again by itself once keystone says 401."""
        other = connect(self.settings, **password(self.settings))
        first = other.auth_token
        other.session.delete(f"{self.settings['http']}/v3/auth/tokens", headers={"X-Subject-Token": first})
        found = other.session.get(f"{self.settings['http']}/v3/auth/projects", authenticated=True)
        expect(found.status_code, 200, "status with the new token")
        expect_true(other.auth_token != first, "the token is a new one")
        other.close()
        return "signed in again"

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()


def make(_client: Client, settings: Settings, _exchange: Exchange) -> OtcEvery:
    """The driver for the entry of the plan."""
    return OtcEvery(settings, connect(settings, **password(settings)))


if __name__ == "__main__":
    client_script.run(make)
