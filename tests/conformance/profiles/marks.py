"""The ids of Profiles are long: a mark by their last words. And what waits for something that is not built."""

from __future__ import annotations

import pytest


def basic(*ids: str) -> pytest.MarkDecorator:
    """Assertions of the HTTP Basic Profile."""
    return _mark("http-basic-profile-protocol-binding-", ids)


def sse(*ids: str) -> pytest.MarkDecorator:
    """Assertions of the HTTP SSE Profile."""
    return _mark("http-sse-profile-protocol-binding-", ids)


def webhook(*ids: str) -> pytest.MarkDecorator:
    """Assertions of the HTTP Webhook Profile."""
    return _mark("http-webhook-profile-protocol-binding-", ids)


def common(*ids: str) -> pytest.MarkDecorator:
    """The common constraints."""
    return _mark("common-constraints-", ids)


def waits_for(what: str) -> pytest.MarkDecorator:
    """A test that cannot pass before something is built, and says so loudly once it can."""
    return pytest.mark.xfail(strict=True, reason=what)


def _mark(prefix: str, ids: tuple[str, ...]) -> pytest.MarkDecorator:
    return pytest.mark.assertion(*(f"{prefix}{id}" for id in ids))
