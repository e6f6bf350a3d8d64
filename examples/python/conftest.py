"""A session-mock for the whole run, and for each test a space of its own."""

import json
import os
import subprocess
import uuid
from urllib.request import Request, urlopen

import pytest

COMMAND = os.environ.get("SESSION_MOCK", "node_modules/.bin/session-mock")


class Mock:
    """One space of a running session-mock, seen and steered over HTTP."""

    def __init__(self, server):
        self.space = uuid.uuid4().hex
        self.server = server
        self.url = f"{server}/~{self.space}"

    def ask(self, method, path, body=None):
        """Asks a path of the control API, and returns what its JSON says."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.server}/__admin{path}?space={self.space}", data, method=method)
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def advance(self, by):
        return self.ask("PUT", "/clock", {"action": "advance", "by": by})

    def count(self, **search):
        return self.ask("POST", "/requests/count", search)["count"]


@pytest.fixture(scope="session")
def server():
    """The URL of a session-mock on a free port, which ends with the run."""
    command = [COMMAND, "--port", "0", "--log", "json", "--log-level", "silent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


@pytest.fixture
def mock(server):
    mock = Mock(server)
    yield mock
    mock.ask("DELETE", "/spaces")
