"""What several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

ThingArgument = Annotated[
    str, typer.Argument(metavar="THING", help="A Thing Description: its URL, or a file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, errors included.")]
TimeoutOption = Annotated[
    float,
    typer.Option(metavar="S", min=0.001, max=1e9, help="Seconds after which to give up."),
]
VariableOption = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="NAME=VALUE", help="A URI variable; may be repeated."),
]
FetchOption = Annotated[
    bool, typer.Option("--fetch", help="Models may be fetched from the network.")
]
FolderOption = Annotated[
    str,
    typer.Option(
        metavar="FOLDER",
        help="Models may be files in this folder; default: beside the document that refers to them.",
    ),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="URL=FILE",
        help="The model with this URL is in this file, or all below the URL in this folder; may be repeated.",
    ),
]
OutOption = Annotated[
    str, typer.Option("--out", "-o", metavar="FILE", help="Write it here instead of printing it.")
]
# So that -5 is a value and not an option.
VALUES = {"ignore_unknown_options": True}
