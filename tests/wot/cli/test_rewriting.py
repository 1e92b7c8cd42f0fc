"""Documents with their defaults stated or left out, and the stubs of TDs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .elsewhere import Elsewhere, sends
from .processes import Here, Wot
from .things import BAD, DOUBTFUL, GOOD, MODEL, text, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, good=GOOD, bad=BAD, model=MODEL)
    return tmp_path


def test_the_exit_codes_of_the_process(wot: Wot, folder: Path) -> None:
    done = wot.together(
        ["td", "good.td.json", "--expand"],
        ["td", "bad.td.json", "--expand"],
        ["td", "none.json", "--reduce"],
        ["td", "good.td.json", "--expand", "--reduce"],
    )
    assert [each.code for each in done] == [0, 4, 3, 2]
    assert [bool(each.out) for each in done] == [True, False, False, False]
    assert [bool(each.err) for each in done] == [False, True, True, True]


def test_defaults_are_stated_and_left_out_again(here: Here, folder: Path) -> None:
    done = here("td", "good.td.json", "--expand")
    assert (done.code, done.err) == (0, "")
    expanded = json.loads(done.out)
    (form,) = expanded["properties"]["on"]["forms"]
    assert form["contentType"] == "application/json"
    assert expanded["properties"]["on"]["readOnly"] is False
    (folder / "expanded.td.json").write_text(done.out)
    assert json.loads(here("td", "expanded.td.json", "--reduce").out) == GOOD
    assert len(here("td", "expanded.td.json", "--reduce", "--json").out.splitlines()) == 1


def test_models_and_urls(here: Here, folder: Path, elsewhere: Elsewhere, lamp: str) -> None:
    assert json.loads(here("td", "model.tm.json", "--reduce").out) == MODEL
    base = elsewhere(td=sends(b"\xef\xbb\xbf" + text(GOOD)))
    assert json.loads(here("td", f"{base}/td", "--reduce").out) == GOOD
    assert json.loads(here("td", lamp, "--expand").out)["title"] == "Kitchen Lamp"


def test_numbers_and_texts_are_kept(here: Here, folder: Path) -> None:
    odd = {**GOOD, "x": [1.0, 10**18, 0.1, "é\u2028\u202e", -0.0]}
    (folder / "odd.json").write_text(json.dumps(odd))
    done = here("td", "odd.json", "--reduce")
    assert done.out == json.dumps(odd, indent=2, ensure_ascii=False) + "\n"


def test_standard_input(wot: Wot, folder: Path) -> None:
    assert json.loads(wot.fed(text(GOOD), "td", "-", "--reduce").out) == GOOD


@pytest.mark.parametrize("command", [["td", "--expand"], ["td", "--reduce"], ["stub"]])
def test_the_place_of_a_fault(here: Here, folder: Path, command: list[str]) -> None:
    done = here(*command, "bad.td.json")
    assert (done.code, done.out) == (4, "")
    error, head, source, pointer, *_ = done.err.splitlines()
    assert error.startswith("error: cannot ")
    assert head.startswith("bad.td.json:3:3: error: ")
    assert pointer.index("^") == source.index('"title"')
    done = here(*command, "bad.td.json", "--json")
    assert (done.code, done.error["type"]) == (4, "InvalidTD")
    assert "$.title" in done.error["detail"]


def test_a_stub(here: Here, folder: Path) -> None:
    done = here("stub", "good.td.json")
    assert (done.code, done.err) == (0, "")
    assert "class Lamp(wot.Thing" in done.out
    assert here("stub", "good.td.json", "--name", "Light", "-o", "light.py") == (0, "", "")
    assert "class Light(wot.Thing" in (folder / "light.py").read_text("utf-8")
    assert here("stub", "good.td.json", "-o", "lamp.py").code == 0
    assert (folder / "lamp.py").read_text("utf-8") == done.out
    subprocess.run([sys.executable, "lamp.py"], check=True)


def test_a_stub_is_made_of_what_is_valid(here: Here, folder: Path) -> None:
    on = {"type": "intger", "forms": [{"href": "http://lamp.example/on"}]}
    nothing = {**on, "type": "integer", "minimum": 5, "maximum": 1}
    write(folder, kind={**GOOD, "properties": {"on": on}})
    write(folder, range={**GOOD, "properties": {"on": nothing}})
    write(folder, formless={**GOOD, "properties": {"on": {}}}, doubtful=DOUBTFUL)
    for name in ("kind", "range", "formless"):
        done = here("stub", f"{name}.td.json", "-o", "lamp.py")
        assert (done.code, (folder / "lamp.py").exists()) == (4, False)
        assert f"{name}.td.json:" in done.err
    assert here("stub", "doubtful.td.json", "-o", "lamp.py").code == 0


def test_a_stub_overwrites_no_other_file(here: Here, folder: Path) -> None:
    (folder / "lamp.py").write_text("mine")
    command = ["stub", "good.td.json", "-o", "lamp.py"]
    assert here(*command).code == 2
    assert (folder / "lamp.py").read_text() == "mine"
    assert here(*command, "--force").code == 0
    assert [here(*command).code for _ in range(2)] == [0, 0]


def test_a_model_has_no_defaults(here: Here, folder: Path) -> None:
    for verb in ("--expand", "--reduce"):
        done = here("td", "model.tm.json", verb)
        assert (done.code, json.loads(done.out)) == (0, MODEL)
        assert done.err.startswith("note:  this is a Thing Model")
        assert here("td", "good.td.json", verb).err == ""


@pytest.mark.parametrize("command", [["td", "--expand"], ["stub"], ["model"], ["validate"]])
def test_what_is_something_else(here: Here, folder: Path, command: list[str]) -> None:
    (folder / "wide.json").write_bytes(json.dumps(GOOD).encode("utf-16-le"))
    done = here(*command, "wide.json")
    assert (done.code, "save it as UTF-8" in done.out + done.err) == (4, True)
    if command != ["model"]:
        (folder / "lamp.py").write_text("import wot")
        done = here(*command, "lamp.py")
        assert (done.code, "wot model" in done.out + done.err) == (4, True)


def test_no_stub(here: Here, folder: Path) -> None:
    done = here("stub", "model.tm.json")
    assert done.code == 4
    assert "wot model model.tm.json" in done.err
    assert here("stub", "none.json").code == 3
    assert here("stub", "good.td.json", "--name", "not a name").code == 2
    assert here("stub", "good.td.json", "-o", "none/lamp.py").code == 2
    assert here("stub", ".").code == 3


_BOUNDED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["forms", "type", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@_BOUNDED
@given(
    st.binary(max_size=50)
    | st.dictionaries(st.sampled_from([*GOOD, "actions", "events"]), _JSON, max_size=3).map(
        lambda changes: text({**GOOD, **changes})
    )
)
def test_anything(here: Here, folder: Path, body: bytes) -> None:
    (folder / "any.json").write_bytes(body)
    for command in (["td", "--expand"], ["td", "--reduce"], ["stub"]):
        done = here(*command, "any.json")
        assert done.code in (0, 4), (body, done)
        assert (done.code == 0) == bool(done.out)


def test_options_that_are_unknown(here: Here, folder: Path) -> None:
    done: Any = here("td", "good.td.json", "--expnd")
    assert done.code == 2
