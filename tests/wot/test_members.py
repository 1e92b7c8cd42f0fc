"""Members that may be left out: TypedDicts whose hints are still text, and members without a default."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, NotRequired, Required, TypedDict

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from wot.content import CBOR, JSON, Content
from wot.errors import DefinitionError
from wot.payload import Mismatch, Payload


class Report(TypedDict):
    x: float
    y: NotRequired[float]
    z: Annotated[NotRequired[Annotated[float, Meta(ge=0)]], "noted"]


class Wider(Report, total=False):
    u: Required[int]
    v: int


@dataclasses.dataclass
class Plan:
    to: int
    seconds: float | UnsetType = UNSET


class Record(msgspec.Struct):
    to: int
    seconds: Annotated[float | UnsetType, Meta(gt=0)] = UNSET


@pytest.mark.parametrize(("kind", "required"), [(Report, ["x"]), (Wider, ["x", "u"])])
def test_hints_that_are_text_say_what_is_required(kind: Any, required: list[str]) -> None:
    payload = Payload.of(kind)
    assert payload.schema["required"] == required
    value = dict.fromkeys(required, 1)
    assert payload.load(payload.dump(value), closed=True) == value
    for name in required:
        with pytest.raises(Mismatch, match=name):
            payload.dump({other: 1 for other in required if other != name})


@pytest.mark.parametrize("kind", [Plan, Record])
@pytest.mark.parametrize("media_type", [JSON, CBOR])
def test_a_member_may_be_left_out_without_a_default(kind: Any, media_type: str) -> None:
    payload = Payload.of(kind)
    assert payload.schema["required"] == ["to"]
    assert "default" not in payload.schema["properties"]["seconds"]
    assert payload.schema["properties"]["seconds"]["type"] == "number"
    for value in (kind(1), kind(1, 2.5)):
        content = payload.dump(value, media_type)
        assert payload.load(content, closed=True) == value
    assert payload.dump(kind(1)).body == b'{"to":1}'


@pytest.mark.parametrize("kind", [Plan, Record])
def test_null_is_something_else_than_nothing(kind: Any) -> None:
    with pytest.raises(Mismatch, match=r"null|None"):
        Payload.of(kind).load(Content(b'{"to": 1, "seconds": null}'), closed=True)


@pytest.mark.parametrize("hint", [UnsetType, list[int | UnsetType], int | UnsetType])
def test_what_is_not_there_is_no_value(hint: Any) -> None:
    with pytest.raises(DefinitionError, match="UnsetType"):
        Payload.of(hint)
