"""From Thing Models to Thing Descriptions, and from classes to Thing Models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .elsewhere import Elsewhere, sends
from .processes import HERE, Done, Here, Wot
from .things import GOOD, MODEL, link, model, text, write

FILLED = ["--set", "NUMBER=7", "--set", "MAXIMUM=100"]
WHOLE = ["--base", "http://lamp.example/", "--security", "nosec"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, lamp=MODEL, td=GOOD)
    write(tmp_path, room=model(links=link("tm:submodel", "./lamp.tm.json", instanceName="left")))
    return tmp_path


def made(done: Done) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_exit_codes_of_the_process(wot: Wot, folder: Path) -> None:
    done = wot.together(
        ["model", "lamp.tm.json", *FILLED],
        ["model", "lamp.tm.json"],
        ["model", "none.json"],
        ["model", "lamp.tm.json", *FILLED, "--set", "x"],
    )
    assert [each.code for each in done] == [0, 4, 3, 2]
    assert not any("\x1b" in each.out + each.err for each in done)
    assert [bool(each.out) for each in done] == [True, False, False, False]


def test_values_are_json_or_words(here: Here, folder: Path) -> None:
    td = made(here("model", "lamp.tm.json", *FILLED))
    assert td["title"] == "Lamp 7"
    assert td["properties"]["level"]["maximum"] == 100
    assert "@type" not in td
    td = made(here("model", "lamp.tm.json", "--set", "NUMBER=two words=", "--set", "MAXIMUM=-5"))
    assert (td["title"], td["properties"]["level"]["maximum"]) == ("Lamp two words=", -5)


@pytest.mark.parametrize(
    ("include", "actions"),
    [
        ([], ["toggle"]),
        (["optional"], ["fade", "toggle"]),
        (["fade"], ["fade", "toggle"]),
        (["/actions/fade"], ["fade", "toggle"]),
    ],
)
def test_what_is_optional(here: Here, folder: Path, include: list[str], actions: list[str]) -> None:
    options = [part for name in include for part in ("--include", name)]
    td = made(here("model", "lamp.tm.json", *FILLED, *options))
    assert sorted(td["actions"]) == actions


def test_a_partial_one_says_what_is_missing(here: Here, folder: Path) -> None:
    done = here("model", "lamp.tm.json", *FILLED)
    (note,) = done.err.splitlines()
    assert note.startswith("note:  this is a partial TD, without ")
    assert all(word in note for word in ("security", "forms", "--security", "--base"))
    assert here("model", "lamp.tm.json", *FILLED, "--json").err == ""


def test_a_whole_one_is_valid(here: Here, folder: Path) -> None:
    named = ["--id", "urn:example:lamp", "--title", "Mine", "--instance", "1.0.0"]
    done = here("model", "lamp.tm.json", *FILLED, *WHOLE, *named, "-o", "mine.td.json")
    assert (done.code, done.out, done.err) == (0, "", "")
    td = json.loads((folder / "mine.td.json").read_bytes())
    assert (td["id"], td["title"], td["version"]) == (
        "urn:example:lamp",
        "Mine",
        {"instance": "1.0.0"},
    )
    assert here("validate", "mine.td.json", "--json").out == (
        '[{"file":"mine.td.json","errors":[],"warnings":[]}]\n'
    )


def test_the_link_to_the_model_is_of_use_elsewhere(here: Here, folder: Path) -> None:
    (folder / "tds").mkdir()
    here("model", "lamp.tm.json", *FILLED, "-o", "tds/lamp.td.json")
    printed = made(here("model", str(folder / "lamp.tm.json"), *FILLED))
    written = json.loads((folder / "tds" / "lamp.td.json").read_bytes())
    hrefs = [td["links"][0]["href"] for td in (printed, written)]
    assert hrefs == ["./lamp.tm.json", "../lamp.tm.json"]


@pytest.mark.parametrize("value", ["7", '"x"', "[]", "null", '{"rel": "icon", "href": 7}'])
def test_a_partial_one_is_checked_as_far_as_it_goes(here: Here, folder: Path, value: str) -> None:
    write(folder, links=model(links=["{{LINK}}"]))
    for more in ([], ["-o", "links.td.json"]):
        done = here("model", "links.tm.json", "--set", f"LINK={value}", *more)
        assert (done.code, done.out) == (4, "")
        assert "hint: --set " in done.err
    assert not (folder / "links.td.json").exists()


@pytest.mark.parametrize(
    ("option", "place", "word"),
    [
        (["--security", "x:y"], "$.securityDefinitions['x:y_sc'].scheme", "prefix"),
        (["--base", "v7"], "$.base", "https://"),
        (["--id", "foo"], "$.id", "urn:"),
        (["--title", ""], "", ""),
    ],
)
def test_the_option_that_is_to_blame(
    here: Here, folder: Path, option: list[str], place: str, word: str
) -> None:
    given = dict(zip(WHOLE[::2], WHOLE[1::2], strict=True)) | {option[0]: option[1]}
    words = [word for pair in given.items() for word in pair]
    done = here("model", "lamp.tm.json", *FILLED, *words, "-o", "x.td.json")
    if not place:
        assert done.code == 0
        return
    assert (done.code, (folder / "x.td.json").exists()) == (4, False)
    lines = done.err.splitlines()
    assert lines[1].startswith("lamp.td.jsonld (not made):")
    assert lines[4].strip() == place
    assert lines[5].strip().startswith(f"hint: {' '.join(option)}: ")
    assert word in lines[5]
    assert place in here("model", "lamp.tm.json", *FILLED, *words, "--json").error["detail"]


@pytest.mark.parametrize("scheme", ["bsic", "oauth2", "combo", "Basic", " "])
def test_a_scheme_that_means_nothing(here: Here, folder: Path, scheme: str) -> None:
    done = here("model", "lamp.tm.json", *FILLED, "--security", scheme, "-o", "x.json", "--json")
    assert (done.code, (folder / "x.json").exists()) == (2, False)
    assert done.error["detail"].startswith(f"--security={scheme!r} ")
    assert "basic" in done.error["hint"]


def test_each_td_of_a_model_of_models_is_checked(here: Here, folder: Path) -> None:
    done = here("model", "room.tm.json", *FILLED, "--security", "x:y")
    heads = [line for line in done.err.splitlines() if "(not made):" in line]
    assert [head.partition(" ")[0] for head in heads] == ["room.td.jsonld", "lamp.td.jsonld"]


VERSIONED = model(
    version={"model": "{{V}}"},
    description="Of {{V}}",
    properties={"p": {"type": "number", "maximum": "{{M}}"}},
)


@pytest.mark.parametrize(
    ("given", "version", "description"),
    [
        ("1.10", "1.10", "Of 1.10"),
        ("1", "1", "Of 1"),
        ("true", "true", "Of true"),
        ('"1.10"', "1.10", "Of 1.10"),
        ("[1, 2]", "[1, 2]", "Of [1, 2]"),
        ("one", "one", "Of one"),
    ],
)
def test_a_value_is_what_fits(
    here: Here, folder: Path, given: str, version: str, description: str
) -> None:
    write(folder, versioned=VERSIONED)
    td = made(here("model", "versioned.tm.json", "--set", f"V={given}", "--set", "M=1.50"))
    assert (td["version"], td["description"]) == ({"model": version}, description)
    assert td["properties"]["p"]["maximum"] == 1.5


def test_a_value_inside_of_a_text_stays_as_it_was_written(here: Here, folder: Path) -> None:
    write(folder, named=model(description="Of {{V}}", **{"x:y": "{{W}}"}))
    options = ["--set", "V=1.10", "--set"]
    td = made(here("model", "named.tm.json", *options, "W=1.10"))
    assert (td["description"], td["x:y"]) == ("Of 1.10", 1.1)
    assert made(here("model", "named.tm.json", *options, 'W="1.10"'))["x:y"] == "1.10"


EVIL = {"rel": "item", "type": "application/td+json"}


@pytest.mark.parametrize(
    "href", ["../../evil.txt", "/tmp/evil.txt", "evil.txt", "./part.td.jsonld"]
)
@pytest.mark.parametrize("relation", ["item", "collection"])
def test_names_come_from_no_link_of_the_document(
    here: Here, folder: Path, href: str, relation: str
) -> None:
    evil = {**EVIL, "rel": relation, "href": href}
    write(folder, part=model(links=[evil]))
    write(folder, whole=model(links=[evil, *link("tm:submodel", "./part.tm.json")]))
    (folder / "a" / "b").mkdir(parents=True)
    before = {*folder.rglob("*")}
    assert here("model", "whole.tm.json", "-o", "a/b").code == 0
    assert {path.name for path in {*folder.rglob("*")} - before} == {
        "whole.td.jsonld",
        "part.td.jsonld",
    }
    assert not Path("/tmp/evil.txt").exists()


def test_a_link_without_a_target(here: Here, folder: Path) -> None:
    write(folder, whole=model(links=[EVIL, *link("tm:submodel", "./lamp.tm.json")]))
    done = here("model", "whole.tm.json", *FILLED)
    assert (done.code, "$.links[0]" in done.err) == (4, True)


def test_a_model_of_models(here: Here, folder: Path) -> None:
    whole, part = made(here("model", "room.tm.json", *FILLED, *WHOLE))
    assert (whole["title"], part["title"]) == ("Model", "Lamp 7")
    assert part["base"].startswith(whole["base"])
    assert part["base"] != whole["base"]
    contained = made(here("model", "room.tm.json", *FILLED, "--contained"))
    assert list(contained["actions"]) == ["left_toggle"]


def test_a_model_of_models_is_written_into_a_folder(here: Here, folder: Path) -> None:
    command = ["model", "room.tm.json", *FILLED, *WHOLE]
    done = here(*command, "-o", "tds", "--json")
    assert (done.code, done.error["type"]) == (2, "UsageError")
    (folder / "tds").mkdir()
    assert here(*command, "-o", "tds").code == 0
    files = {path.name: json.loads(path.read_bytes()) for path in (folder / "tds").iterdir()}
    assert sorted(td["title"] for td in files.values()) == ["Lamp 7", "Model"]
    for td in files.values():
        for each in td["links"]:
            assert (folder / "tds" / each["href"]).is_file(), each
    assert here("validate", "tds", "--resolve", ".").code == 0


@pytest.mark.parametrize(
    ("name", "made"), [("my lamp", "my-lamp"), ("Größe", "Größe"), ("a.td.b", "a.td.b")]
)
def test_the_td_is_named_as_its_model(here: Here, folder: Path, name: str, made: str) -> None:
    write(folder, **{name: model(links=link("tm:submodel", "./lamp.tm.json"))})
    (folder / "tds").mkdir()
    assert here("model", f"{name}.tm.json", *FILLED, *WHOLE, "-o", "tds").code == 0
    assert {path.name for path in (folder / "tds").iterdir()} == {
        f"{made}.td.jsonld",
        "lamp.td.jsonld",
    }
    part = json.loads((folder / "tds" / "lamp.td.jsonld").read_bytes())
    assert part["base"] == "http://lamp.example/lamp/"


@pytest.mark.parametrize("option", ["--title", "--id", "--base", "--security", "--set"])
def test_what_is_no_utf_8(here: Here, folder: Path, option: str) -> None:
    """No JSON holds it, so that the TD could not be read."""
    done = here("model", "lamp.tm.json", *FILLED, option, "x=l\udce4mp", "--json")
    assert (done.code, "UTF-8" in done.error["detail"]) == (2, True)


def test_what_is_missing_is_named_with_its_place(here: Here, folder: Path) -> None:
    done = here("model", "lamp.tm.json")
    error, hint, *lines = done.err.splitlines()
    assert error == "error: cannot use the model lamp.tm.json"
    assert hint == "hint:  --set NUMBER=… --set MAXIMUM=…"
    source = (folder / "lamp.tm.json").read_text().splitlines()
    heads = [line for line in lines if line.startswith("lamp.tm.json:")]
    assert ["NUMBER" in head for head in heads] == [True, False]
    for head, term in zip(heads, ('"title"', '"maximum"'), strict=True):
        _, line, column, _ = head.split(":", 3)
        assert source[int(line) - 1][int(column) - 1 :].startswith(term)
    done = here("model", "lamp.tm.json", "--json")
    assert (done.code, done.error["type"]) == (4, "InvalidTD")
    assert "NUMBER" in done.error["detail"]
    assert "--set MAXIMUM" in done.error["hint"]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (model(links=link("tm:extends", "./loop.tm.json")), "itself"),
        (model(links=link("tm:extends", "./none.tm.json")), "none.tm.json"),
        (model(links=link("tm:extends", "../outside.tm.json")), "outside"),
        (model(links=link("tm:extends", "/etc/passwd")), "outside"),
        (model(links=link("tm:extends", "http://127.0.0.1:9/x")), "--fetch"),
        (model(properties={"x": {"tm:ref": "./lamp.tm.json#/properties/none"}}), "none"),
        (GOOD, "no Thing Model"),
        ([1], "array"),
        ("{", "array"),
    ],
)
def test_models_that_cannot_be_used(here: Here, folder: Path, document: Any, word: str) -> None:
    (folder.parent / "outside.tm.json").write_bytes(text(model()))
    (folder / "loop.tm.json").write_bytes(text(document))
    done = here("model", "loop.tm.json")
    assert (done.code, done.out) == (4, "")
    head = done.err.splitlines()[1]
    if word != "array":
        assert word in done.err
    assert head.startswith(("loop.tm.json:", "hint:"))


def test_models_that_are_fetched_or_mapped(here: Here, folder: Path, elsewhere: Elsewhere) -> None:
    remote = elsewhere(**{"lamp.tm.json": sends(text(MODEL))})
    write(folder, mine=model(links=link("tm:extends", f"{remote}/lamp.tm.json")))
    assert here("model", "mine.tm.json", *FILLED).code == 4
    assert not elsewhere.asked.is_set()
    for option in (["--map", f"{remote}/lamp.tm.json=lamp.tm.json"], ["--fetch"]):
        assert "toggle" in made(here("model", "mine.tm.json", *FILLED, *option))["actions"]
    direct = made(here("model", f"{remote}/lamp.tm.json", *FILLED))
    assert direct["links"][0]["href"] == f"{remote}/lamp.tm.json"


def test_standard_input(wot: Wot, folder: Path) -> None:
    body = text(model(links=link("tm:extends", "./lamp.tm.json")))
    done = wot.fed(body, "model", "-", *FILLED, "--resolve", ".")
    assert "toggle" in made(done)["actions"]
    done = wot.fed(body, "model", "-", *FILLED)
    assert done.code == 4
    assert "--resolve" in done.err


def test_the_model_of_a_class(here: Here, folder: Path) -> None:
    file = str(HERE / "lamp.py")
    found = made(here("model", f"{file}:Lamp"))
    assert found["@type"] == "tm:ThingModel"
    assert "brightness" in found["properties"]
    assert made(here("model", file)) == found
    assert here("model", file, "-o", "class.tm.json").code == 0
    assert json.loads((folder / "class.tm.json").read_bytes()) == found
    assert here("validate", "class.tm.json").code == 0
    (folder / "two.py").write_text(
        "import wot\nclass A(wot.Thing): pass\nclass B(wot.Thing): pass\n"
    )
    assert [each["title"] for each in made(here("model", "two.py"))] == ["A", "B"]
    assert made(here("model", "two:B"))["title"] == "B"
    for wrong in (["two.py", "-o", "x.json"], ["two.py:A", "--set", "a=b"], ["two.py:C"]):
        assert here("model", *wrong).code == 2


_BOUNDED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
_PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("{{A}}"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rel", "href", "tm:ref", "properties", "forms", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@_BOUNDED
@given(st.dictionaries(st.sampled_from([*MODEL, "links", "version", "base", "security"]), _PARTS))
def test_any_json(here: Here, folder: Path, changes: dict[str, Any]) -> None:
    (folder / "any.json").write_bytes(text({**MODEL, "@type": "tm:ThingModel", **changes}))
    for options in ([], FILLED, ["--set", "A=1", "--contained", *WHOLE]):
        assert here("model", "any.json", *options, "--json").code in (0, 4)
