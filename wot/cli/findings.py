"""Findings for people: the line of the document, and a pointer to the fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from wot.cli.documents import Document
from wot.cli.output import Part
from wot.cli.values import clean, flat
from wot.errors import Finding, InvalidTD
from wot.td import locate

Line = tuple[Part, ...]

MOST = 20  # findings of one document that are shown
_TAB = 4
_LONGEST = 400  # characters of a reason that are shown
_STYLES = {"error": "bold red", "warning": "bold yellow"}


class Faulty(InvalidTD):
    """Documents have errors; `details` shows where."""

    kind = "InvalidTD"

    def __init__(
        self, found: Mapping[Document, Sequence[Finding]], width: int, hint: str = ""
    ) -> None:
        super().__init__([finding for each in found.values() for finding in each], hint=hint)
        self.details = [line for each in found.items() for line in lines(*each, width)]


def check(document: Document, width: int) -> None:
    """Raises Faulty for a document that is not valid."""
    from wot.td import validate

    errors = [finding for finding in validate(document.body) if finding.severity == "error"]
    if errors:
        raise Faulty({document: errors}, width)


class Page:
    """The text of a document, and where in it things stand."""

    def __init__(self, body: bytes, paths: Collection[str]) -> None:
        fault: int | None
        try:
            text = body.decode("utf-8-sig")
            fault = _fault(text)
        except UnicodeDecodeError as error:
            text = body.decode("utf-8", "replace")
            fault = len(body[: error.start].decode())
        # Not splitlines: inside strings of JSON there may be what Python counts as the end of a line.
        self._lines = text.split("\n")
        if fault is None:
            self._places = locate(text, paths)
        else:
            before = text[:fault]
            place = before.count("\n") + 1, len(before) - before.rfind("\n")
            self._places = dict.fromkeys(paths, place)

    def place(self, path: str) -> tuple[int, int]:
        """Line and column, from 1, of what stands at one of the paths; of the fault where this is no JSON."""
        return self._places[path]

    def line(self, number: int) -> str:
        """A line without its end."""
        return self._lines[number - 1].removesuffix("\r")


class _Cell(NamedTuple):
    shown: str
    width: int


def lines(document: Document, findings: Sequence[Finding], width: int) -> Iterator[Line]:
    """The first findings of a document as lines for people, and how many more there are."""
    page = Page(document.body, {finding.path for finding in findings[:MOST]})
    for finding in findings[:MOST]:
        yield from _lines(document, page, finding, width)
    if rest := findings[MOST:]:
        yield ((f"… and {counted(rest)} more; --json lists them", "dim"),)
        yield ()


def counted(findings: Sequence[Finding]) -> str:
    """`3 errors, 1 warning`."""
    errors = sum(finding.severity == "error" for finding in findings)
    numbers = (("error", errors), ("warning", len(findings) - errors))
    return ", ".join(
        f"{number:,} {word}{'' if number == 1 else 's'}" for word, number in numbers if number
    )


def excerpt(line: str, column: int, width: int) -> tuple[str, int]:
    """`line` as it fits `width` cells, and how many of them stand before its `column` (from 1)."""
    from rich.cells import cell_len

    at = min(max(column - 1, 0), len(line))
    start = max(0, at - width)  # more cannot be shown, and lines may be of any length
    cells = list(_cells(line[start : at + width]))
    first, last = 0, len(cells)
    ends = list(accumulate((cell.width for cell in cells), initial=0))
    if ends[-1] > width or start > 0 or len(line) > at + width:
        first, last = _window(ends, at - start, width)
    left = "…" if start + first > 0 else ""
    right = "…" if start + last < len(line) else ""
    before, behind = (
        "".join(cell.shown for cell in part)
        for part in (cells[first : at - start], cells[at - start : last])
    )
    return left + before + behind + right, cell_len(left + before)


def _window(ends: Sequence[int], at: int, width: int) -> tuple[int, int]:
    """The first and the last of the cells around number `at` that fit, with room for dots."""
    first, last = at, at
    # Two thirds of the room for what stands before: that tells where one is.
    while first > 0 and ends[at] - ends[first - 1] <= width * 2 // 3 - 1:
        first -= 1
    while last < len(ends) - 1 and ends[last + 1] - ends[first] <= width - 2:
        last += 1
    return first, last


def _cells(text: str) -> Iterator[_Cell]:
    from rich.cells import cell_len

    column = 0
    for character in text:
        shown = " " * (_TAB - column % _TAB) if character == "\t" else clean(character)
        # The selector of coloured pictures widens what stands before it, where that is narrow.
        cell = _Cell(shown, 1 if character == "\ufe0f" else cell_len(shown))
        column += cell.width
        yield cell


def _lines(document: Document, page: Page, finding: Finding, width: int) -> Iterator[Line]:
    name, style = flat(document.name), _STYLES.get(finding.severity, "")
    severity, reason = (f"{finding.severity}: ", style), (_short(finding.reason), "bold")
    if document.error is not None:
        yield ((f"{name}: ", ""), severity, reason)
    else:
        line, column = page.place(finding.path)
        number = f"{line:>6} │ "
        shown, before = excerpt(page.line(line), column, max(20, width - len(number) - 1))
        yield ((f"{name}:{line}:{column}: ", ""), severity, reason)
        yield ((number, "dim"), (shown, ""))
        yield ((" " * 6 + " │ ", "dim"), (" " * before + "^", style))
        yield (("         " + _short(finding.path), "cyan"),)
    if finding.hint:
        yield ((f"         hint: {_short(finding.hint)}", ""),)
    if finding.assertion:
        yield ((f"         {_short(finding.assertion)}", "dim"),)
    yield ()


def _short(text: str) -> str:
    text = flat(text[:_LONGEST])
    return f"{text[: _LONGEST - 1]}…" if len(text) > _LONGEST - 1 else text


def _fault(text: str) -> int | None:
    """Where a text stops being JSON; None where it is JSON, or JSON beyond what is read."""
    try:
        msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        if found := re.search(r"\(byte (\d+)\)$", str(error)):
            return len(text.encode()[: int(found[1])].decode("utf-8", "replace"))
        return len(text.rstrip()) if "truncated" in str(error) else None
    return None
