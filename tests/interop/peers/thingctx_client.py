"""thingctx as a client: thingctx_client.py URL. One JSON line in, one out: {"do": …, "name": …, "value": …}."""

import asyncio
import json
import sys
from typing import Any

import httpx
from thingctx.bindings.builtin.http import HttpBinding
from thingctx.runtime import ThingClient


async def main(url: str) -> None:
    """Obey until standard input ends."""
    async with httpx.AsyncClient() as http:
        td = (await http.get(url)).raise_for_status().json()
    client = ThingClient(tds=[td], bindings=[HttpBinding()], validate=True, approve_when="never")
    prefix = client.list_properties()[0].partition("__")[0]
    statuses: dict[str, Any] = {}
    print(json.dumps({"td": url}), flush=True)
    for line in iter(sys.stdin.readline, ""):
        command = json.loads(line)
        try:
            result = await obey(client, prefix, statuses, command)
            print(json.dumps({"result": result}), flush=True)
        except Exception as error:  # noqa: BLE001 - told to the test
            print(json.dumps({"error": repr(error)}), flush=True)


async def obey(client: Any, prefix: str, statuses: dict[str, Any], command: Any) -> Any:
    """One command."""
    do, value = command["do"], command.get("value")
    name = f"{prefix}__{command['name']}"
    match do:
        case "read":
            return await client.read_property(name)
        case "write":
            return await client.write_property(name, value)
        case "read all":
            return await client.read_all_properties()
        case "write all":
            return await client.write_properties(value)
        case "invoke":
            return await client.invoke(name, value)
        case "start":
            statuses[name] = await client.invoke(name, value)
            return statuses[name].as_dict()
        case "wait":
            return (await client.invoke(name, value, wait=True, timeout=10)).as_dict()
        case "query":
            return (await client.query_action(statuses[name])).as_dict()
        case "cancel":
            return (await client.cancel_action(statuses[name])).as_dict()
        case "follow":  # as many as `value` says
            return await followed(client, name, value)
    raise ValueError(do)


async def followed(client: Any, name: str, count: int) -> list[Any]:
    """The first values of a stream."""
    stream = await client.subscribe(name)
    first = asyncio.ensure_future(anext(stream))
    print(json.dumps({"of": name}), flush=True)  # asked for, if not there yet
    got = [await first]
    while len(got) < count:
        got.append(await anext(stream))
    await stream.aclose()
    return got


asyncio.run(main(sys.argv[1]))
