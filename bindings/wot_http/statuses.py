"""What a TD says of actions that are answered before they end (WoT Profiles, HTTP Basic Profile)."""

from __future__ import annotations

from wot.content import JSON
from wot.td import Form, Json, ThingDescription

STATUS = "ActionStatus"  # its name among the schemaDefinitions
KEY = "Idempotency-Key"  # draft-ietf-httpapi-idempotency-key-header
_TEXT: Json = {"type": "string"}
_TIME: Json = {"type": "string", "format": "date-time"}
_SCHEMA: Json = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["pending", "running", "completed", "failed"]},
        "href": {"type": "string", "format": "uri"},
        "timeRequested": _TIME,
        "timeEnded": _TIME,
        "error": {
            "type": "object",
            "description": "Problem details (RFC 9457).",
            "properties": {"type": _TEXT, "title": _TEXT, "detail": _TEXT},
        },
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"},
    },
    "required": ["status"],
}


def is_lasting(action: Json) -> bool:
    """Whether an action is answered before it ends."""
    return action.get("synchronous") is False


def about_actions(td: ThingDescription) -> Json:
    """What the TD says of the whole Thing where there is such an action.

    Queries and cancellation have no forms: their URL is in the answer, as the profile has it. A template with the id
    would be the other way, and there are clients that follow it as it stands (thingctx).
    """
    if not any(is_lasting(action) for action in td.json.get("actions", {}).values()):
        return {}
    return {"schemaDefinitions": {STATUS: _SCHEMA}}


def answered(form: Json) -> Json:
    """The form for an invocation, with what it is answered with first."""
    other = {"contentType": JSON} if Form(form).content_type != JSON else {}
    return {**form, "additionalResponses": [{"success": True, **other, "schema": STATUS}]}
