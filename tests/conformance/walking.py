"""Whether a TD that is served tells the truth: all that it offers is done as it says, and nothing else is answered."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

from tests.sampling import sample
from wot.content import codec, is_opaque
from wot.forms import resolve
from wot.schema import Verdict
from wot.td import ENDS, KINDS, Form, Json, Op
from wot.templates import expand, variables_in

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "TRACE", "PROPFIND")
# TD 1.1 section 8.3.1, and what the subprotocols of streams demand.
DEFAULTS: Mapping[str, str] = {
    "readproperty": "GET",
    "writeproperty": "PUT",
    "invokeaction": "POST",
    "readallproperties": "GET",
    "writeallproperties": "PUT",
    "readmultipleproperties": "GET",
    "writemultipleproperties": "PUT",
}


class Answer(NamedTuple):
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("Content-Type", "")

    def value(self, schema: Json, media_type: str) -> Any:
        """The value of an answer, after a look at its type and schema."""
        assert self.type == media_type, self
        value = codec(media_type).decode(self.body)
        if isinstance(value, str) and schema.get("type") in ("integer", "number", "boolean"):
            value = codec("application/json").decode(self.body)  # text stands for what it says
        if not is_opaque(media_type):
            Verdict(schema).check(value, closed=False)
        return value

    def refuses(self, *statuses: int) -> None:
        """It is an error of one of these kinds, told as problem details."""
        assert self.status in statuses, self
        assert self.type == "application/problem+json", self
        problem = codec("application/json").decode(self.body)
        assert problem["status"] == self.status
        assert problem["title"]
        assert problem["detail"]

    def is_empty(self, status: int = 204) -> None:
        assert (self.status, self.type, self.body) == (status, "", b""), self


class Way(NamedTuple):
    """One operation along one form."""

    kind: str
    name: str
    op: str
    form: Form
    affordance: Json

    @property
    def method(self) -> str:
        stream = "POST" if self.form.subprotocol == "webhook" else "GET"
        return str(self.form.get("htv:methodName") or DEFAULTS.get(self.op, stream))


def ways(td: Json) -> Iterator[Way]:
    """Everything that a TD offers."""
    for kind in KINDS:
        for name, affordance in td.get(kind, {}).items():
            for form in affordance["forms"]:
                for op in Form(form).op:
                    yield Way(kind, name, op, Form(form), affordance)
    for form in td.get("forms", ()):
        for op in Form(form).op:
            yield Way("", "", op, Form(form), td)


class Walk:
    """Goes along every form of a TD; `inputs` are for actions whose schema does not tell all."""

    def __init__(
        self, http: aiohttp.ClientSession, td: Json, inputs: Mapping[str, Any] | None = None
    ) -> None:
        self._http, self._td, self._inputs = http, td, inputs or {}
        self._declared: defaultdict[str, set[str]] = defaultdict(set)
        self._invoked: dict[str, str] = {}
        self.done: Counter[str] = Counter()

    async def all(self) -> None:
        """Every operation, then every other method, then the neighbours."""
        for way in ways(self._td):
            if urlsplit(resolve(self._td["base"], way.form.href)).scheme not in ("http", "https"):
                continue
            if way.op in ENDS.values():
                continue  # seen where it began
            url = self._url(way)
            self._declared[url.partition("?")[0]].add(way.method)
            await self._go(way, url)
            self.done[way.op] += 1
        for href in self._invoked.values():
            await self._invocation(href)
        for url, methods in self._declared.items():
            await self._others(url, methods)
            await self._neighbours(url)

    async def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> Answer:
        """One request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        skipped = () if "Content-Type" in named else ("Content-Type",)
        async with self._http.request(
            method, url, data=body or None, headers=named, skip_auto_headers=skipped
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    def _url(self, way: Way) -> str:
        schemas = {**self._td.get("uriVariables", {}), **way.affordance.get("uriVariables", {})}
        values = {
            name: sample(schemas.get(name, {"type": "string"}))
            for name in variables_in(way.form.href)
        }
        if way.op == "readmultipleproperties":
            values["names"] = ",".join(self._together("readproperty"))
        return resolve(self._td["base"], expand(way.form.href, values))

    def _named(self, op: str) -> list[str]:
        """The properties that can be read or written."""
        return sorted({way.name for way in ways(self._td) if way.op == op})

    async def _go(self, way: Way, url: str) -> None:
        subprotocol = way.form.subprotocol
        if subprotocol:
            await getattr(self, f"_{subprotocol}")(way, url)
        else:
            await getattr(self, f"_{way.op}")(way, url)

    async def _readproperty(self, way: Way, url: str) -> Any:
        answer = await self.ask("GET", url, Accept=way.form.response_type)
        assert answer.status == 200, answer
        head = await self.ask("HEAD", url, Accept=way.form.response_type)
        assert (head.status, head.type, head.body) == (200, answer.type, b"")
        return answer.value(way.affordance, way.form.response_type)

    async def _writeproperty(self, way: Way, url: str) -> None:
        """Write what was read, or something that fits."""
        media_type = way.form.content_type
        if way.name in self._named("readproperty") and "readproperty" in way.form.op:
            body = (await self.ask("GET", url, Accept=media_type)).body
        else:
            opaque = is_opaque(media_type)
            body = codec(media_type).encode(b"x" if opaque else sample(way.affordance))
        (await self.ask(way.method, url, body, Content_Type=media_type)).is_empty()

    async def _invokeaction(self, way: Way, url: str) -> None:
        body, media_type, headers = b"", way.form.content_type, {}
        if "input" in way.affordance:
            value = self._inputs.get(way.name)
            if value is None:
                value = b"x" if is_opaque(media_type) else sample(way.affordance["input"])
            body, headers = codec(media_type).encode(value), {"Content_Type": media_type}
        headers["Accept"] = way.form.response_type
        answer = await self.ask(way.method, url, body, **headers)
        if way.affordance.get("synchronous") is False:
            status = answer.value({"type": "object"}, "application/json")
            assert answer.status == 201, answer
            assert resolve(url, answer.headers["Location"]) == resolve(url, status["href"])
            self._invoked[way.name] = resolve(url, status["href"])
        elif "output" in way.affordance:
            assert answer.status == 200, answer
            answer.value(way.affordance["output"], way.form.response_type)
        else:
            answer.is_empty()

    async def _invocation(self, href: str) -> None:
        """Query and cancel what was begun, where the answer said."""
        status = (await self.ask("GET", href)).value({"type": "object"}, "application/json")
        assert status["status"] in ("pending", "running", "completed", "failed")
        await self._others(href, {"GET", "DELETE"})
        (await self.ask("DELETE", href)).is_empty()
        (await self.ask("GET", href)).refuses(404)
        self.done.update(("queryaction", "cancelaction"))

    async def _queryallactions(self, way: Way, url: str) -> None:
        answer = await self.ask(way.method, url)
        found = answer.value({"type": "object"}, "application/json")
        assert {*found} <= {*self._td["actions"]}
        assert {*self._invoked} <= {*found}

    async def _values(self, way: Way, url: str) -> Json:
        answer = await self.ask("GET", url)
        assert answer.status == 200, answer
        found: Json = answer.value({"type": "object"}, way.form.response_type)
        assert sorted(found) == self._together("readproperty")
        for name, value in found.items():
            Verdict(self._td["properties"][name]).check(value, closed=False)
        return found

    _readallproperties = _readmultipleproperties = _values

    async def _written(self, way: Way, url: str) -> None:
        """Write what was read, or something that fits."""
        known = await self._values(way, url) if self._together("readproperty") else {}
        schemas = self._td["properties"]
        values = {
            name: known[name] if name in known else sample(schemas[name])
            for name in self._together("writeproperty")
        }
        body = codec(way.form.content_type).encode(values)
        (await self.ask(way.method, url, body, Content_Type=way.form.content_type)).is_empty()

    _writeallproperties = _writemultipleproperties = _written

    def _together(self, op: str) -> list[str]:
        """The properties that can be read or written along with others.

        Bytes have no place in an object, and who asks for all cannot say something about one.
        """
        found: set[str] = set()
        for way in ways(self._td):
            if way.op == op:
                form = way.form
                media_type = form.response_type if op == "readproperty" else form.content_type
                variables = way.affordance.get("uriVariables", {}).values()
                if not is_opaque(media_type) and all("default" in each for each in variables):
                    found.add(way.name)
        return sorted(found)

    async def _sse(self, way: Way, url: str) -> None:
        async with self._http.get(url, headers={"Accept": "text/event-stream"}) as answer:
            assert (answer.status, answer.content_type) == (200, "text/event-stream")
            async with asyncio.timeout(10):
                assert await answer.content.readany()  # its opening

    async def _longpoll(self, way: Way, url: str) -> None:
        """It is answered with something, or not yet."""
        try:
            async with asyncio.timeout(0.3):
                assert (await self.ask(way.method, url)).status in (200, 204)
        except TimeoutError:
            pass

    async def _webhook(self, way: Way, url: str) -> None:
        body = b'{"callbackURL": "http://127.0.0.1:9/"}'
        answer = await self.ask(way.method, url, body, Content_Type="application/json")
        assert answer.status == 201, answer
        place = resolve(url, answer.headers["Location"])
        [end] = [form for form in self._ends(way) if form.subprotocol == "webhook"]
        [variable] = variables_in(end.href)
        told = expand(end.href, {variable: place.rpartition("/")[2]})
        assert resolve(self._td["base"], told) == place
        await self._others(place, {"DELETE"})
        (await self.ask("DELETE", place)).is_empty()
        (await self.ask("DELETE", place)).refuses(404)

    def _ends(self, way: Way) -> list[Form]:
        """The forms by which what began here is ended."""
        forms = [Form(form) for form in way.affordance["forms"]]
        return [form for form in forms if ENDS[Op(way.op)] in form.op]

    async def _others(self, url: str, methods: set[str]) -> None:
        implied = {"OPTIONS", "HEAD"} if "GET" in methods else {"OPTIONS"}
        options = await self.ask("OPTIONS", url)
        options.is_empty()
        assert set(options.headers["Allow"].split(", ")) == methods | implied, (url, methods)
        for method in (*METHODS, "HEAD"):
            if method in methods | implied:
                continue
            answer = await self.ask(method, url)
            assert answer.status == 405, (method, url, answer)
            assert answer.headers["Allow"] == options.headers["Allow"]
            if method != "HEAD":
                answer.refuses(405)

    async def _neighbours(self, url: str) -> None:
        above = url.rpartition("/")[0]
        own = urlsplit(url).path.split("/")[1]
        for near in (f"{url}-", f"{url}/more", f"{url}%00", above, url.replace(own, f"{own}-", 1)):
            known = near in self._declared or any(u.startswith(f"{near}?") for u in self._declared)
            if not known and near.count("/") > 3:
                (await self.ask("GET", near)).refuses(404)
