"""Forms (TD 1.1 section 5.3.4.2): addresses, variables, operations, responses and security by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wot.td.checks.addresses import check_url
from wot.td.checks.bodies import check_body
from wot.td.checks.schemes import Schemes, names
from wot.td.checks.security import check_names
from wot.td.checks.trail import Findings, Trail
from wot.td.mending import Unknowable
from wot.td.node import Json, is_array, is_object, objects_in

_EXPRESSION = re.compile(r"\{[+#./;?&]?([^{}]*)\}")
_VARSPEC = re.compile(
    r"((?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*)(\*|:[1-9][0-9]{0,3})?"
)
_HYPHENATED = re.compile(r"[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)+")  # Eclipse Ditto
_ODD = re.compile(r"[@\[\\|^`%]")  # nothing else in an address is doubtful
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MEDIA_TYPE = re.compile(r"[^\s/;,]+/[^\s/;,]+(\s*;.*)?")
_SELDOM = frozenset(["security", "additionalResponses", "response", "htv:methodName", "mqv:topic"])
_MOST = 1000  # findings
_SHOWN = 60  # characters of a variable
_READS = frozenset(["readproperty", "observeproperty"])
# Operations for which HTTP has no default method (TD 1.1 section 8.3.1, table).
_NO_METHOD = frozenset(
    [
        "observeproperty",
        "subscribeevent",
        "queryaction",
        "cancelaction",
        "queryallactions",
        "observeallproperties",
        "subscribeallevents",
    ]
)
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
# With those that servers have besides: registered by IANA, and of UPnP.
_KNOWN = frozenset(
    [
        *(*_METHODS, "HEAD", "OPTIONS", "QUERY", "TRACE", "CONNECT"),
        *("PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT"),
        *("SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH"),
    ]
)


class _Scene:
    """What the forms of one document have in common."""

    __slots__ = (
        "base",
        "carried",
        "found",
        "missing",
        "model",
        "observes_all",
        "of_base",
        "schemas",
        "schemes",
        "secrets",
        "variables",
    )

    def __init__(self, td: Json, found: Findings, schemes: Schemes, model: bool) -> None:
        self.found, self.schemes, self.model = found, schemes, model
        self.base = td.get("base")
        self.of_base: frozenset[str] = (
            frozenset(_of_base(self.base)) if schemes.in_uri else frozenset()
        )
        self.secrets = frozenset(schemes.in_uri.values())
        forms = td.get("forms")
        self.observes_all = any(
            "observeallproperties" in names(form.get("op"))
            for form in (forms if is_array(forms) else ())
            if is_object(form)
        )
        self.carried: set[str] = set()
        self.missing: list[tuple[str, Trail, bool]] = []
        schemas, variables = td.get("schemaDefinitions"), td.get("uriVariables")
        self.schemas: Mapping[str, Any] = schemas if is_object(schemas) else {}
        self.variables: Mapping[str, Any] = variables if is_object(variables) else {}


def check(td: Json, found: Findings, schemes: Schemes, model: bool) -> None:
    """Every form of a document."""
    scene = _Scene(td, found, schemes, model)
    used: set[str] = set()
    if scene.variables:
        _check_distinct(scene.variables, ("uriVariables",), scene)
    base = scene.base if isinstance(scene.base, str) else ""
    if base:
        _check_base(base, scene, used)
    if is_array(td.get("forms")):
        for number, form in enumerate(td["forms"]):
            _check_form(form, {}, ("forms", number), scene, used, scene.variables)
    for kind in ("properties", "actions", "events"):
        for name, affordance in objects_in(td, kind):
            if is_array(affordance.get("forms")):
                _check_affordance(kind, name, affordance, scene, used)
    _check_uri_security(scene)
    for name in sorted(scene.variables.keys() - used):
        found.warning(("uriVariables", name), "no form has this variable in its href", _place(name))


def _place(name: str) -> str:
    return f"put {{?{name}}} or the like into the href"


def _check_base(base: str, scene: _Scene, used: set[str]) -> None:
    if not _ABSOLUTE.match(base) and not ("{{" in base and scene.model):
        hint = "for instance https://lamp.example/"
        scene.found.error(("base",), "is relative itself", hint, "td-vocab-base--Thing")
    if "{" in base:
        used.update(_variables(base, ("base",), scene))
    check_url(base, ("base",), scene.found, "td-vocab-base--Thing")


def _check_affordance(
    kind: str, name: str, affordance: Json, scene: _Scene, used: set[str]
) -> None:
    own = affordance.get("uriVariables")
    variables = own if isinstance(own, Unknowable) else scene.variables
    mine: set[str] = set()
    if own and is_object(own):
        variables = {**scene.variables, **own} if scene.variables else own
        _check_distinct(own, (kind, name, "uriVariables"), scene)
    if kind == "properties" and not _SAYS_HOW.isdisjoint(affordance):
        _check_ops(affordance, name, scene)
    for number, form in enumerate(affordance["forms"]):
        _check_form(form, affordance, (kind, name, "forms", number), scene, mine, variables)
    used |= mine
    if own and is_object(own):
        for variable in sorted(own.keys() - mine):
            scene.found.warning(
                (kind, name, "uriVariables", variable),
                "no form has this variable in its href",
                _place(variable),
            )


_SAYS_HOW = frozenset(["readOnly", "writeOnly", "observable"])


def _check_ops(affordance: Json, name: str, scene: _Scene) -> None:
    """Operations against what the property says of itself."""
    read_only, write_only = affordance.get("readOnly") is True, affordance.get("writeOnly") is True
    observable = affordance.get("observable")
    observed = False
    for number, form in enumerate(affordance["forms"]):
        ops: set[str] = set(names(form.get("op"))) if is_object(form) else set()
        observed = observed or "observeproperty" in ops
        trail: Trail = ("properties", name, "forms", number, "op")
        if read_only and not write_only and "writeproperty" in ops:
            scene.found.warning(
                trail, "writeproperty, and the property is read-only", "leave one of them out"
            )
        if write_only and not read_only and ops & _READS:
            op = min(ops & _READS)
            scene.found.warning(
                trail, f"{op}, and the property is write-only", "leave one of them out"
            )
    if observable is True and not (observed or scene.model or scene.observes_all):
        hint = "add a form with the op observeproperty, or leave observable out"
        scene.found.warning(("properties", name, "observable"), "no form observes it", hint)


def _check_distinct(own: Mapping[str, Any], trail: Trail, scene: _Scene) -> None:
    for scheme, variable in scene.schemes.in_uri.items():
        if variable in own:
            reason = f"{variable!r} is the variable of the security definition {scheme!r}"
            scene.found.error(
                (*trail, variable),
                reason,
                "name it otherwise",
                "td-security-uri-variables-distinct",
            )


def _check_form(
    form: Json,
    affordance: Json,
    trail: Trail,
    scene: _Scene,
    used: set[str],
    variables: Mapping[str, Any],
) -> None:
    if not is_object(form):
        return
    href = form.get("href")
    if not isinstance(href, str):
        href = ""
    mine: list[str] = []
    if "{" in href or "}" in href:
        mine = _variables(href, (*trail, "href"), scene)
        # Which of them a faulty template means, nobody knows.
        used.update(mine or variables)
        _check_declared(mine, variables, (*trail, "href"), scene)
    if not scene.base and not scene.model and not _ABSOLUTE.match(href) and "href" in form:
        hint = "give the TD a base, or the form an absolute URI"
        scene.found.warning(
            (*trail, "href"), "is relative, and there is no base", hint, "td-vocab-base--Thing"
        )
    if _ODD.search(href):
        check_url(href, (*trail, "href"), scene.found, "td-vocab-href--Form")
    if not _SELDOM.isdisjoint(form):
        _check_words(form, trail, scene)
    if form.get("contentType", "application/json") != "application/json":
        _check_media_type(form, trail, scene)
    op = form.get("op")
    if is_array(op):
        _check_ops_of(op, form, href, trail, scene)
    observes = affordance and "observeproperty" in names(op)
    if observes and affordance.get("observable") is not True:
        reason = "observeproperty, and the property does not say that it is observable"
        scene.found.warning((*trail, "op"), reason, "say observable: true")
    if (isinstance(op, str) and op in _NO_METHOD) or (op is None and trail[0] == "events"):
        _check_method([op or "subscribeevent"], form, href, trail, scene)
    if scene.schemes.in_uri:
        _note_uri_security(form, mine, trail, scene)
    if scene.schemes.in_body:
        check_body(form, affordance, trail, scene.schemes, scene.found)


def _variables(href: str, trail: Trail, scene: _Scene) -> list[str]:
    """The variables of a URI template (RFC 6570 section 2), whose faults are found."""
    found: list[str] = []
    if "{{" in href:
        if not scene.model:
            reason = "there is a placeholder of a Thing Model left"
            scene.found.error(trail, reason, "give it a value", "tm-placeholder-replacement")
        return found
    if re.search(r"[{}]", _EXPRESSION.sub("", href)):
        scene.found.error(
            trail,
            "is no URI template: a brace has no partner",
            "RFC 6570 section 2",
            "client-uri-template",
        )
    for spec in dict.fromkeys(_specs(href)):
        match = _VARSPEC.fullmatch(spec)
        if match:
            found.append(match[1])
        elif _HYPHENATED.fullmatch(spec):
            reason = f"{spec[:_SHOWN]!r} is no name of a variable: RFC 6570 knows no hyphens"
            hint = f"write {spec[:_SHOWN].replace('-', '_')}, here and in uriVariables"
            scene.found.warning(trail, reason, hint, "client-uri-template")
            found.append(spec)
        else:
            reason = f"is no URI template: {spec[:_SHOWN]!r} is no name of a variable"
            scene.found.error(trail, reason, "RFC 6570 section 2.3", "client-uri-template")
            break
    return list(dict.fromkeys(found))


def _specs(href: str) -> Iterator[str]:
    for inner in _EXPRESSION.findall(href):
        yield from inner.split(",")


def _check_declared(
    mine: list[str], variables: Mapping[str, Any], trail: Trail, scene: _Scene
) -> None:
    if isinstance(scene.schemes.definitions, Unknowable):
        return
    known = scene.secrets
    for variable in mine:
        if variable not in scene.variables and variable not in variables and variable not in known:
            hint = "declare it there" + (
                f"; declared are: {scene.found.listed(variables)}" if variables else ""
            )
            reason = f"the variable {variable!r} is not in uriVariables"
            scene.found.error(trail, reason, hint, "td-uriVariables-names")


def _check_words(form: Json, trail: Trail, scene: _Scene) -> None:
    if "security" in form:
        check_names(
            form["security"], (*trail, "security"), scene.schemes, scene.found, "Form", scene.model
        )
    known = "additionalResponses" not in scene.schemes.version.later
    responses: Any = form.get("additionalResponses") if known else None
    for number, response in enumerate(responses if is_array(responses) else ()):
        if is_object(response):
            _check_response(response, (*trail, "additionalResponses", number), scene)
    response = form.get("response")
    if is_object(response):
        _check_media_type(response, (*trail, "response"), scene)
    method = form.get("htv:methodName")
    if isinstance(method, str) and method not in _KNOWN and "{{" not in method:
        hint = (
            f"did you mean {method.upper()}?"
            if method.upper() in _KNOWN
            else f"one of {', '.join(_METHODS)}"
        )
        scene.found.warning((*trail, "htv:methodName"), f"{method!r} is no method of HTTP", hint)
    several = [op for op in names(form.get("op")) if not op.startswith("un")]  # which end one
    if method is not None and len(several) > 1:
        # TD 1.1 section 8.3.1: of a form for several operations, "the usage of htv:methodName is not permitted".
        reason = "one method for several operations, and nothing says which of them it is for"
        hint = "write a form for each, or leave the method out"
        scene.found.warning((*trail, "htv:methodName"), reason, hint, "td-default-http-method")
    topic = form.get("mqv:topic")
    if isinstance(topic, str) and ("#" in topic or "+" in topic):
        hint = "what is subscribed to with wildcards is mqv:filter"
        scene.found.warning((*trail, "mqv:topic"), "a topic to publish to has no wildcards", hint)


def _check_response(response: Json, trail: Trail, scene: _Scene) -> None:
    schema = response.get("schema")
    if isinstance(schema, str) and schema not in scene.schemas and "{{" not in schema:
        hint = (
            f"defined are: {scene.found.listed(scene.schemas)}"
            if scene.schemas
            else "add it to schemaDefinitions"
        )
        reason = f"{schema!r} is not in schemaDefinitions"
        scene.found.error(
            (*trail, "schema"), reason, hint, "td-vocab-schema--AdditionalExpectedResponse"
        )
    _check_media_type(response, trail, scene)


def _check_media_type(owner: Json, trail: Trail, scene: _Scene) -> None:
    given = owner.get("contentType")
    if given == "application/json" or not isinstance(given, str) or "{{" in given:
        return
    if not _MEDIA_TYPE.fullmatch(given):
        hint = "for instance application/json"
        scene.found.warning(
            (*trail, "contentType"),
            f"{given!r} is no media type",
            hint,
            "td-vocab-contentType--Form",
        )


def _check_ops_of(ops: list[Any], form: Json, href: str, trail: Trail, scene: _Scene) -> None:
    if len(ops) != len(set(map(str, ops))):
        scene.found.warning((*trail, "op"), "has the same operation twice", "leave one out")
    if not _NO_METHOD.isdisjoint(map(str, ops)):
        _check_method(ops, form, href, trail, scene)


def _check_method(ops: list[Any], form: Json, href: str, trail: Trail, scene: _Scene) -> None:
    if "subprotocol" in form or "htv:methodName" in form:
        return
    where = href if _ABSOLUTE.match(href) else scene.base
    if isinstance(where, str) and where[:6].lower().startswith(("http:", "https:")):
        first = next(name for name in ops if name in _NO_METHOD)
        hint = "state htv:methodName, or a subprotocol"
        if len(ops) > 1 and any(not op.startswith("un") for op in ops if op not in _NO_METHOD):
            hint = f"give {first} a form of its own, with htv:methodName or a subprotocol"
        scene.found.warning(
            trail, f"HTTP has no default method for {first}", hint, "td-default-http-method"
        )


def _note_uri_security(form: Json, mine: list[str], trail: Trail, scene: _Scene) -> None:
    """Which forms have the variable of a definition they are under, and which have not."""
    active = scene.schemes.active(form)
    there = {*mine, *scene.of_base}
    scene.carried.update(name for name, variable in active.in_uri.items() if variable in there)
    missing = [name for name, variable in active.in_uri.items() if variable not in there]
    must = active.must(missing)
    scene.missing += [
        (name, (*trail, "href"), name in must)
        for name in missing[: max(0, _MOST - len(scene.missing))]
    ]


def _check_uri_security(scene: _Scene) -> None:
    """No form with the variable: an error. Some: a warning, as their authors meant the others to go without.

    As well a warning where a client may take another scheme instead.
    """
    for name, trail, is_needed in scene.missing:
        variable = scene.schemes.in_uri[name]
        reason = f"the security definition {name!r} needs the variable {variable!r} in the URI"
        report = (
            scene.found.error if is_needed and name not in scene.carried else scene.found.warning
        )
        report(trail, reason, f"put {{{variable}}} where it belongs", "td-security-in-uri-variable")


def _of_base(base: Any) -> Iterator[str]:
    for inner in _EXPRESSION.findall(base) if isinstance(base, str) else ():
        yield from inner.split(",")
