"""REST paths: from method and path to the row of the operation.

::

    /v1.0/{project_id}/kms/encrypt-data        literal segments and holes
    /v1.0/{project_id}/kms/{key_id}/tags/{key*}   a last hole with a star takes the rest, slashes included

    find(method, path) -> (row, values)        UnknownOperation | UnsupportedMethod

Literal segments take precedence over holes. Paths come percent-decoded, so a value with a slash in it can only be
matched in the last segment; that is what the star is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from bitting.core.faults import UnknownOperation, UnsupportedMethod

T = TypeVar("T")


class _Node(Generic[T]):
    """One segment deep in the tree. ``ends``: what each method means here; ``rest``: the same for a starred hole."""

    __slots__ = ("ends", "hole", "literal", "rest")

    def __init__(self) -> None:
        self.literal: dict[str, _Node[T]] = {}
        self.hole: _Node[T] | None = None
        self.ends: dict[str, tuple[T, tuple[str, ...]]] = {}
        self.rest: dict[str, tuple[T, tuple[str, ...]]] = {}


class Router(Generic[T]):
    """A table of routes, immutable once made. Raises ``ValueError`` if two rows claim the same place."""

    def __init__(self, routes: Iterable[tuple[str, str, T]]) -> None:
        self._root: _Node[T] = _Node()
        for method, template, row in routes:
            self._add(method, template, row)

    def _add(self, method: str, template: str, row: T) -> None:
        node, names, greedy = self._root, [], False
        for segment in template.split("/")[1:]:
            if greedy:
                msg = f"{template}: a starred hole must be last"
                raise ValueError(msg)
            if segment[:1] == "{":
                greedy = segment.endswith("*}")
                names.append(segment.strip("{*}"))
                if not greedy:
                    node.hole = node.hole or _Node()
                    node = node.hole
            else:
                node = node.literal.setdefault(segment, _Node())
        place = node.rest if greedy else node.ends
        if method in place:
            msg = f"{method} {template} is there twice"
            raise ValueError(msg)
        place[method] = (row, tuple(names))

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]]:
        """The row and the values of its holes.

        Raises ``UnsupportedMethod`` if the path is known with other methods only, else ``UnknownOperation``.
        An empty segment never fills a hole.
        """
        ends, values = self._walk(self._root, path.split("/"), 1, ())
        if not ends:
            raise UnknownOperation(operation=path)
        found = ends.get(method)
        if found is None:
            raise UnsupportedMethod(method=method, allowed=", ".join(sorted(ends)))
        row, names = found
        return row, dict(zip(names, values, strict=True))

    def _walk(
        self, node: _Node[T], segments: list[str], depth: int, values: tuple[str, ...]
    ) -> tuple[dict[str, tuple[T, tuple[str, ...]]], tuple[str, ...]]:
        if depth == len(segments):
            return node.ends, values
        segment = segments[depth]
        below = node.literal.get(segment)
        if below is not None:
            found = self._walk(below, segments, depth + 1, values)
            if found[0]:
                return found
        if segment and node.hole is not None:
            found = self._walk(node.hole, segments, depth + 1, (*values, segment))
            if found[0]:
                return found
        rest = "/".join(segments[depth:]) if node.rest else ""
        return (node.rest, (*values, rest)) if rest else ({}, ())
