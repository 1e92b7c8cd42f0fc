"""What the forms of an affordance say that everything else follows from: its media types."""

from __future__ import annotations

from wot.content import JSON, is_text
from wot.td import Form, Json


def pinned_in(json: Json) -> list[Form]:
    """What forms repeat: media types, one form for each choice."""
    forms: list[Json] = json.get("forms") or [{"contentType": JSON}]
    return [Form(form) for form in forms]


def told_in(pinned: list[Form]) -> Form:
    """What streams repeat: the first form whose notifications are text, or else the first."""
    return next((form for form in pinned if is_text(form.response_type)), pinned[0])
