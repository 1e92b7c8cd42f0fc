"""What an endpoint offers of streams: the subprotocols that are switched on, and how they are spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from wot.binding import known_option, number_option
from wot.errors import WoTError, listed
from wot.forms import offered
from wot.td import KINDS, STREAMS, Json, ThingDescription

SSE, LONGPOLL, WEBHOOK, SOCKET = "sse", "longpoll", "webhook", "webthingprotocol"
_ORDER = (SSE, SOCKET, WEBHOOK, LONGPOLL)  # of their forms in a TD
SUBSCRIPTION = "subscriptionID"  # the URI variable of what ends a webhook


class Rules(NamedTuple):
    """What may be asked of us by webhooks."""

    private: bool = False  # whether callbacks may be in the private network or on this machine
    patience: float = 900.0  # seconds for which a callback may fail
    most: int = 1000  # subscriptions
    per_client: int = 100


class Offer(NamedTuple):
    """The streams of one endpoint."""

    subprotocols: tuple[str, ...] = (SSE,)
    named: bool = (
        False  # whether events say which affordance they are of, as the SSE profile has it
    )
    webhooks: Rules = Rules()

    @property
    def profiled(self) -> tuple[str, ...]:
        """The subprotocols that are spoken as their profile demands."""
        spoken = ((SSE, self.named), (WEBHOOK, True))
        return tuple(name for name, is_so in spoken if is_so and name in self.subprotocols)

    def terms(self, td: ThingDescription) -> Json:
        """What a TD says of all its streams."""
        if WEBHOOK not in self.subprotocols or not _has_streams(td):
            return {}
        return {"uriVariables": {SUBSCRIPTION: {"type": "string", "readOnly": True}}}


def offer_of(options: Mapping[str, Any]) -> Offer:
    """The options subprotocols, profile and webhooks of an endpoint."""
    given = options.get("subprotocols", (SSE,))
    names = {given} if isinstance(given, str) else set(given)
    unknown = sorted(str(name) for name in names - set(_ORDER))
    if unknown:
        hint = f"there are: {listed(_ORDER)}"
        raise WoTError(f"there is no subprotocol {unknown[0]!r} here", hint=hint)
    profile = options.get("profile")
    if profile not in (None, SSE):
        raise WoTError(f"there is no profile {profile!r} to choose here", hint=f"there is: {SSE}")
    if profile and SSE not in names:
        raise WoTError("profile='sse' is about what subprotocols= leaves out", hint="name 'sse'")
    rules = options.get("webhooks")
    if rules is not None and WEBHOOK not in names:
        hint = 'name "webhook" among the subprotocols'
        raise WoTError("webhooks= is about what subprotocols= leaves out", hint=hint)
    return Offer(tuple(n for n in _ORDER if n in names), bool(profile), _rules(rules or {}))


def _rules(given: Any) -> Rules:
    if not isinstance(given, Mapping):
        raise WoTError(
            f"webhooks={given!r} should be a mapping", hint='such as webhooks={"private": True}'
        )
    found = cast(Mapping[str, Any], given)
    known_option(found, Rules._fields, "webhooks=")
    private = found.get("private", False)
    if not isinstance(private, bool):
        raise WoTError(f"the option private={private!r} should be True or False")
    return Rules(
        private,
        number_option(found, "patience", Rules().patience, least=0),
        int(number_option(found, "most", Rules().most, least=1)),
        int(number_option(found, "per_client", Rules().per_client, least=1)),
    )


def is_line(name: str) -> bool:
    """Whether a name can stand in the `event:` line of an event stream, and is no name of ours there."""
    return name != "wot-gap" and not {"\r", "\n", "\0"} & set(name) and not name.startswith(" ")


def _has_streams(td: ThingDescription) -> bool:
    return any(
        STREAMS.intersection(offered(td, kind, name))
        for kind in KINDS
        for name in td.json.get(kind, {})
    )
