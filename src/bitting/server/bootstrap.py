"""First start: the first account, and the credentials file that tells clients how to reach it.

::

    DIR/credentials.json                    0600, one flat object
    DIR/clientKey_<id>.json                 0600, the client key as Alibaba's console hands it out
    DIR/operator.token                      0600, the bearer token of the native API

The draft of the credentials is written and synced before the account is committed and renamed after, so that
no moment of a crash leaves an account nobody has the password of.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from bitting.core.gate import Gate
from bitting.core.model.identity import Account
from bitting.core.model.service import Operator
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.access.client_keys import CreateClientKey, issue
from bitting.core.usecases.iam.accounts import create_first_account, password, random_alphanumeric
from bitting.core.usecases.iam.credentials import token_digest
from bitting.server.files import write_whole

_DRAFT = ".credentials.json.draft"


def ensure_credentials(directory: Path, gate: Gate, region: str, places: Mapping[str, str]) -> Path:
    """The credentials file: made with the first account, kept afterwards; ``places`` are refreshed in it.

    ``places``: ``http``, ``https``, ``ca_cert``. Files are made again only while no account exists.
    """
    path, draft = directory / "credentials.json", directory / _DRAFT
    with gate.store.begin(write=True) as uow:
        if not uow.of(Account).count():  # which needs no root key
            draft.unlink(missing_ok=True)
            _appoint_operator(directory, gate, uow)
            _write(draft, {**_found(directory, gate, uow, region), **places})
    if draft.exists():
        draft.replace(path)
    if path.exists():
        held = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        if any(held.get(name) != value for name, value in places.items()):
            _write(path, {**held, **places})
    return path


def _found(directory: Path, gate: Gate, uow: UnitOfWork, region: str) -> dict[str, str]:
    made = create_first_account(uow, gate.vault, gate.clock, gate.entropy, region)
    file_password = password(16)
    order = CreateClientKey(made.access_point.name, file_password)
    issued = issue(uow, gate.vault, gate.entropy, gate.clock.now_ms(), made.access_point, order)
    client_key_file = directory / f"clientKey_{issued.record.id}.json"
    write_whole(client_key_file, issued.file().encode())
    return {
        "region": region,
        "account_id": made.account.id,
        "access_key_id": made.access_key_id,
        "access_key_secret": made.secret,
        "domain_id": made.account.domain_id,
        "domain_name": made.account.domain_name,
        "project_id": made.project.id,
        "project_name": made.project.name,
        "user_name": made.user.name,
        "user_password": made.password,
        "otc_project_id": made.second_project.id,
        "otc_project_name": made.second_project.name,
        "kms_instance_id": made.instance.id,
        "client_key_file": str(client_key_file),
        "client_key_password": file_password,
    }


def _appoint_operator(directory: Path, gate: Gate, uow: UnitOfWork) -> None:
    token = f"bitting-{random_alphanumeric(43)}"
    uow.of(Operator).add(Operator(token_digest(token), "operator", gate.clock.now_ms()))
    write_whole(directory / "operator.token", token.encode() + b"\n")


def _write(path: Path, content: Mapping[str, str]) -> None:
    write_whole(path, msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
