"""The same verbs without `await`, for scripts and notebooks: a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import wot.servient as servients
import wot.started as started
from wot.consumed import ConsumedThing
from wot.consuming import TD
from wot.errors import Timeout, WoTError
from wot.running import new_loop
from wot.servient import Endpoint, Served, Things
from wot.started import InvocationStatus
from wot.td import ThingDescription
from wot.things import ThingT

T = TypeVar("T")
_END: Any = object()


class Servient:
    """Serves and consumes like `wot.Servient`, from synchronous code and from any thread.

    Ctrl-C and time-outs cancel what is under way. `wait` runs anything awaitable, such as the handles of a typed Thing.
    """

    def __init__(self, **options: Any) -> None:
        self._servient = servients.Servient(**options)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        loop = self._loop = new_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="wot loop", daemon=True)
        self._thread.start()
        self.wait(self._servient.__aenter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        thread = self._thread
        assert thread is not None
        with self._lock:  # from here on nothing new begins
            loop, self._loop = self._loop, None
        assert loop is not None
        try:
            ended = asyncio.run_coroutine_threadsafe(
                self._servient.__aexit__(None, None, None), loop
            )
            ended.result()
            asyncio.run_coroutine_threadsafe(_cancelled_rest(loop), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def wait(self, awaitable: Awaitable[T], timeout: float | None = None) -> T:
        """The result of anything awaitable; Timeout (and it is cancelled) after `timeout` seconds."""
        future = self.begin(awaitable)
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError:
            if future.done():
                raise  # raised by what was waited for
            future.cancel()
            raise Timeout(f"no result after {timeout} s") from None
        except concurrent.futures.CancelledError:
            raise WoTError("it was cancelled: this Servient is not open any more") from None
        except BaseException:
            future.cancel()
            raise

    def begin(self, awaitable: Awaitable[T]) -> concurrent.futures.Future[T]:
        """Set something awaitable going, to be waited for later."""
        if threading.current_thread() is self._thread:
            if asyncio.iscoroutine(awaitable):
                awaitable.close()
            raise WoTError(
                "this would wait for itself", hint="await it: this code runs in the loop"
            )

        async def run() -> T:
            return await awaitable

        with self._lock:
            if self._loop is None:
                hint = "use it inside: with wot.sync.Servient() as servient"
                raise WoTError("this Servient is not open", hint=hint)
            return asyncio.run_coroutine_threadsafe(run(), self._loop)

    @contextmanager
    def open(self, context: AbstractAsyncContextManager[T]) -> Generator[T, None, None]:
        """An asynchronous context as a synchronous one."""
        value = self.wait(context.__aenter__())
        try:
            yield value
        finally:
            self.wait(context.__aexit__(None, None, None))

    @contextmanager
    def follow(
        self, subscription: AbstractAsyncContextManager[AsyncIterator[T]]
    ) -> Generator[Iterator[T], None, None]:
        """A subscription as a synchronous iterator: `with servient.follow(lamp.hot.subscribe()) as readings`."""
        with self.open(subscription) as values:
            found = _Values(self, values)
            try:
                yield found
            finally:
                found.leave()

    @overload
    def consume(self, source: TD) -> Thing: ...
    @overload
    def consume(self, source: TD, cls: type[ThingT]) -> ThingT: ...
    def consume(self, source: TD, cls: type[ThingT] | None = None) -> Thing | ThingT:
        """The Thing at a URL or in a file; with `cls` its handles are awaitable, to be used with `wait`."""
        if cls is not None:
            return self.wait(self._servient.consume(source, cls))
        return Thing(self, self.wait(self._servient.consume(source)))

    @contextmanager
    def serve(
        self, things: Things, *endpoints: str | Endpoint, insecure: bool = False
    ) -> Generator[Served, None, None]:
        """Serve Things in the background for the time of a block."""
        with self.open(self._servient.serve(things, *endpoints, insecure=insecure)) as served:
            yield served


async def _cancelled_rest(loop: asyncio.AbstractEventLoop) -> None:
    """End what other threads still wait for."""
    rest = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await loop.shutdown_asyncgens()


class _Values(Iterator[T]):
    """The values of a subscription, one after the other."""

    def __init__(self, servient: Servient, values: AsyncIterator[T]) -> None:
        self._servient, self._values = servient, values
        self._step: concurrent.futures.Future[Any] | None = None

    def __next__(self) -> T:
        return self.next()

    def next(self, timeout: float | None = None) -> T:
        """The next value; Timeout where none comes within `timeout` seconds, and then it is the next call's."""

        async def step() -> Any:
            return await anext(self._values, _END)

        if self._step is None:
            self._step = self._servient.begin(step())
        waiting = self._step
        try:
            value = waiting.result(timeout)
        except concurrent.futures.CancelledError:
            raise WoTError("it was cancelled: this Servient is not open any more") from None
        except concurrent.futures.TimeoutError:
            if waiting.done():
                raise  # raised by what was waited for
            raise Timeout(f"no value within {timeout} s") from None
        finally:
            if waiting.done():
                self._step = None
        if value is _END:
            raise StopIteration
        result: T = value
        return result

    def leave(self) -> None:
        """Wait for nothing any more."""
        if self._step is not None:
            self._step.cancel()


