"""Run with: session-mock exec -- pytest"""

import os
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

URL = os.environ["SESSION_MOCK_CBRAIN_URL"]


def test_a_login_returns_a_valid_token():
    with urlopen(f"{URL}/session", urlencode({"login": "demo", "password": "demo"}).encode(), timeout=10) as response:
        token = response.read().decode().split('"')[-2]
    headers = {"Authorization": f"Bearer {token}"}
    assert urlopen(Request(f"{URL}/session", headers=headers), timeout=10).status == 200
    assert urlopen(Request(f"{URL}/session", headers=headers, method="DELETE"), timeout=10).status == 200


def test_a_wrong_password_is_refused():
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{URL}/session", urlencode({"login": "demo", "password": "wrong"}).encode(), timeout=10)
    assert refused.value.code == 401
