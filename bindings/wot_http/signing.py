"""Signatures of webhooks, as Standard Webhooks (standardwebhooks.com, symmetric signatures "v1") has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from wot.errors import InvalidInput, Unauthenticated
from wot_http.preferences import CURSOR, GAP

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
VERSION = "v1"
TOLERANCE = 300  # seconds by which two clocks may differ
_PREFIX = "whsec_"
_SEAL = ".wot-"
_SEALED = (GAP, CURSOR, "Link", "Content-Type")
_LEAST, _MOST = 24, 64  # bytes of a key


def fresh() -> str:
    """A secret that nobody can guess."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signing_key(secret: object) -> bytes:
    """The key that a secret stands for; InvalidInput where it is none."""
    hint = f"send {_PREFIX} and base64 of {_LEAST} to {_MOST} random bytes"
    if not isinstance(secret, str):
        raise InvalidInput("secret: this is no text", hint=hint)
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("secret: this is no base64", hint=hint) from None
    if not _LEAST <= len(key) <= _MOST:
        raise InvalidInput(f"secret: {len(key)} bytes are too few or too many", hint=hint)
    return key


def signed(key: bytes | None, message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message; without a key nothing is signed."""
    headers = {ID: message, TIMESTAMP: str(timestamp)}
    if key is not None:
        headers[SIGNATURE] = f"{VERSION},{_mac(key, message, str(timestamp), body)}"
    return headers


def seal(headers: Mapping[str, str]) -> str:
    """The end of an id that brings headers of its message under the signature, which is of id, time and body alone."""
    told = "\n".join(headers.get(name, "") for name in _SEALED)
    digest = hashlib.sha256(told.encode(errors="replace")).digest()
    return _SEAL + base64.urlsafe_b64encode(digest[:18]).decode()


def is_sealed(message: str, headers: Mapping[str, str]) -> bool:
    """Whether the id of a message has a seal; Unauthenticated where that is not of these headers."""
    if _SEAL not in message:
        return False
    if not message.endswith(seal(headers)):
        raise Unauthenticated("the headers are not those that were signed")
    return True


def check(key: bytes, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The id of a message that is signed with `key`, and new; Unauthenticated for all others."""
    message, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    given = headers.get(SIGNATURE, "")
    wanted = f"{VERSION},{_mac(key, message, timestamp, body)}".encode()
    # There may be several, of older keys and other versions.
    found = [hmac.compare_digest(each.encode(errors="replace"), wanted) for each in given.split()]
    if not message or not any(found):
        raise Unauthenticated("this is not signed with the secret of the subscription")
    if not _is_near(timestamp, now):
        raise Unauthenticated("this was signed too long ago", hint="are both clocks right?")
    return message


def _is_near(timestamp: str, now: float) -> bool:
    digits = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15
    return digits and abs(int(timestamp) - now) <= TOLERANCE


def _mac(key: bytes, message: str, timestamp: str, body: bytes) -> str:
    content = f"{message}.{timestamp}.".encode(errors="replace") + body
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
