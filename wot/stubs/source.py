"""Python source text: values that stay data whatever is in them, and lines laid out as ruff lays them out."""

from __future__ import annotations

import inspect
import math
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wot.td import is_array, is_object

WIDTH = 100
INDENT = 4
_MOST_BITS = 1024  # of an integer: far longer ones cannot be written out
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Group(NamedTuple):
    """Brackets with items: on one line, on a line of their own, or a line for each.

    `atom`: a list or a dict, which never goes on a line of its own. A `tail` may go on behind the bracket.
    """

    head: str
    items: Sequence[Code]
    tail: str
    atom: bool = False


class Text(NamedTuple):
    """A string that may be long: it is written as several, one below the other."""

    head: str
    text: str
    tail: str = ""


class Union(NamedTuple):
    """`A | B`, in parentheses where it is long, unless it is `bare` as the type of a parameter."""

    head: str
    items: Sequence[str]
    tail: str = ""
    bare: bool = False


Code = str | Group | Text | Union


def is_text(text: Any) -> bool:
    """Whether `text` is a string that UTF-8 can say."""
    return isinstance(text, str) and not any("\ud800" <= char <= "\udfff" for char in text)


def is_sayable(value: Any) -> bool:
    """Whether `value` is plain JSON that can be written down."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return value.bit_length() <= _MOST_BITS
    if is_array(value):
        return all(map(is_sayable, value))
    if is_object(value):
        return all(is_text(name) and is_sayable(member) for name, member in value.items())
    return value is None or is_text(value)


def string(text: str) -> str:
    """`text` as a literal; what cannot be seen (controls, marks that turn the direction) is escaped."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + escaped(text, quote) + quote


