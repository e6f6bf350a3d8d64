"""A client of HCX on port 443: it logs in, prints the version of the appliance, and logs out.

HCX_PASSWORD=demo python client.py http://127.0.0.1:4100 demo
"""

import base64
import json
import os
import ssl
import sys
import urllib.error
import urllib.request

TOKEN = "x-hm-authorization"


class Hcx:
    """A session, from ``with`` to its end. It logs in again if the session has ended in between."""

    def __init__(self, server, user, password):
        self.server = server
        self.credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        # The certificate of an appliance is self-signed.
        self.tls = ssl._create_unverified_context()

    def __enter__(self):
        self.login()
        return self

    def __exit__(self, *_error):
        self.send("DELETE", "sessions", {TOKEN: self.token})

    def login(self):
        """HTTP Basic with an empty body; the token is in a header of the response."""
        with self.send("POST", "sessions", {"Authorization": f"Basic {self.credentials}"}, b"") as response:
            self.token = response.headers[TOKEN]

    def get(self, path):
        try:
            return self.read(path)
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
        self.login()
        return self.read(path)

    def read(self, path):
        with self.send("GET", path, {TOKEN: self.token}) as response:
            return json.load(response)

    def send(self, method, path, headers, body=None):
        url = f"{self.server}/hybridity/api/{path}"
        request = urllib.request.Request(url, body, {"Accept": "application/json", **headers}, method=method)
        return urllib.request.urlopen(request, timeout=30, context=self.tls)


if __name__ == "__main__":
    server, user = (sys.argv[1:] + ["http://127.0.0.1:4100", "demo"][len(sys.argv) - 1 :])[:2]
    try:
        with Hcx(server, user, os.environ.get("HCX_PASSWORD", "demo")) as hcx:
            print("HCX", hcx.get("about")["version"])
    except urllib.error.HTTPError as error:
        sys.exit(f"refused: {error.code} {error.read().decode()}")
