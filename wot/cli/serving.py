"""`wot serve`: the Things of a file, until a signal ends it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from wot.cli.blame import blamed, place_of
from wot.cli.ending import UsageError, cancelled_by
from wot.cli.loading import things_in
from wot.cli.output import Output
from wot.errors import WoTError
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


def endpoints(urls: Sequence[str], public_url: str) -> list[Endpoint]:
    """Where to serve; `public_url` is that of the first."""
    if public_url and "://" not in public_url:
        raise UsageError(
            f"{public_url!r} is no URL", hint="write it as https://things.example.org/"
        )
    options = {"public_url": public_url} if public_url else {}
    return [Endpoint(url, {} if number else options) for number, url in enumerate(urls)]


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
    pairs = list(zip(served.things, served.urls, strict=True))
    if output.json:
        output.record(
            {"things": [{"id": t.td.id, "title": t.td.title, "td": url} for t, url in pairs]}
        )
    elif output.people:
        output.show(_table([(thing.td.title, url) for thing, url in pairs]))
    else:
        for thing, url in pairs:
            output.line(f"{thing.td.title}: {url}")


def _table(served: Sequence[tuple[str, str]]) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold cyan")
    table.add_column(style="underline", overflow="fold")
    for title, url in served:
        table.add_row(Text(title), Text(url))
    return Group(table, Text(f"Try: wot td {served[0][1]}      Ctrl-C ends it.", style="dim"))
