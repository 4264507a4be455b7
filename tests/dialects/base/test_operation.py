"""A row is checked and compiled when it is made: a wrong name fails at load, with the row's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

import pytest

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.dialects.base.codecs import Flag, Integer, Items, Text
from bitting.dialects.base.dialect import Call
from bitting.dialects.base.http import Request
from bitting.dialects.base.operation import Field, Operation, Record

TEXT, NUMBER, FLAG = Text(), Integer(0, 100), Flag()


@dataclass(slots=True)
class Paint:
    colour: str
    layers: int = 1
    glossy: bool = False
    thinner: str = ""


@dataclass(slots=True)
class Wall:
    colour: str
    layers: int
    note: str = ""

    @property
    def dry(self) -> bool:
        return self.layers < 2


@dataclass(slots=True)
class House:
    front: Wall
    walls: Sequence[Wall]
    shed: Wall | None = None


@use_case("wall:paint")
def paint(context: Context, command: Paint) -> House:
    wall = Wall(command.colour, command.layers)
    return House(wall, [wall])


def call(values: dict[str, Any]) -> Call:
    return Call(Operation(name="Any"), Request("POST", "/", "", {}, b""), values)


def row(**rest: Any) -> Operation:
    return Operation(name="PaintWall", use=paint, **rest)


COLOUR = Field("Colour", TEXT, to="colour", required=True)
HOUSE = House(Wall("red", 1), [Wall("red", 1), Wall("blue", 3, "wet")])


def test_values_become_the_command() -> None:
    bound = row(request=(COLOUR, Field("Layers", NUMBER, to="layers")), given={"glossy": True}).bind(
        call({"Colour": "red", "Layers": "2"})
    )
    assert bound == Paint("red", 2, glossy=True)


@pytest.mark.parametrize("absent", [{}, {"Colour": None}, {"Colour": ""}])
def test_presence_comes_before_any_value(absent: dict[str, Any]) -> None:
    made = row(request=(Field("Layers", NUMBER, to="layers"), COLOUR))
    with pytest.raises(faults.MissingParameter) as caught:
        made.bind(call({"Layers": "many", **absent}))
    assert caught.value.detail("parameter") == "Colour"


def test_an_unreadable_value_is_told_by_its_wire_name_and_reason() -> None:
    with pytest.raises(faults.InvalidParameter) as caught:
        row(request=(COLOUR, Field("Layers", NUMBER, to="layers"))).bind(call({"Colour": "red", "Layers": "101"}))
    assert (caught.value.detail("parameter"), caught.value.detail("reason")) == ("Layers", "range")


def test_a_codec_of_two_values_fills_two_attributes() -> None:
    class Coat:
        def decode(self, raw: str) -> tuple[str, int]:
            colour, _, layers = raw.partition("*")
            return colour, int(layers)

        def encode(self, value: Any) -> Any:
            raise NotImplementedError

    made = row(request=(Field("Coat", Coat(), to=("colour", "layers")),))
    assert made.bind(call({"Coat": "red*3"})) == Paint("red", 3)
    assert made.wire_name("layers") == "Coat"


def test_a_dropped_value_is_checked_and_has_no_effect() -> None:
    made = row(request=(COLOUR, Field("Ladder", NUMBER, drop=True)))
    assert made.bind(call({"Colour": "red", "Ladder": "7"})) == Paint("red")
    with pytest.raises(faults.InvalidParameter):
        made.bind(call({"Colour": "red", "Ladder": "tall"}))


def test_a_field_may_be_needed_with_another() -> None:
    made = row(
        request=(COLOUR, Field("Glossy", FLAG, to="glossy"), Field("Thinner", TEXT, to="thinner", needed_with="glossy"))
    )
    assert made.bind(call({"Colour": "red", "Glossy": "false"})) == Paint("red")
    with pytest.raises(faults.MissingParameter) as caught:
        made.bind(call({"Colour": "red", "Glossy": "true"}))
    assert caught.value.detail("parameter") == "Thinner"


def test_arguments_are_adapted_in_place() -> None:
    def adapt(arguments: dict[str, Any], held: Call) -> None:
        arguments["colour"] = arguments.pop("Colour") + held.values["Shade"]

    made = row(request=(Field("Colour", TEXT),), adapt_request=adapt)
    assert made.bind(call({"Colour": "red", "Shade": "dish"})) == Paint("reddish")


def test_an_answer_reads_attributes_properties_records_and_lists() -> None:
    wall = Record(Field("Colour", TEXT, of="colour"), Field("Note", TEXT, of="note", omit=""))
    made = row(
        response=(
            Field("Colour", TEXT, of="front.colour"),
            Field("Dry", FLAG, of="front.dry"),
            Field("Walls", Items(wall, wrap="Wall"), of="walls"),
        )
    )
    assert made.show(HOUSE, call({})) == {
        "Colour": "red",
        "Dry": True,
        "Walls": {"Wall": [{"Colour": "red"}, {"Colour": "blue", "Note": "wet"}]},
    }


def test_a_field_may_be_there_only_where_a_condition_holds() -> None:
    made = row(response=(Field("Colour", TEXT, of="front.colour", when=lambda house: len(house.walls) > 1),))
    assert made.show(HOUSE, call({})) == {"Colour": "red"}
    assert made.show(House(HOUSE.front, []), call({})) == {}


@pytest.mark.parametrize(("asked", "shown"), [({}, {}), ({"Fetch": "False"}, {}), ({"Fetch": "True"}, {"Dry": True})])
def test_a_field_may_be_there_only_where_it_was_asked_for(asked: dict[str, Any], shown: dict[str, Any]) -> None:
    made = row(response=(Field("Dry", FLAG, of="front.dry", asked_by="Fetch"),))
    assert made.show(HOUSE, call(asked)) == shown


class Painted(TypedDict, total=False):
    colour: str
    extra: int


def adapted(house: House, _call: Call) -> Painted:
    return {"colour": house.front.colour}


def test_an_adapter_may_give_a_typed_dictionary_whose_absent_keys_are_left_out() -> None:
    made = row(
        adapt_response=adapted, response=(Field("Colour", TEXT, of="colour"), Field("Extra", NUMBER, of="extra"))
    )
    assert made.show(HOUSE, call({})) == {"Colour": "red"}


def composed(_call: Call, _run: Any) -> Wall:
    return HOUSE.front


def silent(_call, _run):  # type: ignore[no-untyped-def]
    return None


W = TypeVar("W")


@dataclass
class Wrapped(Generic[W]):
    result: W


class WrappedOperation(Operation):
    @classmethod
    def answer_type(cls, kind: Any) -> Any:
        return Wrapped[kind]


def test_a_dialect_may_wrap_what_its_answers_read_from() -> None:
    made = WrappedOperation(name="PaintWall", use=paint, response=(Field("Colour", TEXT, of="result.front.colour"),))
    assert made.encode(Wrapped(HOUSE)) == {"Colour": "red"}
    with pytest.raises(TypeError, match="PaintWall: answer field Colour: Wall has no 'tint'"):
        WrappedOperation(name="PaintWall", use=paint, response=(Field("Colour", TEXT, of="result.front.tint"),))


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({"request": (Field("Colour", TEXT, to="tint"),)}, "'tint'"),
        ({"request": (Field("Tint", TEXT),)}, "'Tint'"),
        ({"given": {"tint": 1}}, "'tint'"),
        ({"response": (Field("Colour", TEXT, of="back.colour"),)}, "House has no 'back'"),
        ({"response": (Field("Colour", TEXT, of="front.dry.tint"),)}, "bool has no 'tint'"),
        ({"response": (Field("Colour", TEXT, of="shed.tint"),)}, "no member of the union has 'tint'"),
        ({"response": (Field("Front", Record(Field("Colour", TEXT, of="tint")), of="front"),)}, "Wall has no 'tint'"),
        ({"response": (Field("Walls", Items(Record(Field("C", TEXT, of="tint"))), of="walls"),)}, "Wall has no 'tint'"),
        ({"adapt_response": adapted, "response": (Field("Colour", TEXT, of="tint"),)}, "Painted has no key 'tint'"),
        ({"composite": composed, "response": (Field("Colour", TEXT, of="front"),)}, "Wall has no 'front'"),
        ({"composite": silent, "response": (Field("Colour", TEXT, of="colour"),)}, "does not say what it returns"),
    ],
)
def test_what_is_not_there_fails_at_load(rest: dict[str, Any], why: str) -> None:
    with pytest.raises(TypeError) as caught:
        row(**rest)
    assert why in str(caught.value)
    assert "PaintWall" in str(caught.value)


def test_a_row_says_which_hooks_it_has() -> None:
    assert row().hooks == ()
    assert row(adapt_response=adapted).hooks == ("adapt_response",)
    assert row(composite=composed).hooks == ("composite",)
