"""URI templates (RFC 6570, all four levels), as TD 1.1 wants them in `href`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from wot.td import is_array, is_object

_UNRESERVED = "-._~"
_RESERVED = _UNRESERVED + ":/?#[]@!$&'()*+,;="
_EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]+)\}")
_VARIABLE = re.compile(r"([A-Za-z0-9_.%-]+)(?::(\d{1,4})|(\*))?")


class _Style(NamedTuple):
    """RFC 6570 appendix A: how an operator joins its variables."""

    first: str
    separator: str
    named: bool = False
    empty: str = ""
    safe: str = _UNRESERVED


_STYLES = {
    "": _Style("", ","),
    "+": _Style("", ",", safe=_RESERVED),
    "#": _Style("#", ",", safe=_RESERVED),
    ".": _Style(".", "."),
    "/": _Style("/", "/"),
    ";": _Style(";", ";", named=True),
    "?": _Style("?", "&", named=True, empty="="),
    "&": _Style("&", "&", named=True, empty="="),
}


def variables_in(template: str) -> tuple[str, ...]:
    """The names of the variables in `template`."""
    return tuple(
        unquote(match[1])
        for expression in _EXPRESSION.finditer(template)
        for match in _VARIABLE.finditer(expression[2])
    )


def needed_in(template: str) -> tuple[str, ...]:
    """The variables without which a part of the path would be missing."""
    return tuple(
        unquote(match[1])
        for expression in _EXPRESSION.finditer(template)
        if expression[1] in ("", "+")
        for match in _VARIABLE.finditer(expression[2])
    )


def expand(template: str, values: Mapping[str, Any]) -> str:
    """`template` with its expressions replaced; variables without a value (or None) vanish."""
    return _EXPRESSION.sub(lambda match: _expression(_STYLES[match[1]], match[2], values), template)


def _expression(style: _Style, specification: str, values: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for item in specification.split(","):
        match = _VARIABLE.fullmatch(item)
        if match is None:
            continue
        value = _defined(values.get(unquote(match[1]), values.get(match[1])))
        if value is not None and value not in ([], {}):
            parts.append(_variable(style, match, value))
    return style.first + style.separator.join(parts) if parts else ""


def _defined(value: Any) -> Any:
    """`value` without members that are undefined (RFC 6570 section 2.3)."""
    if is_object(value):
        return {name: item for name, item in value.items() if item is not None}
    if is_array(value):
        return [item for item in value if item is not None]
    return value


def _variable(style: _Style, match: re.Match[str], value: Any) -> str:
    name, prefix, explode = match[1], match[2], match[3]
    if is_object(value):
        if explode:
            return style.separator.join(
                f"{_text(k, style)}={_text(v, style)}" for k, v in value.items()
            )
        joined = ",".join(f"{_text(k, style)},{_text(v, style)}" for k, v in value.items())
        return _named(style, name, joined)
    if is_array(value):
        if explode:
            return style.separator.join(_named(style, name, _text(item, style)) for item in value)
        return _named(style, name, ",".join(_text(item, style) for item in value))
    text = plain(value)
    return _named(style, name, _quoted(text[: int(prefix)] if prefix else text, style))


def _named(style: _Style, name: str, text: str) -> str:
    if not style.named:
        return text
    return f"{name}={text}" if text else f"{name}{style.empty}"


def plain(value: Any) -> str:
    """A value of a URI variable as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _text(value: Any, style: _Style) -> str:
    return _quoted(plain(value), style)


def _quoted(text: str, style: _Style) -> str:
    if style.safe is _UNRESERVED:
        return quote(text, safe=_UNRESERVED)
    # Reserved expansion keeps what is percent-encoded already (RFC 6570 section 3.2.3).
    return "".join(
        part if re.fullmatch("%[0-9A-Fa-f]{2}", part) else quote(part, safe=_RESERVED)
        for part in re.split("(%[0-9A-Fa-f]{2})", text)
    )
