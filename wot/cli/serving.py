"""`wot serve`: the Things of a file, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from wot.cli.blame import blamed, place_of
from wot.cli.ending import UsageError, cancelled_by
from wot.cli.loading import things_in
from wot.cli.output import Output
from wot.errors import WoTError
from wot.forms import scheme_of
from wot.servient import Endpoint, Served, serve
from wot.things import Thing

if TYPE_CHECKING:
    from rich.console import RenderableType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def loaded(specs: Sequence[str]) -> list[Thing]:
    """The Things of all files."""
    things = [thing for spec in specs for thing in things_in(spec)]
    # After the files, which may have set up logging themselves.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return things


class Said(NamedTuple):
    """What the command line says of endpoints."""

    public_url: str = ""
    trusted_proxies: Sequence[str] = ()
    certificate: str = ""
    key: str = ""
    access_log: bool = False
    options: Sequence[str] = ()


def endpoints(urls: Sequence[str], said: Said) -> list[Endpoint]:
    """Where to serve; the public URL is that of the first."""
    if said.public_url and "://" not in said.public_url:
        raise UsageError(
            f"{said.public_url!r} is no URL", hint="write it as https://things.example.org/"
        )
    if (said.certificate or said.key) and not any(scheme_of(url) == "https" for url in urls):
        raise UsageError("a certificate is for https", hint="say --on https://127.0.0.1:8443")
    further = dict(map(_option, said.options))
    return [
        Endpoint(url, {**_named(said, scheme_of(url), first=not number), **further})
        for number, url in enumerate(urls)
    ]


def _named(said: Said, scheme: str, first: bool) -> dict[str, Any]:
    """The options that an endpoint gets by those of the command line."""
    options: dict[str, Any] = {}
    if first and said.public_url:
        options["public_url"] = said.public_url
    if scheme == "https":
        options |= {"certificate": said.certificate, "key": said.key}
    if scheme.startswith("http"):
        options |= {"trusted_proxies": list(said.trusted_proxies), "access_log": said.access_log}
    return {name: value for name, value in options.items() if value}


def _option(text: str) -> tuple[str, Any]:
    """NAME=VALUE, where the value is JSON or a bare word."""
    name, given, value = text.partition("=")
    if not (name and given):
        raise UsageError(f"{text!r} is no option", hint="write it as max_connections=500")
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name, value


def log_requests() -> None:
    """Write the access log to stderr, as it is."""
    logger = logging.getLogger("wot.access")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.propagate = False


async def serving(
    output: Output, things: Sequence[Thing], at: Sequence[Endpoint], insecure: bool
) -> None:
    """Serve Things until SIGINT or SIGTERM."""
    with cancelled_by(*SIGNALS):
        async with AsyncExitStack() as stack:
            try:
                context = serve(things, *at, insecure=insecure)
                served = await stack.enter_async_context(context)
            except WoTError:
                raise
            except Exception as error:
                if place_of(error, None) is None:
                    raise
                raise blamed(error, None, "") from None
            ready(output, served)
            await asyncio.Event().wait()


def ready(output: Output, served: Served) -> None:
    """Tell what is served, and where."""
    pairs = list(zip(served.things, served.all_urls, strict=True))
    if output.json:
        output.record(
            {
                "things": [
                    {"id": t.td.id, "title": t.td.title, "td": urls[0], "urls": urls}
                    for t, urls in pairs
                ]
            }
        )
    elif output.people:
        output.show(_table([(thing.td.title, urls) for thing, urls in pairs]))
    else:
        for thing, urls in pairs:
            for url in urls:
                output.line(f"{thing.td.title}: {url}")


def _table(served: Sequence[tuple[str, Sequence[str]]]) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold cyan")
    table.add_column(style="underline", overflow="fold")
    for title, urls in served:
        for number, url in enumerate(urls):
            table.add_row(Text("" if number else title), Text(url))
    return Group(table, Text(f"Try: wot td {served[0][1][0]}      Ctrl-C ends it.", style="dim"))
