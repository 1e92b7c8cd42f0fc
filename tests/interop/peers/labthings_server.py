"""A Thing in labthings-fastapi: labthings_server.py PORT."""

import sys
import tempfile

import labthings_fastapi as lt
import ready
import uvicorn


class Peer(lt.Thing):
    """Properties of the plain types and an action with two arguments."""

    boolean: bool = lt.property(default=False)
    integer: int = lt.property(default=0, ge=-10, le=10)
    number: float = lt.property(default=0.5)
    string: str = lt.property(default="idle", readonly=True)
    array: list[int] = lt.property(default_factory=lambda: [1, 2])

    @lt.action
    def add(self, a: int, b: int) -> int:
        """The sum."""
        return a + b

    @lt.action
    def wait(self, seconds: float) -> str:
        """Takes a while."""
        try:
            lt.cancellable_sleep(seconds)
        except lt.exceptions.InvocationCancelledError:
            self.string = "cancelled"
            raise
        return "waited"

    @lt.action
    def fail(self) -> str:
        """Does not succeed."""
        raise ValueError("it is broken")


port = int(sys.argv[1])
with tempfile.TemporaryDirectory() as settings:
    server = lt.ThingServer.from_things({"peer": Peer}, settings_folder=settings)
    ready.announce(f"http://127.0.0.1:{port}/peer/")
    uvicorn.run(server.app, host="127.0.0.1", port=port, access_log=False, log_level="error")
