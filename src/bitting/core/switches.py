"""The service's switches as the gate reads them: from the cache, with every request."""

from __future__ import annotations

from bitting.core.key_cache import Reader, View
from bitting.core.model.service import Switches

#: All defaults. One object, so that the usual case costs one comparison.
DEFAULT = Switches()
_LABEL = ("switches",)


def current_switches(view: View) -> Switches:
    """The switches; :data:`DEFAULT` itself if none was set."""
    return view.get(_LABEL, _read) or DEFAULT


def _read(reader: Reader) -> Switches:
    return reader.get(Switches, "service") or DEFAULT
