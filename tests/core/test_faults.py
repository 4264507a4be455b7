"""Faults are frozen records that can be raised, and catalogues are checked against what they carry."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import FrozenInstanceError

import pytest

from bitting.core import faults
from bitting.dialects.base.errors import COLUMNS, parse

HEAD = "\t".join(COLUMNS)


@pytest.mark.parametrize("kind", faults.every_fault().values(), ids=lambda kind: kind.__name__)
def test_every_fault_is_made_of_typed_fields_with_defaults(kind: type[faults.Fault]) -> None:
    fault = kind()
    for name in faults.field_names(kind) - {"pinned"}:
        assert fault.detail(name) == ""
        assert kind(**{name: "x"}).detail(name) == "x"
    assert str(fault) == kind.__name__


def test_a_fault_takes_no_other_name_and_no_position() -> None:
    with pytest.raises(TypeError):
        faults.KeyNotFound(resorce="k")
    with pytest.raises(TypeError):
        faults.KeyNotFound("k")


def test_a_fault_does_not_change() -> None:
    fault = faults.InvalidParameter(parameter="limit", reason="range")
    for name in ("parameter", "pinned", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(fault, name, "x")
    with pytest.raises(FrozenInstanceError):
        del fault.parameter
    assert repr(fault) == "InvalidParameter(parameter='limit', reason='range')"


def test_a_fault_can_be_raised_through_context_managers_and_take_notes() -> None:
    @contextlib.contextmanager
    def through() -> Iterator[None]:
        yield

    with pytest.raises(faults.KeyNotFound) as caught, through():
        raise faults.KeyNotFound(resource="k") from ValueError("cause")
    caught.value.add_note("seen")
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_copy_keeps_all_but_what_is_replaced() -> None:
    with pytest.raises(faults.InvalidParameter) as caught:
        raise faults.InvalidParameter(parameter="limit", reason="range") from ValueError("cause")
    copy = caught.value.replaced(parameter="Limit")
    assert (copy.parameter, copy.reason, caught.value.parameter) == ("Limit", "range", "limit")
    assert copy.__traceback__ is caught.value.__traceback__
    assert copy.__cause__ is caught.value.__cause__
    with pytest.raises(TypeError):
        copy.replaced(parametre="x")


def row(fault: str, when: str = "", message: str = "no") -> str:
    return f"{HEAD}\n{fault}\t{when}\t*\t*\t400\tcode\t{message}\tnatural\tprobe\t"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (row("KeyNotFond"), "no fault class KeyNotFond"),
        (row("KeyNotFound", "nmaed=alias"), "the condition 'nmaed' is no field of KeyNotFound"),
        (row("NotFound", "kind=grant"), "the condition 'kind' is no field of NotFound; its fields are resource"),
        (row("KeyNotFound", "", "no {instance}"), "the hole {instance} is no field of KeyNotFound"),
        (row("Fault", "", "no {resource}"), "the hole {resource} is no field of Fault; its fields are none"),
        (row("Fault", "pinned=x"), "the condition 'pinned' is no field of Fault"),
    ],
)
def test_a_typo_in_a_catalogue_fails_when_it_is_loaded(line: str, named: str) -> None:
    with pytest.raises(ValueError, match=r"toy errors\.tsv line 2: ") as refused:
        parse("toy", line)
    assert named in str(refused.value)


def test_inherited_fields_are_fields() -> None:
    catalogue = parse("toy", row("KeyNotInInstance", "named=alias", "{instance} has no {resource}"))
    fault = faults.KeyNotInInstance(resource="k", instance="i", named="alias")
    assert catalogue.row(fault).text(fault) == "i has no k"
