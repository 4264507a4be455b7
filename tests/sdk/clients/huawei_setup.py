"""huaweicloudsdkkms: the ways of setting a client up that need more than an endpoint."""

from __future__ import annotations

import os

import client_script
from client_script import Exchange, Settings, expect, temporary_credential
from huawei_sdk import Huawei, build, own_credentials
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkkms.v2 import KmsClient
from huaweicloudsdkkms.v2.region.kms_region import KmsRegion
from plan import Client


class Setup:
    """One step per way; each ends with a call that must work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def _works(self, sdk: object) -> None:
        huawei = Huawei(self._settings, sdk)
        key, text = huawei.seal(b"set up")
        opened = huawei.call("decrypt-data", cipher_text=text)
        expect((opened["key_id"], opened["plain_text"]), (key, "set up"), "key_id and plain_text")

    def project_lookup(self) -> str:
        """Without a project id the SDK asks IAM for the project of the region."""
        os.environ["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = self._settings["http"]
        credentials = BasicCredentials(self._settings["access_key_id"], self._settings["access_key_secret"])
        region = Region(self._settings["region"], self._settings["http"])
        sdk = KmsClient.new_builder().with_credentials(credentials).with_region(region).build()
        expect(credentials.project_id, self._settings["project_id"], "the project id found")
        self._works(sdk)
        return f"region {self._settings['region']} is project {credentials.project_id}"

    def region_from_the_environment(self) -> str:
        """``HUAWEICLOUD_SDK_REGION_KMS_<REGION>`` turns the SDK's own region to the server."""
        name = self._settings["region"]
        os.environ[f"HUAWEICLOUD_SDK_REGION_KMS_{name.replace('-', '_').upper()}"] = self._settings["http"]
        region = KmsRegion.value_of(name)
        self._works(
            KmsClient.new_builder().with_credentials(own_credentials(self._settings)).with_region(region).build()
        )
        return f"KmsRegion.value_of({name!r})"

    def encrypt_data_with_sts(self) -> str:
        """A temporary AK/SK works with its security token."""
        found = temporary_credential(self._settings)
        credentials = BasicCredentials(found["access"], found["secret"], self._settings["project_id"])
        self._works(build(self._settings, credentials.with_security_token(found["securitytoken"])))
        return f"until {found['expires_at']}"

    def https_with_the_ca_file(self) -> str:
        """``HttpConfig.ssl_ca_cert`` is enough to trust the server."""
        self._works(build(self._settings, own_credentials(self._settings), scheme="https"))
        return self._settings["https"]


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Setup:
    """The client script for one entry of the plan."""
    return Setup(settings)


if __name__ == "__main__":
    client_script.run(make)
