"""A client of NetBrain: it logs in, lists the tenants twice, and logs out. Run with: session-mock grill -- python3 netbrain.py

FAULT selects a bug: no-relogin, same-token, no-logout, storm or no-timeout.
"""

import json
import os
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ["SESSION_MOCK_NETBRAIN_URL"]
FAULT = os.environ.get("FAULT")
TIMEOUT = None if FAULT == "no-timeout" else 1
ATTEMPTS = 40 if FAULT == "storm" else 3


class Refused(Exception):
    """The token or the credentials are refused."""


class Failed(Exception):
    """The server cannot be reached, or fails."""


def send(method, path, token=None, body=None):
    """Sends a request, retries after failures, and returns the body of the response."""
    for attempt in range(ATTEMPTS):
        if attempt > 0:
            time.sleep(wait)
        wait = 0
        try:
            return send_once(method, path, token, body)
        except HTTPError as error:
            if error.code in (400, 401, 403):
                raise Refused(error.code) from error
            wait = float(error.headers.get("Retry-After") or 0)
        except (OSError, HTTPException, ValueError):
            pass
    raise Failed(f"{method} {path} failed {ATTEMPTS} times")


def send_once(method, path, token, body):
    headers = {"Content-Type": "application/json", **({"Token": token} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(URL + path, data, headers, method=method), timeout=TIMEOUT) as response:
        return json.load(response)


class Client:
    def __init__(self):
        self.token = None

    def login(self):
        response = send("POST", "/V1/Session", body={"username": "demo", "password": "demo"})
        self.token = response.get("token")
        if not self.token:
            raise Failed("the login returned no token")

    def tenants(self):
        try:
            return send("GET", "/V1/CMDB/Tenants", self.token)["tenants"]
        except Refused:
            if FAULT == "no-relogin":
                raise
            if FAULT != "same-token":
                self.login()
            return send("GET", "/V1/CMDB/Tenants", self.token)["tenants"]

    def logout(self):
        if self.token and FAULT != "no-logout":
            try:
                send("DELETE", "/V1/Session", self.token)
            except (Refused, Failed):
                pass


def main():
    client = Client()
    try:
        client.login()
        for _ in range(2):
            client.tenants()
    finally:
        client.logout()


try:
    main()
except (Refused, Failed) as error:
    sys.exit(f"failed: {error}")
