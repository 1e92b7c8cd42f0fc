"""Thing Models with everything in them that they take from other models (TD 1.1 section 9.3.2)."""

from __future__ import annotations

from typing import Any

from wot.errors import InvalidTD
from wot.td.dependencies import Dependencies
from wot.td.inheriting import OPTIONAL, REQUIRED, merged_links, merged_optional, merged_types
from wot.td.library import EXTENDS, LOOP, REF, Library
from wot.td.merging import merge_patch, overlay, removed, without
from wot.td.node import Json, is_array, is_object, shown
from wot.td.pointers import (
    MISSING,
    Tokens,
    Trail,
    find,
    is_container,
    literal,
    pointer,
    split,
    step,
)
from wot.td.prefixes import Prefixes
from wot.td.reading import DEEPEST

LARGEST = 4 << 20  # characters of a resolved model
# Of objects and arrays, through all models that are looked into one from within another.
_MOST_LEVELS = 180


class Resolution:
    """One run over the models of a library.

    Nothing is copied: results share what they have in common, so that a reference costs nothing but its changes.
    The size of what they stand for is counted, because references to references can double it with each line.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.prefixes = Prefixes(library)
        self._dependencies = Dependencies()
        self._models: dict[str, Json] = {}
        self._extended: dict[str, list[str]] = {}
        self._inherited: dict[str, Any] = {}
        self._found: dict[tuple[str, Tokens], Any] = {}
        self._pending: dict[
            tuple[str, Tokens], tuple[str, Trail]
        ] = {}  # what is looked up, and who wants it
        self._measured: dict[int, tuple[Any, int, int]] = {}
        self._room = 4 * LARGEST
        self._level = 0

    def model(self, url: str) -> Json:
        """The whole model at `url`: nothing of tm:extends and tm:ref is left in it."""
        # In this order no model waits for one that it extends.
        for ancestor in self.library.ancestors(url):
            if ancestor not in self._models and self.library.get(ancestor) is not None:
                self._models[ancestor] = self._whole(ancestor)
        return self._models[url]

    def _whole(self, url: str) -> Json:
        own = self._own(url, self.library.models[url], "$")
        if not is_object(own):
            self.library.report(
                url, ("$", REF), "it refers to what is no model", assertion="tm-tmRef1"
            )
            own = {}
        inherited = self._inherited_by(url)
        out: Json = overlay(inherited, own) if is_object(inherited) else dict(own)
        parents = [self._models[parent] for parent in self._parents(url)]
        special = {
            "@context": self.prefixes.merged(url),
            "@type": merged_types(parents, out),
            "version": own.get("version", MISSING),  # never that of another model
            "links": merged_links(parents, own, url),
            OPTIONAL: merged_optional(self.library.models[url], parents, out),
            REQUIRED: MISSING,
        }
        out |= special
        out = {name: value for name, value in out.items() if value is not MISSING}
        self._define(out, url)
        self._measure(out, url)
        return out

    def _define(self, out: Json, url: str) -> None:
        """Add the security and schema definitions that imported forms name, from where those come."""
        homes: dict[str, Json] = {}
        for (member, name), source in self._dependencies.missing(url, out):
            if member not in homes:
                home = out.get(member, {})
                homes[member] = dict(home) if is_object(home) else {}
            self.library.work()
            found = (
                MISSING if name in homes[member] else self._lookup(source, (member, name), url, "$")
            )
            if found is not MISSING and is_object(out.get(member, {})):
                homes[member][name] = found
        out |= {member: home for member, home in homes.items() if home}

    # ── what is extended ──

    def _parents(self, url: str) -> list[str]:
        """The models that the one at `url` extends; a fault for each that cannot be had."""
        if url not in self._extended:
            found = self.library.linked(url, self.library.models[url], EXTENDS)
            self._extended[url] = list(dict.fromkeys(parent for parent, _ in found))
        return self._extended[url]

    def _inherited_by(self, url: str) -> Any:
        """What a model gets from those it extends, before its own definitions; the first one named wins."""
        if url not in self._inherited:
            found: Any = MISSING
            for parent in reversed(self._parents(url)):
                model = self.model(parent)
                self.prefixes.check(url, parent, model, "$.links")
                found = model if found is MISSING else overlay(found, model)
            self._inherited[url] = without(found, removed(self.library.models[url]))
        return self._inherited[url]

    # ── what is referred to ──

    def _own(self, url: str, node: Any, path: Trail) -> Any:
        """A part of a model as it stands there, with every reference in it replaced by what it means."""
        if not is_container(node):
            return node
        self._enter(url, path)
        try:
            if is_array(node):
                return [self._inner(url, item, (path, index)) for index, item in enumerate(node)]
            return self._object(url, node, path) if is_object(node) else node
        finally:
            self._level -= 1

    def _object(self, url: str, node: Json, path: Trail) -> Any:
        reference = node.get(REF)
        out: Any = {
            name: self._inner(url, value, (path, name))
            for name, value in node.items()
            if name != REF
        }
        if isinstance(reference, str):
            return self._referred(url, reference, (), out or MISSING, path)
        return {**out, REF: self._inner(url, reference, (path, REF))} if REF in node else out

    def _inner(self, url: str, node: Any, path: Trail) -> Any:
        """The same inside of something: a reference that means nothing has been reported, and leaves an object."""
        found = self._own(url, node, path)
        return {} if found is MISSING else found

    def meant(self, url: str, reference: str, path: Trail) -> Any:
        """What a reference in the model at `url` means; MISSING or a fault where it means nothing."""
        return self._referred(url, reference, (), MISSING, path)

    def _enter(self, url: str, path: Trail) -> None:
        self.library.work()
        self._level += 1
        if self._level > _MOST_LEVELS:
            hint = "a chain of references may be shorter, or go round in a circle"
            url, path = next(iter(self._pending.values()), (url, path))
            self.library.report(url, path, "its references lead too deep", hint, LOOP)
            raise InvalidTD(self.library.findings)

    def _referred(self, url: str, reference: str, further: Tokens, beside: Any, path: Trail) -> Any:
        """What a reference means, or a part of it, patched by what stands beside it."""
        path = (path, REF)
        target = self._target(url, reference, path)
        if target is None:
            return {} if beside is MISSING else beside
        below = self._lookup(target[0], (*target[1], *further), url, path)
        if below is MISSING and not further:
            below = self._literally(url, reference, target, path)
        if target[0] != url and below is not MISSING:
            self.prefixes.take(url, target[0], below, path)
            self._dependencies.take(url, target[0], below)
        return self._patched(below, beside, url)

    def _target(self, url: str, reference: str, path: Trail) -> tuple[str, Tokens] | None:
        parts = split(reference)
        if parts is None:
            reason = f"{shown(reference)} should be the URL of a model, '#' and a JSON Pointer"
            hint = 'for instance "./lamp.tm.jsonld#/properties/on", or "#/properties/on" within one model'
            self.library.report(url, path, reason, hint, "tm-tmRef1")
            return None
        address, tokens = parts
        target = self.library.url(url, address, path) if address else url
        if target is None or self.library.need(target, url, path, "tm-tmRef2") is None:
            return None
        return target, tokens

    def _literally(self, url: str, reference: str, target: tuple[str, Tokens], path: Trail) -> Any:
        """What a pointer means that is not percent-encoded, though it looks like it."""
        tokens = literal(reference)
        below = MISSING
        if tokens is not None and tokens != target[1]:
            below = self._lookup(target[0], tokens, url, path)
        if below is MISSING:
            model = f"the model {target[0]}" if target[0] != url else "this model"
            reason = f"there is no {shown(pointer(target[1]))} in {model}"
            self.library.report(url, path, reason, "is it spelt as there?", "tm-tmRef1")
        return below

    def _lookup(self, url: str, tokens: Tokens, user: str, path: Trail) -> Any:
        """What stands at a pointer of the resolved model at `url`; MISSING where nothing does."""
        key = (url, tokens)
        if key in self._found:
            return self._found[key]
        if key in self._pending:
            self._circle(key, user, path)
            return {}
        self._pending[key] = (user, path)
        self._enter(user, path)
        try:
            own = self._part(url, self.library.models[url], tokens, "$")
            inherited = self._inherited_by(url)
            above = MISSING if inherited is MISSING else find(inherited, tokens)
            if own is None and above is not MISSING:  # null takes out what is inherited
                own = above = MISSING
            found = own if above is MISSING else above if own is MISSING else overlay(above, own)
        finally:
            self._level -= 1
            del self._pending[key]
        self._found[key] = found
        self._measure(found, url)
        return found

    def _circle(self, key: tuple[str, Tokens], user: str, path: Trail) -> None:
        pending = list(self._pending)
        way = [
            f"{model}#{pointer(tokens)}" for model, tokens in (*pending[pending.index(key) :], key)
        ]
        reason = f"it refers to itself: {' → '.join(way[:10])}"
        self.library.report(user, path, reason, "break the circle", LOOP)

    def _part(self, url: str, node: Any, tokens: Tokens, path: Trail) -> Any:
        """What stands at a pointer below `node`; references on the way there are followed no further than needed."""
        if not tokens:
            return self._own(url, node, path)
        self._enter(url, path)
        try:
            inner = step(node, tokens[0])
            beside = (
                MISSING
                if inner is MISSING
                else self._part(url, inner, tokens[1:], (path, tokens[0]))
            )
            if is_object(node) and isinstance(node.get(REF), str):
                return self._referred(url, node[REF], tokens, beside, path)
            return beside
        finally:
            self._level -= 1

    def _patched(self, below: Any, beside: Any, url: str) -> Any:
        if beside is MISSING:
            return below
        if beside is None:  # taken out
            return MISSING
        if below is MISSING:
            return beside
        self._room -= self._measure(below, url)[0]
        if self._room < 0:
            self._too_large(url)
        return merge_patch(below, beside)

    # ── what it comes to ──

    def size(self, value: Any) -> int:
        """Characters of what a value stands for."""
        return self._measure(value, self.library.top)[0]

    def _measure(self, value: Any, url: str) -> tuple[int, int]:
        """Characters and levels of what a value stands for; InvalidTD where that is more than is made."""
        if isinstance(value, str):
            return len(value) + 1, 0
        if not is_container(value):
            return 1, 0
        known = self._measured.get(id(value))
        if known is None:
            size, depth = self._summed(value, url)
            known = self._measured[id(value)] = (value, size, depth)
        return known[1], known[2]

    def _summed(self, value: Any, url: str) -> tuple[int, int]:
        items: list[Any] = list(value.values()) if is_object(value) else value
        parts = [self._measure(item, url) for item in items]
        size = (
            1 + sum(part[0] for part in parts) + (sum(map(len, value)) if is_object(value) else 0)
        )
        depth = 1 + max((part[1] for part in parts), default=0)
        if size > LARGEST:
            self._too_large(url)
        if depth > DEEPEST:
            self.library.report(
                url, "$", "its references make it nested too deeply", f"{DEEPEST} levels are read"
            )
            raise InvalidTD(self.library.findings)
        return size, depth

    def _too_large(self, url: str) -> None:
        reason = f"its references stand for more than {LARGEST:,} characters"
        self.library.report(url, "$", reason)
        raise InvalidTD(self.library.findings)
