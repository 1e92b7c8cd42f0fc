"""What is wrong with documents, for people and for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .elsewhere import Elsewhere, hangs, sends
from .processes import Done, Here, Wot
from .things import BAD, DOUBTFUL, GOOD, MODEL, link, model, text, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, good=GOOD, bad=BAD, doubtful=DOUBTFUL, model=MODEL)
    return tmp_path


def entries(done: Done) -> list[dict[str, Any]]:
    """What --json printed, whose shape never changes."""
    (line,) = done.out.splitlines()
    found: list[dict[str, Any]] = json.loads(line)
    for entry in found:
        assert set(entry) == {"file", "errors", "warnings"}
        for finding in [*entry["errors"], *entry["warnings"]]:
            assert set(finding) == {"path", "reason", "hint", "assertion"}
            assert all(isinstance(value, str) for value in finding.values())
            assert finding["path"].startswith("$")
            assert finding["reason"]
    return found


def test_the_exit_codes_of_the_process(wot: Wot, folder: Path) -> None:
    done = wot.together(
        ["validate", "good.td.json", "model.tm.json"],
        ["validate", "doubtful.td.json"],
        ["validate", "good.td.json", "bad.td.json"],
        ["validate", "none.json", "good.td.json"],
        ["validate", "none.json", "bad.td.json"],
        ["validate"],
    )
    assert [each.code for each in done] == [0, 0, 4, 3, 4, 2]
    assert [bool(each.err) for each in done] == [False] * 5 + [True]
    assert done[0].out == "2 documents: 2 valid\n"
    assert not any("\x1b" in each.out for each in done)


def test_for_people(here: Here, folder: Path) -> None:
    done = here("validate", "good.td.json", "bad.td.json")
    head, source, pointer, path, *rest = done.out.splitlines()
    column = 3
    assert head.startswith(f"bad.td.json:3:{column}: error: ")
    assert source.endswith('│   "title": 5,')
    assert pointer.index("^") == source.index('"title"')
    assert path.strip() == "$.title"
    assert rest[-1] == "2 documents: 1 valid, 1 invalid (1 error)"


def test_one_document_is_called_by_its_name(here: Here, folder: Path) -> None:
    assert here("validate", "model.tm.json").out == "model.tm.json: valid\n"
    done = here("validate", "doubtful.td.json")
    assert done.code == 0
    *lines, last = done.out.splitlines()
    assert ": warning: " in lines[0]
    assert last == "doubtful.td.json: valid (1 warning)"


def test_as_json(here: Here, folder: Path) -> None:
    done = here("validate", "--json", "bad.td.json", "good.td.json", "doubtful.td.json")
    assert (done.code, done.err) == (4, "")
    bad, good, doubtful = entries(done)
    assert bad["file"] == "bad.td.json"
    assert [finding["path"] for finding in bad["errors"]] == ["$.title"]
    assert bad["errors"][0]["assertion"]
    assert good == {"file": "good.td.json", "errors": [], "warnings": []}
    assert doubtful["errors"] == []
    assert doubtful["warnings"][0]["path"].startswith("$.properties.on")


def test_one_bad_file_does_not_lose_the_others(here: Here, folder: Path) -> None:
    for name, body in {
        "garbage": bytes(range(256)) * 20,
        "empty": b"",
        "list": b"[]",
        "latin": b'{"title": "\xe9"}',
        "twice": b'{"title": "a", "title": "b"}',
        "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        "half": text(GOOD)[:-5],
        "bom": b"\xef\xbb\xbf" + text(GOOD),
        "utf-16": json.dumps(GOOD).encode("utf-16"),
        "large": b" " * (5 << 20),
    }.items():
        (folder / f"{name}.json").write_bytes(body)
    (folder / "folder.json").mkdir()
    names = [*sorted(path.name for path in folder.glob("*.json")), "none.json"]
    done = here("validate", "--json", *names)
    found = {entry["file"]: entry["errors"] for entry in entries(done)}
    assert list(found) == names
    assert done.code == 4
    fine = {"bom.json", "good.td.json", "doubtful.td.json", "model.tm.json"}
    assert {name for name, errors in found.items() if not errors} == fine
    for name in set(names) - fine - {"bad.td.json", "twice.json"}:
        assert [finding["path"] for finding in found[name]] == ["$"]
    assert "$.title" in [finding["path"] for finding in found["twice.json"]]
    shown = here("validate", *names)
    assert shown.code == 4
    assert all(f"{name}:" in shown.out for name in set(names) - fine)


def test_what_cannot_be_had_is_no_fault_of_a_document(
    here: Here, folder: Path, elsewhere: Elsewhere
) -> None:
    (folder / "empty").mkdir()
    base = elsewhere(gone=sends(b"", status=404), slow=hangs, page=sends(b"<html>", "text/html"))
    unread = ["none.json", f"{base}/gone", f"{base}/slow", "zigbee://x/y", "http://[", "empty"]
    done = here("validate", "--timeout", "0.5", "--json", *unread)
    assert done.code == 3
    found = entries(done)
    assert [entry["file"] for entry in found] == unread
    assert [[finding["path"] for finding in entry["errors"]] for entry in found] == [["$"]] * 6
    assert here("validate", *unread[:2], "--timeout", "0.5").out.splitlines()[-1] == (
        "2 documents: 2 unread"
    )
    assert here("validate", f"{base}/page", "--json").code == 4


def test_the_td_of_a_served_thing(here: Here, lamp: str) -> None:
    done = here("validate", lamp, "--json")
    assert (done.code, entries(done)[0]["errors"]) == (0, [])


def test_errors_only(here: Here, folder: Path) -> None:
    for option in ("-q", "--quiet"):
        done = here("validate", option, "doubtful.td.json", "bad.td.json")
        assert done.code == 4
        assert "warning: " not in done.out
        assert "bad.td.json:3:3: error: " in done.out
        assert done.out.splitlines()[-1] == "2 documents: 1 valid, 1 invalid (1 error, 1 warning)"
    assert entries(here("validate", "-q", "doubtful.td.json", "--json"))[0]["warnings"]


def test_what_to_do_is_told_to_programs_as_well(here: Here, folder: Path) -> None:
    write(folder, hasty={**GOOD, "security": None})
    (entry,) = entries(here("validate", "hasty.td.json", "--json"))
    assert entry["errors"][0]["hint"]


def test_what_a_folder_holds_and_is_left_out(here: Here, folder: Path) -> None:
    (folder / "tds").mkdir()
    write(folder / "tds", good=GOOD)
    (folder / "tds" / "p.td.json").symlink_to(folder / "bad.td.json")
    os.mkfifo(folder / "tds" / "a\nreal.td.json: valid\nx.td.json")
    done = here("validate", "tds")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[-1] == "3 documents: 1 valid, 2 left out"
    assert lines[0].startswith(r"tds/a\nreal.td.json: valid\nx.td.json: warning: left out: ")
    assert not any(line.startswith("real") for line in lines)
    assert "title" not in done.out
    warned = [entry["warnings"] for entry in entries(here("validate", "tds", "--json"))]
    assert [len(each) for each in warned] == [1, 0, 1]
    (folder / "tds" / "good.td.json").unlink()
    assert here("validate", "tds").code == 3


def test_pipes_of_the_shell(wot: Wot, folder: Path) -> None:
    line = (
        f"{sys.executable} -m wot.cli validate --json <(cat good.td.json) /dev/stdin < bad.td.json"
    )
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True)
    good, bad = json.loads(done.stdout)
    assert (good["errors"], [each["path"] for each in bad["errors"]]) == ([], ["$.title"])


def test_standard_input(wot: Wot, folder: Path) -> None:
    done = wot.fed(b"\xef\xbb\xbf" + text(BAD).replace(b"\n", b"\r\n"), "validate", "-")
    assert done.code == 4
    assert done.out.startswith("-:3:3: error: ")
    assert wot.fed(text(GOOD), "validate", "-", "good.td.json", "--json").code == 0
    assert wot.fed(b"", "validate", "-", "--json").code == 4
    done = wot.fed(b"", "validate", "-", "-", "--json")
    assert (done.code, done.error["type"]) == (2, "UsageError")


def test_a_folder(here: Here, folder: Path) -> None:
    (folder / "package.json").write_text("{}")
    done = here("validate", ".", "--json")
    names = ["bad.td.json", "doubtful.td.json", "good.td.json", "model.tm.json"]
    assert [entry["file"] for entry in entries(done)] == names
    assert done.code == 4


def test_many_files(here: Here, folder: Path) -> None:
    names = [f"lamp{number}.td.json" for number in range(500)]
    for name in names:
        (folder / name).write_bytes(text(GOOD))
    assert here("validate", *names).out == "500 documents: 500 valid\n"


def test_a_large_one_with_thousands_of_faults(here: Here, folder: Path) -> None:
    properties = {f"p{number}": {"type": "integr", "forms": []} for number in range(15_000)}
    (folder / "large.td.json").write_text(json.dumps({**GOOD, "properties": properties}))
    assert (folder / "large.td.json").stat().st_size > 500_000
    done = here("validate", "large.td.json")
    assert done.code == 4
    lines = done.out.splitlines()
    assert len(lines) < 200
    assert max(map(len, lines)) < 500
    assert "errors more; --json lists them" in done.out


def test_a_file_without_permission(here: Here, folder: Path, monkeypatch: Any) -> None:
    def refused(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)  # root may read everything
    done = here("validate", "good.td.json", "--json")
    assert done.code == 3
    assert "Permission denied" in entries(done)[0]["errors"][0]["reason"]


def test_names_that_are_no_utf_8(wot: Wot, folder: Path) -> None:
    name = b"l\xe4mp.td.json"
    Path(folder, name.decode("utf-8", "surrogateescape")).write_bytes(text(BAD))
    done = wot("validate", ".", "--json")
    assert "l\udce4mp.td.json" in [entry["file"] for entry in json.loads(done.out)]
    assert "l\\udce4mp.td.json:3:3: error: " in wot("validate", ".").out


def test_the_model_that_a_td_links(here: Here, folder: Path) -> None:
    base = model(properties={"on": {"type": "boolean"}, "level": {"type": "integer"}})
    lamp = model(links=link("tm:extends", "./base.tm.json"))
    (folder / "models").mkdir()
    write(folder / "models", base=base, lamp=lamp)
    write(folder, mine={**GOOD, "links": link("type", "./models/lamp.tm.json")})
    (folder / "tds").mkdir()
    write(folder / "tds", mine={**GOOD, "links": link("type", "../models/lamp.tm.json")})
    lacking, outside, inside, folders = (
        here("validate", *args, "--json")
        for args in (
            ["mine.td.json"],
            ["tds/mine.td.json"],
            ["tds/mine.td.json", "--resolve", "."],
            ["."],
        )
    )
    assert [lacking.code, outside.code, inside.code, folders.code] == [4, 0, 4, 4]
    for found in (entries(lacking)[0], entries(inside)[0], entries(folders)[-1]):
        assert [each["path"] for each in found["errors"]] == ["$.properties"]
    assert "--resolve" in entries(outside)[0]["warnings"][0]["reason"]


def test_models_that_are_elsewhere(here: Here, folder: Path, elsewhere: Elsewhere) -> None:
    remote = elsewhere(**{"lamp.tm.json": sends(text(model(actions={"fade": {}})))})
    write(folder, mine={**GOOD, "links": link("type", f"{remote}/lamp.tm.json")})
    write(folder, more=model(links=link("tm:extends", f"{remote}/lamp.tm.json")))
    both = ["validate", "mine.td.json", "more.tm.json", "--json"]
    unasked = here(*both)
    assert unasked.code == 0
    assert all("--fetch" in entry["warnings"][0]["reason"] for entry in entries(unasked))
    assert not elsewhere.asked.is_set()
    fetched = here(*both, "--fetch")
    assert [len(entry["errors"]) for entry in entries(fetched)] == [1, 0]
    write(folder, copy=model())
    for copies in (f"{remote}/lamp.tm.json=copy.tm.json", f"{remote}/=copies/"):
        (folder / "copies").mkdir(exist_ok=True)
        (folder / "copies" / "lamp.tm.json").write_bytes(text(model()))
        mapped = here(*both, "--map", copies)
        assert (mapped.code, [entry["warnings"] for entry in entries(mapped)]) == (0, [[], []])


def test_a_model_that_is_named(here: Here, folder: Path) -> None:
    write(folder, other=model(actions={"fade": {}}))
    done = here("validate", "good.td.json", "model.tm.json", "--model", "other.tm.json", "--json")
    assert done.code == 4
    good, unasked = entries(done)
    assert [finding["path"] for finding in good["errors"]] == ["$"]
    assert unasked["errors"] == []


@pytest.mark.parametrize(("name", "code"), [("none.json", 3), ("good.td.json", 4), ("x.py", 4)])
def test_a_model_that_cannot_be_used(here: Here, folder: Path, name: str, code: int) -> None:
    """It is one more document, and the others are checked all the same."""
    (folder / "x.py").write_text("import wot")
    done = here("validate", "bad.td.json", "--model", name, "--json")
    assert (done.code, done.err) == (4, "")
    unusable, bad = entries(done)
    assert (unusable["file"], bad["file"]) == (name, "bad.td.json")
    assert (len(unusable["errors"]), bad["errors"][0]["path"]) == (1, "$.title")
    done = here("validate", "doubtful.td.json", "--model", name)
    assert (done.code, done.err) == (code, "")
    assert f"{name}:" in done.out.splitlines()[0]


def test_a_folder_that_is_none(here: Here, folder: Path) -> None:
    for name in ("nofolder", "good.td.json"):
        done = here("validate", "none.json", "--resolve", name, "--json")
        assert (done.code, done.out, done.error["type"]) == (2, "", "UsageError")
        assert name in done.error["detail"]


@pytest.mark.parametrize(
    "copy", ["x", "=x", "http://a/=none", "http://a=.", "http://a/b=none.json"]
)
def test_a_map_that_is_none(here: Here, folder: Path, copy: str) -> None:
    done = here("validate", "good.td.json", "--map", copy, "--json")
    assert (done.code, done.out, done.error["type"]) == (2, "", "UsageError")


Run = Callable[[bytes, str], Done]


@pytest.fixture
def anything(here: Here, folder: Path) -> Run:
    def run(body: bytes, *args: str) -> Done:
        (folder / "any.json").write_bytes(body)
        return here("validate", "any.json", *args)

    return run


_BOUNDED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*GOOD, "forms", "@type", "links", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@_BOUNDED
@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode(errors="replace"))
)
def test_any_bytes(anything: Run, body: bytes) -> None:
    for args in ((), ("--json",)):
        done = anything(body, *args)
        assert done.code == 4
        assert done.err == ""
        assert done.out.splitlines()


@_BOUNDED
@given(st.fixed_dictionaries({}, optional={name: _JSON for name in [*GOOD, "links", "@type", "x"]}))
def test_any_json(anything: Run, changes: dict[str, Any]) -> None:
    done = anything(json.dumps({**GOOD, **changes}).encode(), "--json")
    assert done.err == ""
    (entry,) = entries(done)
    assert done.code == (4 if entry["errors"] else 0)
    shown = anything(json.dumps({**GOOD, **changes}, indent=1).encode())
    assert (shown.code, shown.err) == (done.code, "")
