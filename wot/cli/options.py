"""What several commands take, and what takes more than a line to say."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def _repeated(option: str, metavar: str, what: str) -> Any:
    return typer.Option(option, metavar=metavar, help=f"{what}; may be repeated.")


ThingArgument = Annotated[
    str, typer.Argument(metavar="THING", help="A Thing Description: its URL, or a file.")
]
DocumentsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE|URL",
        help="Thing Descriptions and Thing Models; - is standard input, a folder what is named "
        "*.td.json, *.tm.json, *.td.jsonld or *.tm.jsonld below it.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, errors included.")]
TimeoutOption = Annotated[
    float,
    typer.Option(metavar="S", min=0.001, max=1e9, help="Seconds after which to give up."),
]
WaitOption = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        min=0.001,
        max=1e9,
        help="Seconds after which to give up; default: 30 for an answer.",
    ),
]
IdOption = Annotated[
    str,
    typer.Option(
        "--id", metavar="KEY", help="The id of the request: what is sent twice is done once."
    ),
]
VariableOption = Annotated[list[str] | None, _repeated("--var", "NAME=VALUE", "A URI variable")]
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
    _repeated(
        "--map",
        "URL=FILE",
        "The model with this URL is in this file, or all below the URL in this folder",
    ),
]
SetOption = Annotated[
    list[str] | None,
    _repeated(
        "--set",
        "NAME=VALUE",
        "The value of a placeholder, JSON or a bare word, whichever fits; NAME='\"5\"' is text in any case",
    ),
]
IncludeOption = Annotated[
    list[str] | None,
    _repeated(
        "--include",
        "optional|NAME",
        "Which optional affordances it has: all (optional), or this one, by name or pointer",
    ),
]
OutOption = Annotated[
    str, typer.Option("--out", "-o", metavar="FILE", help="Write it here instead of printing it.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Overwrite files that say something else.")
]
CertificateOption = Annotated[
    str, typer.Option(metavar="FILE", help="The certificate of https endpoints, as PEM.")
]
KeyOption = Annotated[
    str, typer.Option(metavar="FILE", help="Its key, where that is in a file of its own.")
]
ProxyOption = Annotated[
    list[str] | None,
    _repeated("--trusted-proxy", "ADDRESS", "Believe the forwarded headers of this proxy"),
]
AccessLogOption = Annotated[
    bool, typer.Option("--access-log", help="Write a line of JSON for each request to stderr.")
]
EndpointOption = Annotated[
    list[str] | None,
    _repeated("--option", "NAME=VALUE", "An option of all endpoints, as max_connections=500"),
]
VALUE = "JSON, or a bare word; @FILE or - (standard input) for what is in there."
# So that -5 is a value and not an option.
VALUES = {"ignore_unknown_options": True}
