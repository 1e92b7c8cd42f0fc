"""One request: where it leads, what it asks for, and the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from aiohttp import web

from wot.content import Content, is_whole
from wot.errors import HandlerError, WoTError
from wot.forms import variables_from
from wot.interaction import NONE, Interaction
from wot.td import Op
from wot_http.admission import Admission
from wot_http.answers import Gone, answer, kind_of, packed_answer, problem
from wot_http.codings import LEAST, worthwhile
from wot_http.connection import host_behind, is_gone, peer_of, stream_of
from wot_http.cors import Cors
from wot_http.downloads import send
from wot_http.forms import Route
from wot_http.gate import Gate, path_of
from wot_http.invocations import about, request_id_of, started
from wot_http.pages import Pages
from wot_http.paths import Paths, Place
from wot_http.reading import READS, Refused, accepted, allowed, not_allowed, read_body, route_for
from wot_http.statuses import KEY
from wot_http.subscribers import Asked, Subscribers
from wot_http.uploads import uploaded
from wot_http.websocket import Sockets, wanted
from wot_http.whole import asked_of_whole

_log = logging.getLogger("wot")


class Serving:
    """Answers the requests of one server."""

    def __init__(
        self,
        paths: Paths,
        gate: Gate,
        admission: Admission,
        streams: Subscribers,
        cors: Cors | None,
        max_body: int,
        max_upload: int,
        base_for: Callable[[web.BaseRequest], str],
    ) -> None:
        self._paths, self._gate, self._admission, self._streams = paths, gate, admission, streams
        self._cors, self._base_for = cors, base_for
        self._limit, self._max_upload = max_body, max_upload
        self.pages = Pages(paths)
        self.sockets: Sockets | None = None  # where the endpoint speaks a subprotocol of WebSockets

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to a request; whatever goes wrong is one, too."""
        raw, query, method = request.raw_path, "", request.method
        if "?" in raw:
            raw, _, query = raw.partition("?")
        response: web.StreamResponse
        refusal = self._admission.enter(request)
        if refusal is not None:
            return self._shared(request, refusal)
        try:
            if not raw.startswith("/"):
                raw = path_of(raw, request.headers)
            if "Origin" in request.headers or request.headers.get("Host") not in self._gate.known:
                self._gate.check(method, request.headers, host_behind(request))
            place = self._paths.hot.get(raw) or self._place(raw)
            if place is None or place.methods is None:
                page = await self._page(request, raw, place)
                return self._shared(request, page)
            route, interaction = place.methods.get(method), None
            accept = request.headers.get("Accept", "")
            if route is None or (accept and accept != "*/*") or route.via or not route.name:
                if place.part:
                    self._streams.check(place)
                if method == "OPTIONS":
                    return self._shared(request, _options(allowed(place.methods)))
                route, streaming = route_for(place.methods, method, accept)
                if streaming:
                    return await self._stream(request, place, route, query)
                if not route.name:
                    interaction = await asked_of_whole(request, route, query, self._limit)
            if place.part or route.op is Op.QUERY_ALL_ACTIONS:
                response = await about(request, place, route, query, self._base_for(request))
                return self._shared(request, response)
            payload = None
            if interaction is None:
                id = peer = ""
                if method not in READS:
                    payload = await read_body(request, route, self._limit, self._max_upload)
                    id = request_id_of(request) if KEY in request.headers else ""
                    if id or route.op is Op.INVOKE_ACTION:
                        peer = peer_of(request)
                variables = variables_from(query, route.variables) if query else NONE
                wanted = accepted(route, accept) if route.several else ()
                interaction = Interaction(
                    route.op, route.name, payload, variables, accept=wanted, id=id, peer=peer
                )
            if payload is None or payload.chunks is None:
                reply = await place.mount.thing.request(interaction)
            else:
                reply = await uploaded(place.mount.thing, interaction)
            if reply.invocation:
                response = started(place, route.name, reply, self._base_for(request))
                return self._shared(request, response)
            content = reply.content
            body, kind = (b"", "") if content is None else (content.body, content.type)
            if not is_whole(content):
                return await self._send(request, content)
            if len(body) >= LEAST and worthwhile(kind):
                return self._shared(request, await packed_answer(request, kind, body))
            if self._cors is None:
                return answer(request, 204 if content is None else 200, kind, body)
            status = 200 if kind else 204
            response = web.Response(status=status, body=body, headers=kind_of(kind))
        except WoTError as error:
            response = problem(error)
        except Refused as refused:
            response = problem(refused.error, refused.status, refused.headers)
        except Exception as error:  # noqa: BLE001 - any Interactable may be mounted here
            response = _failed(request, raw, error)
        finally:
            self._admission.leave(request)
        return self._shared(request, response)

    def _place(self, raw: str) -> Place | None:
        """What a path leads to that is asked for the first time; None for pages of the server itself."""
        return None if raw == "*" or self.pages.at(raw) else self._paths.find(raw)

    async def _page(
        self, request: web.BaseRequest, raw: str, place: Place | None
    ) -> web.StreamResponse:
        """What is no affordance: TDs, the list of Things, the well-known address."""
        if request.method == "OPTIONS":
            return _options("GET, HEAD, OPTIONS")
        if request.method not in READS:
            raise not_allowed(request.method, "GET, HEAD, OPTIONS")
        base = self._base_for(request)
        if place is None:
            return await self.pages.answer(raw, base, request.headers)
        if self.sockets is not None and request.method == "GET" and wanted(request):
            with stream_of(request):
                return await self.sockets.serve(request, place.mount, host_behind(request))
        return await self.pages.description(place.mount, base, request.headers)

    async def _stream(
        self, request: web.BaseRequest, place: Place, route: Route, query: str
    ) -> web.StreamResponse:
        payload = None if request.method in READS else await read_body(request, route, self._limit)
        variables = variables_from(query, route.variables) if query else NONE
        after = request.headers.get("Last-Event-ID", "")
        interaction = Interaction(route.op, route.name, payload, variables, after)
        headers = self._of_cors(request)
        asked = Asked(request, place, route, interaction, headers, self._base_for(request))
        with stream_of(request):
            return self._shared(request, await self._streams.serve(asked))

    async def _send(self, request: web.BaseRequest, content: Content | None) -> web.StreamResponse:
        assert content is not None
        return await send(request, content, self._of_cors(request))

    def _of_cors(self, request: web.BaseRequest) -> Mapping[str, str]:
        return self._cors.headers(request.headers.get("Origin", "")) if self._cors else {}

    def _shared(self, request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
        """What every answer gets."""
        if self._cors is not None and not response.prepared:
            self._cors.apply(request, response)
        return response


def _failed(request: web.BaseRequest, path: str, error: Exception) -> web.StreamResponse:
    """The answer to what failed in a way that nobody has foreseen."""
    if isinstance(error, ConnectionError) and is_gone(request):
        _log.debug("%s %s: the requester has gone", request.method, path)
        return Gone()
    _log.error("%s %s failed", request.method, path, exc_info=error)
    return problem(HandlerError("this request failed inside the server"))


def _options(allow: str) -> web.Response:
    return web.Response(status=204, headers={"Allow": allow})