class Invocation:
    """An action under way, without `await`."""

    def __init__(self, servient: Servient, invocation: started.Invocation[Any]) -> None:
        self._servient, self._started = servient, invocation

    def __repr__(self) -> str:
        return repr(self._started)

    @property
    def progress(self) -> float | None:
        """How far it was when it was last heard of."""
        return self._started.progress

    @property
    def message(self) -> str:
        """What it said when it was last heard of."""
        return self._started.message

    def status(self) -> InvocationStatus[Any]:
        """What has become of it until now."""
        return self._servient.wait(self._started.status())

    def result(self, timeout: float | None = None) -> Any:
        """Its output, when it has ended; Timeout after `timeout` seconds, and it goes on."""
        return self._servient.wait(self._started.result(), timeout)

    def cancel(self) -> None:
        """Cancel it; what has ended is forgotten."""
        self._servient.wait(self._started.cancel())


class Thing:
    """A remote Thing by name, without `await`."""

    def __init__(self, servient: Servient, consumed: ConsumedThing) -> None:
        self._servient = servient
        self.consumed = consumed

    def __repr__(self) -> str:
        return repr(self.consumed).replace("ConsumedThing", "Thing")

    @property
    def description(self) -> ThingDescription:
        """The TD as it was received."""
        return self.consumed.description

    def read(self, name: str, /, **variables: Any) -> Any:
        """The value of a property."""
        return self._servient.wait(self.consumed.read(name, **variables))

    def write(self, name: str, value: Any, /, **variables: Any) -> None:
        """Set a property."""
        self._servient.wait(self.consumed.write(name, value, **variables))

    def invoke(self, name: str, /, *input: Any, **variables: Any) -> Any:
        """Invoke an action; returns its output."""
        return self._servient.wait(self.consumed.invoke(name, *input, **variables))

    def start(self, name: str, /, *input: Any, **variables: Any) -> Invocation:
        """Invoke an action without waiting for its end."""
        begun = self._servient.wait(self.consumed.start(name, *input, **variables))
        return Invocation(self._servient, begun)

    def invocations(self) -> dict[str, list[InvocationStatus[Any]]]:
        """The invocations that are known, by action, the newest first."""
        return self._servient.wait(self.consumed.invocations())

    @contextmanager
    def observe(self, name: str, /, **variables: Any) -> Generator[_Values[Any], None, None]:
        """The values of a property while the block is open."""
        with self._followed(lambda: self.consumed.observe(name, **variables)) as values:
            yield values

    @contextmanager
    def subscribe(self, name: str, /, **variables: Any) -> Generator[_Values[Any], None, None]:
        """The data of an event while the block is open."""
        with self._followed(lambda: self.consumed.subscribe(name, **variables)) as values:
            yield values

    def read_all(self, **variables: Any) -> dict[str, Any]:
        """All readable properties by name."""
        return self._servient.wait(self.consumed.read_all(**variables))

    def read_multiple(self, names: Iterable[str], /, **variables: Any) -> dict[str, Any]:
        """These properties by name."""
        return self._servient.wait(self.consumed.read_multiple(names, **variables))

    def write_all(self, values: Mapping[str, Any], /) -> None:
        """Set every writable property."""
        self._servient.wait(self.consumed.write_all(values))

    def write_multiple(self, values: Mapping[str, Any], /) -> None:
        """Set these properties in their order."""
        self._servient.wait(self.consumed.write_multiple(values))

    @contextmanager
    def observe_all(self) -> Generator[_Values[tuple[str, Any]], None, None]:
        """Names and values of all observable properties while the block is open."""
        with self._followed(self.consumed.observe_all) as values:
            yield values

    @contextmanager
    def subscribe_all(self) -> Generator[_Values[tuple[str, Any]], None, None]:
        """Names and data of all events while the block is open."""
        with self._followed(self.consumed.subscribe_all) as values:
            yield values

    @contextmanager
    def open(self, name: str, /, **variables: Any) -> Generator[Iterator[bytes], None, None]:
        """A property in parts, for what is too large to be held."""
        with self._followed(lambda: self.consumed.open(name, **variables)) as chunks:
            yield chunks

    @contextmanager
    def _followed(
        self, follow: Callable[[], AbstractAsyncContextManager[AsyncIterator[Any]]]
    ) -> Generator[_Values[Any], None, None]:
        with self._servient.open(follow()) as values:
            found = _Values(self._servient, values)
            try:
                yield found
            finally:
                found.leave()


@contextmanager
def serve(
    things: Things, *endpoints: str | Endpoint, insecure: bool = False
) -> Generator[Served, None, None]:
    """Serve Things in the background for the time of a block."""
    with Servient() as servient, servient.serve(things, *endpoints, insecure=insecure) as served:
        yield served


@contextmanager
def consume(source: TD, /, **options: Any) -> Generator[Thing, None, None]:
    """A remote Thing by name for the time of a block; for one typed by a class use a Servient, which can `wait`."""
    with Servient(**options) as servient:
        yield servient.consume(source)
