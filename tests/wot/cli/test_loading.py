"""From files to Things, and who is to blame when that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wot.cli.blame import Fault
from wot.cli.ending import UsageError
from wot.cli.loading import classes_in, is_python, things_in
from wot.errors import WoTError
from wot.things import Thing

LAMP = "import wot\n\nclass {}(wot.Thing):\n    on = wot.stored(False)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr("wot.cli.loading._loaded", {})
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def names(things: list[Thing]) -> list[str]:
    return [type(thing).__name__ for thing in things]


def test_each_class_once_and_none_that_is_imported_or_abstract(folder: Path) -> None:
    (folder / "other.py").write_text(LAMP.format("Other"))
    (folder / "lamps.py").write_text(
        "from abc import ABC, abstractmethod\nfrom other import Other\n"
        + LAMP.format("One")
        + LAMP.format("Two")
        + "Alias = One\nclass Idea(wot.Thing, ABC):\n    @abstractmethod\n    def x(self): ...\n"
        + "if __name__ == '__main__':\n    raise SystemExit\n"
    )
    assert names(things_in("lamps.py")) == ["One", "Two"]
    assert names(things_in("lamps.py:Two")) == ["Two"]
    assert names(things_in("lamps.py:Other")) == ["Other"]
    assert names(things_in(str(folder / "lamps.py") + ":Alias")) == ["One"]


def test_a_file_is_run_once(folder: Path) -> None:
    (folder / "lamps.py").write_text(LAMP.format("One") + LAMP.format("Two"))
    (one,), (two,) = things_in("lamps.py:One"), things_in("lamps.py:Two")
    assert type(one).__module__ == type(two).__module__
    assert vars(sys.modules[type(one).__module__])["Two"] is type(two)


def test_names_that_are_taken(folder: Path) -> None:
    import json

    for name in ("json.py", "a b.py", "lamp", "wot.py"):
        (folder / name).write_text(LAMP.format("Lamp"))
        assert names(things_in(name)) == ["Lamp"]
    assert sys.modules["json"] is json


FAULTS = {
    "SyntaxError": ("x = (\n", 1, "x = ("),
    "ZeroDivisionError": ("a = 1\n\nb = a / 0\n", 3, "b = a / 0"),
    "ModuleNotFoundError": ("import no_such_module_1\n", 1, "import no_such_module_1"),
    "SystemExit": ("import sys\nsys.exit(3)\n", 2, "sys.exit(3)"),
    "DefinitionError": (
        LAMP.format("A") + "\n    @wot.property(observable=True)\n    def level(self): ...\n",
        7,
        "def level(self): ...",
    ),
    "FileNotFoundError": (
        LAMP.format("B") + "    def __init__(self):\n        open('/none/such')\n",
        6,
        "open('/none/such')",
    ),
    "TypeError": (LAMP.format("C") + "    def __init__(self, port): ...\n", 5, ""),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_has_its_place(folder: Path, kind: str) -> None:
    text, line, source = FAULTS[kind]
    (folder / "faulty.py").write_text(text)
    with pytest.raises(Fault) as caught:
        things_in("faulty.py")
    assert str(caught.value).startswith(f"faulty.py:{line}: ")
    assert (caught.value.kind, caught.value.source) == (kind, source)
    assert caught.value.hint
    assert caught.value.__cause__ is None


def test_the_fault_of_a_file_that_the_file_imports(folder: Path) -> None:
    (folder / "driver.py").write_text("\n\nPORT = int('x')\n")
    (folder / "lamp.py").write_text("import driver\n")
    with pytest.raises(Fault, match=r"^driver\.py:3: invalid literal"):
        things_in("lamp.py")


@pytest.mark.parametrize(
    "member",
    ["    level: wot.Stored[complex] = wot.stored(1j)\n", "    level = wot.stored(1, maximum=0)\n"],
)
def test_a_member_that_is_declared_wrongly(folder: Path, member: str) -> None:
    (folder / "faulty.py").write_text("import wot\n\nclass Lamp(wot.Thing):\n    a = 1\n" + member)
    with pytest.raises(Fault, match=r"^faulty\.py:5: "):
        things_in("faulty.py")


def test_no_python_at_all(folder: Path) -> None:
    (folder / "faulty.py").write_bytes(b"\0\0")
    with pytest.raises(Fault, match=r"^faulty\.py: "):
        things_in("faulty.py")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("none.py", "none.py does not exist"),
        ("none.py:Lamp", "none.py does not exist"),
        (".", ". is a folder"),
        ("no_such_module_2:Lamp", "no module 'no_such_module_2'"),
        ("lamp.py:Lampe", "lamp.py has no 'Lampe'"),
        ("lamp.py:number", "'number' is no Thing"),
        ("lamp.py:Plain", "lamp.py:6: 'Plain' is no Thing"),
        ("lamp.py:wot.Thing", "is no Thing"),
        ("empty.py", "empty.py defines no Thing"),
    ],
)
def test_what_is_not_there(folder: Path, spec: str, message: str) -> None:
    (folder / "lamp.py").write_text(LAMP.format("Lamp") + "number = 5\nclass Plain: ...\n")
    (folder / "empty.py").write_text("import wot\n")
    with pytest.raises(WoTError, match=message) as caught:
        things_in(spec)
    assert isinstance(caught.value, (UsageError, Fault))
    assert caught.value.hint


def test_classes_are_not_made(folder: Path) -> None:
    (folder / "lamps.py").write_text(
        LAMP.format("One")
        + "    def __init__(self, port): ...\n"
        + LAMP.format("Two")
        + "two = Two()\n"
    )
    assert [cls.__name__ for cls in classes_in("lamps.py")] == ["One", "Two"]
    assert [cls.__name__ for cls in classes_in("lamps.py:two")] == ["Two"]
    with pytest.raises(Fault, match="no 'Three'"):
        classes_in("lamps.py:Three")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("lamp.py", True),
        ("parts/lamp.py:Lamp", True),
        ("module:Lamp", True),
        ("parts.module:Lamp.Inner", True),
        ("lamp.tm.json", False),
        ("http://example.org/lamp.py", False),
        ("http://example.org/lamp", False),
        ("-", False),
        ("lamp", False),
        ("urn:lamp", False),
    ],
)
def test_what_is_python(folder: Path, spec: str, expected: bool) -> None:
    (folder / "urn:lamp").touch()
    assert is_python(spec) is expected


@pytest.mark.parametrize("name", ["lamp.td.json", "README.md"])
def test_what_is_no_python_is_not_run(folder: Path, name: str) -> None:
    (folder / name).write_text("raise SystemExit")
    with pytest.raises(UsageError, match="is no Python"):
        things_in(name)
