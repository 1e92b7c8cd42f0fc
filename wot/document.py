"""Thing Descriptions and Thing Models as they are given: a file, a JSON text, or decoded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from wot.errors import InvalidTD
from wot.resolving import ResolveError, beginning, files, first_of, visible
from wot.td import KINDS, Json, ThingDescription, is_array, is_object
from wot.td.reading import read

if TYPE_CHECKING:
    from wot.td import Resolver
    from wot.td.thing_model import Composition, Include, ThingModel

_LARGEST = 4 << 20  # bytes of a file
_HINT = "a str that does not begin with a brace is the name of a file; a document may be given as bytes, too"

Document = ThingDescription | Mapping[str, Any] | bytes | str | Path
ModelDocument: TypeAlias = "ThingModel | Mapping[str, Any] | bytes | str | Path"


class Model(NamedTuple):
    """A Thing Model, what its references start from, and what reads them."""

    json: Json
    base: str
    resolver: Resolver | None

    @property
    def url(self) -> str:
        """Where everybody finds it; "" for a document at hand and for a file of this machine."""
        return "" if self.base.startswith("file:") else self.base


def read_td(source: Document) -> Json:
    """The valid TD in `source`; InvalidTD with its findings where it is none."""
    json = read_document(source)
    from wot.td import is_model

    if is_model(json):
        raise InvalidTD("this is a Thing Model", hint="use wot.Thing.from_model")
    check_td(json)
    return json


def check_td(json: Json) -> None:
    """InvalidTD with every finding that is an error."""
    from wot.td import validate

    findings = [found for found in validate(json) if found.severity == "error"]
    if findings:
        raise InvalidTD(findings)


def read_model(source: Any, resolver: Resolver | None = None, folder: str = "") -> Model:
    """The Thing Model in `source`, which may be a URL that `resolver` knows; a file may refer to those beside it.

    A text of a stranger is to be given as bytes or decoded: as a str it may name a file or a URL.
    """
    path = file_of(source)
    if isinstance(source, str) and _is_url(source):
        if resolver is None:
            raise InvalidTD(
                f"nothing says how {visible(source)} is read",
                hint="give a resolver, such as resolver=wot.resolving.web()",
            )
        return Model(_model(read(resolver(source))), source, resolver)
    if path is None:
        return Model(_model(read_document(source)), "", resolver)
    path = _located(Path(folder) / path)
    beside = files(path.parent)
    reader = beside if resolver is None else first_of(beside, resolver)
    return Model(_model(read(_content(path))), path.as_uri(), reader)


def _located(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a character that no name has
        raise InvalidTD(f"{visible(str(path))} is no name of a file") from None


def _model(json: Json) -> Json:
    from wot.td.thing_model import ThingModel

    model = ThingModel.parse(json).json
    check_td(model)
    return model


def derived(
    model: Model, values: Mapping[str, Any], include: Include, compose: Composition
) -> Json:
    """The one TD of a model, without what only an endpoint can say."""
    from wot.td.thing_model import derive

    td = derive(
        model.json,
        model.resolver,
        base=model.base,
        values=values,
        include=include,
        compose=compose,
    )[0]
    if model.base and not model.url:  # the name of a file here is of no use to others
        links = [link for link in td.get("links", ()) if link.get("href") != model.base]
        td = {**td, "links": links} if links else {t: v for t, v in td.items() if t != "links"}
    return with_instance(td)


def with_instance(td: Json) -> Json:
    """A TD whose version says which one it is of the instance: that of the model, unless something else is known."""
    version = td.get("version")
    if not is_object(version) or "instance" in version or "model" not in version:
        return td
    return {**td, "version": {"instance": version["model"], **version}}


def completed(td: Json) -> Json:
    """A partial TD with the least that makes it a whole one, to be checked as such."""
    nosec = {"securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}, "security": "nosec_sc"}
    whole: Json = {t: v for t, v in td.items() if t not in ("forms", "base")} | nosec
    forms = _forms(td.get("forms", []))
    if is_array(forms):  # what is for the whole Thing has no default operation
        forms = [form for form in forms if not is_object(form) or "op" in form]
    if forms:
        whole["forms"] = forms
    for kind in KINDS:
        if is_object(td.get(kind)):
            whole[kind] = {name: _with_form(json) for name, json in td[kind].items()}
    return whole


def _with_form(json: Any) -> Any:
    return {**json, "forms": _forms(json.get("forms") or [{}])} if is_object(json) else json


def _forms(forms: Any) -> Any:
    """Forms with an address, and of the rest what matters here."""
    if not is_array(forms):
        return forms
    return [
        {"href": "https://example.org/", **{term: form[term] for term in _KEPT if term in form}}
        if is_object(form)
        else form
        for form in forms
    ]


_KEPT = ("op", "contentType", "subprotocol")


def _is_url(source: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", source) is not None


def read_document(source: Any) -> Json:
    """The JSON object in `source`: bytes, decoded, a str that begins with a brace, or else a file name.

    A text of a stranger is to be given as bytes or decoded: as a str it may name a file. InvalidTD with the name
    where it is no plain file or cannot be read.
    """
    path = file_of(source)
    if path is not None:
        if _is_url(str(source)):
            raise InvalidTD(
                f"{visible(str(source))} is somewhere else, and nothing is fetched here: give the document itself",
                hint="fetch it: (await servient.consume(url)).description",
            )
        return read(_content(path))
    return read(getattr(source, "json", source))


def file_of(source: Any) -> Path | None:
    """The file that `source` names; None where it is the document itself."""
    if isinstance(source, Path):
        return source
    if isinstance(source, str) and not source.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return Path(source)
    return None


def _content(path: Path) -> bytes:
    try:
        body = beginning(path, _LARGEST + 1, str(path))
    except ResolveError as error:
        raise InvalidTD(str(error), hint=_HINT) from None
    if len(body) > _LARGEST:
        raise InvalidTD(f"{visible(str(path))} is larger than {_LARGEST >> 20} MiB")
    return body
