"""Logins: the answers of RFC 7616's own example, and the choice among several."""

from __future__ import annotations

import re
import secrets

import pytest

from tui.camera.challenge import Login, challenges

_REALM = 'realm="http-auth@example.org", qop="auth, auth-int"'
_NONCES = 'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616(monkeypatch: pytest.MonkeyPatch, algorithm: str, response: str) -> None:
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr(secrets, "token_hex", lambda _: cnonce)
    login = Login("Mufasa", "Circle of Life")
    assert login.answer("GET", "/dir/index.html") is None, "nothing is told unasked"
    assert login.choose([f"Digest {_REALM}, algorithm={algorithm}, {_NONCES}"])
    answer = login.answer("GET", "/dir/index.html") or ""
    assert f'response="{response}"' in answer
    assert "nc=00000001" in answer
    assert "nc=00000002" in (login.answer("GET", "/dir/index.html") or "")


DIGEST = 'Digest realm="r", nonce="n", algorithm={}'


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        (['Basic realm="r"', DIGEST.format("MD5"), DIGEST.format("SHA-256")], "algorithm=SHA-256"),
        ([f'Basic realm="r", {DIGEST.format("SHA-256")}, {DIGEST.format("MD5")}'], "algorithm=SHA-256"),
        ([DIGEST.format("MD5"), 'Basic realm="r"'], "algorithm=MD5"),
        (['Negotiate, Basic realm="a, b"', 'Bearer realm="x"'], "Basic dTpw"),
        ([DIGEST.format("SHA-3"), 'Basic realm="r"'], "Basic dTpw"),
        (['Digest realm="r", nonce="n", qop="auth-int"', 'Basic realm="r"'], "Basic dTpw"),
        (['digest realm="r",nonce="n"'], 'nonce="n"'),
    ],
)
def test_the_best_challenge_is_answered(headers: list[str], chosen: str) -> None:
    login = Login("u", "p")
    assert login.choose(headers)
    assert chosen in (login.answer("GET", "/") or "")


@pytest.mark.parametrize("headers", [[], ["Bearer"], ["Digest"], [""], ["=,=, ,"], ['Digest realm="r']])
def test_what_cannot_be_answered_is_not(headers: list[str]) -> None:
    assert not Login("u", "p").choose(headers)


def test_quotes_inside_are_kept_apart() -> None:
    (one,) = challenges([r'Digest realm="a \"b\", c", nonce="n"'])
    assert one.fields["realm"] == 'a "b", c'
    login = Login('m"e', "p")
    assert login.choose([r'Digest realm="a \"b\"", nonce="n"'])
    assert re.search(r'username="m\\"e", realm="a \\"b\\""', login.answer("GET", "/") or "")


def test_a_password_is_not_in_what_a_login_prints() -> None:
    assert "s3cret" not in repr(Login("me", "s3cret"))
