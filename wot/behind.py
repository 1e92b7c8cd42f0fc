"""What a Thing of this process does behind its answers, and what it was asked under an id."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from wot.checks import output
from wot.errors import InteractionError
from wot.interaction import Interaction, Reply
from wot.invocations import Invocations
from wot.repeats import Repeats
from wot.td import Op
from wot.template import Handler, Template

# Runs a handler of the Thing, within a time limit.
Call = Callable[[Handler, float | None, tuple[Any, ...], Mapping[str, Any]], Awaitable[Any]]
Failed = Callable[[Interaction, Exception], InteractionError]
_ABOUT_ONE = frozenset((Op.QUERY_ACTION, Op.CANCEL_ACTION))


class Behind:
    """Of one Thing; made when first needed."""

    def __init__(self, template: Template, title: str, call: Call, failed: Failed) -> None:
        self._template, self._call, self._failed = template, call, failed
        self.invocations = Invocations(title)
        self.repeats = Repeats()

    def offers(self, op: Op, name: str) -> bool:
        """Whether an operation is about invocations, and there is such an action."""
        actions = self._template.actions
        if op is Op.QUERY_ALL_ACTIONS:
            return any(action.lasting for action in actions.values())
        return op in _ABOUT_ONE and actions[name].lasting

    def start(
        self, interaction: Interaction, args: tuple[Any, ...], given: Mapping[str, Any]
    ) -> Reply:
        """Begin an invocation and answer at once."""
        handler = self._template.invoked[interaction.name]
        run = functools.partial(self._invoke, interaction, handler, args, given)
        waits = handler.waits or not handler.is_async
        return self.invocations.start(interaction.name, run, waits=waits, peer=interaction.peer)

    async def _invoke(
        self,
        interaction: Interaction,
        handler: Handler,
        args: tuple[Any, ...],
        given: Mapping[str, Any],
    ) -> Reply:
        action = self._template.actions[interaction.name]
        try:
            value = await self._call(handler, action.timeout, args, given)
            return output(action, value, interaction.name, ())
        except InteractionError:
            raise
        except Exception as error:
            raise self._failed(interaction, error) from error

    async def stop(self, limit: float) -> None:
        """Cancel what is under way; within `limit` seconds."""
        await asyncio.gather(self.invocations.stop(limit), self.repeats.stop(limit))
