"""A client of Videntity: it logs in, pings twice, and logs out. Run with: session-mock grill -- python3 videntity.py

FAULT selects a bug: believes, login-loop, no-wait, relogin-on-error or crash.
"""

import os
import re
import signal
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

URL = os.environ["SESSION_MOCK_VIDENTITY_URL"]
FAULT = os.environ.get("FAULT")


class Refused(Exception):
    """The session or the credentials are refused."""


class Failed(Exception):
    """The server cannot be reached, or fails."""


def send(method, **fields):
    """Sends a request, retries after failures, and returns the body of the response."""
    wait = 0
    for _ in range(3):
        time.sleep(wait)
        wait = 0
        try:
            return send_once(method, fields)
        except HTTPError as error:
            if FAULT != "no-wait":
                wait = float(error.headers.get("Retry-After") or 0)
        except (OSError, HTTPException, ValueError):
            if FAULT == "crash":
                os.kill(os.getpid(), signal.SIGABRT)
        if FAULT == "relogin-on-error" and method == "ping":
            fields["session_key"] = login()
    raise Failed(f"{method} failed three times")


def send_once(method, fields):
    with urlopen(f"{URL}/session/{method}", urlencode(fields).encode(), timeout=1) as response:
        text = response.read().decode()
    name = re.search("<error_name>(.*)</error_name>", text)
    if name and name.group(1) != "SERVER_ERROR":
        raise Refused(name.group(1))
    if name:
        raise ValueError(name.group(1))
    return text


def login():
    response = send("login", username="demo", password="demo", account_number="100000000000001")
    key = re.search("<session_key>(.+)</session_key>", response)
    if not key:
        raise Failed("the login returned no session")
    return key.group(1)


class Client:
    def __init__(self):
        self.key = None

    def ping(self):
        for _ in range(20 if FAULT == "login-loop" else 1):
            try:
                return send("ping", session_key=self.key)
            except Refused:
                self.key = login()
        return send("ping", session_key=self.key)

    def logout(self):
        if self.key:
            try:
                send("logout", session_key=self.key)
            except (Refused, Failed):
                pass


def main():
    client = Client()
    try:
        client.key = login()
        for _ in range(2):
            client.ping()
    finally:
        client.logout()


try:
    main()
except (Refused, Failed) as error:
    sys.exit(0 if FAULT == "believes" else f"failed: {error}")