def escaped(text: str, quote: str = "") -> str:
    """`text` on one line, with everything visible that is in it."""
    if text.isprintable() and "\\" not in text and (not quote or quote not in text):
        return text
    return "".join(
        _ESCAPES.get(char) or (f"\\{char}" if char == quote else _visible(char)) for char in text
    )


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def width(text: str) -> int:
    """The columns that `text` takes: some characters take two, some none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shown(text: str) -> str:
    """`text` for a comment: on one line, and without a `#`, which could begin an order to some tool."""
    inner = escaped(text, '"').replace("#", "\\x23")
    return f'"{inner}"'


def literal(value: Any, head: str = "") -> Code:
    """A JSON value as Python source."""
    if isinstance(value, str):
        return Text(head, value)
    if is_array(value):
        return Group(f"{head}[", [literal(item) for item in value], "]", atom=True)
    if is_object(value):
        items = [literal(member, f"{string(name)}: ") for name, member in value.items()]
        return Group(f"{head}{{", items, "}", atom=True)
    return f"{head}{value!r}"


def call(head: str, words: Mapping[str, Any], tail: str = ")", first: Sequence[Code] = ()) -> Group:
    """A call with keyword arguments, or a list of them behind others."""
    return Group(
        head, [*first, *(literal(value, f"{word}=") for word, value in words.items())], tail
    )


def within(code: Code, head: str, tail: str) -> Code:
    """`code` with more text before and behind it."""
    if isinstance(code, str):
        return f"{head}{code}{tail}"
    return code._replace(head=head + code.head, tail=code.tail + tail)


def flat(code: Code) -> str:
    """`code` on one line."""
    match code:
        case Group(head, items, tail):
            return f"{head}{', '.join(map(flat, items))}{tail}"
        case Union(head, items, tail):
            return f"{head}{' | '.join(items)}{tail}"
        case Text(head, text, tail):
            return f"{head}{string(text)}{tail}"
        case _:
            return code


def _is_long(code: Code) -> bool:
    """Whether `code` is certainly too long for one line: known without writing it out, at each level anew."""
    left = 4 * WIDTH  # characters may have no width
    todo: list[Code] = [code]
    while todo and left >= 0:
        match todo.pop():
            case Group(head, items, _):
                left -= len(head) + len(items)
                todo += items[: max(left, 0)]
            case Union(head, items, _):
                left -= len(head) + sum(map(len, items[: max(left, 0)]))
            case Text(head, text, _):
                left -= len(head) + len(text)
            case plain:
                left -= len(plain) if plain is not code else 0
    return left < 0


def lines(code: Code, indent: int = 0, tail: str = "") -> Iterator[str]:
    """`code` as lines that are not too long, where that is possible."""
    start = " " * indent
    line = "" if _is_long(code) else f"{start}{flat(code)}{tail}"
    if isinstance(code, str) or (line and width(line) <= WIDTH):
        yield line
    elif isinstance(code, Text):
        yield from _strings(code, start, tail)
    elif isinstance(code, Union) and code.bare:
        yield f"{start}{code.head}{code.items[0]}"
        yield from (f"{start}| {item}" for item in code.items[1:-1])
        yield f"{start}| {code.items[-1]}{code.tail}{tail}"
    elif isinstance(code, Union):
        yield f"{start}{code.head}("
        yield from _alternatives(code.items, start + " " * INDENT)
        yield f"{start}){code.tail}{tail}"
    else:
        yield f"{start}{code.head}"
        yield from _inside(code, indent + INDENT)
        yield f"{start}{code.tail}{tail}"


def _inside(group: Group, indent: int) -> Iterator[str]:
    if not group.atom and not _is_long(group):
        together = " " * indent + ", ".join(map(flat, group.items))
        if width(together) <= WIDTH:
            yield together
            return
    # A comma behind the one thing in square brackets would make it a tuple.
    alone = len(group.items) == 1 and group.head.endswith("[") and not group.atom
    for item in group.items:
        yield from lines(item, indent, "" if alone else ",")


def _alternatives(items: Sequence[str], start: str) -> Iterator[str]:
    together = start + " | ".join(items)
    if width(together) <= WIDTH:
        yield together
        return
    for index, item in enumerate(items):
        yield f"{start}{'| ' if index else ''}{item}"


def _strings(code: Text, start: str, tail: str) -> Iterator[str]:
    room = WIDTH - len(start) - 2 - len(tail + code.tail)
    pieces = list(_pieces(code.text, room - width(code.head), room))
    for index, piece in enumerate(pieces):
        head = code.head if index == 0 else ""
        end = code.tail + tail if index == len(pieces) - 1 else ""
        yield f"{start}{head}{string(piece)}{end}"


def _pieces(text: str, first: int, room: int) -> Iterator[str]:
    """`text` cut behind spaces, so that each piece fits when it is escaped."""
    at, size = 0, max(first, 20)
    while at < len(text):
        end, length = at, 0
        while end < len(text) and length < size:
            length += width(escaped(text[end], '"'))
            end += 1
        if end < len(text) or length > size:
            end = max(end - 1, at + 1)
            space = text.rfind(" ", at, end) + 1
            end = space if space > at else end
        yield text[at:end]
        at, size = end, room


def is_doc(text: str) -> bool:
    """Whether a docstring can say exactly `text`, with nothing escaped."""
    return (
        bool(text)
        and inspect.cleandoc(text) == text
        and not any(line != line.rstrip() for line in text.split("\n"))
        and all(char == "\n" or char.isprintable() for char in text)
        and "\\" not in text
        and '"""' not in text
        and text[0] + text[-1] == (text[0] + text[-1]).replace('"', "")
    )


def doc(text: str, indent: int) -> Iterator[str]:
    """A docstring; lines that are too long are wrapped."""
    start = " " * indent
    if "\n" not in text and indent + width(text) + 6 <= WIDTH:
        yield f'{start}"""{text}"""'
        return
    found = [part for line in text.split("\n") for part in _wrapped(line, WIDTH - indent - 3)]
    if "\n" not in text and len(found) == 1:
        found = _wrapped(text, WIDTH - indent - 6)
    if len(found) == 1:  # it cannot be wrapped
        yield f'{start}"""{text}"""'
        return
    yield f'{start}"""{found[0]}'
    for line in found[1:]:
        yield f"{start}{line}" if line else ""
    yield f'{start}"""'


def _wrapped(line: str, room: int) -> list[str]:
    if len(line) <= room:
        return [line]
    margin = line[: len(line) - len(line.lstrip())][: room // 2]
    return textwrap.wrap(
        line,
        room,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
