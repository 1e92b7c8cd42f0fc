"""The command line: what can be said, and what runs then."""

from __future__ import annotations

import signal
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from wot.cli import toolkit
from wot.cli.ending import DONE, INTERRUPTED, USAGE, Job, UsageError, ended
from wot.cli.options import (
    VALUE,
    VALUES,
    AccessLogOption,
    CertificateOption,
    EndpointOption,
    IdOption,
    JsonOption,
    KeyOption,
    ProxyOption,
    ThingArgument,
    TimeoutOption,
    VariableOption,
    WaitOption,
)
from wot.cli.output import Output

if TYPE_CHECKING:
    from wot.cli.using import Target

LOCAL = "http://127.0.0.1:8080"
# What click calls UsageError, wherever this version of typer keeps it.
_Refused: Any = typer.BadParameter.__mro__[1]

_app = typer.Typer(
    rich_markup_mode="rich" if sys.stdout is not None and sys.stdout.isatty() else None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def run() -> int:
    """Run the command line that this process was started with; returns the exit code."""
    try:
        return int(_app(standalone_mode=False, prog_name="wot") or DONE)
    except _Refused as error:
        usage = error.ctx.command_path if error.ctx else "wot"
        refusal = UsageError(error.format_message(), hint=f"{usage} --help tells more")
        Output("--json" in sys.argv).error("that is no command line of wot", refusal)
        return USAGE
    except typer.Abort:
        return INTERRUPTED


def _serve(output: Output, what: str, job: Job) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean from the first moment on
    raise typer.Exit(ended(output, what, job, DONE))


def _use(output: Output, verb: str, target: Target, job: Job) -> NoReturn:
    what = f"cannot {verb} {target.name} of {target.thing}"
    raise typer.Exit(ended(output, what, job, INTERRUPTED, target.thing))


@_app.callback(invoke_without_command=True)
def wot(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """The Web of Things: serve Things, and use anybody's.

    Exit codes: 0 done, 1 the Thing refused, 2 usage, 3 no usable answer, 4 invalid Thing Description.
    """
    if version:
        from wot import __version__

        print(f"isowot {__version__}")
    elif context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(USAGE)


@_app.command()
def serve(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE[:CLASS]",
            help="A Python file; without CLASS, every Thing class it defines. Or an importable module:CLASS.",
        ),
    ],
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="URL", help=f"Where; may be repeated. Default: {LOCAL}"),
    ] = None,
    public_url: Annotated[
        str, typer.Option(metavar="URL", help="How the first --on is reached, behind a proxy.")
    ] = "",
    trusted_proxy: ProxyOption = None,
    certificate: CertificateOption = "",
    key: KeyOption = "",
    access_log: AccessLogOption = False,
    option: EndpointOption = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Serve beyond this machine without protection.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Serve the Things of Python files, until Ctrl-C."""
    from wot.cli import serving

    output = Output(json)

    def job() -> Coroutine[Any, Any, None]:
        said = serving.Said(
            public_url, trusted_proxy or (), certificate, key, access_log, option or ()
        )
        at = serving.endpoints(on or [LOCAL], said)
        # Loaded before there is a loop: files may take their time, or run one of their own.
        things = serving.loaded(files)
        if access_log:
            serving.log_requests()
        return serving.serving(output, things, at, insecure)

    _serve(output, f"cannot serve {' '.join(files)}", job)


@_app.command()
def td(
    thing: ThingArgument,
    expand: Annotated[
        bool, typer.Option("--expand", help="Print it as JSON, with every default stated.")
    ] = False,
    reduce: Annotated[
        bool, typer.Option("--reduce", help="Print it as JSON, without what is the default anyway.")
    ] = False,
    timeout: TimeoutOption = 30.0,
    json: JsonOption = False,
) -> None:
    """Show what a Thing offers; in a pipe, its TD."""
    from wot.cli import using

    if expand or reduce:
        toolkit.rewrite(thing, expand, reduce, timeout, json)
    output, target = Output(json), using.Target(thing, "the description", (), timeout)
    _use(output, "show", target, lambda: using.describe(output, target))


@_app.command()
def read(
    thing: ThingArgument,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="PROPERTY", help="Without one, all of them.")
    ] = None,
    var: VariableOption = None,
    timeout: TimeoutOption = 30.0,
    json: JsonOption = False,
) -> None:
    """Read a property, several, or all."""
    from wot.cli import together, using

    output, given = Output(json), names or ()
    if len(given) == 1:
        target = using.Target(thing, given[0], var or (), timeout)
        _use(output, "read", target, lambda: using.read(output, target))
    target = using.Target(thing, ", ".join(given) or "all properties", var or (), timeout)
    _use(output, "read", target, lambda: together.read(output, target, given))


@_app.command(context_settings=VALUES)
def write(
    thing: ThingArgument,
    name: Annotated[str, typer.Argument(metavar="PROPERTY")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help=VALUE)],
    var: VariableOption = None,
    id: IdOption = "",
    timeout: WaitOption = None,
    json: JsonOption = False,
) -> None:
    """Set a property."""
    from wot.cli import acting
    from wot.cli.given import Given
    from wot.cli.using import Target

    output, target = Output(json), Target(thing, name, var or (), timeout)
    _use(output, "write", target, lambda: acting.write(output, target, Given(value), id))


@_app.command(context_settings=VALUES)
def invoke(
    thing: ThingArgument,
    name: Annotated[str, typer.Argument(metavar="ACTION")],
    value: Annotated[str | None, typer.Argument(metavar="INPUT", help=VALUE)] = None,
    var: VariableOption = None,
    start: Annotated[
        bool, typer.Option("--start", help="Leave it running, and print where to ask about it.")
    ] = False,
    id: IdOption = "",
    timeout: WaitOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json: JsonOption = False,
) -> None:
    """Invoke an action. The end of an asynchronous one is waited for; Ctrl-C cancels it."""
    from wot.cli import acting
    from wot.cli.given import Given
    from wot.cli.using import Target

    output, target = Output(json), Target(thing, name, var or (), timeout)
    how = acting.How(id, start, quiet)

    def job() -> Coroutine[Any, Any, None]:
        return acting.invoke(output, target, None if value is None else Given(value), how)

    _use(output, "invoke", target, job)


@_app.command()
def status(
    thing: ThingArgument,
    name: Annotated[str, typer.Argument(metavar="ACTION")],
    address: Annotated[
        str, typer.Argument(metavar="URL", help="Where to ask, as `wot invoke --start` printed it.")
    ],
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel it.")] = False,
    timeout: TimeoutOption = 30.0,
    json: JsonOption = False,
) -> None:
    """Tell what has become of an action that was started, or cancel it."""
    from wot.cli import acting
    from wot.cli.using import Target

    output, target = Output(json), Target(thing, name, (), timeout)
    verb = "cancel" if cancel else "ask about"
    _use(output, verb, target, lambda: acting.status(output, target, address, cancel))


@_app.command()
def watch(
    thing: ThingArgument,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A property or an event; without one, all.")
    ] = "",
    count: Annotated[int | None, typer.Option(min=1, help="End after so many items.")] = None,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="S", min=0.001, max=1e9, help="End after so many seconds."),
    ] = None,
    var: VariableOption = None,
    json: JsonOption = False,
) -> None:
    """Follow a property or an event, or all of them, one line for each item."""
    from wot.cli import together, using

    output = Output(json)
    target = using.Target(thing, name or "everything", var or (), timeout)
    watch = using.watch if name else together.watch
    _use(output, "watch", target, lambda: watch(output, target, count))


_app.command()(toolkit.validate)
_app.command()(toolkit.model)
_app.command()(toolkit.stub)


@_app.command()
def demo(
    on: Annotated[
        str, typer.Option("--on", metavar="URL", help=f"Where. Default: {LOCAL}, or a free port.")
    ] = "",
    count: Annotated[int | None, typer.Option(min=1, help="End after so many updates.")] = None,
    seconds: Annotated[
        float | None,
        typer.Option(metavar="S", min=0.001, max=1e9, help="End after so many seconds."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Serve this computer and an air-quality station, and follow them live."""
    from wot.cli import demo as demonstration

    output = Output(json)
    limits = demonstration.Limits(count, seconds)
    _serve(output, "cannot run the demo", lambda: demonstration.demo(output, on, limits))
