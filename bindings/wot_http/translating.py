"""The errors of aiohttp's client as ours."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from wot.errors import ConnectError, NoForm, ProtocolError, Timeout, WoTError


@asynccontextmanager
async def translated(href: str) -> AsyncGenerator[None, None]:
    """Errors of the library as ours."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        raise translation(error, href) from error


def _origin(href: str) -> str:
    try:
        return str(URL(href).origin())
    except ValueError:
        return href


def translation(error: Exception, href: str) -> Exception:
    """What one of them means for who asked for `href`."""
    if isinstance(error, WoTError):
        return error
    if isinstance(error, aiohttp.TooManyRedirects):
        return ProtocolError(f"{href} redirects in circles")
    if isinstance(error, aiohttp.RedirectClientError):
        return ProtocolError(f"{href} redirects to where nobody can follow")
    known = isinstance(error, (aiohttp.ClientError, TimeoutError, OSError))
    if not known or isinstance(error, aiohttp.InvalidURL):
        return NoForm(f"{href!r} is no usable URL: {error}")
    where = _origin(href)
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        reason = getattr(cause, "strerror", None) or str(cause) or "no answer"
        hint = "is it running, and is the address right?"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            reason = f"its certificate is not trusted: {error.certificate_error}"
            hint = 'name the authority that signed it: http={"ca": "ca.pem"}, or SSL_CERT_FILE'
        return ConnectError(f"{where} cannot be reached: {reason}", hint=hint)
    if isinstance(error, TimeoutError):
        return Timeout(f"{where} did not answer in time")
    return ProtocolError(
        f"{where} broke off or does not speak HTTP: {str(error)[:200] or type(error).__name__}"
    )
