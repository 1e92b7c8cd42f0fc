"""What a client says in headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot_http.preferences import wait_of


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        (["wait=10"], 10),
        (["respond-async, wait=10"], 10),
        (["respond-async", "WAIT = 5; foo=bar"], 5),
        (['wait="7"'], 7),
        (["wait=0"], 0),
        (["wait=1, wait=2"], 1),
        ([], None),
        ([""], None),
        (["wait"], None),
        (["wait=-1"], None),
        (["wait=1.5"], None),
        (["wait=²"], None),
        (["wait=12345678901234567890"], None),
        (["await=3"], None),
    ],
)
def test_wait(fields: list[str], seconds: float | None) -> None:
    assert wait_of(fields) == seconds


@given(st.lists(st.text()))
def test_whatever_is_sent(fields: list[str]) -> None:
    found = wait_of(fields)
    assert found is None or 0 <= found < 1e9
