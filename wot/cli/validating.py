"""`wot validate`: what is wrong with Thing Descriptions and Thing Models, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wot.cli.documents import Document, document, documents
from wot.cli.ending import DONE, INVALID_TD, NO_ANSWER, advice
from wot.cli.findings import Faulty, counted, lines
from wot.cli.output import Output
from wot.cli.resolvers import Where, is_unasked, resolver
from wot.cli.values import clean
from wot.errors import Finding, InvalidTD
from wot.td import Resolver

Check = Callable[[Document], Sequence[Finding]]


class Judged(NamedTuple):
    """A document, and what there is to say about it."""

    document: Document
    findings: Sequence[Finding]

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings are no fault."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def unread(self) -> bool:
        """Whether nothing is known about it because it could not be had."""
        error = self.document.error
        return error is not None and not isinstance(error, InvalidTD)


def validate(output: Output, names: Sequence[str], model: str, where: Where) -> int:
    """Show what is wrong with documents; returns the exit code."""
    check = _check(_model(output, model, where) if model else None, where)
    judged: list[Judged] = []
    for found in documents(names, where.timeout, folders=True):
        judged.append(Judged(found, _findings(found, check)))
        if not output.json:
            for line in lines(*judged[-1], output.width):
                output.styled(line)
    if output.json:
        output.document([_entry(each) for each in judged])
    else:
        output.styled(_summary(judged))
    if any(not each.valid and not each.unread for each in judged):
        return INVALID_TD
    return NO_ANSWER if any(each.unread for each in judged) else DONE


def _model(output: Output, name: str, where: Where) -> Document:
    """The Thing Model of --model; Faulty where it is none."""
    from wot.td.thing_model import ThingModel

    found = document(name, where.timeout)
    try:
        ThingModel.parse(found.body)
    except InvalidTD as error:
        raise Faulty(found, error.findings, output.width, hint=error.hint) from None
    return found


def _check(model: Document | None, where: Where) -> Check:
    """Holds a document against the specification, and against the models that it names and that are at hand."""
    from wot.td import validate
    from wot.td.pointers import join

    def check(found: Document) -> Sequence[Finding]:
        read = resolver(where, found)
        findings = validate(found.body, resolver=lambda href: read(join(found.url, href)))
        if model is not None:
            findings += _compared(found, model, resolver(where, model))
        ranked = (_warned(finding) if is_unasked(finding) else finding for finding in findings)
        return sorted(dict.fromkeys(ranked), key=_rank)

    return check


def _compared(found: Document, model: Document, read: Resolver) -> list[Finding]:
    """How a TD differs from a model; nothing for a model, and for what cannot be read."""
    from wot.td import is_model
    from wot.td import read as read_json
    from wot.td.thing_model import compare

    try:
        td = read_json(found.body)
    except InvalidTD:
        return []  # said already
    return [] if is_model(td) else compare(td, model.body, read, base=model.url)


def _warned(finding: Finding) -> Finding:
    return finding._replace(severity="warning", hint="")


def _rank(finding: Finding) -> bool:
    return finding.severity != "error"


def _findings(document: Document, check: Check) -> Sequence[Finding]:
    error = document.error
    if error is None:
        return check(document)
    if isinstance(error, InvalidTD):
        return [finding._replace(hint=finding.hint or error.hint) for finding in error.findings]
    return [Finding("$", str(error), error.hint or advice(error, ""))]


def _entry(judged: Judged) -> dict[str, Any]:
    def of(severity: str) -> list[dict[str, str]]:
        return [
            {"path": finding.path, "reason": finding.reason, "assertion": finding.assertion}
            for finding in judged.findings
            if finding.severity == severity
        ]

    return {"file": judged.document.name, "errors": of("error"), "warnings": of("warning")}


def _summary(judged: Sequence[Judged]) -> tuple[tuple[str, str], ...]:
    """`3 documents: 1 valid, 2 invalid (4 errors, 1 warning)`."""
    unread = sum(each.unread for each in judged)
    valid = sum(each.valid for each in judged)
    states = (("valid", valid), ("invalid", len(judged) - valid - unread), ("unread", unread))
    words = ", ".join(f"{number:,} {state}" for state, number in states if number)
    what = f"{len(judged):,} documents: {words}"
    if len(judged) == 1:
        what = f"{clean(judged[0].document.name)}: {words.partition(' ')[2]}"
    said = counted([finding for each in judged if not each.unread for finding in each.findings])
    style = "bold green" if valid == len(judged) else "bold red"
    return ((what, style), (f" ({said})" if said else "", ""))
