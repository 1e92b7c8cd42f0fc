"""Ids of requests: what was sent twice with one id is done once."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from wot.interaction import checked_id

sent_id: ContextVar[str] = ContextVar("wot_request_id", default="")


@contextmanager
def request_id(id: str = "") -> Generator[str, None, None]:
    """`with wot.request_id("order-17"):` writes and invocations inside are sent under this id, or one that is made.

    A Thing that has done what came under an id answers the same again and does not do it again. Other values under
    the id of an earlier request are a Conflict.
    """
    chosen = checked_id(id or str(uuid.uuid4()))
    token = sent_id.set(chosen)
    try:
        yield chosen
    finally:
        sent_id.reset(token)
