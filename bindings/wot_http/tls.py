"""Certificates of a server, read again when their files change."""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Mapping
from typing import Any

from wot.errors import WoTError

OPTIONS = ("certificate", "key", "password")
_EVERY = 2.0  # seconds between looks at the files
_log = logging.getLogger("wot")
_Stamp = tuple[tuple[int, int, int], ...]


class Certificate:
    """A certificate with its key, as the context for new connections."""

    def __init__(self, certificate: str, key: str, password: str) -> None:
        self._certificate, self._key, self._password = certificate, key, password
        self._stamp = self._look()
        self._context = self._loaded()
        self._next = time.monotonic() + _EVERY

    def context(self) -> ssl.SSLContext:
        """The context for a new connection; from changed files, where these can be used."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._refresh()
        return self._context

    def _refresh(self) -> None:
        try:
            stamp = self._look()
        except WoTError:
            stamp = ()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._context = self._loaded()
        except WoTError as error:
            _log.error("%s; the one before stays in use", error)
        else:
            _log.info("the certificate in %s has been read again", self._certificate)

    def _look(self) -> _Stamp:
        """What changes when the files do."""
        found: list[tuple[int, int, int]] = []
        for what, name in (("certificate", self._certificate), ("key", self._key)):
            try:
                state = os.stat(name)
            except (OSError, ValueError) as error:
                raise _unreadable(what, name, error) from None
            found.append((state.st_mtime_ns, state.st_size, state.st_ino))
        return tuple(found)

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_COMPRESSION | getattr(ssl, "OP_NO_RENEGOTIATION", 0)
        context.set_alpn_protocols(["http/1.1"])
        try:
            # A function, as OpenSSL would otherwise ask whoever sits at the terminal.
            context.load_cert_chain(self._certificate, self._key, lambda: self._password)
        except ssl.SSLError as error:
            raise self._unusable(error) from None
        except (OSError, ValueError) as error:
            raise _unreadable("certificate or key", self._certificate, error) from None
        return context

    def _unusable(self, error: ssl.SSLError) -> WoTError:
        if error.reason == "KEY_VALUES_MISMATCH":
            return WoTError(
                f"the key {self._key} does not belong to the certificate {self._certificate}",
                hint="name the two that were issued together",
            )
        if self._encrypted():
            return WoTError(
                f"the key {self._key} cannot be decrypted", hint="name its password with password="
            )
        return WoTError(
            f"the certificate {self._certificate} or its key {self._key} cannot be used:"
            f" {error.reason or error}",
            hint="both should be PEM files; the key may be in the same file",
        )

    def _encrypted(self) -> bool:
        try:
            with open(self._key, "rb") as file:
                return b"ENCRYPTED" in file.read(1 << 16)
        except OSError:
            return False


def certificate_for(url: str, scheme: str, options: Mapping[str, Any]) -> Certificate | None:
    """The certificate that an endpoint is given; None where it has to have none."""
    given = {name: str(options.get(name) or "") for name in OPTIONS}
    if scheme != "https":
        for name, value in given.items():
            if value:
                raise WoTError(f"{name}= is for https, and {url} is {scheme}", hint="write https")
        return None
    if not given["certificate"]:
        raise WoTError(
            f"{url} needs a certificate",
            hint='name it with certificate="cert.pem", key="key.pem";'
            " or serve http behind a proxy and name that with public_url=",
        )
    key = given["key"] or given["certificate"]
    return Certificate(given["certificate"], key, given["password"])


def _unreadable(what: str, name: str, error: Exception) -> WoTError:
    reason = getattr(error, "strerror", None) or str(error)
    return WoTError(f"the {what} {name} cannot be read: {reason}", hint="name a PEM file")
