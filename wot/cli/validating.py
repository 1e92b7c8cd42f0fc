"""`wot validate`: what is wrong with Thing Descriptions and Thing Models, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from wot.cli.documents import Document, LeftOut, documents
from wot.cli.ending import DONE, INVALID_TD, NO_ANSWER, advice
from wot.cli.findings import counted, lines
from wot.cli.output import Output
from wot.cli.resolvers import Where, is_unasked, resolver
from wot.cli.values import flat
from wot.errors import Finding, InvalidTD
from wot.td import Resolver

_STATES = ("valid", "invalid", "unread", "left out")

Check = Callable[[Document], Sequence[Finding]]


class Judged(NamedTuple):
    """A document, and what there is to say about it."""

    document: Document
    findings: Sequence[Finding]

    @property
    def state(self) -> str:
        """Whether it has errors, or why that is not known."""
        error = self.document.error
        if isinstance(error, LeftOut):
            return "left out"
        if error is not None and not isinstance(error, InvalidTD):
            return "unread"
        return "invalid" if _errors(self.findings) else "valid"


def validate(
    output: Output, names: Sequence[str], model: str, where: Where, quiet: bool = False
) -> int:
    """Show what is wrong with documents; returns the exit code."""
    judged: list[Judged] = []
    for each in _judged(names, model, where):
        judged.append(each)
        if not output.json:
            shown = _errors(each.findings) if quiet else each.findings
            for line in lines(each.document, shown, output.width):
                output.styled(line)
    if output.json:
        output.document([_entry(each) for each in judged])
    else:
        output.styled(_summary(judged))
    states = {each.state for each in judged}
    if "invalid" in states:
        return INVALID_TD
    return NO_ANSWER if "unread" in states or "valid" not in states else DONE


def _judged(names: Sequence[str], model: str, where: Where) -> Iterator[Judged]:
    """What there is to say about each document; about the one of --model, where it cannot be used."""
    held = [Judged(found, _unusable(found)) for found in _named(model, where)]
    yield from (each for each in held if each.findings)
    check = _check([each.document for each in held if not each.findings], where)
    for found in documents(names, where.timeout, folders=True):
        yield Judged(found, _findings(found, check))


def _named(name: str, where: Where) -> Sequence[Document]:
    resolver(
        where, Document("")
    )  # raises for options that name nothing, before anything is printed
    return documents([name], where.timeout) if name else ()


def _unusable(model: Document) -> Sequence[Finding]:
    """Why nothing can be held against this as a Thing Model."""
    from wot.td.thing_model import ThingModel

    def check(found: Document) -> Sequence[Finding]:
        try:
            ThingModel.parse(found.body)
        except InvalidTD as error:
            return error.findings
        return ()

    return _findings(model, check)


def _errors(findings: Sequence[Finding]) -> Sequence[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _check(models: Sequence[Document], where: Where) -> Check:
    """Holds a document against the specification, these models, and those that it names and that are at hand."""
    from wot.td import validate
    from wot.td.pointers import join

    def check(found: Document) -> Sequence[Finding]:
        read = resolver(where, found)
        findings = validate(found.body, resolver=lambda href: read(join(found.url, href)))
        for model in models:
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
    severity = "warning" if isinstance(error, LeftOut) else "error"
    return [Finding("$", str(error), error.hint or advice(error, ""), severity)]


def _entry(judged: Judged) -> dict[str, Any]:
    def of(severity: str) -> list[dict[str, str]]:
        members = ("path", "reason", "hint", "assertion")
        return [
            {name: getattr(finding, name) for name in members}
            for finding in judged.findings
            if finding.severity == severity
        ]

    return {"file": judged.document.name, "errors": of("error"), "warnings": of("warning")}


def _summary(judged: Sequence[Judged]) -> tuple[tuple[str, str], ...]:
    """`3 documents: 1 valid, 2 invalid (4 errors, 1 warning)`."""
    states = Counter(each.state for each in judged)
    words = ", ".join(f"{states[state]:,} {state}" for state in _STATES if states[state])
    what = f"{len(judged):,} documents: {words}"
    if len(judged) == 1:
        what = f"{flat(judged[0].document.name)}: {words.partition(' ')[2]}"
    read = [each for each in judged if each.state in ("valid", "invalid")]
    said = counted([finding for each in read for finding in each.findings])
    style = "bold red" if states["invalid"] or states["unread"] else "bold green"
    return ((what, style), (f" ({said})" if said else "", ""))
