"""What the tests of stubs have in common: TDs to make modules of, and what becomes of their source."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import wot

ROOT = Path(__file__).parents[2]
LOCAL = "http://127.0.0.1:0"
FORMS = [{"href": "http://127.0.0.1/x"}]


def described(title: str = "Lamp", **members: Any) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/2022/wot/td/v1.1",
        "title": title,
        "security": "none",
        "securityDefinitions": {"none": {"scheme": "nosec"}},
        **members,
    }


def with_property(schema: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    return described(properties={"level": {"forms": FORMS, **schema}}, **members)


def with_action(**members: Any) -> dict[str, Any]:
    return described(actions={"fade": {"forms": FORMS, **members}})


def with_event(**members: Any) -> dict[str, Any]:
    return described(events={"hot": {"forms": FORMS, **members}})


def imported(source: str) -> dict[str, Any]:
    """What a module with this source has in it."""
    names: dict[str, Any] = {"__name__": "made_by_stub"}
    exec(compile(source, "made_by_stub.py", "exec"), names)
    return names


def class_of(source: str) -> type[wot.Thing]:
    """The Thing class in a module with this source."""
    found = [
        value
        for value in imported(source).values()
        if isinstance(value, type) and issubclass(value, wot.Thing)
    ]
    (cls,) = found
    return cls


def tool(name: str) -> str:
    command = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if command is None:
        pytest.skip(f"{name} is not installed")
    return command


def run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


LAMP = described(
    "Kitchen lamp",
    id="urn:example:lamp",
    description="A dimmable lamp.",
    properties={
        "brightness": {
            "description": "How bright it is.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "unit": "percent",
            "observable": True,
            "forms": FORMS,
        },
        "state": {
            "type": "object",
            "properties": {"on": {"type": "boolean"}, "mode": {"enum": ["eco", "max"]}},
            "required": ["on"],
            "readOnly": True,
            "forms": FORMS,
        },
    },
    actions={
        "fade": {
            "description": "Dim smoothly.",
            "input": {
                "type": "object",
                "properties": {
                    "seconds": {"type": "number", "default": 1.5},
                    "to": {"type": "integer", "maximum": 100},
                },
                "required": ["to"],
            },
            "output": {"type": "string"},
            "forms": FORMS,
        }
    },
    events={
        "overheated": {"data": {"type": "number", "unit": "Cel"}, "forms": FORMS},
        "gone": {"forms": FORMS},
    },
)

HOSTILE = [
    '"""',
    "'''",
    '"',
    "'",
    "\\",
    '\\"""',
    'x"""\nimport os\nos.abort()\n"""',
    "a\nraise SystemExit",
    "\r\nraise SystemExit",
    "\u2028raise SystemExit",
    "\x0craise SystemExit",
    "\x00",
    "\ud800",
    "\u202e\u2066 reversed",
    "\u200b",
    "# type: ignore",
    "# mypy: ignore-errors",
    "-*- coding: utf-7 -*-",
    "{__import__('os').abort()}",
    "%s${x}",
    "__class__",
    "__init__",
    "__wot__",
    "NotImplementedError",
    "self",
    "dt",
    "str",
    "Any",
    'ends with a quote"',
    "ends with a backslash\\",
    "  indented",
    "trailing  \n  lines ",
    "word " * 60,
    "y" * 300,
    "",
]


def hostile(text: str) -> dict[str, Any]:
    """A TD with `text` in every place that a stub repeats."""
    schema = {
        "title": text,
        "description": text,
        "type": "object",
        "properties": {
            text: {"type": "string", "enum": [text, "b"], "default": text, "title": text},
            "x": {"type": "string", "pattern": text, "format": text, "unit": text},
            "y": {"oneOf": [{"type": "null", "title": text}, {"const": text, "title": text}]},
        },
        "required": [text],
    }
    variables = {text: {"type": "string", "default": text, "description": text}}
    common = {"title": text, "description": text, "uriVariables": variables}
    form = [{"href": text, "contentType": text, "response": {"contentType": text}}]
    value = {"type": "string", "const": text, "default": text, "title": text}
    return described(
        text,
        id=text,
        description=text,
        properties={text: {**schema, **common, "forms": FORMS}, "b": {**value, "forms": form}},
        actions={
            text: {**common, "input": schema, "output": schema, "forms": FORMS},
            "c": {**common, "input": value, "forms": form},
        },
        events={
            text: {**common, "data": schema, "forms": FORMS},
            "d": {"data": value, "forms": form},
        },
    )


def examples() -> list[Path]:
    return sorted((ROOT / "td_examples/valid").glob("*.td.json"))


def every_td(corpus: Path) -> Iterator[tuple[Path, Any]]:
    for folder in ("td/valid", "td/warning", "plugfest/td"):
        for path in sorted((corpus / folder).rglob("*.json*")):
            yield path, json.loads(path.read_bytes())
