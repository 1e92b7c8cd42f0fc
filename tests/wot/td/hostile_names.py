"""Names that refer to names, and addresses with variables, made to take long."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .hostile import FORM, SIZE, Made, combined, href, named, secured, thing, with_forms

SECURITY: Mapping[str, Callable[[], Made]] = {
    "50,000 definitions": lambda: secured(named(30_000, {"scheme": "nosec"}), "n1"),
    "50,000 names": lambda: secured({"n1": {"scheme": "nosec"}}, ["n1"] * 150_000),
    "50,000 unknown names": lambda: secured(
        {"none": {"scheme": "nosec"}}, [f"u{i}" for i in range(100_000)]
    ),
    "unknown names among many": lambda: secured(
        named(15_000, {"scheme": "nosec"}), [f"u{i}" for i in range(50_000)]
    ),
    "a chain of combinations": lambda: secured(
        combined(15_000, lambda i: [f"c{i + 1}" if i < 14_999 else "none", "none"]), "c0"
    ),
    "a circle of combinations": lambda: secured(
        combined(10_000, lambda i: [f"c{(i + 1) % 10_000}", "none"]), "c0"
    ),
    "a short circle, many ways to it": lambda: secured(
        combined(10_000, lambda i: ["c0", "c1"]), "c0"
    ),
    "all combine all": lambda: secured(
        combined(350, lambda i: [f"c{j}" for j in range(350)]), "c0"
    ),
    "one combination of many": lambda: secured(
        {
            **combined(1, lambda _: [f"n{i}" for i in range(15_000)]),
            **named(15_000, {"scheme": "nosec"}),
        },
        "c0",
    ),
    "combinations of unknown names": lambda: secured(
        combined(5_000, lambda i: [f"u{i}-{j}" for j in range(10)]), "c0"
    ),
    "forms under a chain": lambda: with_forms(
        [{"href": "https://a.example/", "scopes": "a", "security": "c0"}] * 5_000,
        securityDefinitions={
            **combined(5_000, lambda i: [f"c{i + 1}" if i < 4_999 else "oauth", "none"]),
            "oauth": {"scheme": "oauth2", "flow": "device", "scopes": "b"},
        },
    ),
    "forms under a default chain": lambda: with_forms(
        [{"href": "https://a.example/", "scopes": "a"}] * 10_000,
        security="c0",
        securityDefinitions={
            **combined(5_000, lambda i: [f"c{i + 1}" if i < 4_999 else "oauth", "none"]),
            "oauth": {"scheme": "oauth2", "flow": "device", "scopes": "b"},
        },
    ),
    "forms under many names": lambda: with_forms(
        [{"href": "https://a.example/{k}", "op": "readproperty"}] * 5_000,
        security=[f"n{i}" for i in range(5_000)],
        securityDefinitions={
            **named(5_000, {"scheme": "nosec"}),
            "key": {"scheme": "apikey", "in": "uri", "name": "k"},
        },
    ),
    "many secrets in the URI": lambda: with_forms(
        [{"href": "https://a.example/"}] * 1_500,
        security=[f"n{i}" for i in range(1_500)],
        securityDefinitions=named(5_000, {"scheme": "apikey", "in": "uri", "name": "k"}),
        uriVariables=named(5_000, {"type": "string"}),
    ),
    "many secrets in the body": lambda: thing(
        actions=named(
            2_000,
            {
                "input": {"type": "object", "properties": {"key": {"type": "string"}}},
                "forms": [FORM],
            },
        ),
        security=[f"s{i}" for i in range(2_000)],
        securityDefinitions=named(
            2_000, {"scheme": "apikey", "in": "body", "name": "/key/x"}, "s{}"
        ),
    ),
    "a long pointer": lambda: secured(
        {"k": {"scheme": "apikey", "in": "body", "name": "/~0~1" * 190_000}}, "k"
    ),
    "a long pointer that is none": lambda: secured(
        {"k": {"scheme": "apikey", "in": "body", "name": "/a" * 490_000 + "~"}}, "k"
    ),
    "long scheme names": lambda: secured({"k": {"scheme": "x" * SIZE}}, "k"),
    "scheme names with prefixes": lambda: secured(
        {f"n{i}": {"scheme": f"p{i}:x"} for i in range(25_000)}, "n1"
    ),
    "scopes": lambda: with_forms(
        [{"href": "https://a.example/", "scopes": [f"s{i}" for i in range(50)]}] * 1_500,
        security="o",
        securityDefinitions={
            "o": {
                "scheme": "oauth2",
                "flow": "device",
                "scopes": [f"s{i}" for i in range(20_000)],
            }
        },
    ),
}

FORMS: Mapping[str, Callable[[], Made]] = {
    "20,000 forms": lambda: with_forms(
        [{"href": "https://a.example/x", "op": ["readproperty"]}] * 18_000
    ),
    "10,000 relative forms": lambda: with_forms([{"href": "x"}] * 50_000),
    "templates of thousands of variables": lambda: href(
        "https://a.example/{?" + ",".join(f"v{i}" for i in range(60_000)) + "}",
        uriVariables=named(30_000, {"type": "null"}, "v{}"),
    ),
    "variables nobody declares": lambda: href(
        "https://a.example/{?" + ",".join(f"v{i}" for i in range(100_000)) + "}"
    ),
    "20,000 templates": lambda: with_forms(
        [{"href": f"https://a.example/{{?v{i}}}"} for i in range(20_000)]
    ),
    "many templates, many variables": lambda: with_forms(
        [{"href": "https://a.example/{?x}"}] * 12_000,
        uriVariables=named(12_000, {"type": "null"}, "v{}"),
    ),
    "many affordances, many variables": lambda: thing(
        properties=named(
            5_000, {"type": "null", "forms": [FORM], "uriVariables": {"a": {"type": "null"}}}
        ),
        uriVariables=named(15_000, {"type": "null"}, "v{}"),
    ),
    "open braces": lambda: href("https://a.example/" + "{" * SIZE),
    "closed braces": lambda: href("https://a.example/" + "}" * SIZE),
    "open and half open": lambda: href("https://a.example/" + "{a" * (SIZE // 2)),
    "many expressions": lambda: href("https://a.example/" + "{a}" * (SIZE // 3)),
    "empty expressions": lambda: href("https://a.example/" + "{}" * (SIZE // 2)),
    "placeholders": lambda: href("https://a.example/" + "{{a}}" * (SIZE // 5)),
    "half placeholders": lambda: href("https://a.example/" + "{{a" * (SIZE // 3)),
    "a long variable": lambda: href("https://a.example/{" + "a" * SIZE + "}"),
    "a long dotted variable": lambda: href("https://a.example/{" + "a." * (SIZE // 2) + "!}"),
    "a long percent variable": lambda: href("https://a.example/{" + "%41" * (SIZE // 3) + "-}"),
    "a long hyphenated variable": lambda: href("https://a.example/{" + "a-" * (SIZE // 2) + "!}"),
    "hyphens": lambda: href("https://a.example/{" + "a" + "-" * SIZE + "}"),
    "dots and hyphens": lambda: href("https://a.example/{" + "a.-" * (SIZE // 3) + "}"),
    "commas": lambda: href("https://a.example/{" + "," * (SIZE // 2) + "}"),
    "explosions": lambda: href("https://a.example/{a" + "*" * SIZE + "}"),
    "colons in a variable": lambda: href("https://a.example/{a" + ":1" * (SIZE // 2) + "}"),
    "a long URI scheme": lambda: href("a" * SIZE),
    "a long base": lambda: href("x", base="a" * SIZE),
    "a base of braces": lambda: href("x", base="https://a.example/" + "{a}" * (SIZE // 3)),
    "a base and many forms": lambda: with_forms(
        [{"href": "x{k}"}] * 20_000,
        base="https://a.example/" + "{a}" * 100_000,
        security="k",
        securityDefinitions={"k": {"scheme": "apikey", "in": "uri", "name": "j"}},
    ),
    "a base and forms without methods": lambda: with_forms(
        [{"href": "x", "op": "observeproperty"}] * 10_000, base="https://" + "a" * 500_000
    ),
    "an at sign": lambda: href("https://" + "a:b@" * (SIZE // 4)),
    "square brackets": lambda: href("https://" + "[" * SIZE),
    "media types": lambda: with_forms(
        [{"href": "https://a.example/", "contentType": "a/b;" + " " * SIZE + "\n"}]
    ),
    "media types of slashes": lambda: with_forms(
        [{"href": "https://a.example/", "contentType": "a/" * (SIZE // 2)}]
    ),
    "media types of letters": lambda: with_forms(
        [{"href": "https://a.example/", "contentType": "a" * SIZE}]
    ),
    "media types of semicolons": lambda: with_forms(
        [{"href": "https://a.example/", "contentType": "a/b" + ";" * SIZE}]
    ),
    "responses": lambda: with_forms(
        [{"href": "https://a.example/", "additionalResponses": [{"schema": "x"}] * 50_000}],
        schemaDefinitions=named(10_000, {}),
    ),
    "ops": lambda: with_forms([{"href": "https://a.example/", "op": ["readproperty"] * 60_000}]),
    "ops that are none": lambda: with_forms(
        [{"href": "https://a.example/", "op": ["x"] * 200_000}]
    ),
    "long ops": lambda: with_forms([{"href": "https://a.example/", "op": "readproperty" * 80_000}]),
    "ops that are nearly one": lambda: with_forms(
        [{"href": "https://a.example/", "op": [f"readpropert{i}" for i in range(40_000)]}]
    ),
    "observed": lambda: with_forms(
        [{"href": "https://a.example/", "op": "observeproperty"}] * 15_000
    ),
}
