"""alibabacloud-kms20160120: the secrets operations in every signature."""

from __future__ import annotations

import json
import uuid
from typing import Any

import client_script
from alibaba_openapi_tea import Tea
from alibabacloud_kms20160120 import models
from client_script import Exchange, Settings, expect
from plan import Client, method_name


class Secrets:
    """One secret, every operation on it."""

    def __init__(self, tea: Any) -> None:
        self._sdk, self._name = tea._sdk, f"sdk-{uuid.uuid4()}"

    def call(self, action: str, **given: Any) -> Any:
        """The answer's body."""
        request = getattr(models, f"{action}Request")(**given)
        return getattr(self._sdk, method_name(action))(request).body

    def on(self, action: str, **given: Any) -> Any:
        return self.call(action, secret_name=self._name, **given)

    def take(self, step: str) -> str:
        """One operation."""
        getattr(self, method_name(step))()
        return self._name

    def create_secret(self) -> None:
        made = self.on("CreateSecret", secret_data="one", version_id="v1", tags='[{"TagKey":"a","TagValue":"b"}]')
        expect((made.secret_name, made.version_id, made.secret_type), (self._name, "v1", "Generic"), "the secret")

    def get_secret_value(self) -> None:
        read = self.on("GetSecretValue")
        expect((read.secret_data, read.version_stages.version_stage), ("one", ["ACSCurrent"]), "the value")

    def put_secret_value(self) -> None:
        put = self.on("PutSecretValue", secret_data="two", version_id="v2", version_stages='["ACSCurrent"]')
        expect(put.version_stages.version_stage, ["ACSCurrent"], "the stages")

    def list_secret_version_ids(self) -> None:
        expect(self.on("ListSecretVersionIds").total_count, 2, "the versions")

    def update_secret_version_stage(self) -> None:
        self.on("UpdateSecretVersionStage", version_stage="ACSCurrent", move_to_version="v1")
        expect(self.on("GetSecretValue").secret_data, "one", "the value")

    def batch_get_secret_value(self) -> None:
        items = [models.BatchGetSecretValueRequestSecretsList(secret_name=name) for name in (self._name, "sdk-nobody")]
        told = self.call("BatchGetSecretValue", secrets_list=items)
        expect([value.secret_data for value in told.secret_values], ["one"], "the values")
        expect([error.code for error in told.errors], ["Forbidden.ResourceNotFound"], "the errors")

    def describe_secret(self) -> None:
        expect(self.on("DescribeSecret", fetch_tags="true").tags.tag[0].tag_key, "a", "the tag")

    def list_secrets(self) -> None:
        filters = json.dumps([{"Key": "SecretName", "Values": [self._name]}])
        expect(self.call("ListSecrets", filters=filters).total_count, 1, "the secrets")

    def update_secret(self) -> None:
        self.on("UpdateSecret", description="b")
        expect(self.on("DescribeSecret").description, "b", "the description")

    def set_secret_policy(self) -> None:
        account = self.on("DescribeSecret").arn.split(":")[3]
        who = {"RAM": [f"acs:ram::{account}:user/reader"]}
        rule = {"Effect": "Allow", "Principal": who, "Action": ["kms:GetSecretValue"], "Resource": ["*"]}
        self.on("SetSecretPolicy", policy=json.dumps({"Version": "1", "Statement": [rule]}), policy_name="default")

    def get_secret_policy(self) -> None:
        expect(json.loads(self.on("GetSecretPolicy").policy)["Version"], "1", "the policy")

    def get_random_password(self) -> None:
        expect(len(self.call("GetRandomPassword", password_length="20").random_password), 20, "its length")

    def rotate_secret(self) -> None:
        name = f"sdk-{uuid.uuid4()}"
        data = json.dumps({"Accounts": [{"AccountName": "a", "AccountPassword": "b"}]})
        config = {"SecretSubType": "SingleUser", "DBInstanceId": "rm-1"}
        given = {"secret_type": "Rds", "secret_data": data, "extended_config": config, "version_id": "v1"}
        self.call("CreateSecret", secret_name=name, **given)
        expect(self.call("RotateSecret", secret_name=name, version_id="r1").version_id, "r1", "the version")
        self.rotating = name

    def update_secret_rotation_policy(self) -> None:
        given = {"enable_automatic_rotation": True, "rotation_interval": "7d"}
        self.call("UpdateSecretRotationPolicy", secret_name=self.rotating, **given)
        told = self.call("DescribeSecret", secret_name=self.rotating)
        expect(told.automatic_rotation in {"Enabled", "Invalid"}, True, "rotation")
        expect(told.rotation_interval, "604800s", "the interval")

    def delete_secret(self) -> None:
        expect(self.on("DeleteSecret", recovery_window_in_days="7").secret_name, self._name, "the name")

    def restore_secret(self) -> None:
        self.on("RestoreSecret")
        expect(self.on("GetSecretValue").secret_data, "one", "the value")


def make(client: Client, settings: Settings, _exchange: Exchange) -> Secrets:
    """The client script for one entry of the plan."""
    return Secrets(Tea(settings, client.options["signature"], "sync"))


if __name__ == "__main__":
    client_script.run(make)
