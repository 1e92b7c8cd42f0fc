"""The part of the command line that is about documents: Thing Descriptions, Thing Models, stubs."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from wot.cli.ending import UsageError, settled
from wot.cli.options import (
    DocumentsArgument,
    FetchOption,
    FolderOption,
    ForceOption,
    IncludeOption,
    JsonOption,
    MapOption,
    OutOption,
    SetOption,
    TimeoutOption,
)
from wot.cli.output import Output


def validate(
    files: DocumentsArgument,
    model: Annotated[
        str, typer.Option(metavar="FILE|URL", help="Check TDs against this Thing Model, too.")
    ] = "",
    resolve: FolderOption = "",
    map: MapOption = None,
    fetch: FetchOption = False,
    timeout: TimeoutOption = 30.0,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Show errors only; warnings are counted. --json has both."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Tell what is wrong with Thing Descriptions and Thing Models, and where.

    Exit codes: 0 all are valid, 4 there are errors, 3 some could not be read.
    """
    from wot.cli import validating
    from wot.cli.resolvers import Where

    output = Output(json)
    where = Where(resolve, map or (), fetch, timeout)
    raise typer.Exit(
        settled(
            output,
            "cannot validate",
            lambda: validating.validate(output, files, model, where, quiet),
        )
    )


def rewrite(thing: str, expand: bool, reduce: bool, timeout: float, json: bool) -> NoReturn:
    """`wot td --expand` and `--reduce`."""
    from wot.cli import rewriting

    output, verb = Output(json), "expand" if expand else "reduce"

    def work() -> int:
        if expand and reduce:
            raise UsageError("--expand and --reduce exclude each other", hint="choose one of them")
        return rewriting.rewritten(output, thing, verb, timeout)

    raise typer.Exit(settled(output, f"cannot {verb} {thing}", work))


def model(
    source: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A Thing Model: a file, a URL or -; or FILE.py:CLASS, to print the model of a class.",
        ),
    ],
    set: SetOption = None,
    include: IncludeOption = None,
    contained: Annotated[
        bool,
        typer.Option("--contained", help="Submodels inside of one TD; default: a TD for each."),
    ] = False,
    base: Annotated[
        str, typer.Option(metavar="URL", help="Where the Thing is served: adds forms below it.")
    ] = "",
    security: Annotated[
        str, typer.Option(metavar="SCHEME", help="What protects the Thing: nosec, basic, bearer …")
    ] = "",
    id: Annotated[str, typer.Option(metavar="IRI", help="The id of the Thing.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="The title of the Thing.")] = "",
    instance: Annotated[str, typer.Option(metavar="TEXT", help="The version of the TD.")] = "",
    resolve: FolderOption = "",
    map: MapOption = None,
    fetch: FetchOption = False,
    out: OutOption = "",
    force: ForceOption = False,
    timeout: TimeoutOption = 30.0,
    json: JsonOption = False,
) -> None:
    """Make a Thing Description from a Thing Model, or a Thing Model from a class."""
    from wot.cli import modelling
    from wot.cli.derived import Wanted
    from wot.cli.loading import is_python
    from wot.cli.resolvers import Where
    from wot.cli.writing import Out

    output = Output(json)
    wanted = Wanted(
        set or (), include or (), contained, base, security, id, title, instance, Out(out, force)
    )
    where = Where(resolve, map or (), fetch, timeout)

    def work() -> int:
        if is_python(source):
            return modelling.declared(output, source, wanted)
        return modelling.derive(output, source, wanted, where)

    raise typer.Exit(settled(output, f"cannot use the model {source}", work))


def stub(
    thing: Annotated[
        str, typer.Argument(metavar="TD", help="A Thing Description: its URL, or a file.")
    ],
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Of the class; default: the title.")
    ] = "",
    out: OutOption = "",
    force: ForceOption = False,
    timeout: TimeoutOption = 30.0,
    json: JsonOption = False,
) -> None:
    """Write a Python module with a Thing class of this TD, for type checkers and editors."""
    from wot.cli import rewriting
    from wot.cli.writing import Out

    output = Output(json)

    def work() -> int:
        return rewriting.stubbed(output, thing, name, Out(out, force), timeout)

    raise typer.Exit(settled(output, f"cannot write a stub of {thing}", work))
