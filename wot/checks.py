"""What goes into a Thing and comes out of it, held against its declarations."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from typing import Any

import msgspec

from wot.affordances import Action, Property, Stored
from wot.content import Content, Malformed
from wot.errors import (
    HandlerError,
    InteractionError,
    InvalidInput,
    NotAllowed,
    UnknownAffordance,
    UriVariableError,
    listed,
)
from wot.interaction import DONE, NONE, Interaction, Reply
from wot.media import check_taken, chosen
from wot.payload import Mismatch, Payload
from wot.td import KIND, Op, ThingDescription
from wot.template import Template

_log = logging.getLogger("wot")


def typed(variables: Mapping[str, Any], declared: Mapping[str, Payload]) -> Mapping[str, Any]:
    """URI variables as the handler's keyword arguments."""
    if not variables and not declared:
        return NONE
    for name, wanted in declared.items():
        if name not in variables and not wanted.optional:
            raise UriVariableError(f"the URI variable {name!r} is missing")
    typed: dict[str, Any] = {}
    for name, value in variables.items():
        payload = declared.get(name)
        if payload is None:
            known = listed(declared)
            raise UriVariableError(f"there is no URI variable {name!r}", hint=f"there are: {known}")
        try:
            typed[payload.parameter or name] = payload.build(value, closed=True)
        except Mismatch as error:
            raise UriVariableError(f"the URI variable {name!r}: {error}") from None
    return typed


async def gathered(interaction: Interaction, template: Template) -> Interaction:
    """The same with what was sent in one piece, for who does not take it in chunks."""
    found: Any = template.properties if interaction.op is Op.WRITE_PROPERTY else template.actions
    content = interaction.payload
    member = found.get(interaction.name)
    if content is None or (member is not None and member.takes):
        return interaction
    return msgspec.structs.replace(interaction, payload=await content.whole())


def written(interaction: Interaction, declared: Property[Any]) -> Any:
    if interaction.payload is None:
        raise InvalidInput(f"{declared.name}: a value is needed and none was sent")
    check_taken(interaction.payload, declared.media_types, declared.name)
    if declared.takes:
        return interaction.payload
    try:
        return declared.payload.load(interaction.payload, closed=True)
    except (Mismatch, Malformed) as error:
        raise InvalidInput(f"{declared.name}: {error}") from None


def arguments(
    interaction: Interaction, action: Action[..., Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if interaction.payload is not None:
        check_taken(interaction.payload, action.media_types, action.name)
    if action.takes:
        if interaction.payload is None:
            raise InvalidInput(f"{action.name}: an input is needed and none was sent")
        return (interaction.payload,), dict(typed(interaction.variables, action.variables))
    try:
        args, given = action.arguments.load(interaction.payload)
    except (Mismatch, Malformed) as error:
        raise InvalidInput(f"{action.name}: {error}") from None
    if interaction.variables or action.variables:
        given = {**given, **typed(interaction.variables, action.variables)}
    return args, given


def restored(kept: Stored[Any], body: bytes | None, title: str) -> Any:
    """The value that was kept under a property, or else its default."""
    if body is not None:
        try:
            return kept.payload.load(Content(body), closed=True)
        except (Mismatch, Malformed) as error:
            _log.warning(
                "%s: the kept value of %r no longer fits and is dropped: %s",
                title,
                kept.name,
                error,
            )
    return copy.deepcopy(kept.default)


def sent(payload: Payload, value: Any, media_type: str, name: str) -> Content:
    """What the Thing's own code gives away; InvalidInput, raised there, where it does not fit."""
    try:
        content = payload.dump(value, media_type)
        if content.chunks is not None:
            raise Malformed("what is kept or told to many is bytes, no chunks")
        return content
    except (Mismatch, Malformed) as error:
        raise InvalidInput(f"{name}: {error}") from None


def checked(payload: Payload, value: Any, media_type: str, name: str) -> Content:
    """What a handler returned; HandlerError where its own schema forbids it."""
    try:
        return payload.dump(value, media_type)
    except (Mismatch, Malformed) as error:
        _log.error("the handler of %r returned what its data schema forbids: %s", name, error)
        raise HandlerError(
            f"the handler of {name!r} returned what its data schema forbids"
        ) from error


def output(action: Action[..., Any], value: Any, name: str, accept: tuple[str, ...]) -> Reply:
    if action.output is not None:
        kind = chosen(accept, action.response_types, name) if accept else action.response_type
        return Reply(checked(action.output, value, kind, name))
    if value is not None:
        _log.error(
            "the handler of %r returned a value but declares none; add its type after ->", name
        )
        raise HandlerError(
            f"the handler of {name!r} returned a value that its description does not mention"
        )
    return DONE


def refusal(interaction: Interaction, td: ThingDescription) -> InteractionError:
    """Why an interaction is refused that a Thing does not offer."""
    op, name = interaction.op, interaction.name
    kind = KIND.get(op)
    if kind is None:
        return NotAllowed(f"{op} is not offered by this Thing")
    if td.affordance(kind, name) is None:
        hint = f"there are: {listed(td.json.get(kind, {}))}"
        return UnknownAffordance(f"{td.title} has no {name!r} among its {kind}", hint=hint)
    return NotAllowed(f"{op} is not offered by {name!r}")
