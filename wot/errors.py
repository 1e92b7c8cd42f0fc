"""One tree of errors, raised alike by a Thing and by whoever consumes it.

WoTError                                  .hint says what to do next
├── DefinitionError (TypeError)           a Thing class is declared wrongly; raised at import
├── InvalidTD (ValueError)                every finding with path and reason
├── NoBinding · NoForm                    no scheme / no usable form
├── InteractionError                      crosses the wire
│   ├── InvalidInput · UriVariableError
│   ├── Unauthenticated · Forbidden
│   ├── NotFound (UnknownThing, UnknownAffordance) · NotAllowed
│   ├── NotAcceptable · Conflict · PreconditionFailed · TooLarge
│   ├── UnsupportedContent · TooManyRequests  .retry_after
│   ├── PartialFailure                    .values .errors; of several properties, some failed
│   ├── EventsLost                        .after; raised by a stream
│   ├── HandlerError                      user code raised: logged there, never sent
│   └── Unavailable                       .retry_after
└── TransportError                        ConnectError, Timeout, ProtocolError, InvalidOutput
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

# The `type` of problem details (RFC 9457 section 3.1.1) names the class, so that both ends raise the same one.
PROBLEM = "urn:isowot:problem:"
_LIMIT = 500  # characters of a foreign text that are worth repeating


class WoTError(Exception):
    """Everything raised here on purpose; `hint` says what to do next."""

    hint = ""

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)
        if hint:
            self.hint = hint


class DefinitionError(WoTError, TypeError):
    """A Thing class is declared wrongly."""


class Finding(NamedTuple):
    """One fault of a document: its JSON path, the reason and what to do.

    `severity` is "error" or "warning": only errors make a document invalid. `assertion` is the id of the W3C
    assertion that is broken, where there is one.
    """

    path: str
    reason: str
    hint: str = ""
    severity: str = "error"
    assertion: str = ""


class InvalidTD(WoTError, ValueError):
    """The document is not a Thing Description."""

    def __init__(self, findings: Iterable[Finding] | str, *, hint: str = "") -> None:
        found = [Finding("$", findings)] if isinstance(findings, str) else list(findings)
        shown = "; ".join(f"{finding.path}: {finding.reason}" for finding in found[:5])
        more = f" (and {len(found) - 5} more)" if len(found) > 5 else ""
        super().__init__(f"not a valid Thing Description: {shown}{more}", hint=hint)
        self.findings: Sequence[Finding] = found


class NoBinding(WoTError, LookupError):
    """No protocol binding is installed for a URL scheme."""


class NoForm(WoTError, LookupError):
    """The Thing Description offers no form that can be used here."""


class InteractionError(WoTError):
    """One interaction was refused; both ends see the same class."""


class InvalidInput(InteractionError, ValueError):
    """What was sent does not fit the data schema."""


class UriVariableError(InvalidInput):
    """A URI variable is unknown, missing or does not fit its schema."""


class Unauthenticated(InteractionError):
    """Credentials are missing or wrong."""


class Forbidden(InteractionError):
    """The caller may not do this."""


class NotFound(InteractionError, LookupError):
    """There is nothing of that name."""


class UnknownThing(NotFound):
    """There is no such Thing."""


class UnknownAffordance(NotFound):
    """The Thing has no such affordance."""


class NotAllowed(InteractionError):
    """The affordance does not offer this operation."""


class NotAcceptable(InteractionError):
    """None of the media types asked for can be given."""


class Conflict(InteractionError):
    """The state of the Thing does not permit this now."""


class PreconditionFailed(InteractionError):
    """A condition of the request does not hold."""


class TooLarge(InteractionError):
    """The payload is over the limit."""


class UnsupportedContent(InteractionError):
    """The payload has a media type that is not understood here."""


class TooManyRequests(InteractionError):
    """The caller asks too often; `retry_after` (seconds) says when to ask again."""

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class EventsLost(InteractionError):
    """Notifications were dropped; streaming again with `after` goes on behind the gap."""

    def __init__(self, message: str = "", *, after: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.after = after


class HandlerError(InteractionError):
    """The Thing's own code failed."""


