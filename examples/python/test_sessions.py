"""Run with: session-mock client python > session_mock.py && pytest"""

from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from session_mock import SessionMockError


class Client:
    """A client under test: it keeps a session of Videntity."""

    def __init__(self, url):
        self.url = url
        self.key = None

    def login(self):
        response = self.post("login", username="demo", password="demo", account_number="100000000000001")
        self.key = response.partition("<session_key>")[2].partition("</session_key>")[0]

    def ping(self):
        response = self.post("ping", session_key=self.key)
        if "<status>ERROR</status>" in response:
            self.login()
            response = self.post("ping", session_key=self.key)
        return "<status>SUCCESS</status>" in response

    def post(self, method, **fields):
        with urlopen(f"{self.url}/session/{method}", urlencode(fields).encode(), timeout=10) as response:
            return response.read().decode()


@pytest.fixture
def client(mock):
    client = Client(mock.url("videntity"))
    client.login()
    return client


def test_a_client_logs_in_again_after_its_session_expires(mock, client):
    mock.clock.advance("31m")

    assert client.ping()
    assert mock.requests.count(operation="login") == 2
    assert mock.requests.count(reason="expired") == 1


def test_a_client_stays_logged_in_by_pings(mock, client):
    for _ in range(3):
        mock.clock.advance("29m")
        assert client.ping()

    mock.verify({"operation": "login", "count": 1})


@pytest.mark.session_mock("first-login-fails")
def test_a_missing_request_is_reported(mock):
    with pytest.raises(SessionMockError, match="expected at least 1 of requests with operation logout, found 0"):
        mock.verify({"operation": "logout"})
