"""Where a server listens: addresses in words and as sockets."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from wot.errors import ConnectError, WoTError

UNIX = "http+unix"
_PORTS = {"http": 80, "https": 443}
_BACKLOG = 1024
_MODE = 0o600  # of a socket file: nobody but who serves
# What is unacknowledged or untaken for so long has nobody behind it (seconds).
_SILENT = 60
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
_NO_SUCH = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Address(NamedTuple):
    """Host and port, or the path of a socket file."""

    host: str
    port: int
    path: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.path or f"{host}:{self.port}"


class Place(NamedTuple):
    """The address of an endpoint, with what was said besides."""

    scheme: str
    first: Address
    further: tuple[Address, ...]
    mode: int

    @property
    def hosts(self) -> list[str]:
        """What can be reached from elsewhere; nothing of a socket file."""
        return [address.host for address in (self.first, *self.further) if not address.path]

    def base(self, port: int) -> str:
        """The base URL, once the port is known."""
        if self.first.path:
            return f"{UNIX}://{quote(self.first.path, safe='')}/"
        host = self.first.host
        if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            host = socket.gethostname()  # this machine's name where we listen on every address
        named = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{named}:{port}/"


def placed(url: str, options: Mapping[str, Any]) -> Place:
    """Where an endpoint listens, by its URL and the options `listen` and `mode`."""
    parts, port = _split(url)
    mode = _mode(options.get("mode", _MODE))
    if parts.scheme == UNIX:
        if options.get("listen"):
            raise WoTError("listen= is for host and port", hint="serve at a second endpoint")
        return Place(UNIX, Address("", 0, _socket_path(url, parts)), (), mode)
    if parts.scheme not in _PORTS:
        raise WoTError(f"{url}: HTTP is not served there", hint="write http, https or http+unix")
    if parts.path not in ("", "/") or parts.query:
        raise WoTError(f"{url}: an endpoint has no path", hint="name only host and port")
    if "mode" in options:
        raise WoTError("mode= is for socket files", hint=f"serve at {UNIX}:///path")
    first = Address(parts.hostname or "", _PORTS[parts.scheme] if port is None else port)
    return Place(parts.scheme, first, _further(options.get("listen", ())), mode)


def _mode(given: Any) -> int:
    """Permissions, as a number or as text in octal."""
    try:
        mode = int(given, 8) if isinstance(given, str) else given
    except ValueError:
        mode = None
    if not isinstance(mode, int) or isinstance(mode, bool) or not 0 <= mode <= 0o777:
        raise WoTError(f"the option mode={given!r} should be permissions such as 0o660")
    return mode


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, None if parts.scheme == UNIX else parts.port
    except ValueError as error:
        raise WoTError(f"{url} is no address: {error}", hint="write http://host:port") from None


def _socket_path(url: str, parts: SplitResult) -> str:
    """The file of `http+unix:///run/x` or `http+unix://%2Frun%2Fx`."""
    path = unquote(parts.netloc) or unquote(parts.path)
    if not path.startswith("/") or (parts.netloc and parts.path not in ("", "/")) or "\0" in path:
        raise WoTError(f"{url} names no socket file", hint=f"write {UNIX}:///run/wot.sock")
    return path


def _further(listen: Any) -> tuple[Address, ...]:
    given = [listen] if isinstance(listen, str) else list(listen)
    return tuple(_address(text) for text in given)


def _address(text: Any) -> Address:
    wrong = WoTError(f"listen={text!r} is no address", hint='write host:port, as in "[::1]:8080"')
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
    except ValueError:
        raise wrong from None
    if port is None or parts.path or parts.query or parts.username is not None:
        raise wrong
    return Address(parts.hostname or "", port)


async def opened(place: Place) -> list[socket.socket]:
    """Listening sockets for all addresses; ConnectError where one cannot be had."""
    sockets: list[socket.socket] = []
    for address in (place.first, *place.further):
        try:
            if address.path:
                sockets.append(_unix(address.path, place.mode))
            else:
                sockets += await _tcp(address)
        except OSError as error:
            closed(sockets)
            named = error.errno and not isinstance(error, socket.gaierror)
            reason = os.strerror(error.errno or 0) if named else error.strerror or str(error)
            hint = "" if address.path else "is it in use? port 0 takes a free one"
            hint = hint or "is its folder there, and may it be written to?"
            raise ConnectError(f"cannot listen on {address}: {reason}", hint=hint) from None
    return sockets


def closed(sockets: list[socket.socket]) -> None:
    """Close listening sockets, and remove their files."""
    for sock in sockets:
        if isinstance(sock, _File):
            sock.remove()
        sock.close()


class _File(socket.socket):
    """A socket that is bound to a file."""

    _own: tuple[int, int] | None = None  # which file it is, until it is removed

    def place(self, path: str) -> None:
        """Bind it."""
        self.bind(path)
        self._own = _identity(path)

    def remove(self) -> None:
        """Remove the file, unless another one has taken its place; while this is open, none has its number."""
        own, self._own = self._own, None
        if own is not None and self.fileno() >= 0:
            path = self.getsockname()
            with suppress(OSError):
                if _identity(path) == own:
                    os.unlink(path)


def _identity(path: str) -> tuple[int, int]:
    found = os.lstat(path)
    return found.st_dev, found.st_ino


async def _tcp(address: Address) -> list[socket.socket]:
    # With port 0, "localhost" would mean another port for each address family.
    host = "127.0.0.1" if address.host == "localhost" and not address.port else address.host
    infos = await asyncio.get_running_loop().getaddrinfo(
        host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    port = address.port
    for family, _type, _protocol, _name, where in dict.fromkeys(infos):
        try:
            sockets.append(_bound(family, (where[0], port, *where[2:])))
        except OSError as error:
            if error.errno not in _NO_SUCH:
                closed(sockets)
                raise
            missing = error  # "localhost" may name a family that this machine lacks
        else:
            port = sockets[-1].getsockname()[1]
    if not sockets:
        raise missing or OSError(errno.EADDRNOTAVAIL, "no such address")
    return sockets


def _bound(family: int, where: tuple[Any, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _watched(sock)
        sock.bind(where)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _watched(sock: socket.socket) -> None:
    """Have the kernel notice peers that are gone; connections inherit it from what they come by."""
    options = {**_KEEPALIVE, "TCP_USER_TIMEOUT": _SILENT * 1000}
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in options.items():
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _unix(path: str, mode: int) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError(errno.EAFNOSUPPORT, "no such sockets here")
    _remove_stale(path)
    sock = _File(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.place(path)
        # Nobody can connect before listen(), and so nobody comes in by the permissions of the umask.
        os.chmod(path, mode)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _remove_stale(path: str) -> None:
    """Remove a socket file that nobody listens on; OSError where somebody does, or it is something else."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "is no socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            probe.connect(path)
    except FileNotFoundError:
        return
    except ConnectionRefusedError:
        os.unlink(path)
    else:
        raise OSError(errno.EADDRINUSE, "in use")