class PartialFailure(InteractionError):
    """Of several properties that were read or written together, some failed.

    `values` are those that were read, or were written, by name, as plain JSON; `errors` says by name what became of
    the others.
    """

    def __init__(
        self,
        message: str = "",
        *,
        values: Mapping[str, Any] | None = None,
        errors: Mapping[str, WoTError] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.values: Mapping[str, Any] = values or {}
        self.errors: Mapping[str, WoTError] = errors or {}


class Unavailable(InteractionError):
    """The Thing cannot answer now; `retry_after` (seconds) says when to ask again."""

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class TransportError(WoTError):
    """No usable answer came back."""


class ConnectError(TransportError):
    """The other side cannot be reached."""


class Timeout(TransportError, TimeoutError):
    """The other side did not answer in time."""


class ProtocolError(TransportError):
    """The other side broke its protocol."""


class InvalidOutput(TransportError, ValueError):
    """The other side sent what its own Thing Description forbids."""


def _tree(kind: type[WoTError]) -> Iterable[type[WoTError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


# Explicit, so that no peer can choose which class is raised here beyond these.
CROSSING: Mapping[str, type[WoTError]] = {
    kind.__name__: kind for root in (InteractionError, TransportError) for kind in _tree(root)
}


def to_problem(error: WoTError, status: int | None = None) -> dict[str, Any]:
    """Problem details (RFC 9457) for `error`; `status` is HTTP's."""
    kind = next(kind for kind in type(error).__mro__ if kind.__name__ in CROSSING)
    problem: dict[str, Any] = {
        "type": PROBLEM + kind.__name__,
        "title": (kind.__doc__ or kind.__name__).partition("\n")[0].rstrip("."),
        "detail": _sendable(str(error)),
    }
    for member, value in (
        ("status", status),
        ("hint", _sendable(error.hint)),
        ("after", getattr(error, "after", "")),
        ("retryAfter", getattr(error, "retry_after", None)),
    ):
        if value not in ("", None):
            problem[member] = value
    if isinstance(error, PartialFailure):
        problem["values"] = error.values
        problem["errors"] = {name: to_problem(part) for name, part in error.errors.items()}
    return problem


def problem_bytes(error: WoTError) -> bytes:
    """Problem details as JSON; what JSON cannot say is told in Python's words."""
    return msgspec.json.encode(to_problem(error), enc_hook=repr)


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names for a hint, sorted; what is left out is counted."""
    known = sorted(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more if known else "none"


def _sendable(text: str) -> str:
    """`text` without what UTF-8 cannot say: it may repeat a broken header."""
    return text.encode(errors="replace").decode()


def from_problem(problem: Mapping[str, Any], fallback: type[WoTError]) -> WoTError:
    """The error that `problem` describes; `fallback` where it names none of ours."""
    name = str(problem.get("type", "")).removeprefix(PROBLEM)
    kind = CROSSING.get(name, fallback)
    message = str(problem.get("detail") or problem.get("title") or "")[:_LIMIT]
    error = kind(message, hint=str(problem.get("hint", ""))[:_LIMIT])
    if isinstance(error, EventsLost):
        error.after = str(problem.get("after", ""))[:_LIMIT]
    if isinstance(error, PartialFailure):
        values, errors = _object(problem.get("values")), _object(problem.get("errors"))
        error.values, error.errors = values, dict(_parts(errors))
    if isinstance(error, (Unavailable, TooManyRequests)):
        delay: Any = problem.get("retryAfter")
        number = isinstance(delay, (int, float)) and not isinstance(delay, bool)
        error.retry_after = float(delay) if number else None
    return error


def _object(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one where it is none."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _parts(errors: Mapping[str, Any]) -> Iterable[tuple[str, WoTError]]:
    """The errors of a partial failure; one that has parts itself is none of ours."""
    for name, problem in errors.items():
        if isinstance(problem, dict):
            plain = {t: v for t, v in _object(problem).items() if t != "errors"}
            yield name, from_problem(plain, InteractionError)
