"""Values in words: exact for pipes, with units and in tables for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import category

import msgspec

from wot.td import Json, is_array, is_object

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

NOTHING = "–"
# UCUM codes and W3C habits as people write them; what is not listed is shown as it is.
_UNITS = {
    "Cel": "°C",
    "percent": "%",
    "[ppm]": "ppm",
    "[ppb]": "ppb",
    "ug/m3": "µg/m³",
    "m2": "m²",
    "m3": "m³",
    "1": "",
}
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_LAYOUT = {"\n": r"\n", "\t": r"\t"}


def clean(text: str) -> str:
    """`text` without what would control the terminal: it may come from anybody's Thing."""
    return _mended(text, _cleaned)


def flat(text: str) -> str:
    """The same on one line: for what stands in a line of ours, where a line break would begin another one."""
    return "".join(_LAYOUT.get(each, each) for each in clean(text))


def escaped(json: str) -> str:
    """JSON text without what would control the terminal: the same JSON still."""
    return _mended(json, _in_json)


def _mended(text: str, mend: Callable[[str], str]) -> str:
    # Most lines need nothing, and telling that is quick.
    return "\n".join(
        line if line.isprintable() else "".join(map(mend, line)) for line in text.split("\n")
    )


def _is_shown(character: str) -> bool:
    """Whether it stands for itself, and not for what reverses, hides or breaks text (Unicode TR 36)."""
    # Printable is what is neither control, format, private, half of a character nor unassigned; nor any other space.
    return character.isprintable() or character in _LAYOUT or category(character) == "Zs"


def _cleaned(character: str) -> str:
    code = ord(character)
    if _is_shown(character):
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _in_json(character: str) -> str:
    if _is_shown(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def plain(value: Any, *, one_line: bool = False) -> str:
    """A value for pipes: strings as they are, everything else as JSON."""
    if isinstance(value, str) and not (one_line and ("\n" in value or "\r" in value)):
        return value
    return msgspec.json.encode(value).decode()


def unit_of(schema: Json) -> str:
    """The unit as people write it."""
    unit = schema.get("unit", "")
    return _UNITS.get(unit, unit) if isinstance(unit, str) else ""


def worded(value: Any, schema: Json) -> str:
    """A value with its unit on one line, for people."""
    if is_object(value):
        parts = [f"{name} {worded(part, _member(schema, name))}" for name, part in value.items()]
        return clean(" · ".join(parts)) or NOTHING
    if is_array(value):
        return "; ".join(worded(item, _items(schema)) for item in value) or NOTHING
    return " ".join(part for part in _scalar(value, schema) if part)


def rendered(value: Any, schema: Json) -> RenderableType:
    """A value for people: objects and lists of objects as tables."""
    from rich.text import Text

    if is_object(value) and value:
        return _table({name: (part, _member(schema, name)) for name, part in value.items()})
    if is_array(value) and value and all(is_object(item) and item for item in value):
        return _rows(value, _items(schema))
    if is_array(value) and value:
        return Text("\n".join(worded(item, _items(schema)) for item in value))
    return Text(worded(value, schema), style="bold")


def dated(text: str) -> Text:
    """A line with the time now in front."""
    from rich.text import Text

    return Text.assemble((f"{datetime.now():%H:%M:%S}  ", "dim"), text)


def _scalar(value: Any, schema: Json) -> tuple[str, str]:
    """A value without parts, and its unit."""
    if value is None:
        return NOTHING, ""
    if isinstance(value, bytes):
        return f"{len(value)} bytes", ""
    if isinstance(value, str):
        return (clean(_moment(value) if schema.get("format") == "date-time" else value) or '""'), ""
    if isinstance(value, bool):
        return plain(value), ""
    unit = schema.get("unit")
    if unit in ("By", "byte", "bytes"):
        return _bytes(value), ""
    if unit == "s" and value >= 600:
        return _duration(value), ""
    return (f"{value:.10g}" if isinstance(value, float) else str(value)), unit_of(schema)


def _bytes(value: float) -> str:
    steps = 0
    while abs(value) >= 1024 and steps < len(_BYTES) - 1:
        value, steps = value / 1024, steps + 1
    return f"{value:.3g} {_BYTES[steps]}" if value < 1000 else f"{value:.0f} {_BYTES[steps]}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    parts = (
        (minutes // 1440, "d"),
        (minutes // 60 % 24, "h"),
        (minutes % 60, "min"),
    )
    return " ".join([f"{number} {name}" for number, name in parts if number][:2])


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return text


def _member(schema: Json, name: str) -> Json:
    members = schema.get("properties")
    found = members.get(name) if is_object(members) else schema.get("additionalProperties")
    return found if is_object(found) else {}


def _items(schema: Json) -> Json:
    items = schema.get("items")
    return items if is_object(items) else {}


def _table(members: Mapping[str, tuple[Any, Json]]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(style="bold")
    for name, (value, schema) in members.items():
        table.add_row(Text(clean(name)), Text(worded(value, schema)))
    return table


def _rows(items: list[Json], schema: Json) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    names = list(dict.fromkeys(name for item in items for name in item))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="cyan")
    for name in names:
        table.add_column(Text(clean(name)))
    for item in items:
        table.add_row(*(Text(worded(item.get(name), _member(schema, name))) for name in names))
    return table
