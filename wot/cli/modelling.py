"""`wot model`: from a Thing Model to Thing Descriptions, from a class to its Thing Model."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from wot.cli.arguments import assignments, value_of
from wot.cli.documents import Document, document
from wot.cli.ending import DONE, UsageError
from wot.cli.findings import Faulty, check
from wot.cli.output import Output
from wot.cli.resolvers import Where, resolver
from wot.cli.writing import as_text, write
from wot.errors import Finding, InvalidTD
from wot.forms import scheme_of
from wot.td import Json, is_model, is_object, read

_GIVES = {
    "title": "--title",
    "securityDefinitions": "--security",
    "security": "--security",
    "instance": "--instance",
    "forms": "--base",
    "href": "--base",
}


class Wanted(NamedTuple):
    """What is to be made of a model."""

    values: Sequence[str] = ()  # NAME=VALUE
    include: Sequence[str] = ()
    contained: bool = False
    base: str = ""
    security: str = ""
    id: str = ""
    title: str = ""
    version: str = ""
    out: str = ""


def derive(output: Output, name: str, wanted: Wanted, where: Where) -> int:
    """Print or write the TDs of a model."""
    source = document(name, where.timeout)
    try:
        if is_model(read(source.body)):
            check(
                source, output.width
            )  # else the findings would be on a TD that it is not meant to be
        tds = _derived(source, wanted, where)
    except Faulty:
        raise
    except InvalidTD as error:
        findings, hint = _with_options(error.findings)
        raise Faulty(source, findings, output.width, hint=hint or error.hint) from None
    if wanted.out:
        _write(output, tds, Path(wanted.out))
    else:
        shown = [_portable(td, source.folder) for td in tds.values()]
        output.document(shown if len(shown) > 1 else shown[0])
    _tell(output, tds)
    return DONE


def declared(output: Output, spec: str, wanted: Wanted) -> int:
    """Print or write the Thing Model of a class."""
    from wot.cli.loading import classes_in
    from wot.modelled import model_of

    if wanted != Wanted(out=wanted.out):
        hint = f"make the model first: wot model {spec} -o lamp.tm.json"
        raise UsageError("this is a class, which has no TD without being served", hint=hint)
    models = [model_of(found).json for found in classes_in(spec)]
    if not wanted.out:
        output.document(models if len(models) > 1 else models[0])
    elif len(models) == 1:
        write(output, wanted.out, as_text(models[0]))
    else:
        raise UsageError(f"{spec} has {len(models)} Thing classes", hint=f"name one: {spec}:CLASS")
    return DONE


def _derived(source: Document, wanted: Wanted, where: Where) -> dict[str, Json]:
    """The TDs of a model, by the references that they link each other by; its own is the first."""
    from wot.td import thing_model

    given = assignments(wanted.values, "--set", "NAME=VALUE", "SERIAL=1234")
    parts = thing_model.derive_parts(
        source.body,
        resolver(where, source),
        base=source.url,
        values={name: value_of(text) for name, text in given.items()},
        include="all" if "optional" in wanted.include else wanted.include,
        compose="contained" if wanted.contained else "linked",
    )
    return {
        href: thing_model.complete(
            td,
            base=_base(wanted.base, href if number else ""),
            security=wanted.security or None,
            id="" if number else wanted.id,  # the parts are Things of their own
            title="" if number else wanted.title,
            version=wanted.version,
        )
        for number, (href, td) in enumerate(parts)
    }


def _base(base: str, part: str) -> str:
    """The base of a part is below that of the whole, or their forms would be the same."""
    name = PurePosixPath(part).name.removesuffix(".td.jsonld")
    return f"{base.rstrip('/')}/{quote(name)}/" if base and part else base


def _with_options(findings: Sequence[Finding]) -> tuple[list[Finding], str]:
    """The findings with what the command line can do about them, and all of that together."""
    asks, names = "give a value for ", dict[str, None]()
    out: list[Finding] = []
    for finding in findings:
        if finding.hint.startswith(asks):
            name = finding.hint.removeprefix(asks)
            names[name] = None
            finding = finding._replace(hint=f"--set {shlex.quote(f'{name}=')}…")
        out.append(finding)
    return out, " ".join(f"--set {shlex.quote(f'{name}=')}…" for name in names)


def _portable(td: Json, folder: Path | None) -> Json:
    """A TD whose link to the file of its model is relative to the folder that the TD is for."""
    links = [_relative(link, folder) for link in td.get("links", ())]
    return {**td, "links": links} if links else td


def _relative(link: Any, folder: Path | None) -> Any:
    href = link.get("href") if is_object(link) and link.get("rel") == "type" else None
    if folder is None or not isinstance(href, str) or scheme_of(href) != "file":
        return link
    here = urlsplit(folder.absolute().as_uri()).path
    there = posixpath.relpath(urlsplit(href).path, here)
    return {**link, "href": there if there.startswith(".") else f"./{there}"}


def _write(output: Output, tds: Mapping[str, Json], out: Path) -> None:
    """One TD into a file; several, or one for a folder, under the names that they link each other by."""
    if len(tds) == 1 and not out.is_dir():
        (td,) = tds.values()
        write(output, out, as_text(_portable(td, out.parent)))
    elif out.is_dir():
        for name, td in tds.items():
            write(output, out / name, as_text(_portable(td, out)))
    else:
        hint = f"make that folder, or choose --contained: {len(tds)} TDs are made of the model"
        raise UsageError(f"{out} is no folder", hint=hint)


def _tell(output: Output, tds: Mapping[str, Json]) -> None:
    """Say what keeps partial TDs from being whole ones, and how to give it."""
    from wot.td.thing_model import missing

    named = [
        re.search(r"'(\w+)'", finding.reason) for td in tds.values() for finding in missing(td)
    ]
    members = dict.fromkeys(found[1] for found in named if found)
    if members:
        what = "these are partial TDs" if len(tds) > 1 else "this is a partial TD"
        options = dict.fromkeys(_GIVES[member] for member in members if member in _GIVES)
        output.note(f"{what}, without {', '.join(members)}: add {', '.join(options)}")
