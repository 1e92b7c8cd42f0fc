"""Which of several forms an interaction takes, and which of its responses came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wot.binding import Client
from wot.content import JSON, Content, Malformed, essence, is_opaque
from wot.interaction import Interaction
from wot.td import Form, Json


class Way(NamedTuple):
    """A form, the client that follows it, whether it has URI variables, and whether its answer is about invocations."""

    form: Form
    client: Client
    template: bool
    lasting: bool


def ordered(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Those in JSON first, then those whose payloads can be looked into; otherwise the order of the TD holds.

    A data schema is about JSON, and the HTTP Basic Profile demands it of Consumers.
    """
    return tuple(sorted(ways, key=lambda way: _distance(way.form)))


def _distance(form: Form) -> int:
    try:
        if is_opaque(form.content_type) or is_opaque(form.response_type):
            return 2
    except Malformed:
        return 2
    # Forms of streams have an order of their own, and those of webhooks are about the callback.
    return int(not form.subprotocol and not form.content_type == form.response_type == JSON)


def fitting(ways: tuple[Way, ...], interaction: Interaction) -> tuple[Way, ...]:
    """Those first whose media types are wanted, or are those of what is sent."""
    wanted = [essence(kind) for kind in interaction.accept]
    sent = interaction.payload

    def rank(way: Way) -> tuple[bool, int]:
        gives = essence(way.form.response_type)
        unfit = sent is not None and essence(sent.type) != essence(way.form.content_type)
        return unfit, wanted.index(gives) if gives in wanted else len(wanted)

    return tuple(sorted(ways, key=rank))


def additional(ways: Iterable[Way], definitions: Json, content: Content | None) -> Iterator[Json]:
    """Schemas of additional responses that are no errors, of the media type that came.

    TD 1.1 section 5.3.4.2.2.
    """
    for way in ways if content is not None else ():
        for more in way.form.additional_responses:
            kind = essence(more.content_type or way.form.content_type)
            if more.success and content is not None and essence(content.type) == kind:
                yield definitions.get(more.schema, {})
