"""Security definitions (TD 1.1 section 5.3.3) and the names that refer to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wot.td.checks import combos
from wot.td.checks.addresses import check_url
from wot.td.checks.schemes import Schemes, is_pointer, names
from wot.td.checks.trail import Findings, Trail
from wot.td.editions import Edition
from wot.td.mending import Unknowable
from wot.td.node import Json, is_array, is_object

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


def check(
    td: Json, found: Findings, version: Edition, prefixes: Collection[str] | None, model: bool
) -> Schemes:
    """The definitions and the names at the top; returns what the checks of forms need. `prefixes` are declared."""
    given = td.get("securityDefinitions")
    # Without any, the schema has said so already, or this is a model.
    definitions: Mapping[str, Any] = given if is_object(given) else Unknowable()
    default = names(td.get("security"))
    schemes = Schemes(definitions, default, version)
    check_names(td.get("security"), ("security",), schemes, found, "Thing", model)
    circles = combos.circles(definitions)
    for name, scheme in definitions.items():
        if not is_object(scheme):
            continue
        trail: Trail = ("securityDefinitions", name)
        if scheme.keys() - _HARMLESS or scheme.get("scheme") in ("apikey", "oauth2"):
            _check_scheme(scheme, trail, found, version)
        if prefixes is not None and not model and ":" in str(scheme.get("scheme")):
            _check_extension(str(scheme["scheme"]), (*trail, "scheme"), prefixes, found)
        if scheme.get("scheme") == "combo":
            combos.check(name, scheme, trail, definitions, circles, found)
    return schemes


_HARMLESS = frozenset(["scheme", "description", "descriptions", "@type"])


def check_names(
    given: Any, trail: Trail, schemes: Schemes, found: Findings, owner: str, model: bool = False
) -> None:
    """Whether every name is one of a definition."""
    definitions, listing = schemes.definitions, is_array(given)
    many = names(given)
    for number, name in enumerate(many):
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
    if len(many) > 1 and "combo" in schemes.version.schemes:
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


def _check_scheme(scheme: Json, trail: Trail, found: Findings, version: Edition) -> None:
    _check_name(scheme, trail, found, version)
    if "flow" in version.lax and scheme.get("scheme") == "oauth2" and "flow" not in scheme:
        hint = 'for instance "flow": "code"'
        reason, assertion = "the member 'flow' is missing", "td-vocab-flow--OAuth2SecurityScheme"
        found.warning(trail, reason, hint, assertion)
    for secret in sorted(scheme.keys() & _SECRETS):
        if isinstance(scheme[secret], str) and "{{" not in scheme[secret]:
            reason = "this looks like a secret, and everybody reads a TD"
            found.warning(
                (*trail, secret), reason, "hand it out elsewhere", "td-security-no-secrets"
            )
    for term in _URLS:
        if term in scheme:
            check_url(scheme[term], (*trail, term), found)


def _check_name(scheme: Json, trail: Trail, found: Findings, version: Edition) -> None:
    """What the name of a parameter, a variable or a place has to be."""
    place, name, kind = scheme.get("in"), scheme.get("name"), scheme.get("scheme")
    if place == "body" and version.has_pointers:
        _check_pointer(name, trail, found)
    elif place == "uri" and not name:
        reason = "in the URI, the name is that of the variable: it is missing"
        hint = 'for instance "name": "key", and {key} in each href'
        found.error(trail, reason, hint, "td-security-in-uri-variable")
    elif place == "auto" and name is not None and kind != "auto":
        reason, assertion = (
            "where the place is auto, so is the name",
            "sec-security-vocab-auto-in-no-name",
        )
        found.warning((*trail, "name"), reason, "leave it out", assertion)
    elif kind == "apikey" and name is None and place in ("header", "query", "cookie", None):
        reason = f"nobody knows the name of the {place or 'query'} parameter"
        found.warning(trail, reason, "state it in name")


def _check_pointer(name: Any, trail: Trail, found: Findings) -> None:
    assertion = "sec-body-name-json-pointer"
    if not isinstance(name, str):
        reason = "in the body, the name says where: it is missing"
        found.error(trail, reason, "a JSON Pointer such as /token", assertion)
    elif "{{" not in name and not is_pointer(name):
        reason = f"{name!r} is not a JSON Pointer"
        found.error((*trail, "name"), reason, f"/{name.lstrip('#/')}", assertion)


def _check_extension(scheme: str, trail: Trail, known: Collection[str], found: Findings) -> None:
    prefix, _, rest = scheme.partition(":")
    if prefix not in known and not rest.startswith("//"):
        reason = f"nothing says what the prefix {prefix!r} stands for, so the scheme is unknown"
        found.error(trail, reason, "declare the prefix in @context", "td-security-scheme-name")
