"""A Thing in hololinked: hololinked_server.py PORT."""

import logging
import sys

import ready
from hololinked.config import global_config

global_config.LOG_LEVEL = logging.ERROR
global_config.setup()

from hololinked.core import Event, Thing, action  # noqa: E402
from hololinked.core.properties import Boolean, Integer, Number, String  # noqa: E402


class Peer(Thing):
    """Properties of the plain types, actions that work, fail and emit, and an event."""

    boolean = Boolean(default=False)
    integer = Integer(default=0, bounds=(-10, 10), observable=True)
    number = Number(default=0.5)
    string = String(default="idle")
    rang = Event(schema={"type": "integer"})

    @action(
        input_schema={
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
        output_schema={"type": "integer"},
    )
    def add(self, a: int, b: int) -> int:
        """The sum."""
        return a + b

    @action(output_schema={"type": "integer"})
    def fail(self) -> int:
        """What its users see of an exception."""
        raise RuntimeError("broken")

    @action()
    def ring(self) -> None:
        """Emit the event."""
        self.rang.push(7)


port = int(sys.argv[1])
td = f"http://127.0.0.1:{port}/peer/resources/wot-td"
ready.announce(f"{td}?ignore_errors=true&use_localhost=true")
Peer(id="peer").run_with_http_server(port=port, address="127.0.0.1", print_welcome_message=False)
