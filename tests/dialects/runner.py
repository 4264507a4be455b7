"""Wire cases: one file, one purpose, named by its reason; one runner for every dialect.

::

    An alias names a key; the answer names the key itself.     <- the reason, up to the first section
    --- given
    key = CreateKey -> KeyMetadata.KeyId                       <- steps in the dialect's own words (CaseClient.step)
    --- request
    POST /?KeyId=alias/a HTTP/1.1                              <- request line, headers, empty line, body
    sign: v3                                                   <- CaseClient.sign makes the signature
    --- response
    200                                                        <- status, headers to compare, empty line, body
    content-type: application/json;charset=utf-8

    {"KeyId":"$key","RequestId":"<uuid>"}

``$name`` stands for what a step captured, ``%$name`` for the same percent-encoded. In the response ``<uuid>``,
``<base64>`` and ``<any>`` stand for what differs from run to run; everything else is compared byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from bitting.dialects.base.http import Request, Response

SECTION = re.compile(r"^--- (given|request|response)\n", re.MULTILINE)
NAME = re.compile(r"(%?)\$([a-z_]+)")
HOLES = {
    "<uuid>": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "<base64>": "[A-Za-z0-9+/]+={0,2}",
    "<any>": "[^\\n]*?",
}
_HOLE = re.compile("|".join(HOLES))


@dataclass(frozen=True)
class Case:
    """A parsed file."""

    name: str
    reason: str
    given: tuple[str, ...]
    request: str
    response: str


class CaseClient(Protocol):
    """What a dialect adds: how to take a step, how to sign, where to send."""

    def step(self, line: str) -> object:
        """Do what one ``given`` line says; its result is captured if the line starts with ``name =``."""
        ...

    def sign(self, request: Request, scheme: str) -> Request:
        """The request with a signature of that scheme."""
        ...

    def send(self, request: Request) -> Response:
        """Through every stop."""
        ...


@dataclass
class Run:
    """One case against one case_client."""

    case_client: CaseClient
    names: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            held = self.names[found[2]]
            return quote(held, safe="") if found[1] else held

        return NAME.sub(value, text)

    def take(self, line: str) -> None:
        name, equals, rest = line.partition(" = ")
        if equals and NAME.fullmatch(f"${name}"):
            self.names[name] = str(self.case_client.step(self.fill(rest)))
        else:
            self.case_client.step(self.fill(line))


def load(folder: Path) -> list[Case]:
    """Every case of a folder, by name. A file of the wrong shape fails here."""
    return [parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))]


def parse(name: str, text: str) -> Case:
    reason, *parts = SECTION.split(text)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    if not reason.strip() or "request" not in sections or "response" not in sections:
        msg = f"{name}: a case is a reason, --- request and --- response"
        raise ValueError(msg)
    given = tuple(line for line in sections.get("given", "").splitlines() if line.strip())
    return Case(name, reason.strip(), given, sections["request"], sections["response"])


def message(text: str) -> tuple[str, dict[str, str], str]:
    """First line, headers, body. The newline that ends the section is no part of the body."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.rstrip("\n").split("\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return first, headers, body.removesuffix("\n")


def check(case: Case, case_client: CaseClient) -> None:
    """Run the case. Fails with both sides in sight."""
    run = Run(case_client)
    for line in case.given:
        run.take(line)
    line, headers, body = message(run.fill(case.request))
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    scheme = headers.pop("sign", "")
    request = Request(method, path, query, headers, body.encode())
    response = case_client.send(case_client.sign(request, scheme) if scheme else request)
    status, expected, text = message(run.fill(case.response))
    got = dict(response.headers)
    seen = f"{case.reason}\ngot:    {response.status} {got} {response.body!r}\nwanted: {run.fill(case.response)}"
    assert response.status == int(status), seen
    assert Shape(text) == response.body.decode(), seen
    assert all(Shape(value) == got.get(name) for name, value in expected.items()), seen


class Shape(str):
    """Text with holes; equal to any text that fits."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        at, pattern = 0, []
        for hole in _HOLE.finditer(self):
            pattern += (re.escape(self[at : hole.start()]), HOLES[hole[0]])
            at = hole.end()
        pattern.append(re.escape(self[at:]))
        return isinstance(other, str) and re.fullmatch("".join(pattern), other) is not None

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__
