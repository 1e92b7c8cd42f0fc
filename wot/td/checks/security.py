"""Security definitions (TD 1.1 section 5.3.3) and the names that refer to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from wot.td.checks.trail import Findings, Trail
from wot.td.mending import Unknowable
from wot.td.node import Json, is_array, is_object

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_SECRETS = frozenset(
    [
        "password",
        "passphrase",
        "secret",
        "client_secret",
        "clientSecret",
        "apiKey",
        "privateKey",
        "key",
        "psk",
    ]
)

_URLS = ("proxy", "authorization", "token", "refresh")


class Active:
    """The definitions that a form is under, combinations resolved, and what matters of them."""

    __slots__ = ("in_body", "in_uri", "scopes")

    def __init__(self, schemes: Schemes, names: list[str]) -> None:
        self.in_uri: Mapping[str, str] = {}
        self.in_body: Mapping[str, str] = {}
        self.scopes: frozenset[str] = frozenset()
        if schemes.matter:
            self._resolve(schemes, names)

    def _resolve(self, schemes: Schemes, todo: list[str]) -> None:
        seen: set[str] = set()
        scopes: set[str] = set()
        in_body: dict[str, str] = {}
        in_uri: dict[str, str] = {}
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            scheme = schemes.definitions.get(name)
            if not is_object(scheme):
                continue
            scopes.update(names(scheme.get("scopes")))
            if name in schemes.in_uri:
                in_uri[name] = schemes.in_uri[name]
            if scheme.get("in") == "body" and is_pointer(scheme.get("name")):
                in_body[name] = scheme["name"]
            if scheme.get("scheme") == "combo":
                todo += parts_of(scheme)
        self.in_uri, self.in_body, self.scopes = in_uri, in_body, frozenset(scopes)


class Schemes:
    """The definitions of a TD, as the checks of forms need them."""

    __slots__ = ("_active", "default", "definitions", "has_scopes", "in_body", "in_uri", "matter")

    def __init__(self, definitions: Mapping[str, Any], default: list[str]) -> None:
        self.definitions = definitions
        self.default = default
        self.in_uri = self._variables()
        self.in_body = any(is_object(d) and d.get("in") == "body" for d in definitions.values())
        self.has_scopes = any(is_object(d) and "scopes" in d for d in definitions.values())
        self.matter = bool(self.in_uri) or self.in_body or self.has_scopes
        self._active: dict[tuple[str, ...] | None, Active] = {}

    @property
    def everywhere(self) -> bool:
        """Whether each form is to be looked at: for where it puts a secret."""
        return self.in_body or bool(self.in_uri) or isinstance(self.definitions, Unknowable)

    def _variables(self) -> Mapping[str, str]:
        """Definition → the URI variable that carries its secret."""
        return {
            name: given["name"]
            for name, given in self.definitions.items()
            if is_object(given)
            and given.get("in") == "uri"
            and isinstance(given.get("name"), str)
            and given["name"]
        }

    def active(self, form: Json) -> Active:
        """What a form is under; looked up once for all forms with the same names."""
        given = form.get("security")
        key = None if given is None else tuple(names(given))
        found = self._active.get(key)
        if found is None:
            found = Active(self, list(self.default if key is None else key))
            self._active[key] = found
        return found


def parts_of(combination: Json) -> list[str]:
    """The definitions that a combination is of."""
    return [part for term in ("oneOf", "allOf") for part in names(combination.get(term))]


def names(value: Any) -> list[str]:
    """One name, or several."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if is_array(value) else []


def check(td: Json, found: Findings, prefixes: Collection[str] | None, model: bool) -> Schemes:
    """The definitions and the names at the top; returns what the checks of forms need. `prefixes` are declared."""
    given = td.get("securityDefinitions")
    # Without any, the schema has said so already, or this is a model.
    definitions: Mapping[str, Any] = given if is_object(given) else Unknowable()
    default = names(td.get("security"))
    check_names(td.get("security"), ("security",), definitions, found, "Thing", model)
    circles = _circles(definitions)
    for name, scheme in definitions.items():
        if not is_object(scheme):
            continue
        trail: Trail = ("securityDefinitions", name)
        if scheme.keys() - _HARMLESS or scheme.get("scheme") == "apikey":
            _check_scheme(scheme, trail, found)
        if prefixes is not None and not model and ":" in str(scheme.get("scheme")):
            _check_extension(str(scheme["scheme"]), (*trail, "scheme"), prefixes, found)
        if scheme.get("scheme") == "combo":
            _check_combo(name, scheme, trail, definitions, circles, found)
    return Schemes(definitions, default)


_HARMLESS = frozenset(["scheme", "description", "descriptions", "@type"])


def check_names(
    given: Any,
    trail: Trail,
    definitions: Mapping[str, Any],
    found: Findings,
    owner: str,
    model: bool = False,
) -> None:
    """Whether every name is one of a definition."""
    listing = is_array(given)
    for number, name in enumerate(names(given)):
        if name in definitions or (model and "{{" in name):
            continue
        where = (*trail, number) if listing else trail
        hint = (
            f"defined are: {found.listed(definitions)}"
            if definitions
            else "add it to securityDefinitions"
        )
        found.error(
            where, f"{name!r} is not in securityDefinitions", hint, f"td-vocab-security--{owner}"
        )
    many = names(given)
    if len(many) > 1:
        hint = "define one with scheme combo and allOf, and name that"
        reason = "several names mean all of them, which is deprecated"
        found.warning(trail, reason, hint, "td-security-combo-deprecation")
    if len(many) > 1 and any(_scheme(definitions, name) == "nosec" for name in many):
        found.warning(
            trail, "nosec besides another scheme: all of them must be satisfied", "leave nosec out"
        )


