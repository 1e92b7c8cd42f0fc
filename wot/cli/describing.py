"""A Thing Description for people."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wot.cli.values import clean, plain, unit_of
from wot.td import Json, ThingDescription, is_array, is_object


def described(td: ThingDescription) -> RenderableType:
    """Title, description, and a table for each kind of affordance."""
    parts: list[RenderableType] = [Text(clean(td.title), style="bold")]
    about = (td.description, td.id, _types(td), _security(td))
    parts += [
        Text(clean(line), style="dim" if number else "")
        for number, line in enumerate(about)
        if line
    ]
    parts += _section("Properties", ("", "type", "unit", "access", ""), _properties(td))
    parts += _section("Actions", ("", "input", "output", ""), _actions(td))
    parts += _section("Events", ("", "data", "unit", ""), _events(td))
    return Group(*parts)


def in_words(schema: Json) -> str:
    """A data schema on one line: `integer 0…100`, `{to: integer, seconds?: number}`."""
    if "const" in schema:
        return plain(schema["const"])
    if is_array(schema.get("enum")):
        return " | ".join(plain(choice) for choice in schema["enum"])
    if is_array(schema.get("oneOf")) and schema["oneOf"]:
        return " | ".join(in_words(branch) for branch in schema["oneOf"] if is_object(branch))
    kind = schema.get("type")
    if kind == "object" and is_object(schema.get("properties")):
        return _members(schema)
    if kind == "array":
        items = schema.get("items")
        return f"array of {in_words(items)}" if is_object(items) else "array"
    if is_array(kind):
        return " | ".join(str(each) for each in kind)
    words = [str(kind or "any"), schema.get("format", ""), _range(schema)]
    return " ".join(str(word) for word in words if word)


def _members(schema: Json) -> str:
    required = schema.get("required", ())
    members = (
        f"{name}{'' if name in required else '?'}: {in_words(member)}"
        for name, member in schema["properties"].items()
        if is_object(member)
    )
    return "{" + ", ".join(members) + "}"


def _range(schema: Json) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = {term: schema[term] for term in signs if isinstance(schema.get(term), (int, float))}
    if bounds.keys() >= {"minimum", "maximum"}:
        return f"{bounds['minimum']:g}…{bounds['maximum']:g}"
    return " ".join(f"{signs[term]} {bound:g}" for term, bound in bounds.items())


def _types(td: ThingDescription) -> str:
    return ", ".join(td.types)


def _security(td: ThingDescription) -> str:
    schemes = {d.scheme for name, d in td.security_definitions.items() if name in td.security}
    wanted = sorted(schemes - {"nosec"})
    return f"security: {', '.join(wanted)}" if wanted else ""


def _properties(td: ThingDescription) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, affordance in td.properties.items():
        json = affordance.json
        access = [
            "" if json.get("writeOnly") else "read",
            "" if json.get("readOnly") else "write",
            "watch" if json.get("observable") else "",
        ]
        words = " ".join(word for word in access if word)
        rows.append((name, in_words(json), unit_of(json), words, _about(json)))
    return rows


def _actions(td: ThingDescription) -> list[tuple[str, ...]]:
    return [
        (name, _part(action.json, "input"), _part(action.json, "output"), _about(action.json))
        for name, action in td.actions.items()
    ]


def _events(td: ThingDescription) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, event in td.events.items():
        data: Any = event.json.get("data")
        unit = unit_of(data) if is_object(data) else ""
        rows.append((name, _part(event.json, "data"), unit, _about(event.json)))
    return rows


def _part(json: Json, part: str) -> str:
    schema = json.get(part)
    return in_words(schema) if is_object(schema) else "–"


def _about(json: Json) -> str:
    text = str(json.get("description") or json.get("title") or "").partition("\n")[0]
    variables: Any = json.get("uriVariables")
    named = variables.items() if is_object(variables) else ()
    given = [f"--var {name}={in_words(schema)}" for name, schema in named if is_object(schema)]
    return " ".join([text, *given]).strip()


def _section(
    title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> list[RenderableType]:
    if not rows:
        return []
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(Text(title, style="bold cyan not dim"), style="bold", no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    return [Text(), table]
