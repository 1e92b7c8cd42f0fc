"""What `import wot` offers, and that it costs next to nothing."""

import json
import subprocess
import sys

import pytest

import wot

HEAVY = {
    "aiohttp",
    "jsonschema",
    "jsonschema_rs",
    "cbor2",
    "zeroconf",
    "typer",
    "rich",
    "uvloop",
    "pydantic",
    "psutil",
}


@pytest.mark.parametrize("name", wot.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(wot, name) is not None
    namespace: dict[str, object] = {}
    exec(f"from wot import {name}", namespace)  # as a user writes it
    assert namespace[name] is getattr(wot, name)


def test_the_names_are_those_that_are_looked_up() -> None:
    assert sorted(wot.__all__) == sorted(wot._WHERE)
    assert wot.__all__ == sorted(wot.__all__)
    assert set(wot.__all__) <= set(dir(wot))


def test_names_come_from_where_they_are_defined() -> None:
    for name, module in wot._WHERE.items():
        if module:
            assert f"{getattr(wot, name).__module__}.".startswith(f"{module}."), name


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="'wot' has no attribute 'nonsense'"):
        wot.nonsense  # noqa: B018


def imported_by(code: str) -> set[str]:
    """The top-level packages in a fresh process after `code`."""
    show = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}\n{show}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    found: list[str] = json.loads(done.stdout)
    return set(found)


DECLARE = """
import wot
class Lamp(wot.Thing):
    hot = wot.event(float)
    @wot.property(minimum=0, maximum=100)
    async def level(self) -> int: ...
    @wot.action
    async def fade(self, to: int) -> None: ...
Lamp()
"""


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import wot", HEAVY | {"msgspec", "asyncio", "inspect", "importlib.metadata"}),
        ("import wot.sync", HEAVY - {"uvloop"}),
        (DECLARE, HEAVY),
    ],
    ids=["import", "sync", "declare"],
)
def test_nothing_heavy_is_imported_before_it_is_used(code: str, absent: set[str]) -> None:
    assert not imported_by(code) & absent
