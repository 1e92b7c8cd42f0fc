"""Signatures of webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wot
from wot_http.signing import check, fresh, signed, signing_key

# The example of the specification (standardwebhooks.com, "Verifying signatures").
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = b'{"test": 2432232314}'


def test_the_example_of_the_specification() -> None:
    key = signing_key(SECRET)
    assert signed(key, EXAMPLE["webhook-id"], 1614265330, BODY) == EXAMPLE
    assert check(key, EXAMPLE, BODY, 1614265330 + 299) == EXAMPLE["webhook-id"]


@given(st.binary(min_size=24, max_size=64), st.binary(), st.integers(0, 2**40))
def test_what_is_signed_is_known(key: bytes, body: bytes, now: int) -> None:
    headers = signed(key, "m", now, body)
    content = b"m.%d." % now + body
    mac = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert check(key, headers, body, now) == "m"
    with pytest.raises(wot.errors.Unauthenticated):
        check(key, headers, body + b"x", now)
    with pytest.raises(wot.errors.Unauthenticated):
        check(bytes(24), {**headers, "webhook-id": "n"}, body, now)


@given(st.dictionaries(st.sampled_from(list(EXAMPLE)), st.text()), st.binary())
def test_what_is_not_signed_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(wot.errors.Unauthenticated):
        check(signing_key(SECRET), headers, body, 0)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_old_or_of_the_future_is_refused(seconds: int) -> None:
    with pytest.raises(wot.errors.Unauthenticated, match="long ago"):
        check(signing_key(SECRET), EXAMPLE, BODY, 1614265330 + seconds)


def test_one_of_several_signatures_is_enough() -> None:
    several = f"v2,xyz {EXAMPLE['webhook-signature']} v1,abc"
    assert check(signing_key(SECRET), {**EXAMPLE, "webhook-signature": several}, BODY, 1614265330)


@pytest.mark.parametrize(
    "secret", [None, 5, "", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "whsec_" + "A" * 88, "whsec_ä"]
)
def test_secrets_that_are_none(secret: object) -> None:
    with pytest.raises(wot.errors.InvalidInput, match=r"^secret: "):
        signing_key(secret)


def test_secrets_are_fresh() -> None:
    first, second = fresh(), fresh()
    assert first != second
    assert len(signing_key(first)) == 32


def test_without_a_key_nothing_is_signed() -> None:
    assert signed(None, "m", 1, b"") == {"webhook-id": "m", "webhook-timestamp": "1"}
