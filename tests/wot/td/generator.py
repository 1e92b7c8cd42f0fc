"""Random Thing Descriptions that use all of TD 1.1, and random faults in them.

`thing_descriptions()` makes documents that are valid by the schema and by the prose; `mutations(td)` breaks
one in one place. What is drawn here shrinks towards the smallest Thing Description.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from json import dumps, loads
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from .schemas import NAMES, VALUES, Chooser, Draw, Json, Schemas, json_values
from .schemes import PLACED, SCOPES, Schemes

TD_10 = "https://www.w3.org/2019/wot/td/v1"
TD_11 = "https://www.w3.org/2022/wot/td/v1.1"

PREFIXES = {
    "ex": "https://example.org/vocabulary#",
    "saref": "https://w3id.org/saref#",
    "cov": "https://www.w3.org/2019/wot/coap#",
    "mqv": "https://www.w3.org/2019/wot/mqtt#",
    "ace": "https://example.org/ace-security#",
}
MEDIA_TYPES = (
    "application/json",
    "application/cbor",
    "text/plain;charset=utf-8",
    "image/jpeg",
    "application/octet-stream",
)
VARIABLES = ("unit", "lang", "from_", "a.b", "x1", "Limit")
PATH_STYLES = ("/{%s}", "/{+%s}", "{/%s}", "{;%s}", "/x{.%s}")
THING_OPS = {
    "properties": (
        ["readallproperties"],
        ["writeallproperties"],
        ["readmultipleproperties", "readallproperties"],
        ["writemultipleproperties"],
        ["observeallproperties", "unobserveallproperties"],
    ),
    "actions": (["queryallactions"],),
    "events": (["subscribeallevents", "unsubscribeallevents"],),
}
METHODS = {  # the default first, where TD 1.1 section 8.3.1 has one
    "readproperty": ("GET", "POST"),
    "writeproperty": ("PUT", "POST", "PATCH"),
    "invokeaction": ("POST", "PUT", "GET"),
    "queryaction": ("GET",),
    "cancelaction": ("DELETE",),
    "readallproperties": ("GET",),
    "writeallproperties": ("PUT", "POST"),
    "writemultipleproperties": ("PUT", "PATCH"),
    "queryallactions": ("GET",),
}
NEED_A_METHOD = {"queryaction", "cancelaction", "queryallactions"}
STREAMED = ("observe", "unobserve", "subscribe", "unsubscribe")  # what such ops begin with
LINKS = (
    {"rel": "type", "href": "https://example.org/lamp.tm.jsonld", "type": "application/tm+json"},
    {"rel": "icon", "href": "https://example.org/lamp.png", "sizes": "16x16 32x32"},
    {"rel": "icon", "href": "https://example.org/lamp.svg", "type": "image/svg+xml"},
    {"rel": "collection", "href": "https://example.org/house.td.jsonld"},
    {"rel": "item", "href": "https://example.org/bulb.td.jsonld", "anchor": "https://example.org/"},
    {"rel": "service-doc", "href": "https://example.org/manual", "hreflang": "de-AT"},
    {"rel": "alternate", "href": "https://example.org/td", "hreflang": ["en", "zh-Hans"]},
    {"rel": "https://example.org/rel/sibling", "href": "https://example.org/other"},
    {"href": "https://example.org/", "type": "text/html"},
)


def offered(ops: Iterable[str], affordances: Collection[Json]) -> bool:
    """Whether any of the affordances can take part in operations on all of them."""
    reads = any(op.startswith("read") for op in ops)
    writes = any(op.startswith("write") for op in ops)
    observes = any("observe" in op for op in ops)
    return any(
        not (reads and json.get("writeOnly"))
        and not (writes and json.get("readOnly"))
        and not (observes and not json.get("observable"))
        for json in affordances
    )


class Writer:
    """Writes one random Thing Description."""

    def __init__(self, draw: Draw) -> None:
        choose = Chooser(draw)
        self.draw, self.chance, self.one, self.some = draw, choose.chance, choose.one, choose.some
        self.prefixes = set(self.some(list(PREFIXES)))
        languages: tuple[str, ...] = self.one(((), (), ("en",), ("en", "de-AT", "zh-Hans")))
        self.schemas = Schemas(choose, languages, "ex" in self.prefixes)
        self.schemes = Schemes(choose, self.schemas, "ace" in self.prefixes)
        self.base = self.one(("", "", "https://things.example/lamp/", "coap://[2001:db8::1]:5683/"))
        self.security: Json = {}
        self.definitions: Json = {}

    # The document

    def thing(self) -> Json:
        td: Json = {
            "@context": self.context(),
            "title": self.one(("Lamp", "Lampe №1", "灯")),
            **self.metadata(),
        }
        self.secure(td)
        if self.chance(25):
            names = self.some(NAMES, least=1, most=2)
            self.definitions = {name: self.schemas.schema() for name in names}
            td["schemaDefinitions"] = self.definitions
        self.affordances(td)
        td.update(self.schemas.extension())
        return td

    def context(self) -> Any:
        words: Json = {prefix: PREFIXES[prefix] for prefix in sorted(self.prefixes)}
        if self.schemas.languages:
            words["@language"] = self.schemas.languages[0]
            words |= self.one(({}, {"@direction": "ltr"}))
        parts: list[Any] = [TD_10, TD_11] if self.chance(15) else [TD_11]
        parts += ["https://example.org/context.jsonld"] if self.chance(10) else []
        parts += [words] if words else []
        return parts[0] if len(parts) == 1 and self.chance(60) else parts

    def metadata(self) -> Json:
        found = self.schemas.described(title=False)
        if self.base:
            found["base"] = self.base
        choices: dict[str, Sequence[Any]] = {
            "id": ("urn:uuid:6f1ad1d2-0d0c-4a5b-8c3a-0b1c2d3e4f50", "https://things.example/lamp"),
            "version": ({"instance": "1.0.0"}, {"instance": "2", "model": "1.2.0"}),
            "created": ("2023-12-05T10:00:00Z", "2023-12-05T10:00:00.125+01:00"),
            "modified": ("2024-02-29T23:59:59Z",),
            "support": ("mailto:help@example.org", "https://example.org/help", "tel:+43-1-5550100"),
            "profile": ("https://example.org/profile/v1", ["https://example.org/profile/v1"]),
        }
        for name in self.some(list(choices)):
            found[name] = deepcopy(self.one(choices[name]))
        if self.chance(30):
            found["links"] = deepcopy(self.some(LINKS, least=1, most=3))
        return found

    def affordances(self, td: Json) -> None:
        variables = self.variables() if self.chance(15) else {}
        makers = {"properties": self.property, "actions": self.action, "events": self.event}
        for kind in self.some(list(makers)):
            names = self.some(NAMES, least=1, most=2)
            td[kind] = {name: makers[kind](name, variables) for name in names}
        kinds = [kind for kind in makers if td.get(kind)]
        if kinds and (variables or self.chance(20)):
            chosen = self.some(kinds, least=1)
            td["forms"] = [self.thing_form(kind, td[kind].values(), variables) for kind in chosen]
            if variables:
                td["uriVariables"] = variables

    def thing_form(self, kind: str, affordances: Collection[Json], variables: Json) -> Json:
        ops = list(self.one([ops for ops in THING_OPS[kind] if offered(ops, affordances)]))
        form = self.form(kind, "all", ops, variables)
        form["op"] = ops[0] if len(ops) == 1 and self.chance(50) else ops
        return form

    # Security

    def secure(self, td: Json) -> None:
        names = self.some(("s", "basic_sc", "my key", "ключ", "a/b", "x.y"), least=1, most=3)
        self.security = {name: self.schemes.scheme() for name in names}
        plain = [name for name in names if self.security[name].get("in") not in PLACED]
        if not plain:
            self.security["nosec_sc"] = {"scheme": "nosec"}
            plain = ["nosec_sc"]
        real = [name for name in plain if self.security[name]["scheme"] not in ("nosec", "auto")]
        if len(real) > 1 and self.chance(60):
            self.security["combined"] = {"scheme": "combo", self.one(("oneOf", "allOf")): real}
            plain.append("combined")
            if self.chance(30):
                self.security["twice"] = {"scheme": "combo", "oneOf": ["combined", real[0]]}
                plain.append("twice")
        td["securityDefinitions"] = self.security
        both = real if len(real) > 1 else plain[:1]  # deprecated, but valid
        td["security"] = self.one((plain[0], plain[-1], plain[:1], plain[-1:], both))

    def secured(self, form: Json, body: Json) -> None:
        """Security of the form's own, where what it needs is there."""
        usable = [
            name
            for name, scheme in self.security.items()
            if scheme.get("in") != "body" or scheme["name"].split("/")[1] in body
        ]
        if not usable or not self.chance(20):
            return
        name = self.one(usable)
        form["security"] = name if self.chance(50) else [name]
        if self.security[name].get("in") == "uri":
            form["href"] += "{&uri_key}" if "{?" in form["href"] else "{?uri_key}"
        if self.security[name]["scheme"] == "oauth2":
            form["scopes"] = self.one(("read", ["read"], list(SCOPES)))

    # Affordances

    def property(self, name: str, outer: Json) -> Json:
        json, _ = self.schemas.any_schema(2)
        flags = self.one(((False, False), (False, False), (True, False), (False, True)))
        for term, value in zip(("readOnly", "writeOnly"), flags, strict=True):
            if value or self.chance(20):
                json[term] = value
        observable = not flags[1] and self.chance(30)
        if observable or self.chance(20):
            json["observable"] = observable
        allowed = {"readproperty": not flags[1], "writeproperty": not flags[0]}
        ops = [op for op, is_allowed in allowed.items() if is_allowed]
        forms = [[]] if self.chance(50) else [ops if self.chance(50) else [op] for op in ops]
        if len(ops) == 2 and self.chance(10):
            forms = [["writeproperty", "readproperty"]]
        if observable and self.chance(70):
            forms.append(["observeproperty", "unobserveproperty"])
        return self.affordance("properties", name, json, forms, outer, ops)

    def action(self, name: str, outer: Json) -> Json:
        json = self.schemas.described()
        bodies = [place for place in self.security.values() if place.get("in") == "body"]
        if bodies and self.chance(50):
            json["input"] = self.with_credentials(bodies[0]["name"])
        elif self.chance(50):
            json["input"] = self.schemas.schema()
        if self.chance(40):
            json["output"] = self.schemas.schema()
        for term in self.some(("safe", "idempotent", "synchronous")):
            json[term] = self.draw(st.booleans())
        forms = [self.one(([], ["invokeaction"]))]
        if json.get("synchronous") is False:
            forms += self.some((["queryaction"], ["cancelaction"]))
        return self.affordance("actions", name, json, forms, outer, ["invokeaction"])

    def with_credentials(self, pointer: str) -> Json:
        name, text = pointer.split("/")[1], {"type": "string"}
        member = {"type": "array", "items": text} if pointer.endswith("-") else text
        return {"type": "object", "properties": {name: member}, "required": [name]}

    def event(self, name: str, outer: Json) -> Json:
        json = self.schemas.described()
        for term in self.some(("data", "subscription", "cancellation", "dataResponse")):
            json[term] = self.schemas.schema()
        both = ["subscribeevent", "unsubscribeevent"]
        choices: tuple[list[list[str]], ...] = (
            [[]],
            [both],
            [both[:1]],
            [both[:1], both[1:]],
            [both[::-1]],
        )
        return self.affordance("events", name, json, self.one(choices), outer, both)

    def affordance(
        self,
        kind: str,
        name: str,
        json: Json,
        forms: list[list[str]],
        outer: Json,
        default: list[str],
    ) -> Json:
        """`json` with a form for each list of ops; one without is for the default."""
        variables = self.variables() if self.chance(20) else {}
        body = json.get("input", {}).get("properties", {})
        json["forms"] = []
        for ops in forms:
            sent = body if kind == "actions" and ops in ([], default) else {}
            form = self.form(kind, name, ops or default, {**outer, **variables}, sent)
            if ops:
                form["op"] = ops[0] if len(ops) == 1 and self.chance(50) else ops
            json["forms"].append(form)
        if variables:
            json["uriVariables"] = variables
        return {**json, **self.schemas.extension()}

    def variables(self) -> Json:
        return {name: self.schemas.scalar() for name in self.some(VARIABLES, least=1, most=2)}

    # Forms

    def form(
        self, kind: str, name: str, ops: list[str], variables: Json, body: Json | None = None
    ) -> Json:
        href = self.href(kind, name) + self.template(list(variables))
        form: Json = {"href": href}
        scheme = (href if "://" in href else self.base).split(":")[0]
        form |= {"http": self.http, "coap": self.coap, "mqtt": self.mqtt}[scheme.rstrip("s")](ops)
        if self.chance(40):
            form["contentType"] = self.one(MEDIA_TYPES)
        if self.chance(5):
            form["contentCoding"] = "gzip"
        if self.chance(15):
            form["response"] = {"contentType": self.one(MEDIA_TYPES)}
        if self.chance(20):
            form["additionalResponses"] = [self.response(), self.response()][: self.one((1, 2))]
        self.secured(form, body or {})
        return {**form, **self.schemas.extension()}

    def href(self, kind: str, name: str) -> str:
        path = f"{kind}/{quote(name, safe='')}"
        if self.base and self.chance(80):
            return self.one(("", "./", "../")) + path
        schemes = ["http", "https", "coap", "coaps"] + (["mqtt"] if "mqv" in self.prefixes else [])
        return f"{self.one(schemes)}://things.example/{path}"

    def template(self, names: list[str]) -> str:
        if not names:
            return ""
        if self.chance(60):
            return "{?" + ",".join(names) + "}"
        return self.one(PATH_STYLES) % names[0] + (
            "{?" + ",".join(names[1:]) + "}" if names[1:] else ""
        )

    def http(self, ops: list[str]) -> Json:
        if any(op.startswith(STREAMED) for op in ops):
            return {"subprotocol": self.one(("sse", "longpoll"))}
        if len(ops) == 1 and ops[0] in METHODS and (ops[0] in NEED_A_METHOD or self.chance(30)):
            return {"htv:methodName": self.one(METHODS[ops[0]])}
        return {}

    def coap(self, ops: list[str]) -> Json:
        if "cov" not in self.prefixes or len(ops) > 1:
            return {}
        return self.one(({}, {"cov:method": METHODS.get(ops[0], ("GET",))[0]}, {"cov:accept": 50}))

    def mqtt(self, ops: list[str]) -> Json:
        where = "mqv:topic" if ops[0] in ("writeproperty", "invokeaction") else "mqv:filter"
        return {where: "lamp/level", **self.one(({}, {"mqv:qos": "1"}, {"mqv:retain": True}))}

    def response(self) -> Json:
        found: Json = self.one(({}, {"success": False}, {"success": True}))
        found = found | self.one(({}, {"contentType": self.one(MEDIA_TYPES)}))
        if self.definitions and self.chance(50):
            found["schema"] = self.one(list(self.definitions))
        return found | {"htv:statusCodeValue": self.draw(st.integers(200, 599))}


