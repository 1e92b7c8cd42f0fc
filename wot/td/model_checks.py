"""What no JSON Schema can say of a Thing Model (TD 1.1 section 9)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wot.errors import Finding, listed
from wot.td.editions import is_model
from wot.td.inheriting import OPTIONAL, REQUIRED
from wot.td.library import ASSERTIONS, EXTENDS, LOOP, REF, SUBMODEL, links
from wot.td.node import Json, at, is_array, is_object, shown
from wot.td.placeholders import names, strings
from wot.td.pointers import containers, find, parse, pointer, written
from wot.td.reference_checks import check_references
from wot.td.vocabulary import KINDS

_BRACED = re.compile(r"\{\{([^{}]*)\}\}")
_SINGLE = re.compile(r"\{[A-Z][A-Z0-9_]*\}").fullmatch
_BRACES = re.compile(rb'\{\{|"\{[A-Z]').search  # beginnings of what may be a placeholder, in JSON
_TEMPLATES = ("href", "base", "topic")


def check_model(model: Json, path: str = "$") -> Iterator[Finding]:
    """Every finding on one Thing Model by itself; `path` is where it stands."""
    if not is_model(model):
        hint = 'its @type should be, or contain, "tm:ThingModel"'
        yield Finding(
            at(path, "@type"), "this is no Thing Model", hint, assertion="tm-identification"
        )
    text = _encoded(model)
    if text is None or _BRACES(text):
        yield from _names(model, path)
        yield from _texts(model, path)
    yield from _optional(model, path)
    yield from _links(model, path)
    yield from _addresses(model, path)
    if text is None or b'"tm:ref"' in text:
        yield from check_references(model, path)


def _encoded(model: Json) -> bytes | None:
    """The model as JSON, in which is soon seen what need not be looked for; None where it is none."""
    try:
        return msgspec.json.encode(model)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _warning(path: str, reason: str, hint: str = "", assertion: str = "") -> Finding:
    return Finding(path, reason, hint, "warning", assertion)


# ── placeholders ──


def _names(model: Json, path: str) -> Iterator[Finding]:
    for trail, value in containers(model, path):
        for name in value if is_object(value) else ():
            if "{{" in name and _BRACED.search(name):
                hint = "placeholders stand for values; name what is there, or leave it out"
                reason = f"the name {shown(name)} holds a placeholder"
                here = written((trail, name))
                yield Finding(here, reason, hint, assertion="tm-placeholder-value")


def _texts(model: Json, path: str) -> Iterator[Finding]:
    for trail, text in strings(model, path):
        if "{" not in text:
            continue
        here = functools.partial(written, trail)
        known = names(text)
        for braced in _BRACED.finditer(text):
            if braced[1] not in known:
                whole = braced[0] == text
                reason = f"{shown(braced[0])} is no placeholder"
                hint = "the name between the brackets is made of printable ASCII characters"
                yield Finding(
                    here(), reason, hint, "error" if whole else "warning", "tm-placeholder"
                )
        for name in dict.fromkeys(name for name in known if name != name.strip()):
            reason = f"spaces are part of the name of the placeholder {shown(name)}"
            hint = f"write {{{{{name.strip()}}}}}"
            yield _warning(here(), reason, hint, "tm-placeholder-pattern")
        if _SINGLE(text) and not here().endswith(_TEMPLATES):
            hint = f"those have two curly brackets: {{{text}}}"
            yield _warning(here(), f"{text!r} is no placeholder", hint, "tm-placeholder")


# ── what is optional ──


def _optional(model: Json, path: str) -> Iterator[Finding]:
    if REQUIRED in model:
        reason = "tm:required is a term of the drafts, and means the opposite of tm:optional"
        hint = "list what may be left out in tm:optional; what tm:required lists is kept, the rest is optional"
        yield _warning(at(path, REQUIRED), reason, hint, "tm-tmOptional")
    listing = model.get(OPTIONAL)
    extends = any(True for _ in links(model, EXTENDS))
    known: dict[str, str] = {}  # listed once, however many ask
    for index, text in enumerate(listing if is_array(listing) else ()):
        tokens = parse(text) if isinstance(text, str) else None
        if tokens is None or len(tokens) != 2 or tokens[0] not in KINDS:
            continue  # the schema says so
        home = model.get(tokens[0])
        imported = extends or (is_object(home) and isinstance(home.get(REF), str))
        if not imported and not is_object(find(model, tokens)):
            if tokens[0] not in known:
                known[tokens[0]] = f"{tokens[0]}: {listed(home if is_object(home) else ())}"
            hint = known[tokens[0]]
            here = at(at(path, OPTIONAL), index)
            yield Finding(
                here,
                f"{text!r} is no affordance of this model",
                hint,
                assertion="tm-tmOptional-resolver",
            )
    yield from _misplaced(model, path)


def _misplaced(model: Json, path: str) -> Iterator[Finding]:
    for kind in KINDS:
        members = model.get(kind)
        for name, affordance in (members if is_object(members) else {}).items():
            if is_object(affordance) and OPTIONAL in affordance:
                here = at(at(at(path, kind), name), OPTIONAL)
                hint = f"at the top: {OPTIONAL!r}: [{pointer((kind, name))!r}]"
                yield Finding(here, "it says nothing here", hint, assertion="tm-tmOptional-array")


# ── links ──


def _links(model: Json, path: str) -> Iterator[Finding]:
    for rel, assertion in ASSERTIONS.items():
        for index, link in links(model, rel):
            here = at(at(path, "links"), index)
            href = link.get("href")
            if not href:
                hint = "the URL of the other model"
                yield Finding(here, f"a link with {rel} needs an href", hint, assertion=assertion)
            elif isinstance(href, str) and href.startswith("#"):
                reason = (
                    "the model would be a part of itself"
                    if rel == SUBMODEL
                    else "a model cannot extend itself"
                )
                yield Finding(at(here, "href"), reason, assertion=LOOP)
        for index, link in links(model, rel.removeprefix("tm:")):
            here = at(at(at(path, "links"), index), "rel")
            yield _warning(
                here, f"{link['rel']!r} is no relation of Thing Models", f"{rel!r} is", assertion
            )
    yield from _instances(model, path)


def _instances(model: Json, path: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, link in links(model, SUBMODEL):
        name = link.get("instanceName")
        if isinstance(name, str) and name in seen:
            here = at(at(at(path, "links"), index), "instanceName")
            reason, hint = (
                f"there is another part called {name!r}",
                "name each instance differently",
            )
            yield _warning(here, reason, hint, "tm-compose-instanceName")
        seen.add(str(name))


# ── what belongs to an instance ──


def _addresses(model: Json, path: str) -> Iterator[Finding]:
    hint = "leave it out, or put a placeholder in its place: {{ADDRESS}}"
    for here, url in _urls(model, path):
        try:
            host = urlsplit(url).netloc
        except ValueError:
            continue  # said by the checks of URLs
        if host and not names(host):
            reason = f"the address {host!r} is that of one Thing"
            yield _warning(here, reason, hint, "tm-protocol-security-restriction")


def _urls(model: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(model.get("base"), str):
        yield at(path, "base"), model["base"]
    homes: list[tuple[str, Any]] = [(path, model)]
    for kind in KINDS:
        members = model.get(kind)
        homes += [
            (at(at(path, kind), name), item)
            for name, item in (members if is_object(members) else {}).items()
        ]
    for here, home in homes:
        forms = home.get("forms") if is_object(home) else None
        for index, form in enumerate(forms if is_array(forms) else ()):
            if is_object(form) and isinstance(form.get("href"), str):
                yield at(at(at(here, "forms"), index), "href"), form["href"]
