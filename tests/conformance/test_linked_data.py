"""TDs as linked data (TD 1.1 sections 10.7 and 11.1): nothing is fetched, and expansion has its limits."""

import socket
from typing import Any

import pytest

from wot.errors import InvalidTD
from wot.td.linked import to_graph, unknown_contexts

from .documents import EVERYTHING, document

V11 = "https://www.w3.org/2022/wot/td/v1.1"
LAMP: dict[str, Any] = {
    "@context": V11,
    "id": "urn:uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
    "title": "Lamp",
    "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
    "security": "nosec_sc",
}


@pytest.mark.assertion("security-static-context")
def test_the_context_of_td_1_1_comes_with_the_package() -> None:
    graph = to_graph(document(EVERYTHING))
    predicates = {str(predicate) for predicate in graph.predicates()}
    assert "https://www.w3.org/2019/wot/td#hasPropertyAffordance" in predicates
    assert "https://www.w3.org/2019/wot/hypermedia#hasTarget" in predicates


@pytest.mark.assertion("security-remote-context", "security-static-context")
def test_other_contexts_are_those_one_gives() -> None:
    mine = "https://example.org/context"
    td = {**LAMP, "@context": [V11, mine], "colour": "red"}
    content = {"@context": {"colour": "https://example.org/terms#colour"}}
    predicates = set(map(str, to_graph(td, contexts={mine: content}).predicates()))
    assert "https://example.org/terms#colour" in predicates


@pytest.mark.assertion("security-remote-context")
def test_a_context_elsewhere_is_never_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/context"
        td = {**LAMP, "@context": [V11, url]}
        with pytest.raises(InvalidTD) as caught:
            to_graph(td)
        assert url in str(caught.value)
        assert len(to_graph(td, unknown="skip")) > 0
        assert [each.severity for each in unknown_contexts(td)] == ["warning"]
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.assertion("security-jsonld-expansion")
def test_expansion_is_limited() -> None:
    """Each prefix stands for two of the one before: a few lines would become an endless IRI."""
    context: dict[str, Any] = {"p0": "https://example.org/" + "x" * 1000}
    for number in range(1, 300):
        context[f"p{number}"] = f"p{number - 1}:{'x' * 1000}"
    td = {**LAMP, "@context": [V11, context], "@type": [f"p{number}:Lamp" for number in range(300)]}
    with pytest.raises(InvalidTD):
        to_graph(td)


@pytest.mark.assertion("security-jsonld-expansion")
def test_deep_documents_are_refused() -> None:
    inner: dict[str, Any] = {}
    for _ in range(10_000):
        inner = {"ex:inner": inner}
    with pytest.raises(InvalidTD):
        to_graph({**LAMP, "ex:inner": inner})
