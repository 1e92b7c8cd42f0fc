"""`wot write`, `wot invoke` and `wot status`: what changes somebody's Thing, and waits for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from typing import Any, NamedTuple

from wot.cli.ending import UsageError
from wot.cli.given import Given
from wot.cli.output import Output
from wot.cli.using import Target, affordance_of, consumed, given_variables, limited
from wot.consumed import ConsumedThing
from wot.content import is_opaque
from wot.errors import Timeout, WoTError
from wot.ids import request_id
from wot.reachable import is_lasting
from wot.started import Invocation
from wot.td import Json, Op

_LOOK = 0.5  # seconds between two looks at how far an action is
_CANCELLING = 3.0  # seconds for the other side to hear that nobody waits any more


class How(NamedTuple):
    """How an action is invoked."""

    key: str = ""  # the id of the request
    start: bool = False  # and not waited for
    quiet: bool = False


async def write(output: Output, target: Target, given: Given, key: str) -> None:
    """Set a property."""
    async with limited(target.timeout), _used(target, given, key) as thing:
        schema = affordance_of(thing, "properties", target.name)
        variables = given_variables(thing, schema, target)
        media_type = _media_type(thing, Op.WRITE_PROPERTY, target)
        value = await given.value(schema, media_type, "VALUE")
        async with limited(_answering(target, media_type)):
            await thing.write(target.name, value, **variables)
    output.done(f"{target.name} is set")


async def invoke(output: Output, target: Target, given: Given | None, how: How) -> None:
    """Invoke an action and show its output; for one that its TD calls asynchronous, any time is given."""
    now = asyncio.get_running_loop().time()
    async with AsyncExitStack() as stack:
        async with limited(target.timeout):
            thing = await stack.enter_async_context(_used(target, given, how.key))
            action = affordance_of(thing, "actions", target.name)
            variables = given_variables(thing, action, target)
            media_type = _media_type(thing, Op.INVOKE_ACTION, target) if given else ""
            schema = action.get("input", {})
            input = (await given.value(schema, media_type, "INPUT"),) if given else ()
            waits = not is_lasting(action)
            if waits and how.start and action:
                hint = "without --start, its output is waited for"
                raise UsageError(
                    f"{target.name} is not asynchronous: it ends with its answer", hint=hint
                )
            call = thing.invoke if waits else thing.start
            async with limited(_answering(target, media_type)):
                result: Any = await call(target.name, *input, **variables)
        if how.start:
            output.value(thing.address_of(result), {})
            return
        if not waits:
            end = None if target.timeout is None else now + target.timeout
            result = await _ended(output, target, result, end, how)
    _show(output, target, action, result)


def _show(output: Output, target: Target, action: Json, result: Any) -> None:
    if result is None and "output" not in action:
        output.done(f"{target.name} is done")
    else:
        output.value(result, action.get("output", {}))


async def status(output: Output, target: Target, address: str, cancel: bool) -> None:
    """Show what has become of an invocation, or cancel it."""
    async with limited(target.limit), consumed(target) as thing:
        invocation = thing.invocation(target.name, address)
        if cancel:
            had_ended = (await invocation.status()).ended  # NotFound, where there is none
            await invocation.cancel()
            output.done(f"{target.name} {'had ended' if had_ended else 'is cancelled'}")
            return
        import msgspec

        found = msgspec.to_builtins(await invocation.status())
    output.value({**found, "href": address}, {})


@asynccontextmanager
async def _used(
    target: Target, given: Given | None, key: str
) -> AsyncGenerator[ConsumedThing, None]:
    """The Thing, for the time of a block in which the value is open and what is sent has an id."""
    with given or nullcontext(), request_id(key) if key else nullcontext():
        async with AsyncExitStack() as stack:
            async with limited(target.limit):
                thing = await stack.enter_async_context(consumed(target))
            yield thing


def _media_type(thing: ConsumedThing, op: Op, target: Target) -> str:
    return thing.ways(op, target.name)[0].form.content_type


def _answering(target: Target, media_type: str) -> float | None:
    """Seconds for the answer; bytes in chunks have their own limit, for each pause."""
    return None if media_type and is_opaque(media_type) else target.limit


async def _ended(
    output: Output, target: Target, invocation: Invocation[Any], end: float | None, how: How
) -> Any:
    """The output of an action; who waits no longer cancels it, and is told so."""
    try:
        async with asyncio.timeout_at(end), _shown(output, target, invocation, how):
            return await invocation.result()
    except TimeoutError as error:
        if isinstance(error, Timeout):
            raise
        told = await _cancelled(invocation)
        raise Timeout(
            f"{target.name} had not ended within {target.timeout:g} s, and {told}",
            hint="without --timeout its end is waited for; --start leaves it running",
        ) from None
    except asyncio.CancelledError:
        output.note(f"{target.name} had not ended, and {await _cancelled(invocation)}")
        raise


async def _cancelled(invocation: Invocation[Any]) -> str:
    try:
        async with asyncio.timeout(_CANCELLING):
            await invocation.cancel()
    except (WoTError, TimeoutError) as error:
        return f"could not be cancelled: {error}" if str(error) else "may go on"
    return "was cancelled"


@asynccontextmanager
async def _shown(
    output: Output, target: Target, invocation: Invocation[Any], how: How
) -> AsyncGenerator[None, None]:
    """Show how far it is, for the time of a block."""
    if how.quiet or not output.progresses:
        yield
        return

    async def show() -> None:
        while True:
            with suppress(WoTError):  # whoever waits for the end hears of that
                found = await invocation.status()
                done = found.status if found.progress is None else f"{found.progress:.0%}"
                output.progress(f"{target.name}: {done}  {found.message}")
            await asyncio.sleep(_LOOK)

    task = asyncio.create_task(show(), name="wot progress")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        output.progress("")
