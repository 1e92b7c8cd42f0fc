"""`wot model`: from a Thing Model to Thing Descriptions, from a class to its Thing Model."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from wot.cli.derived import Wanted, blamed, faults, lacks, options
from wot.cli.documents import Document, document
from wot.cli.ending import DONE, UsageError
from wot.cli.filling import Made, Parts, filled
from wot.cli.findings import Faulty, check
from wot.cli.output import Output
from wot.cli.resolvers import Where, resolver
from wot.cli.writing import Out, as_text, write
from wot.errors import Finding, InvalidTD
from wot.forms import scheme_of
from wot.td import Json, is_model, is_object, read
from wot.td.placeholders import placeholders

_GIVES = {
    "title": "--title",
    "securityDefinitions": "--security",
    "security": "--security",
    "instance": "--instance",
    "forms": "--base",
    "href": "--base",
}
_SCHEMES = (
    "one of nosec, basic, digest, bearer, apikey, psk, auto, or a name of the model's definitions"
)


def derive(output: Output, name: str, wanted: Wanted, where: Where) -> int:
    """Print or write the TDs of a model."""
    source = document(name, where.timeout)
    tds = _checked(source, wanted, where, output.width)
    if wanted.out.file:
        _write(output, tds, wanted.out)
    else:
        shown = [_portable(td, source.folder) for td in tds.values()]
        output.document(shown if len(shown) > 1 else shown[0])
    _tell(output, tds)
    return DONE


def _checked(source: Document, wanted: Wanted, where: Where, width: int) -> Parts:
    """The TDs of a model; Faulty where it is none, or where they are wrong as far as they go."""
    try:
        if is_model(read(source.body)):
            check(source, width)  # else the findings would be on a TD that it is not meant to be
        made = filled(wanted.given, lambda values: _derived(source, wanted, where, values), faults)
    except Faulty:
        raise
    except InvalidTD as error:
        findings, hint = _with_options(error.findings)
        raise Faulty({source: findings}, width, hint=hint or error.hint) from None
    given = options(wanted, placeholders(read(source.body)))
    wrong = {
        _page(href, made): blamed(found, given) for href, found in made.faults.items() if found
    }
    if wrong:
        raise Faulty(wrong, width)
    return made.parts


def _page(href: str, made: Made) -> Document:
    """A TD that is not to be had, so that its faults can be shown."""
    name = f"{PurePosixPath(href).name} (not made)"
    return Document(name, as_text(made.parts[href]).encode("utf-8", "backslashreplace"))


def declared(output: Output, spec: str, wanted: Wanted) -> int:
    """Print or write the Thing Model of a class."""
    from wot.cli.loading import classes_in
    from wot.modelled import model_of

    if wanted != Wanted(out=wanted.out):
        hint = f"make the model first: wot model {spec} -o lamp.tm.json"
        raise UsageError("this is a class, which has no TD without being served", hint=hint)
    models = [model_of(found).json for found in classes_in(spec)]
    if not wanted.out.file:
        output.document(models if len(models) > 1 else models[0])
    elif len(models) == 1:
        write(output, {Path(wanted.out.file): as_text(models[0])}, wanted.out)
    else:
        raise UsageError(f"{spec} has {len(models)} Thing classes", hint=f"name one: {spec}:CLASS")
    return DONE


def _derived(source: Document, wanted: Wanted, where: Where, values: Mapping[str, Any]) -> Parts:
    """The TDs of a model, by the references that they link each other by; its own is the first."""
    from wot.td import thing_model

    parts = thing_model.derive_parts(
        source.body,
        resolver(where, source),
        base=source.url,
        values=values,
        include="all" if "optional" in wanted.include else wanted.include,
        compose="contained" if wanted.contained else "linked",
    )
    own = wanted._replace(id="", title="")  # the parts are Things of their own
    return {
        href: _completed(td, own._replace(base=_base(own.base, href)) if number else wanted)
        for number, (href, td) in enumerate(parts)
    }


def _completed(td: Json, wanted: Wanted) -> Json:
    from wot.td import thing_model

    try:
        return thing_model.complete(
            td,
            base=wanted.base,
            security=wanted.security or None,
            id=wanted.id,
            title=wanted.title,
            version=wanted.version,
        )
    except thing_model.ArgumentError as error:
        raise UsageError(f"--{error}", hint=_SCHEMES) from None


def _base(base: str, part: str) -> str:
    """The base of a part is below that of the whole, or their forms would be the same."""
    name = PurePosixPath(part).name.removesuffix(".td.jsonld")
    return f"{base.rstrip('/')}/{quote(name)}/" if base else ""


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


def _write(output: Output, tds: Parts, out: Out) -> None:
    """One TD into a file; several, or one for a folder, under the names that they link each other by."""
    path = Path(out.file)
    if path.is_dir():
        files = {path / name: as_text(_portable(td, path)) for name, td in tds.items()}
    elif len(tds) == 1:
        (td,) = tds.values()
        files = {path: as_text(_portable(td, path.parent))}
    else:
        hint = f"make that folder, or choose --contained: {len(tds)} TDs are made of the model"
        raise UsageError(f"{path} is no folder", hint=hint)
    write(output, files, out)


def _tell(output: Output, tds: Parts) -> None:
    """Say what keeps partial TDs from being whole ones, and how to give it."""
    members = dict.fromkeys(name for td in tds.values() for name in lacks(td))
    if members:
        what = "these are partial TDs" if len(tds) > 1 else "this is a partial TD"
        options = dict.fromkeys(_GIVES[member] for member in members if member in _GIVES)
        output.note(f"{what}, without {', '.join(members)}: add {', '.join(options)}")
