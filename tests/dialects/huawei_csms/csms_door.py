"""The secrets API of one project: signed requests, answers read in either envelope."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from huawei.conftest import Door

from bitting.dialects.base.http import Request, Response
from bitting.dialects.huawei.secrets.operations import rows

ROWS = rows()
VALUE = {"secret_string": "hunter2"}
DATABASE = {
    "secret_type": "RDS-FG",
    "rotation_config": '{"InstanceId":"db-1","SecretSubType":"MultiUser"}',
    "secret_string": '{"username":"app","password":"old"}',
}


class Csms:
    """``ask(operation, body, hole=..., query)``: a row by name, its holes filled in."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.runtime = door.runtime

    def request(self, name: str, body: Any = None, query: dict[str, Any] | None = None, **holes: str) -> Request:
        row = ROWS[name]
        path = row.path.format(
            **{"project_id": self.door.project.id, "resource_instances": "resource_instances", **holes}
        )
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json;charset=UTF-8"} if data else {}
        return Request(row.method, path, urlencode(query or {}), headers, data)

    def send(self, name: str, *given: Any, broken: bool = False, **holes: str) -> Response:
        request = self.door.signer.sign(self.request(name, *given, **holes))
        return self.door.send(request, broken=broken)

    def ok(self, name: str, *given: Any, **holes: str) -> Any:
        """The body of a success; None where there is none, which only 204 has."""
        answer = self.send(name, *given, **holes)
        row = ROWS[name]
        assert answer.status == row.ok, answer.body
        assert bool(answer.body) == (answer.status != 204)
        body = json.loads(answer.body) if answer.body else None
        assert list(body or ()) == list(row.answered()), "the answer is not what the row declares"
        return body

    def refused(self, name: str, *given: Any, **holes: str) -> tuple[int, str, str]:
        """Status, code and message, from the row's own envelope."""
        return refusal(self.send(name, *given, **holes), nested=ROWS[name].nested)

    def create(self, name: str = "db", **more: Any) -> dict[str, Any]:
        body = {"name": name, **(VALUE if not {"secret_string", "secret_binary"} & set(more) else {}), **more}
        made: dict[str, Any] = self.ok("create-secret", body)["secret"]
        return made

    def event(self, name: str = "watch", target: str = "urn:smn:topic", **more: Any) -> dict[str, Any]:
        body = {
            "name": name,
            "event_types": ["SECRET_ROTATED"],
            "state": "ENABLED",
            "notification": {"target_type": "SMN", "target_id": target, "target_name": "topic"},
            **more,
        }
        made: dict[str, Any] = self.ok("create-secret-event", body)["event"]
        return made


def refusal(answer: Response, *, nested: bool) -> tuple[int, str, str]:
    body = json.loads(answer.body)
    assert answer.status >= 400, body
    pair = body["error"] if nested else body
    assert list(pair) == ["error_code", "error_msg"]
    return answer.status, pair["error_code"], pair["error_msg"]
