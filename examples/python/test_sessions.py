"""Run with: pytest"""

from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest


class Client:
    """A client under test: it keeps a session of Videntity."""

    def __init__(self, url):
        self.url = url
        self.key = None

    def login(self):
        answer = self.post("login", username="demo", password="demo", account_number="100000000000001")
        self.key = answer.partition("<session_key>")[2].partition("</session_key>")[0]

    def ping(self):
        answer = self.post("ping", session_key=self.key)
        if "<status>ERROR</status>" in answer:
            self.login()
            answer = self.post("ping", session_key=self.key)
        return "<status>SUCCESS</status>" in answer

    def post(self, method, **fields):
        with urlopen(f"{self.url}/session/{method}", urlencode(fields).encode(), timeout=10) as answer:
            return answer.read().decode()


@pytest.fixture
def client(mock):
    client = Client(mock.url)
    client.login()
    return client


def test_a_client_whose_session_has_expired_logs_in_again(mock, client):
    mock.advance("31m")

    assert client.ping()
    assert mock.count(operation="login") == 2
    assert mock.count(reason="expired") == 1


def test_a_client_that_pings_in_time_stays_logged_in(mock, client):
    for _ in range(3):
        mock.advance("29m")
        assert client.ping()

    assert mock.count(operation="login") == 1


def test_what_was_expected_and_did_not_come_is_said(mock, client):
    with pytest.raises(HTTPError) as refused:
        mock.ask("POST", "/verify", {"requests": [{"operation": "logout"}]})

    assert refused.value.code == 406
    assert "expected at least 1 of requests with operation logout, found 0" in refused.value.read().decode()
