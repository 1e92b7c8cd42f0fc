"""Values of terms that make no sense, and media types that do not fit what a method takes and gives."""

from typing import Any

import pytest

import wot
from wot.errors import DefinitionError

from .lamps import LOCAL


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"synchronous": "no"}, "synchronous='no' should be True or False"),
        ({"safe": 1}, "safe=1 should be"),
        ({"timeout": "5"}, "timeout='5' should be a positive number"),
        ({"timeout": -1}, "timeout=-1"),
        ({"timeout": True}, "timeout=True"),
        ({"content_type": ()}, r"content_type=\(\) names no media type"),
        ({"response_type": ""}, "'' is no media type"),
        ({"content_type": "png"}, "'png' is no media type"),
        ({"content_type": 5}, "5 is no media type"),
        ({"content_type": ("text/plain", 5)}, "5 is no media type"),
    ],
)
def test_values_of_terms_that_make_no_sense(terms: dict[str, Any], reason: str) -> None:
    with pytest.raises(DefinitionError, match=f"^Lamp.fade: {reason}"):

        class Lamp(wot.Thing):
            @wot.action(**terms)
            async def fade(self) -> str: ...


def test_what_is_made_of_bytes_is_one_argument() -> None:
    async def of_two(self: Any, image: bytes, width: int) -> None: ...
    async def by_name(self: Any, image: bytes) -> None: ...
    async def of_text(self: Any, image: str, /) -> None: ...

    for method in (of_two, by_name, of_text):
        with pytest.raises(DefinitionError, match="image/png is made of bytes") as caught:

            class Lamp(wot.Thing):
                show = wot.action(content_type="image/png")(method)

        assert "`image: bytes, /`" in caught.value.hint


def test_an_output_that_cannot_be_told_as_its_media_type() -> None:
    with pytest.raises(DefinitionError, match="output cannot be image/png") as caught:

        class Lamp(wot.Thing):
            @wot.action(response_type="image/png")
            async def show(self) -> int: ...

    assert 'response_type="application/json"' in caught.value.hint


class Lab(wot.Thing):
    """Takes pictures of which it tells something in JSON."""

    @wot.action(content_type="image/png")
    async def upload(self, image: bytes, /) -> int:
        return len(image)

    @wot.action(content_type="image/png", synchronous=False)
    async def examine(self, image: bytes, /) -> list[int]:
        return list(image)

    @wot.action(content_type="image/png")
    async def turned(self, image: bytes, /) -> bytes:
        return image[::-1]


async def test_an_output_that_is_no_bytes_is_json() -> None:
    async with wot.serve(Lab(), LOCAL) as served, wot.consume(served.urls[0], Lab) as lab:
        assert await lab.upload(b"png") == 3
        assert await lab.examine(b"png") == [112, 110, 103]
        assert await lab.turned(b"png") == b"gnp"
        async with wot.consume(served.urls[0]) as untyped:
            assert await untyped.invoke("upload", b"png") == 3
            form = untyped.description.actions["upload"].forms[0]
    assert (form.content_type, form.response_type) == ("image/png", "application/json")
