"""A Thing in wotpy: wotpy_server.py PORT CATALOGUE_PORT."""

import asyncio
import json
import sys
from functools import partialmethod

import ready
from tornado.tcpserver import TCPServer
from tornado.web import Application
from wotpy.protocols.http.server import HTTPServer
from wotpy.wot.servient import Servient

for listener in (TCPServer, Application):  # wotpy would listen on every interface
    listener.listen = partialmethod(listener.listen, address="127.0.0.1")

PAIR = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}
VALUES = {"boolean": False, "integer": 0, "number": 0.5, "string": "idle", "array": [1, 2]}
MODEL = {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1"],
    "title": "Peer",
    "id": "urn:test:wotpy",
    "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
    "security": ["nosec_sc"],
    "properties": {
        "boolean": {"type": "boolean"},
        "integer": {"type": "integer", "minimum": -10, "maximum": 10, "observable": True},
        "number": {"type": "number"},
        "string": {"type": "string"},
        "array": {"type": "array", "items": {"type": "integer"}},
    },
    "actions": {
        "add": {"input": PAIR, "output": {"type": "integer"}},
        "ring": {"input": {"type": "integer"}},
        "rest": {},
    },
    "events": {"rang": {"data": {"type": "integer"}}},
}


async def add(pair: dict[str, int]) -> int:
    return pair["a"] + pair["b"]


async def rest(_: None) -> None:
    pass


async def main(port: int, catalogue_port: int) -> None:
    """Serve the Thing for ever; wotpy has TDs on a port of their own."""
    servient = Servient(catalogue_port=catalogue_port, hostname="127.0.0.1")
    servient.add_server(HTTPServer(port=port))
    wot = await servient.start()
    thing = wot.produce(json.dumps(MODEL))

    async def ring(times: int) -> None:
        thing.emit_event("rang", times)

    thing.set_action_handler("add", add)
    thing.set_action_handler("rest", rest)
    thing.set_action_handler("ring", ring)
    thing.expose()
    for name, value in VALUES.items():
        await thing.properties[name].write(value)
    ready.announce(f"http://127.0.0.1:{catalogue_port}/{thing.thing.url_name}")
    await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
