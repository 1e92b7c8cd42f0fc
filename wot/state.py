"""Values that survive a restart: one small file per Thing, replaced whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import tempfile
import unicodedata
import uuid
from functools import cache
from pathlib import Path

import msgspec

_log = logging.getLogger("wot")


def state_folder() -> Path:
    """Where Things keep their state: $WOT_STATE, or the user's state folder."""
    chosen = os.environ.get("WOT_STATE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "isowot"


class Kept:
    """The persistent properties of one Thing, as JSON by name."""

    def __init__(self, thing_id: str) -> None:
        readable = re.sub(r"[^A-Za-z0-9.-]+", "_", thing_id)[:80]
        told_apart = hashlib.sha256(thing_id.encode()).hexdigest()[:12]
        self._path = state_folder() / f"{readable}-{told_apart}.json"
        self._values: dict[str, msgspec.Raw] = {}
        try:
            self._values = msgspec.json.decode(self._path.read_bytes(), type=dict[str, msgspec.Raw])
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            _log.warning(
                "the kept state in %s cannot be read and is ignored: %s", self._path, error
            )

    def load(self, name: str) -> bytes | None:
        """The JSON kept under `name`."""
        value = self._values.get(name)
        return None if value is None else bytes(value)

    def save(self, name: str, body: bytes) -> None:
        """Keep JSON under `name`; the file is replaced in one step."""
        self._values[name] = msgspec.Raw(body)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
            try:
                file.write(msgspec.json.encode(self._values))
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, self._path)
            except BaseException:
                os.unlink(file.name)
                raise


def slug(title: str) -> str:
    """A title as one path segment: `Kitchen Lamp` → `kitchen-lamp`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._~]+", "-", plain).strip("-.") or "thing"


def default_id(kind: type, path: str) -> str:
    """An id that stays the same across restarts: from this machine, the class and its path."""
    name = f"{_machine()}/{kind.__module__}.{kind.__qualname__}/{path}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


@cache
def _machine() -> str:
    for file in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with contextlib.suppress(OSError):
            text = Path(file).read_text("ascii").strip()
            if text:
                # A hash, since the machine's own id is not for others to see.
                return hashlib.sha256(f"isowot {text}".encode()).hexdigest()
    return f"{uuid.getnode():x}"
