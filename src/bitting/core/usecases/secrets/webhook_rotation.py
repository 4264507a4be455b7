"""Rotation by a webhook: it is called for each step.

::

    POST {"step": "create" | "set" | "test" | "finish" | "rollback", "task", "secret", "config", "current", "pending"}
         create   2xx {"value": "..."}  the new value; 2xx without one: this server generates it
         set, test, finish   2xx done; 4xx refused for good; anything else is tried again
         rollback            2xx or 4xx: the old value is in force; anything else is tried again

Signed as every webhook (:func:`bitting.core.usecases.secrets.rotation_ports.signed_headers`).
The delivery id is task and step, the
same for a repetition: steps must be idempotent.
"""

from __future__ import annotations

import base64
import json

from bitting.core.gate import Gate
from bitting.core.model.secret import Webhook
from bitting.core.pem import PRIVATE_KEY, armour
from bitting.core.reveal import reveal
from bitting.core.specs import SPECS
from bitting.core.usecases.secrets.database_rotation import (
    DefaultSteps,
    content_of,
    fields_of,
    login_of,
    pending_of,
    with_login,
)
from bitting.core.usecases.secrets.delivery_targets import signing_secret
from bitting.core.usecases.secrets.passwords import rotation_password
from bitting.core.usecases.secrets.rotation_ports import (
    HttpClient,
    HttpResponse,
    Login,
    RotationContext,
    RotationRefused,
    UncertainOutcome,
    signed_headers,
)

PUBLIC_FIELD, PRIVATE_FIELD = "PublicKey", "PrivateKey"


class WebhookSteps(DefaultSteps):
    """Rotation through one webhook."""

    def __init__(self, gate: Gate, http_client: HttpClient, webhook: Webhook) -> None:
        self._gate = gate
        self._http_client = http_client
        self._webhook = webhook

    def create_value(self, rotation_context: RotationContext) -> bytes:
        """The value from the webhook, or a generated one in the form of the current value."""
        answer = self._require("create", rotation_context)
        try:
            content = json.loads(answer.body) if answer.body else None
        except (ValueError, RecursionError):
            content = None
        if isinstance(content, dict) and isinstance(content.get("value"), str) and content["value"]:
            return str(content["value"]).encode()
        return self._generated_value(rotation_context)

    def _generated_value(self, rotation_context: RotationContext) -> bytes:
        secret, current = rotation_context.secret, rotation_context.current
        try:
            content = content_of(current)
        except RotationRefused:
            return rotation_password(self._gate.entropy).encode()
        if PRIVATE_FIELD in content:
            return json.dumps({**content, **self._generated_key_pair()}).encode()
        if fields_of(secret)[1] not in content:
            return rotation_password(self._gate.entropy).encode()
        login = login_of(secret, current)
        return with_login(secret, current, Login(login.user, rotation_password(self._gate.entropy)))

    def _generated_key_pair(self) -> dict[str, str]:
        pair = self._gate.vault.key_pair(SPECS["RSA_3072"])
        private = armour(PRIVATE_KEY, reveal(pair.private)).decode()
        return {PUBLIC_FIELD: ssh_line(pair.public), PRIVATE_FIELD: private}

    def set(self, rotation_context: RotationContext) -> None:
        """Call the webhook."""
        self._require("set", rotation_context)

    def test(self, rotation_context: RotationContext) -> None:
        """Call the webhook."""
        self._require("test", rotation_context)

    def notify_finished(self, rotation_context: RotationContext) -> None:
        """Call the webhook."""
        self._require("finish", rotation_context)

    def determine_outcome(self, rotation_context: RotationContext) -> UncertainOutcome:
        """Call the webhook for a rollback."""
        pending_of(rotation_context)
        answer = self._post("rollback", rotation_context)
        if 200 <= answer.status < 500:
            return UncertainOutcome.OLD_WORKS
        raise RotationRefused("FunctionUnreachable", "The rotation function could not put the old value back.")

    def _require(self, step: str, rotation_context: RotationContext) -> HttpResponse:
        answer = self._post(step, rotation_context)
        if not 200 <= answer.status < 300:
            text = f"The rotation function answered {answer.status or 'nothing'} to {step}."
            raise RotationRefused("FunctionFailed", text, final=400 <= answer.status < 500)
        return answer

    def _post(self, step: str, rotation_context: RotationContext) -> HttpResponse:
        secret, task = rotation_context.secret, rotation_context.task
        body = json.dumps(
            {
                "step": step,
                "task": task.id,
                "version": task.version,
                "secret": {"id": secret.id, "name": secret.name, "type": secret.type.value},
                "config": secret.config,
                "current": rotation_context.current.decode(errors="replace"),
                "pending": None
                if rotation_context.pending is None
                else rotation_context.pending.decode(errors="replace"),
            },
            ensure_ascii=False,
        ).encode()
        key = signing_secret(self._gate, self._webhook)
        headers = signed_headers(key, body, self._gate.clock.now_ms(), f"{task.id}/{step}")
        return self._http_client.post(self._webhook.url, headers, body)


def ssh_line(public_der: bytes) -> str:
    """An RSA public key (SubjectPublicKeyInfo) as OpenSSH writes it (RFC 4253 section 6.6)."""
    algorithm_and_key, _ = _value(public_der)
    _, key = _value(algorithm_and_key)
    bits, _ = _value(key)
    numbers, _ = _value(bits[1:])
    modulus, rest = _value(numbers)
    exponent, _ = _value(rest)
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-rsa", exponent, modulus))
    return f"ssh-rsa {base64.b64encode(blob).decode()}"


def _value(data: bytes) -> tuple[bytes, bytes]:
    """(content, rest) of the DER value at the start of ``data``."""
    start, length = 2, data[1]
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    return data[start : start + length], data[start + length :]
