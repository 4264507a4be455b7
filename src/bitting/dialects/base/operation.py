"""Operations are rows. A row says what is read, which use case runs, and what is answered.

::

    Operation(name, use, request=(Field, ...), response=(Field, ...))

    bind(call)           wire values -> arguments -> adapt_request -> command
    show(result, call)   result -> adapt_response -> wire values

A row is checked and compiled once, when it is made. Its request fields must be attributes of the use case's command;
its response fields must be attributes of what the use case, ``adapt_response`` or ``composite`` declares to return.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from bitting.core import faults
from bitting.core.gate import UseCase
from bitting.dialects.base import schema
from bitting.dialects.base.codecs import Codec, Flag, InvalidWireValue, Items

if TYPE_CHECKING:  # type variables with defaults are in ``typing`` from Python 3.13 on only
    from typing_extensions import TypeVar

    Command = TypeVar("Command", default=Any)
    Result = TypeVar("Result", default=Any)
else:
    from typing import TypeVar

    Command, Result = TypeVar("Command"), TypeVar("Result")

_NOTHING: Mapping[str, Any] = {}
_ALWAYS: Any = object()
_flag = Flag()

Decoder: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]
Encoder: TypeAlias = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """One wire value of a request or of an answer.

    Requests. ``to``: the command attribute; several names where the codec gives a tuple of as many values. Without it
    the value goes by its wire name, to ``adapt_request`` or ``composite``. ``drop``: the value is checked and has no
    effect. ``needed_with``: required where this argument is given and true. ``empty``: the empty string is a value, and
    not an absent one; required ones may be empty then.

    Answers. ``of``: dotted attribute of what the answer reads from; without it, that object itself. ``omit``: leave the
    field out when the attribute equals this. ``when``: leave it out unless this holds of what the answer reads from.
    ``asked_by``: leave it out unless the request set this flag (not inside records).
    """

    name: str
    kind: Codec
    to: str | tuple[str, ...] = ""
    of: str = ""
    required: bool = False
    omit: Any = _ALWAYS
    drop: bool = False
    needed_with: str = ""
    empty: bool = False
    when: Callable[[Any], bool] | None = None
    asked_by: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names its value has among the arguments."""
        if self.drop:
            return ()
        return self.to if isinstance(self.to, tuple) else (self.to or self.name,)


class Record:
    """A codec for a nested object of an answer: its fields read from the value's attributes."""

    __slots__ = ("encode", "fields")

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self.encode: Encoder = compile_encoder(fields)

    def decode(self, _raw: Any) -> Any:
        raise InvalidWireValue("type")


def _itself(value: Any) -> Any:
    return value


