"""Links, texts, prefixes, faults by the thousand and Thing Models, made to take long."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wot.td import TD_11

from .hostile import FORM, SIZE, Made, model, named, nested, secured, thing

REST: Mapping[str, Callable[[], Made]] = {
    "10,000 links": lambda: thing(links=[{"href": "x", "rel": "type"}] * 30_000),
    "links of all relations": lambda: thing(
        links=[{"href": "x", "rel": f"r{i}"} for i in range(30_000)]
    ),
    "languages": lambda: thing(titles=named(50_000, "x", "de-x-{}")),
    "languages that are none": lambda: thing(titles=named(50_000, "x", "{}")),
    "a long language": lambda: thing(titles={"de" + "-abcde" * 160_000: "x"}),
    "a long language that is none": lambda: thing(titles={"de" + "-abcde" * 160_000 + "-": "x"}),
    "languages everywhere": lambda: thing(
        properties={
            f"p{i}": {"type": "null", "titles": {f"x-{i}": "x"}, "forms": [FORM]}
            for i in range(10_000)
        }
    ),
    "sets of languages": lambda: thing(
        titles=named(20_000, "x", "x-{}"),
        properties=named(8_000, {"titles": {"de": "x"}, "forms": [FORM]}),
    ),
    "titles without translation": lambda: thing(
        titles={"de": "x"}, properties=named(15_000, {"title": "x", "forms": [FORM]})
    ),
    "less-than signs": lambda: thing(title="<" * SIZE),
    "half tags": lambda: thing(title="<a" * (SIZE // 2)),
    "tags with spaces": lambda: thing(title="<a" + " " * SIZE),
    "tags with spaces, many": lambda: thing(title="<a " * (SIZE // 3)),
    "tags of slashes": lambda: thing(title="</" * (SIZE // 2)),
    "tags of letters": lambda: thing(title="<" + "a" * SIZE),
    "open placeholders in texts": lambda: thing(title="{{" * (SIZE // 2)),
    "half placeholders in texts": lambda: thing(title="{{a" * (SIZE // 3)),
    "placeholders in texts": lambda: thing(**{f"x{i}": "{{A}}" for i in range(60_000)}),
    "deep placeholders": lambda: thing(x=nested(60, ["{{A}}"] * 100_000, lambda x: [x])),
    "a date of digits": lambda: thing(created="1" * SIZE),
    "a date of zeros": lambda: thing(created="2026-01-01T00:00:00." + "0" * SIZE + "Z"),
    "a date that ends wrong": lambda: thing(created="2026-02-31T00:00:00." + "0" * SIZE),
    "a long id": lambda: thing(id="urn:" + "x" * SIZE),
    "a long id that is none": lambda: thing(id="urn" * (SIZE // 3)),
    "sizes": lambda: thing(links=[{"href": "x", "rel": "icon", "sizes": "1" * SIZE}]),
    "prefixes": lambda: thing(**named(50_000, 0, "p{}:x")),
    "deep prefixes": lambda: thing(x=nested(60, named(50_000, 0, "p:{}"), lambda x: {"a": x})),
    "colons in texts": lambda: thing(description=':"' * (SIZE // 3)),
    "colons without an end": lambda: thing(description=":" * SIZE),
    "texts that look like names": lambda: thing(description='":":' * 160_000),
    "contexts": lambda: {
        **thing(),
        "@context": [TD_11, *({f"p{i}": "urn:x:"} for i in range(40_000))],
    },
    "contexts of others": lambda: {
        **thing(),
        "@context": [TD_11, *["https://a.example/"] * 45_000],
    },
    "prefixes and contexts": lambda: {
        **secured(named(10_000, {"scheme": "p0:x"}), "n1"),
        "@context": [TD_11, named(10_000, "urn:x:", "p{}")],
    },
    "types": lambda: {**thing(), "@type": ["x"] * 200_000},
    "50,000 faults": lambda: thing(properties=named(50_000, 0)),
    "50,000 deep faults": lambda: thing(
        properties=named(8_000, {"type": 0, "readOnly": 0, "title": 0, "forms": [0]})
    ),
    "50,000 faults of ours": lambda: thing(
        schemaDefinitions=named(20_000, {"minimum": 2, "maximum": 1})
    ),
    "faults at long paths": lambda: thing(
        schemaDefinitions={
            "n" * 100_000: {"properties": named(30_000, {"minimum": 2, "maximum": 1})}
        }
    ),
    "faults of structure at long paths": lambda: thing(
        schemaDefinitions={"n" * 100_000: {"properties": named(50_000, 0)}}
    ),
    "faults with long values": lambda: thing(properties=named(5, {"forms": "x" * 200_000})),
    "misspelt terms": lambda: thing(
        properties=named(8_000, {"read_only": 1, "Forms": 1, "_type": 1, "forms": [FORM]})
    ),
    "long terms": lambda: thing(**named(5, 0, "_" * 200_000 + "{}")),
    "leftovers": lambda: thing(**named(60_000, 0, "tm:x{}")),
    "an empty name many times": lambda: thing(
        properties={"": {"properties": {"": {}}, "forms": [FORM]}}
    ),
}

MODELS: Mapping[str, Callable[[], Made]] = {
    "references in a circle": lambda: model(
        properties={f"p{i}": {"tm:ref": f"#/properties/p{(i + 1) % 10_000}"} for i in range(10_000)}
    ),
    "a chain of references": lambda: model(
        properties={
            **{f"p{i}": {"tm:ref": f"#/properties/p{i + 1}"} for i in range(10_000)},
            "p10000": {"type": "null"},
        }
    ),
    "references that double": lambda: model(
        schemaDefinitions={
            **{
                f"p{i}": {
                    "properties": {
                        "a": {"tm:ref": f"#/schemaDefinitions/p{i + 1}"},
                        "b": {"tm:ref": f"#/schemaDefinitions/p{i + 1}"},
                    }
                }
                for i in range(60)
            },
            "p60": {"type": "null"},
        }
    ),
    "references to itself": lambda: model(properties={"a": {"tm:ref": "#"}}),
    "one reference many times": lambda: model(
        properties={**named(20_000, {"tm:ref": "#/properties/x"}), "x": {"type": "null"}}
    ),
    "references to a great one": lambda: model(
        properties=named(3_000, {"tm:ref": "#/schemaDefinitions/x"}),
        schemaDefinitions={"x": {"enum": list(range(100_000))}},
    ),
    "long pointers": lambda: model(properties={"a": {"tm:ref": "#" + "/a" * (SIZE // 2)}}),
    "pointers of percents": lambda: model(properties={"a": {"tm:ref": "#/" + "%41" * (SIZE // 3)}}),
    "optional affordances": lambda: model(
        **{"tm:optional": [f"/properties/p{i}" for i in range(40_000)]}
    ),
    "optional, all there": lambda: model(
        properties=named(20_000, {}, "p{}"),
        **{"tm:optional": [f"/properties/p{i}" for i in range(20_000)]},
    ),
    "optional, a long one": lambda: model(**{"tm:optional": ["/properties/" + "~1" * (SIZE // 2)]}),
    "placeholders of a model": lambda: model(
        properties={f"p{i}": {"title": f"{{{{P{i}}}}}"} for i in range(25_000)}
    ),
    "placeholders in one text": lambda: model(title="{{A}}" * (SIZE // 5)),
    "open placeholders of a model": lambda: model(title="{{" * (SIZE // 2)),
    "half placeholders of a model": lambda: model(title="{{a" * (SIZE // 3)),
    "names that are placeholders": lambda: model(properties=named(30_000, {}, "{{{{A{}}}}}")),
    "submodels": lambda: model(links=[{"rel": "tm:submodel", "href": "#"}] * 20_000),
    "submodels of one name": lambda: model(
        links=[{"rel": "tm:submodel", "href": f"m{i}", "instanceName": "a"} for i in range(15_000)]
    ),
    "models that are extended": lambda: model(
        links=[{"rel": "tm:extends", "href": f"m{i}"} for i in range(20_000)]
    ),
    "nulls": lambda: model(properties=named(50_000, {"type": None})),
    "faults of a model": lambda: model(properties=named(30_000, {"type": 0, "tm:ref": 0})),
}
