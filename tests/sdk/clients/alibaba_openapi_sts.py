"""alibabacloud-kms20160120 with a temporary credential (STS token), every signature, sync and async."""

from __future__ import annotations

import client_script
from alibaba_openapi_tea import Tea
from client_script import Exchange, Refusal, Settings, expect, expect_refusal, temporary_credential
from openapi_steps import PLAINTEXT
from plan import Client

NO_TOKEN = Refusal(400, "MissingParameter", 'The parameter "SecurityToken" is needed but not provided.')


class Sts:
    """One temporary credential, used by every kind of client."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        credential = temporary_credential(settings)
        self._who = {"access_key_id": credential["access"], "access_key_secret": credential["secret"]}
        self._token = credential["securitytoken"]
        self._key_id = Tea(settings, "V3", "sync").new_key("for temporary credentials")

    def take(self, step: str) -> str:
        """``<signature> <mode> <what>``."""
        signature, mode, what = step.split(" ", 2)
        if what == "Encrypt and Decrypt":
            return self._round_trip(Tea(self._settings, signature, mode, security_token=self._token, **self._who))
        return self._refused(Tea(self._settings, signature, mode, **self._who))

    def _round_trip(self, tea: Tea) -> str:
        blob = tea.call("Encrypt", KeyId=self._key_id, Plaintext=PLAINTEXT)["CiphertextBlob"]
        expect(tea.call("Decrypt", CiphertextBlob=blob)["Plaintext"], PLAINTEXT, "Plaintext")
        tea.close()
        return "round trip equal"

    def _refused(self, tea: Tea) -> str:
        with expect_refusal(tea.facts, NO_TOKEN):
            tea.call("Encrypt", KeyId=self._key_id, Plaintext=PLAINTEXT)
        tea.close()
        return "the temporary access key alone opens nothing"


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Sts:
    """The client script for one entry of the plan."""
    return Sts(settings)


if __name__ == "__main__":
    client_script.run(make)
