"""python-openstackclient with otcextensions: ``openstack kms ...`` as an operator types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import client_script
from client_script import Exchange, Settings, expect, expect_true
from plan import Client


class Cli:
    """One run of the commands on a key of its own."""

    def __init__(self, settings: Settings) -> None:
        self.alias = f"cli-{uuid.uuid4()}"
        self.id = ""
        home = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {
            **home,
            "OS_AUTH_URL": f"{settings['http']}/v3",
            "OS_USERNAME": settings["user_name"],
            "OS_PASSWORD": settings["user_password"],
            "OS_USER_DOMAIN_NAME": settings["domain_name"],
            "OS_PROJECT_ID": settings["otc_project_id"],
            "OS_REGION_NAME": settings["region"],
            "OS_IDENTITY_API_VERSION": "3",
        }

    def run(self, *words: str) -> str:
        """Standard output of a command that must succeed."""
        command = [str(Path(sys.executable).parent / "openstack"), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        expect(done.returncode, 0, f"exit status of {' '.join(words)} ({done.stderr[-400:]})")
        return done.stdout

    def shown(self, *words: str) -> Any:
        return json.loads(self.run(*words, "-f", "json"))

    def kms_cmk_create(self) -> str:
        """``openstack kms cmk create``."""
        self.run("kms", "cmk", "create", self.alias)
        return self.alias

    def kms_cmk_list(self) -> str:
        """``openstack kms cmk list`` shows the new key."""
        found = self.shown("kms", "cmk", "list")
        rows = [row for row in found if self.alias in row.values()]
        expect(len(rows), 1, "rows of the key")
        self.id = next(value for name, value in rows[0].items() if name.lower() in {"id", "key_id", "key id"})
        return self.id

    def kms_cmk_show(self) -> str:
        """``openstack kms cmk show`` by name: the client looks it up."""
        found = self.shown("kms", "cmk", "show", self.alias)
        expect_true(self.alias in found.values(), f"the alias is shown in {found}")
        return "shown"

    def kms_cmk_disable(self) -> str:
        """``openstack kms cmk disable``."""
        return self.run("kms", "cmk", "disable", self.alias)[:40]

    def kms_cmk_enable(self) -> str:
        """``openstack kms cmk enable``."""
        return self.run("kms", "cmk", "enable", self.alias)[:40]

    def kms_cmk_delete(self) -> str:
        """``openstack kms cmk delete`` schedules the deletion."""
        return self.run("kms", "cmk", "delete", self.alias, "7")[:40]

    def kms_cmk_cancel_delete(self) -> str:
        """``openstack kms cmk cancel delete``."""
        return self.run("kms", "cmk", "cancel", "delete", self.alias)[:40]

    def kms_quota_list(self) -> str:
        """``openstack kms quota list``."""
        expect_true("CMK" in self.run("kms", "quota", "list"), "CMK is listed")
        return "CMK"


def make(_client: Client, settings: Settings, _exchange: Exchange) -> Cli:
    """The driver for the entry of the plan."""
    return Cli(settings)


if __name__ == "__main__":
    client_script.run(make)