def compile_encoder(fields: tuple[Field, ...], *, mapping: bool = False) -> Encoder:
    """One function that reads the fields. ``mapping``: by key, leaving out keys that are not there."""
    if mapping:
        items = tuple((item.name, item.of, item.kind.encode) for item in fields)
        return lambda held: {
            name: encode(held[key] if key else held) for name, key, encode in items if not key or key in held
        }
    plain = tuple((item.name, attrgetter(item.of) if item.of else _itself, item.kind.encode) for item in fields)
    if all(item.omit is _ALWAYS and item.when is None for item in fields):
        return lambda held: {name: encode(read(held)) for name, read, encode in plain}
    conditional = tuple((*step, item.omit, item.when) for step, item in zip(plain, fields, strict=True))

    def encode_some(held: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for name, read, encode, omit, when in conditional:
            if when is not None and not when(held):
                continue
            value = read(held)
            if omit is _ALWAYS or value != omit:
                answer[name] = encode(value)
        return answer

    return encode_some


def compile_decoder(fields: tuple[Field, ...], given: Mapping[str, Any]) -> Decoder:
    """One function from wire values to arguments: presence of required fields first, then values in their order."""
    required = tuple((item.name, (None,) if item.empty else (None, "")) for item in fields if item.required)
    steps = tuple((item.name, item.targets, item.kind.decode, item.empty) for item in fields)
    needed = tuple((item.needed_with, item.targets[0], item.name) for item in fields if item.needed_with)

    def decode(values: Mapping[str, Any]) -> dict[str, Any]:
        get = values.get
        for name, absent in required:
            if get(name) in absent:
                raise faults.MissingParameter(parameter=name)
        arguments = dict(given)
        for name, targets, convert, empty in steps:
            raw = get(name)
            if raw is None or (raw == "" and not empty):
                continue
            try:
                value = convert(raw)
            except InvalidWireValue as unreadable:
                raise faults.InvalidParameter(parameter=name, reason=unreadable.reason) from None
            if len(targets) == 1:
                arguments[targets[0]] = value
            elif targets:
                arguments.update(zip(targets, value, strict=True))
        for flag, target, name in needed:
            if arguments.get(flag) and target not in arguments:
                raise faults.MissingParameter(parameter=name)
        return arguments

    return decode


#: An operation that no single use case describes: (call, runner) -> result.
Composite: TypeAlias = Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[Command, Result]):
    """One operation of one dialect.

    ``given``: command attributes the row itself fixes; ``surface``: which error table applies; ``max_body``: bytes;
    ``ok``: the success status. What a table cannot say goes into one of two functions:
    ``adapt_request(arguments, call)`` changes the command's arguments in place; ``adapt_response(result, call)`` gives
    what the response fields read from. ``composite(call, runner)``: an operation of several use cases, or of none.

    Raises ``TypeError`` for a field that reads or writes what is not there.
    """

    name: str
    use: UseCase[Command, Result] | None = None
    composite: Composite | None = None
    request: tuple[Field, ...] = ()
    response: tuple[Field, ...] = ()
    given: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    method: str = "POST"
    path: str = ""
    surface: str = "*"
    max_body: int = 65536
    ok: int = 200
    hot_composite: bool = False
    hashes_password: bool = False
    adapt_request: Callable[[dict[str, Any], Any], None] | None = None
    adapt_response: Callable[[Result, Any], Any] | None = None
    decode: Decoder = field(init=False, repr=False, compare=False)
    encode: Encoder = field(init=False, repr=False, compare=False)
    _asked: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check_request()
        try:
            kind = self._answer_type()
            check_answer(kind, self.response)
        except LookupError as error:
            msg = f"{self.name}: {error.args[0]}"
            raise TypeError(msg) from None
        compiled = {
            "decode": compile_decoder(self.request, self.given),
            "encode": compile_encoder(self.response, mapping=schema.is_mapping(kind)),
            "_asked": tuple((item.name, item.asked_by) for item in self.response if item.asked_by),
        }
        for name, value in compiled.items():
            object.__setattr__(self, name, value)

    def _check_request(self) -> None:
        if self.use is None:
            return
        command: Any = self.use.command
        known = {item.name for item in dataclasses.fields(command)}
        wanted = set(self.given)
        for item in self.request:
            # a field without a target is read by a function of the row, or it must be the attribute's own name
            if item.to or not (self.composite or self.adapt_request):
                wanted.update(item.targets)
        wanted -= self.consumed()
        if not wanted <= known:
            msg = f"{self.name}: {sorted(wanted - known)} are no fields of {command.__name__}"
            raise TypeError(msg)

    def _answer_type(self) -> Any:
        """What the response fields read from; Any for a row without them."""
        if not self.response:
            return Any
        if self.adapt_response is not None:
            found = schema.returned(self.adapt_response)
        elif self.composite is not None:
            found = schema.returned(self.composite)
            if found is Any and self.use is not None:
                found = schema.returned(self.use.run)
        elif self.use is not None:
            found = schema.returned(self.use.run)
        else:
            found = Any
        return self.answer_type(found)

    @classmethod
    def answer_type(cls, kind: Any) -> Any:
        """For dialects that put what a use case or adapter gives into something of their own: the type of that."""
        return kind

    def consumed(self) -> frozenset[str]:
        """For dialects whose rows read parameters by themselves: the names of those that no command has."""
        return frozenset()

    @property
    def hot(self) -> bool:
        """Whether it may run on the event loop against the cache."""
        return self.hot_composite if self.composite is not None else self.use is not None and self.use.hot

    @property
    def hooks(self) -> tuple[str, ...]:
        """Names of the functions this row needs because its tables do not say enough."""
        values = ((item.name, getattr(self, item.name)) for item in dataclasses.fields(self) if item.init)
        return tuple(name for name, value in values if callable(value) and not isinstance(value, type))

    def answered(self) -> tuple[str, ...]:
        """Names of the answer's fields, in their order."""
        return tuple(dict.fromkeys(item.name for item in self.response))

    def wire_name(self, attribute: str) -> str:
        """How this operation spells a command attribute; the attribute itself if it does not."""
        for item in self.request:
            if attribute in item.targets:
                return item.name
        return attribute

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Converted values by command attribute (by wire name for fields without one).

        Absent and null values count as not given, and so do empty strings but for ``empty`` fields. Raises
        ``MissingParameter`` or ``InvalidParameter`` with the wire name.
        """
        return self.decode(values)

    def read(self, call: Any) -> dict[str, Any]:
        """The call's values as arguments, adapted. Raises ``RequestFault``."""
        arguments = self.decode(call.values)
        if self.adapt_request is not None:
            self.adapt_request(arguments, call)
        return arguments

    def bind(self, call: Any) -> Command:
        """The use case's command out of the call's values. Raises ``RequestFault``."""
        assert self.use is not None  # noqa: S101 - composites bind for themselves
        return self.use.command(**self.read(call))

    def show(self, result: Any, call: Any) -> dict[str, Any]:
        """The answer's fields."""
        answer = self.encode(result if self.adapt_response is None else self.adapt_response(result, call))
        for name, flag in self._asked:
            if not asked(call, flag):
                answer.pop(name, None)
        return answer


def asked(call: Any, flag: str) -> bool:
    """Whether the request sets this flag, whose value was found to be one at bind."""
    return _flag.decode(call.values.get(flag) or False)


def check_answer(kind: Any, fields: tuple[Field, ...]) -> None:
    """Every path is there, inside nested records and lists of them as well. Raises ``LookupError``."""
    for item in fields:
        try:
            found = schema.walk(kind, item.of)
        except LookupError as error:
            msg = f"answer field {item.name}: {error.args[0]}"
            raise LookupError(msg) from None
        codec: Any = item.kind
        while isinstance(codec, Items):
            codec, found = codec.kind, schema.element(found)
        if isinstance(codec, Record):
            check_answer(found, codec.fields)