@st.composite
def thing_descriptions(draw: Draw) -> Json:
    """Valid Thing Descriptions (TD 1.1)."""
    found: Json = loads(dumps(Writer(draw).thing()))  # so that no two places are one object
    return found


@st.composite
def mutations(draw: Draw, td: Json) -> Json:
    """`td` with one random place removed, replaced, doubled, renamed or given another type."""
    changed = deepcopy(td)
    holder, part = draw(st.sampled_from(list(_places(changed))))
    how = draw(st.sampled_from(("remove", "replace", "retype", "double", "rename", "move")))
    value = holder[part]
    if how == "remove":
        del holder[part]
    elif how == "replace":
        holder[part] = draw(json_values())
    elif how == "retype":
        holder[part] = draw(st.sampled_from(_retyped(value)))
    elif how == "move":
        target, place = draw(st.sampled_from(list(_places(changed))))
        target[place] = deepcopy(value)
    elif isinstance(holder, list):
        holder.insert(part, deepcopy(value))
    else:
        holder[draw(st.text(max_size=8) | st.sampled_from(_WORDS))] = deepcopy(value)
        if how == "rename":
            holder.pop(part, None)
    return changed


def mutated() -> st.SearchStrategy[Json]:
    """A random Thing Description with one random fault; it may be valid all the same."""
    return thing_descriptions().flatmap(mutations)


_WORDS = tuple(
    ["forms", "security", "op", "readOnly", "items", "properties", "oneOf", "@context", "@type"]
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and item below `value`, as its holder and its name or index."""
    open_values = [value]
    while open_values:
        holder = open_values.pop()
        parts: Any = holder if isinstance(holder, dict) else range(len(holder))
        for part in list(parts):
            yield holder, part
            if isinstance(holder[part], (dict, list)):
                open_values.append(holder[part])


def _retyped(value: Any) -> list[Any]:
    """What somebody writes who mistakes the type."""
    return [[value], {"": value}, str(value), value == 0, None, 1, -1, 0.5, "", [], {}, *VALUES]