def _scheme(definitions: Mapping[str, Any], name: str) -> Any:
    found = definitions.get(name)
    return found.get("scheme") if is_object(found) else None


def _check_scheme(scheme: Json, trail: Trail, found: Findings) -> None:
    place, name, kind = scheme.get("in"), scheme.get("name"), scheme.get("scheme")
    if place == "body":
        if not isinstance(name, str):
            reason = "in the body, the name says where: it is missing"
            found.error(
                trail, reason, "a JSON Pointer such as /token", "sec-body-name-json-pointer"
            )
        elif "{{" not in name and not is_pointer(name):
            reason = f"{name!r} is not a JSON Pointer"
            found.error(
                (*trail, "name"), reason, f"/{name.lstrip('#/')}", "sec-body-name-json-pointer"
            )
    elif place == "uri" and not name:
        reason = "in the URI, the name is that of the variable: it is missing"
        found.error(trail, reason, assertion="td-security-in-uri-variable")
    elif place == "auto" and name is not None and kind != "auto":
        hint = "leave it out"
        found.warning(
            (*trail, "name"),
            "where the place is auto, so is the name",
            hint,
            "sec-security-vocab-auto-in-no-name",
        )
    elif kind == "apikey" and name is None and place in ("header", "query", "cookie", None):
        found.warning(
            trail, f"nobody knows the name of the {place or 'query'} parameter", "state it in name"
        )
    for secret in sorted(scheme.keys() & _SECRETS):
        if isinstance(scheme[secret], str) and "{{" not in scheme[secret]:
            reason = "this looks like a secret, and everybody reads a TD"
            found.warning(
                (*trail, secret), reason, "hand it out elsewhere", "td-security-no-secrets"
            )
    for term in _URLS:
        if term in scheme:
            check_url(scheme[term], (*trail, term), found)


def check_url(url: Any, trail: Trail, found: Findings, assertion: str = "") -> None:
    """What no URL has, and a password in one."""
    if not isinstance(url, str):
        return
    try:
        password = urlsplit(url).password
    except ValueError as error:
        found.error(trail, f"is not a URI: {error}", assertion=assertion)
        return
    if password and "{" not in password:
        reason = "there is a password in the URL, and everybody reads a TD"
        found.warning(trail, reason, "hand it out elsewhere", "td-security-no-secrets")


def _check_extension(scheme: str, trail: Trail, known: Collection[str], found: Findings) -> None:
    prefix, _, rest = scheme.partition(":")
    if prefix not in known and not rest.startswith("//"):
        reason = f"nothing says what the prefix {prefix!r} stands for, so the scheme is unknown"
        found.error(trail, reason, "declare the prefix in @context", "td-security-scheme-name")


def is_pointer(text: Any) -> bool:
    """Whether it is a JSON Pointer (RFC 6901)."""
    return isinstance(text, str) and _POINTER.fullmatch(text) is not None


def _check_combo(
    name: str,
    scheme: Json,
    trail: Trail,
    definitions: Mapping[str, Any],
    circles: Mapping[str, int],
    found: Findings,
) -> None:
    for term in ("oneOf", "allOf"):
        for number, part in enumerate(names(scheme.get(term))):
            where = (*trail, term, number)
            if part not in definitions:
                if "{{" not in part:
                    hint = f"defined are: {found.listed(definitions)}"
                    reason = f"{part!r} is not in securityDefinitions"
                    found.error(where, reason, hint, f"td-vocab-{term}--ComboSecurityScheme")
            elif part == name or circles.get(part, -1) == circles.get(name, -2):
                reason = f"{name!r} is a combination of itself" + (
                    "" if part == name else f", by way of {part!r}"
                )
                found.error(
                    where, reason, "leave it out here", f"td-vocab-{term}--ComboSecurityScheme"
                )


def _circles(definitions: Mapping[str, Any]) -> Mapping[str, int]:
    """Combination → the number of the circle that it is in (strongly connected components, without recursion)."""
    combos = {
        name: parts_of(scheme)
        for name, scheme in definitions.items()
        if is_object(scheme) and scheme.get("scheme") == "combo"
    }
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    circle: dict[str, int] = {}
    for start in combos:
        if start not in order:
            _connect(start, combos, order, low, circle)
    return circle


def _connect(
    start: str,
    combos: Mapping[str, list[str]],
    order: dict[str, int],
    low: dict[str, int],
    circle: dict[str, int],
) -> None:
    """Tarjan's algorithm from one combination on."""
    path: list[str] = []
    work = [(start, iter(combos[start]))]
    order[start] = low[start] = len(order)
    path.append(start)
    while work:
        name, parts = work[-1]
        for part in parts:
            if part not in combos or part in circle:
                continue
            if part not in order:
                order[part] = low[part] = len(order)
                path.append(part)
                work.append((part, iter(combos[part])))
                break
            low[name] = min(low[name], order[part])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[name])
            if low[name] == order[name]:
                while path:
                    member = path.pop()
                    circle[member] = order[name]
                    if member == name:
                        break
