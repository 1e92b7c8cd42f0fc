"""`wot td --expand`, `--reduce` and `wot stub`: one document in, another out."""

from __future__ import annotations

from pathlib import Path

from wot.cli.documents import document
from wot.cli.ending import DONE
from wot.cli.findings import Faulty, check
from wot.cli.output import Output
from wot.cli.writing import Out, write
from wot.errors import Finding, InvalidTD


def rewritten(output: Output, name: str, verb: str, timeout: float) -> int:
    """Print a valid document with every default stated, or with none."""
    from wot.td import is_model, read
    from wot.td.defaults import expand, reduce

    source = document(name, timeout)
    check(source, output.width)
    json = read(source.body)
    if is_model(json):
        output.note("this is a Thing Model: what it does not say is open, so it has no defaults")
    output.document(expand(json) if verb == "expand" else reduce(json))
    return DONE


def stubbed(output: Output, name: str, class_name: str, out: Out, timeout: float) -> int:
    """Print or write the module with the class of a TD."""
    from wot.stubs import stub
    from wot.td import is_model, read

    source = document(name, timeout)
    check(source, output.width)
    json = read(source.body)
    if is_model(json):
        hint = f"make a TD of it first: wot model {name}"
        finding = Finding("$['@type']", "this is a Thing Model", hint)
        raise Faulty({source: [finding]}, output.width)
    try:
        text = stub(json, class_name)
    except InvalidTD as error:
        raise Faulty({source: error.findings}, output.width, hint=error.hint) from None
    write(output, {Path(out.file): text}, out) if out.file else output.line(text.removesuffix("\n"))
    return DONE
