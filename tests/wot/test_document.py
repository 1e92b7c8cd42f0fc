"""Documents as they are given: files, texts, decoded; and what is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wot.document import file_of, read_document, read_model, read_td
from wot.errors import InvalidTD
from wot.td import TD_11, ThingDescription

TD: dict[str, Any] = {
    "@context": TD_11,
    "title": "Lamp",
    "securityDefinitions": {"sc": {"scheme": "nosec"}},
    "security": "sc",
}


def test_a_document_may_be_given_in_every_shape(tmp_path: Path) -> None:
    text = json.dumps(TD)
    file = tmp_path / "lamp.td.json"
    file.write_text(text)
    for source in (
        TD,
        text,
        f"\ufeff\n {text}",
        text.encode(),
        ThingDescription(TD),
        file,
        str(file),
    ):
        assert read_td(source) == TD


def test_a_text_that_begins_with_no_bracket_names_a_file() -> None:
    assert file_of("lamp.td.json") == Path("lamp.td.json")
    assert file_of(' {"title": "x"}') is None
    assert file_of(b"lamp.td.json") is None
    with pytest.raises(InvalidTD, match="cannot be read"):
        read_document("nowhere.td.json")


def test_findings_tell_what_is_wrong() -> None:
    with pytest.raises(InvalidTD) as raised:
        read_td(
            {**TD, "title": 5, "properties": {"on": {"type": "bool", "forms": [{"href": "x"}]}}}
        )
    assert {finding.path for finding in raised.value.findings} == {
        "$.title",
        "$.properties.on.type",
    }


def test_warnings_do_not_refuse() -> None:
    assert read_td({**TD, "created": "2026-01-01T00:00:00Z", "ex:unknown": 1})["ex:unknown"] == 1


@pytest.mark.parametrize("source", ["[]", "{", b"\xff", b"{}", "{}"])
def test_what_is_no_td_is_refused(source: Any) -> None:
    with pytest.raises(InvalidTD):
        read_td(source)


def test_a_thing_model_is_told_from_a_td() -> None:
    with pytest.raises(InvalidTD, match="this is a Thing Model") as raised:
        read_td({**TD, "@type": "tm:ThingModel"})
    assert "from_model" in raised.value.hint


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.td.json"
    with file.open("wb") as sparse:
        sparse.truncate((4 << 20) + 1)
    with pytest.raises(InvalidTD, match="larger than 4 MiB"):
        read_td(file)


def test_what_is_elsewhere_is_not_fetched() -> None:
    with pytest.raises(InvalidTD, match="is somewhere else") as raised:
        read_td("http://127.0.0.1:9/lamp")
    assert "servient.consume" in raised.value.hint


@pytest.mark.parametrize(
    "source", ["none.td.json", "", ".", "a\0b", "x" * 5000, "<td>\x1b[2J", "/dev/zero"]
)
@pytest.mark.parametrize("read", [read_td, read_model])
def test_a_text_that_names_no_plain_file(source: str, read: Callable[[str], Any]) -> None:
    for given in (source, Path(source)):
        with pytest.raises(
            InvalidTD, match=r"is no file|cannot be read|no name of a file"
        ) as caught:
            read(given)  # type: ignore[arg-type]
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("read", [read_td, read_model])
def test_a_pipe_is_not_waited_for(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "loop"):
        with pytest.raises(InvalidTD, match=name):
            read(tmp_path / name)
