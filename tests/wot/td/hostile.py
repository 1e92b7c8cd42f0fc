"""Documents of about a megabyte that are made to take long: each of them aims at one loop, pattern or recursion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wot.td import TD_11

Made = bytes | dict[str, Any]
SIZE = 1_000_000
FORM = {"href": "https://lamp.example/on"}


def thing(**members: Any) -> dict[str, Any]:
    """A valid Thing Description, and more."""
    return {
        "@context": TD_11,
        "title": "Lamp",
        "security": "none",
        "securityDefinitions": {"none": {"scheme": "nosec"}},
        **members,
    }


def model(**members: Any) -> dict[str, Any]:
    return {"@context": TD_11, "@type": "tm:ThingModel", "title": "Lamp", **members}


def text(json_: Any) -> bytes:
    return json.dumps(json_, ensure_ascii=False, separators=(",", ":")).encode()


def schema(inner: Any) -> dict[str, Any]:
    return thing(properties={"on": {**inner, "forms": [FORM]}})


def with_forms(forms: list[Any], **members: Any) -> dict[str, Any]:
    return thing(properties={"on": {"type": "boolean", "forms": forms}}, **members)


def href(given: str, **members: Any) -> dict[str, Any]:
    return with_forms([{"href": given}], **members)


def named(count: int, value: Any, name: str = "n{}") -> dict[str, Any]:
    return {name.format(number): value for number in range(count)}


def raw(members: Iterable[str]) -> bytes:
    """A Thing Description with members that are written by hand, for instance twice."""
    return text(thing())[:-1] + b"," + ",".join(members).encode() + b"}"


def nested(levels: int, inner: Any, wrap: Callable[[Any], Any]) -> Any:
    for _ in range(levels):
        inner = wrap(inner)
    return inner


def secured(definitions: Mapping[str, Any], security: Any, **members: Any) -> dict[str, Any]:
    return {**thing(), "securityDefinitions": definitions, "security": security, **members}


def combined(count: int, refer: Callable[[int], list[str]]) -> dict[str, Any]:
    """Combinations of each other."""
    found: dict[str, Any] = {f"c{i}": {"scheme": "combo", "oneOf": refer(i)} for i in range(count)}
    return {**found, "none": {"scheme": "nosec"}}


TEXTS: Mapping[str, Callable[[], Made]] = {
    "one long title": lambda: text(thing(title="x" * SIZE)),
    "escapes": lambda: raw(['"description":"' + "\\u0022" * (SIZE // 6) + '"']),
    "white space": lambda: text(thing()) + b" " * SIZE,
    "braces": lambda: b"{" * SIZE,
    "brackets": lambda: b"[" * SIZE,
    "closed brackets": lambda: b"[" * (SIZE // 2) + b"]" * (SIZE // 2),
    "objects in objects": lambda: b'{"a":' * (SIZE // 6) + b"1" + b"}" * (SIZE // 6),
    "brackets inside": lambda: raw(['"x":' + "[" * 400_000 + "]" * 400_000]),
    "many deep members": lambda: raw(['"x":[' + ",".join(["[" * 200 + "]" * 200] * 2400) + "]"]),
    "brackets in texts": lambda: raw(['"x":[' + ",".join(['"["', '"{"'] * 125_000) + "]"]),
    "empty arrays": lambda: raw(['"x":[' + ",".join(["[]"] * 330_000) + "]"]),
    "quotation marks": lambda: b'"' * SIZE,
    "colons": lambda: b":" * SIZE,
    "zeros": lambda: raw(['"x":[' + "0," * (SIZE // 2) + "0]"]),
    "a number of a million digits": lambda: raw(['"x":' + "9" * SIZE]),
    "a fraction of a million digits": lambda: raw(['"x":0.' + "9" * SIZE]),
    "a great exponent": lambda: raw(['"x":[' + ",".join(["1e999999999"] * 80_000) + "]"]),
    "numbers beyond 64 bits": lambda: raw(['"x":[' + ",".join(["9" * 30] * 32_000) + "]"]),
    "100,000 members": lambda: text(thing(**named(100_000, 0))),
    "names of 100,000 characters": lambda: text(thing(**named(10, 0, "n" * 100_000 + "{}"))),
    "50,000 names twice": lambda: raw([f'"n{i}":0,"n{i}":0' for i in range(50_000)]),
    "one name 100,000 times": lambda: raw(['"n":0'] * 100_000),
    "long names twice": lambda: raw([f'"{"n" * 10_000}{i}":0' for i in (*range(50), *range(50))]),
    "long paths twice": lambda: raw(
        ['"' + "n" * 5_000 + '":{' + ",".join(['"a":0'] * 100_000) + "}"]
    ),
    "odd names twice": lambda: raw(
        ['"' + "\\\\'" * 4_000 + '":{' + ",".join(['"a":0'] * 60_000) + "}"]
    ),
    "a long path with many members": lambda: raw(
        ['"\\u0022":0,"' + "n" * 200_000 + '":[' + ",".join(["{}"] * 250_000) + "]"]
    ),
    "long names in long names": lambda: raw(
        [
            '"\\u0022":0,"x":'
            + "".join('{"' + "n" * 4_000 + '":' for _ in range(60))
            + "["
            + ",".join(["0"] * 300_000)
            + "]"
            + "}" * 60
        ]
    ),
    "twice inside of twice": lambda: raw(
        [
            '"\\u003a":0,'
            + ",".join(f'"p{i}":{{"a":0,"b":{{"c":0,"c":0}}}}' for i in range(15_000))
            + ","
            + ",".join(f'"p{i}":{{"a":0}}' for i in range(15_000))
        ]
    ),
}

_DEEP = 20  # levels of data schemas: twice as many of JSON, and more

SCHEMAS: Mapping[str, Callable[[], Made]] = {
    "255 levels of schemas": lambda: schema(
        nested(124, {"type": "null"}, lambda x: {"type": "object", "properties": {"a": x}})
    ),
    "schemas as deep as are read": lambda: schema(
        nested(29, {"type": "null"}, lambda x: {"type": "object", "properties": {"a": x}})
    ),
    "deep schemas with a fault": lambda: schema(
        nested(29, {"type": "nil"}, lambda x: {"type": "object", "properties": {"a": x}})
    ),
    "deep and wide oneOf": lambda: schema(
        nested(14, {"type": "nil"}, lambda x: {"oneOf": [x, {"type": "string"}]})
    ),
    "wide schemas": lambda: schema(
        {"type": "object", "properties": named(25_000, {"type": "object"})}
    ),
    "items of tuples": lambda: schema({"type": "array", "items": [{"type": "null"}] * 60_000}),
    "an enum of 100,000 texts": lambda: schema({"enum": [f"v{i}" for i in range(100_000)]}),
    "an enum of 200,000 numbers": lambda: schema({"enum": list(range(150_000))}),
    "an enum of objects": lambda: schema({"enum": [{"a": i} for i in range(90_000)]}),
    "an enum of arrays": lambda: schema({"enum": [[i] for i in range(100_000)]}),
    "an enum of mixed values": lambda: schema(
        {"enum": [v for i in range(25_000) for v in (i, str(i), [i], {"a": i})]}
    ),
    "an enum with its last value twice": lambda: schema(
        {"enum": [*({"a": i} for i in range(90_000)), {"a": 1}]}
    ),
    "an enum of fractions": lambda: schema({"enum": [i + 0.5 for i in range(100_000)]}),
    "an enum and defaults": lambda: thing(
        schemaDefinitions=named(1_000, {"enum": list(range(200)), "default": 199})
    ),
    "an enum of the wrong type": lambda: schema({"type": "null", "enum": list(range(100_000))}),
    "required names": lambda: schema(
        {"type": "object", "properties": {"a": {}}, "required": [f"r{i}" for i in range(90_000)]}
    ),
    "required twice": lambda: schema(
        {"type": "object", "properties": {"a": {}}, "required": ["a"] * 200_000}
    ),
    "patterns": lambda: thing(
        schemaDefinitions=named(15_000, {"type": "string", "pattern": "^(a|b)+$"})
    ),
    "different patterns": lambda: thing(
        schemaDefinitions={
            f"n{i}": {"type": "string", "pattern": f"^(a|{i})+$"} for i in range(15_000)
        }
    ),
    "patterns that are none": lambda: thing(
        schemaDefinitions=named(15_000, {"type": "string", "pattern": "(("})
    ),
    "a pattern that backtracks": lambda: schema(
        {"type": "string", "pattern": "^(a+)+$", "const": "a" * 5_000 + "b"}
    ),
    "a pattern that backtracks, look-around": lambda: schema(
        {"type": "string", "pattern": "^(?=(a+)+$).*", "default": "a" * 5_000 + "b"}
    ),
    "a long pattern": lambda: schema({"type": "string", "pattern": "(a|b)*" * 160_000}),
    "a deep pattern": lambda: schema({"type": "string", "pattern": "(" * 490_000 + ")" * 490_000}),
    "repetitions": lambda: schema({"type": "string", "pattern": "((a{1,999}){1,999}){1,999}"}),
    "many repetitions": lambda: thing(
        schemaDefinitions=named(10_000, {"type": "string", "pattern": "(a{1,999}){1,999}{1,999}"})
    ),
    "many classes": lambda: thing(
        schemaDefinitions={
            f"n{i}": {"type": "string", "pattern": f"[\\p{{L}}\\p{{N}}]{{1,{i % 900 + 1}}}"}
            for i in range(10_000)
        }
    ),
    "alternatives": lambda: schema({"type": "string", "pattern": "|".join(["a"] * 490_000)}),
    "optional groups": lambda: schema({"type": "string", "pattern": "(a?)" * 200_000}),
    "look-around of a million": lambda: schema({"type": "string", "pattern": "(?=a)" * 190_000}),
    "references of a million": lambda: schema({"type": "string", "pattern": "(a)\\1" * 190_000}),
    "look-around many times": lambda: thing(
        schemaDefinitions={
            f"n{i}": {"type": "string", "pattern": f"(?=a{i})b"} for i in range(15_000)
        }
    ),
    "a literal pattern": lambda: schema({"type": "string", "pattern": "a" * SIZE}),
    "huge integers": lambda: schema(
        {"type": "integer", "minimum": 10**4_000, "maximum": 10**4_000}
    ),
    "contradictions": lambda: thing(
        schemaDefinitions=named(15_000, {"type": "integer", "minimum": 2, "maximum": 1})
    ),
    "terms of other types": lambda: thing(
        schemaDefinitions=named(10_000, {"type": "null", "minimum": 2, "maxLength": 1, "items": {}})
    ),
}
