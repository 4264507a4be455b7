"""Runs in the environment of the caching client: creates, rotates, or keeps logging in. JSON in, JSON out.

``{"mode": "create" | "rotate" | "read", "seconds": .., "every": .., "server": .., "keys": [id, secret], ...}``
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time

from alibabacloud_kms20160120 import models
from alibabacloud_kms20160120.client import Client as Kms
from alibabacloud_secretsmanager_client_v2.secret_manager_cache_client_builder import SecretManagerCacheClientBuilder
from alibabacloud_secretsmanager_client_v2.service.default_secret_manager_client_builder import (
    DefaultSecretManagerClientBuilder,
)
from alibabacloud_tea_openapi.models import Config

logging.disable(logging.CRITICAL)
NAME = "soak"
TTL_MS = 1000


def config(given):
    return Config(
        access_key_id=given["keys"][0],
        access_key_secret=given["keys"][1],
        region_id=given["region"],
        endpoint=given["server"],
        protocol="http",
    )


def create(given):
    accounts = [{"AccountName": name, "AccountPassword": word} for name, word in given["accounts"]]
    made = models.CreateSecretRequest(
        secret_name=NAME,
        version_id="v1",
        secret_type="Rds",
        secret_data=json.dumps({"Accounts": accounts}),
        extended_config={"SecretSubType": "DoubleUsers", "DBInstanceId": "soak"},
    )
    Kms(config(given)).create_secret(made)
    return {}


def rotate(given):
    sdk, end, count = Kms(config(given)), time.monotonic() + given["seconds"], 0
    while time.monotonic() < end:
        count += 1
        sdk.rotate_secret(models.RotateSecretRequest(secret_name=NAME, version_id=f"r{count}"))
        time.sleep(given["every"])
    return {"rotations": count}


def read(given):
    builder = DefaultSecretManagerClientBuilder.standard()
    builder.with_access_key(*given["keys"])
    builder.add_config(config(given))
    cache = SecretManagerCacheClientBuilder.new_cache_client_builder(builder.build())
    cache = cache.with_secret_ttl(NAME, TTL_MS).build()
    logins, failed, users = 0, [], set()
    end = time.monotonic() + given["seconds"]
    while time.monotonic() < end:
        value = json.loads(cache.get_secret_info(NAME).secret_value)
        command = ["psql", "-h", "127.0.0.1", "-p", str(given["port"]), "-U", value["AccountName"], "-d", "postgres"]
        done = subprocess.run(
            [*command, "-Atc", "select 1"],
            env={**os.environ, "PGPASSWORD": value["AccountPassword"]},
            capture_output=True,
            text=True,
            check=False,
        )
        logins += 1
        users.add(value["AccountName"])
        if done.returncode:
            failed.append(done.stderr.strip()[-200:])
        time.sleep(0.25)
    cache.close()
    return {"logins": logins, "failed": failed, "users": sorted(users)}


given = json.loads(sys.stdin.read())
print(json.dumps({"create": create, "rotate": rotate, "read": read}[given["mode"]](given)))
