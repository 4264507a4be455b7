"""The bytes could not become a call."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class RequestFault(Fault):
    """The bytes could not become a call."""


class UnknownOperation(RequestFault):
    """No operation at this path, or by this name. ``operation``: what was asked for."""

    operation: str = ""
    reason: str = ""


class UnsupportedMethod(RequestFault):
    """The path is known, the HTTP method is not served there."""

    method: str = ""
    allowed: str = ""


class UnsupportedVersion(RequestFault):
    """The API version is missing or not served. ``version``: what was asked for."""

    version: str = ""


class UnsupportedMediaType(RequestFault):
    """The content type is not one this operation reads. ``media_type``: what was sent."""

    media_type: str = ""


class MalformedBody(RequestFault):
    """The body is not well-formed JSON, XML, form data or protobuf."""


class MisshapenBody(MalformedBody):
    """The body is well-formed, but not an object, or a field has the wrong JSON type."""


class TooLarge(RequestFault):
    """The body is over the operation's limit."""


class MissingParameter(RequestFault):
    """A required parameter is absent or empty. ``parameter``: its name."""

    parameter: str = ""


class InvalidParameter(RequestFault):
    """A parameter's value is outside what is documented.

    ``parameter``: its name (of the command; the dialect prints its own spelling).
    ``reason``: ``format``, ``range``, ``length``, ``multiple``, ``enum`` or a word a dialect row names.
    """

    parameter: str = ""
    reason: str = ""


class InvalidSequence(RequestFault):
    """The caller's own message sequence number is malformed."""
