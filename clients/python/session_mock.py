"""Controls a session-mock from Python, and verifies the requests of a client. Standard library only; Python 3.9 and later.

    import session_mock

    with session_mock.start() as server:
        mock = server.space("checkout")
        client = MyClient(mock.url("cbrain"))
        client.login()
        mock.clock.advance("25h")
        client.fetch()
        mock.verify({"operation": "login", "count": 2})

``start`` runs the command on a free port, or uses the server of ``SESSION_MOCK_URL``, as set by ``session-mock exec``.
``connect`` uses a running server. With pytest, the fixtures ``session_mock`` and ``mock`` do all of this; see
the end of this file.

Durations are texts such as ``"200ms"``, ``"30m"`` or ``"1h30m"``, numbers of milliseconds, or ``datetime.timedelta``.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Union
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["Client", "Response", "SessionMockError", "VerificationError", "connect", "start"]

Duration = Union[str, int, float, datetime.timedelta]
Json = Dict[str, Any]

# Seconds: every wait of the control API takes at most 10 minutes.
_longest_call = 660.0
_largest_body = 256 * 1024 * 1024
# Enough for the first request to a server, and for its end.
_short_time = 30.0
_small_body = 1024 * 1024


class SessionMockError(Exception):
    """An error, with the message of the server.

    ``status`` is the HTTP status of the control API, and ``problem`` its whole response (RFC 9457); both are None without a response.
    """

    def __init__(self, message: str, status: Optional[int] = None, problem: Optional[Json] = None):
        super().__init__(message)
        self.status = status
        self.problem = problem


class VerificationError(SessionMockError, AssertionError):
    """The requests are not as ``verify`` expects: also an ``AssertionError``, so that test runners report a failure."""


def __tracebackhide__(excinfo: Any) -> bool:
    """Asked by pytest: an error of this library is shown at the line of the test."""
    return isinstance(excinfo.value, SessionMockError)


class Response(NamedTuple):
    """The response of a product to ``Client.request``; header names are in lower case."""

    status: int
    headers: Dict[str, str]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """A running server, or one space of it, with its own clock, sessions, scenario and journal.

    Made by ``start``, ``connect`` and ``space``. Every refusal of the control API is raised as ``SessionMockError``.
    """

    def __init__(self, server: "_Server", space: Optional[str] = None):
        self._server = server
        self._space = space
        self.clock = Clock(self)
        self.sessions = Sessions(self)
        self.requests = Requests(self)
        self.scenario = Scenario(self)
        self.holds = Holds(self)

    @property
    def name(self) -> Optional[str]:
        """The name of the selected space, if any."""
        return self._space

    def url(self, product: Optional[str] = None) -> str:
        """The base URL for clients of the product; without a name, that of all products."""
        prefix = "" if self._space in (None, "default") else f"/~{self._space}"
        return self._server.origin(product) + prefix + self._server.base(product)

    def request(
        self,
        method: str,
        path: str,
        body: Union[None, str, bytes, Mapping[str, str]] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Response:
        """Sends one request to a product, such as ``("POST", "/session", {"login": "demo", "password": "demo"})``.

        A mapping is sent as a form. Every status is an answer, none is raised; no redirect is followed.
        """
        data, named = _encode(body), dict(headers or {})
        if data is not None and "content-type" not in (name.lower() for name in named):
            named["Content-Type"] = "application/x-www-form-urlencoded"
        return self._server.send(method, self.url() + (path if path.startswith("/") else f"/{path}"), data, named)

    def space(self, name: Optional[str] = None) -> "Client":
        """A client for one space of the same server, created at its first use; without a name, for a new space."""
        return Client(self._server, name or uuid.uuid4().hex)

    def spaces(self) -> List[Json]:
        """The spaces, with their counts."""
        return self.ask("GET", "/spaces")["spaces"]

    def create(self) -> Json:
        """Creates the space before its first request."""
        return _parsed(self._server.text("POST", "/spaces", None, {"name": self._space or "default"}))

    def reset(self) -> None:
        """Resets to the start of the scenario: sessions, clock, counts, state, journal and holds."""
        self.ask("POST", "/reset")

    def snapshot(self, rows: bool = False) -> Json:
        """The state of the space as a JSON document, with whole tokens; with ``rows``, including the journal."""
        return self.ask("GET", "/snapshot", query={"secrets": "true", "rows": "true" if rows else "false"})

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Replaces the state of the space by a snapshot. An invalid one changes nothing, and raises an error."""
        self.ask("PUT", "/snapshot", snapshot)

    def fork(self, name: Optional[str] = None, rows: bool = False) -> "Client":
        """A new space with a copy of the state of this one, with ``rows`` also of its journal. Raises if the name is in use."""
        fork = self.space(name)
        self.ask("POST", f"/spaces/{quote(self._space or 'default', safe='')}/fork", {"to": fork.name, "rows": rows})
        return fork

    def drop(self) -> None:
        """Deletes the space, if it exists; without a selected space, all spaces except the default one."""
        try:
            self._server.text("DELETE", "/spaces", None, query={"space": self._space})
        except SessionMockError as error:
            if error.status != 404:
                raise

    def verify(self, *expected: Mapping[str, Any], order: str = "any", within: Optional[Duration] = None) -> None:
        """Raises a ``VerificationError``, which is an ``AssertionError``, with the differences between expected and actual requests.

        Each is a search with a ``count``: a number, or ``{"least": 1, "most": 3}``; at least one by default.
        ``order="strict"``: in this order. ``within``: waits at most this long.
        """
        body = _defined({"requests": list(expected), "order": order, "within": _duration(within)})
        try:
            self.ask("POST", "/verify", body)
        except SessionMockError as error:
            if error.status != 406:
                raise
            raise VerificationError(str(error), error.status, error.problem) from None

    def verdicts(self) -> Json:
        """Verdicts on the use of sessions: ``passed``, and the ``findings`` of each verdict."""
        return self.ask("GET", "/verdicts")

    def health(self) -> Json:
        """Version, uptime, products, scenario and state."""
        return self.ask("GET", "/health")

    def ready(self) -> Json:
        """Whether it accepts requests."""
        return self.ask("GET", "/ready")

    def products(self) -> List[Json]:
        """The products with their operations, methods and paths."""
        return self.ask("GET", "/products")["products"]

    def openapi(self, product: Optional[str] = None) -> Json:
        """The OpenAPI description of a product's operations; without a name, that of the control API."""
        return self.ask("GET", "/openapi.json" if product is None else f"/products/{quote(product, safe='')}/openapi.json")

    def metrics(self) -> str:
        """The metrics for Prometheus, as text."""
        return self._server.text("GET", "/metrics", self._space)

    def ca(self) -> str:
        """The certificate, in PEM, of the authority generated for HTTPS."""
        return self._server.text("GET", "/ca.pem", None)

    def events(self, last: Optional[int] = None, timeout: Optional[float] = None) -> Iterator[Json]:
        """Live events: ``{"id": 7, "event": "request", "data": {…}}``, indefinitely.

        ``last`` resumes after the event of that number. ``timeout``: ends after so many seconds without an event.
        """
        return self._server.events(self._space, last, timeout)

    def ask(self, method: str, path: str, body: Any = None, query: Optional[Mapping[str, Any]] = None) -> Any:
        """Sends a request to any path of the control API, such as ``("GET", "/health")``, and returns the JSON of the response."""
        return _parsed(self._server.text(method, path, self._space, body, query))

    def text(self, method: str, path: str) -> str:
        """Sends a request to any path of the control API, and returns the response as text."""
        return self._server.text(method, path, self._space)

    def stop(self) -> None:
        """Stops a server of ``start``; with ``strict`` raises the findings. A space is deleted."""
        if self._space is None:
            self._server.stop()
        else:
            self.drop()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<session-mock at {self.url()}>"


class _Part:
    def __init__(self, client: Client):
        self._ask = client.ask
        self._text = client.text


class Clock(_Part):
    """The clock of the sessions. Each method returns the new time, a ``datetime`` in UTC."""

    def now(self) -> datetime.datetime:
        return _time(self._ask("GET", "/clock"))

    def freeze(self) -> datetime.datetime:
        return self._move(action="freeze")

    def run(self) -> datetime.datetime:
        return self._move(action="run")

    def advance(self, by: Duration) -> datetime.datetime:
        return self._move(action="advance", by=_duration(by))

    def advance_to_next_expiry(self) -> datetime.datetime:
        """Advances to the next expiry of a session. Raises if no open session has a timeout."""
        return self._move(action="next-expiry")

    def set(self, to: Union[str, datetime.datetime]) -> datetime.datetime:
        """``to`` is a ``datetime`` with a time zone, or an ISO 8601 text."""
        return self._move(action="set", to=_iso(to))

    def _move(self, **body: Any) -> datetime.datetime:
        return _time(self._ask("PUT", "/clock", body))


class Sessions(_Part):
    """Open sessions: lists, opens, expires and revokes them."""

    def list(self, **which: str) -> List[Json]:
        """The open sessions, in the order of login; selected by ``product``, ``login`` and ``token``."""
        return self._ask("GET", "/sessions", query={**which, "limit": _all})["sessions"]

    def ended(self, **which: str) -> List[Json]:
        """Recently ended sessions, with time and cause of the end."""
        return self._ask("GET", "/sessions/ended", query={**which, "limit": _all})["sessions"]

    def reveal(self, token: str) -> List[Json]:
        """The open sessions of an abbreviated token, with their whole tokens."""
        return self._ask("POST", "/sessions/reveal", {"token": token})["sessions"]

    def open(self, product: str, login: str = "demo", token: Optional[str] = None) -> Json:
        """Opens a session without a login; returns its whole ``token``."""
        return self._ask("POST", "/sessions", _defined({"product": product, "login": login, "token": token}))

    def expire(self, **which: str) -> List[Json]:
        """Expires the selected sessions, or all."""
        return self._ask("POST", "/sessions/expire", which)["ended"]

    def revoke(self, **which: str) -> List[Json]:
        """Revokes the selected sessions, or all, as by a logout elsewhere."""
        return self._ask("POST", "/sessions/revoke", which)["ended"]


class Requests(_Part):
    """The journal: every request to a product, with its response and the reason of a refusal, the oldest first.

    A search is keywords such as ``operation="login"``, ``outcome="refused"``, ``reason="expired"`` or ``path="/session"``.
    """

    def list(self, limit: Optional[int] = None) -> List[Json]:
        return self._ask("GET", "/requests", query={"limit": _all if limit is None else limit})["requests"]

    def find(self, limit: Optional[int] = None, **search: Any) -> List[Json]:
        return self._ask("POST", "/requests/find", {**_search(search), "limit": _all if limit is None else limit})["requests"]

    def count(self, **search: Any) -> int:
        return self._ask("POST", "/requests/count", _search(search))["count"]

    def wait(self, count: int = 1, within: Duration = "5s", **search: Any) -> Json:
        """Waits for a number of requests; ``enough`` of the result: whether it was reached in time."""
        return self._ask("POST", "/requests/wait", {**_search(search), "count": count, "within": _duration(within)})

    def unmatched(self) -> List[Json]:
        """The unmatched requests, each with the nearest route."""
        return self._ask("GET", "/requests/unmatched")["requests"]

    def clear(self) -> int:
        """Clears the journal; returns the number of cleared rows."""
        return self._ask("DELETE", "/requests")["cleared"]


class Scenario(_Part):
    """The current scenario: accounts, settings and rules."""

    def get(self) -> Json:
        return self._ask("GET", "/scenario")

    def set(self, scenario: Union[str, Mapping[str, Any]], keep_sessions: bool = False) -> Json:
        """Replaces the scenario: by a dict, the text of a YAML or JSON file, or the name of a shipped one.

        With ``keep_sessions``, sessions, clock, state and journal are kept. An error changes nothing, and is raised.
        """
        text = scenario if isinstance(scenario, str) else json.dumps(scenario)
        return self._ask("PUT", "/scenario", text.encode(), {"keep": "sessions"} if keep_sessions else None)

    def reset(self) -> Json:
        """Restores the scenario of the server start."""
        return self._ask("DELETE", "/scenario")

    def shipped(self) -> List[Json]:
        """The names and titles of the shipped scenarios."""
        return self._ask("GET", "/scenarios")["scenarios"]

    def validate(self, scenario: Union[str, Mapping[str, Any]]) -> Json:
        """The errors of a scenario, with line and column; it is not applied."""
        text = scenario if isinstance(scenario, str) else json.dumps(scenario)
        return self._ask("POST", "/scenario/validate", text.encode())

    def text(self) -> str:
        """The source text of the current scenario."""
        return self._text("GET", "/scenario/text")

    def shipped_text(self, name: str) -> str:
        """The text of a shipped scenario."""
        return self._text("GET", f"/scenarios/{quote(name, safe='')}")

    def schema(self) -> Json:
        """The JSON Schema of scenarios."""
        return self._ask("GET", "/schema")


class Holds(_Part):
    """Requests held by the effect ``hold``, by its name."""

    def list(self) -> List[Json]:
        return self._ask("GET", "/holds")["holds"]

    def wait(self, name: str, count: int = 1, within: Duration = "5s") -> Json:
        """Waits for a number of held requests; ``enough`` of the result: whether it was reached in time."""
        return self._ask("POST", f"/holds/{quote(name, safe='')}/wait", {"count": count, "within": _duration(within)})

    def release(self, name: str) -> int:
        """Releases the requests; returns their number. Raises if none is held."""
        return self._ask("POST", f"/holds/{quote(name, safe='')}/release")["released"]


def connect(url: str, *, admin: Optional[str] = None, token: Optional[str] = None, timeout: float = _longest_call) -> Client:
    """Uses a running server, by its URL.

    ``admin`` is the URL of a control API with its own port, ``token`` that of ``--admin-token``. Raises if no server
    responds, or it requires another token. ``timeout`` is in seconds, for each whole request.
    """
    server = _Server(url, admin or url, token, timeout)
    server.load_products()
    return Client(server)


def start(
    command: Union[None, str, Sequence[str]] = None, *, cwd: Optional[str] = None, timeout: float = 60, **settings: Any
) -> Client:
    """Runs a server and returns when it is ready; it ends with ``stop`` or at the end of this process.

    ``settings`` are those of the command line: ``start(scenario="outage", fidelity="observed", admin_token="s3cret")``. By default the port
    is a free one. ``scenario`` may be a dict. If ``SESSION_MOCK_URL`` is set, and neither a command nor a setting is given, that server is
    used, and ``stop`` does not stop it.

    The command is ``command``, or that of ``SESSION_MOCK_COMMAND``, or ``session-mock`` in ``node_modules/.bin`` of this folder or the nearest
    one above it, or on the PATH. Raises ``SessionMockError`` with the message of the command if it is not ready within ``timeout`` seconds.
    """
    url = os.environ.get("SESSION_MOCK_URL")
    if url and command is None and not settings:
        return connect(url)
    arguments = _flags({"port": 0, "log_level": "silent", **settings, "log": "json"})
    process = _Process([*_command(command, cwd), "serve", *arguments, "--exit-with-parent"], cwd)
    try:
        ready = process.wait_until_ready(timeout)
        server = _Server(ready["url"], ready["admin"], settings.get("admin_token"), _longest_call, ready["products"], process)
        server.load_products()
    except BaseException:
        process.kill()
        raise
    return Client(server)


class _Process:
    """The command of ``start``. It ends when its standard input closes, at any end of this process."""

    def __init__(self, arguments: Sequence[str], cwd: Optional[str]):
        self._name = arguments[0]
        self._errors = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")
        self._ready: Optional[Json] = None
        self._is_decided = threading.Event()
        environment = {name: text for name, text in os.environ.items() if not name.startswith("SESSION_MOCK_")}
        try:
            self._process = subprocess.Popen(
                list(arguments), cwd=cwd, env=environment, text=True, encoding="utf-8", errors="replace",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            )
        except (OSError, ValueError) as error:
            raise SessionMockError(f"{self._name} cannot be run: {error}") from error
        threading.Thread(target=self._read, daemon=True).start()

    def wait_until_ready(self, seconds: float) -> Json:
        """Its ready line: the URLs of the server. Raises after that time, or if it ends before."""
        deadline = time.monotonic() + seconds
        self._is_decided.wait(seconds)
        if self._ready is not None:
            return self._ready
        code = self._wait(max(0, deadline - time.monotonic()))
        said = self._said()
        if code is None:
            raise SessionMockError(f"{self._name} was not ready within {seconds:g} s" + (f": {said}" if said else ""))
        raise SessionMockError(said or f"{self._name} ended before it was ready, with exit code {code}")

    def stop(self) -> None:
        """Ends it. Raises the findings of ``strict``."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        code = self._wait(_short_time)
        if code is None:
            self.kill()
            raise SessionMockError(f"{self._name} did not end within {_short_time:g} s, and was killed")
        self._close()
        if code == 4:
            raise SessionMockError(self._said())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close()

    def _wait(self, seconds: float) -> Optional[int]:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def _close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def _read(self) -> None:
        """Reads its output to the end, which would block it otherwise, and keeps the ready line."""
        output = self._process.stdout
        for line in iter(lambda: output.readline(65_536) if output else "", ""):
            entry = _object(line)
            url, admin, products = entry.get("url"), entry.get("admin"), entry.get("products")
            if self._ready is None and str(entry.get("msg")).startswith("Ready.") and isinstance(url, str):
                self._ready = {"url": url, "admin": admin or url, "products": products if isinstance(products, dict) else {}}
                self._is_decided.set()
        self._is_decided.set()

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read(65_536).strip()


def _command(command: Union[None, str, Sequence[str]], cwd: Optional[str]) -> List[str]:
    named = command or os.environ.get("SESSION_MOCK_COMMAND")
    if named:
        return named.split() if isinstance(named, str) else list(named)
    folder = start = os.path.abspath(cwd or os.getcwd())
    while True:
        found = os.path.join(folder, "node_modules", ".bin", "session-mock")
        if os.path.exists(found):
            return [found]
        if folder == os.path.dirname(folder):
            break
        folder = os.path.dirname(folder)
    installed = shutil.which("session-mock")
    if installed:
        return [os.path.abspath(installed)]
    raise SessionMockError(
        f"there is no session-mock in node_modules/.bin of {start} or of a folder above it, nor on the PATH; "
        "install it there with npm, or name the command in SESSION_MOCK_COMMAND"
    )


def _flags(settings: Mapping[str, Any]) -> List[str]:
    """The settings as flags of the command line: ``admin_port=0`` is ``--admin-port 0``, ``prefer=False`` is ``--no-prefer``."""
    return [argument for name, value in settings.items() for argument in _flag(name.replace("_", "-"), value)]


def _flag(name: str, value: Any) -> List[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"] if value or name == "prefer" else []
    if name == "scenario" and isinstance(value, Mapping):
        return [f"--{name}", json.dumps(value)]
    if isinstance(value, Mapping):
        return [part for key, text in value.items() for part in (f"--{name}", f"{key}={text}")]
    if isinstance(value, (list, tuple)):
        return [part for text in value for part in (f"--{name}", str(text))]
    return [f"--{name}", str(_duration(value) if isinstance(value, datetime.timedelta) else value)]


class _Server:
    """A server: the URLs of its products, its control API, and its process if it was started here."""

    def __init__(
        self, url: str, admin: str, token: Optional[str], timeout: float,
        urls: Optional[Mapping[str, str]] = None, process: Optional[_Process] = None,
    ):
        self._url = _origin(url)
        self._admin = _origin(admin)
        self._authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout = timeout
        self._urls = urls or {}
        self._process = process
        self._bases: Dict[str, str] = {}

    def load_products(self) -> None:
        limits = (min(self._timeout, _short_time), _small_body)
        products = _object(self.text("GET", "/products", None, limits=limits)).get("products")
        try:
            self._bases = {str(product["name"]): str(product["base"]) for product in products}
        except (TypeError, KeyError):
            raise SessionMockError(f"{self._admin} does not respond as a session-mock") from None

    def base(self, product: Optional[str]) -> str:
        if product is None:
            return ""
        if product in self._bases:
            return self._bases[product]
        raise SessionMockError(f'there is no product "{product}"; there are {", ".join(self._bases)}')

    def origin(self, product: Optional[str]) -> str:
        """The URL of the product: with its own port, or the shared one."""
        whole = self._urls.get(product or "")
        return whole[: len(whole) - len(self.base(product))] if whole else self._url

    def send(
        self, method: str, url: str, data: Optional[bytes], headers: Mapping[str, str], limits: Optional[Sequence[float]] = None
    ) -> Response:
        seconds, most = limits or (self._timeout, _largest_body)
        with _Call(method, url, _Deadline(seconds)) as call, call.send(data, headers) as reply:
            return Response(reply.status, {name.lower(): text for name, text in reply.headers.items()}, _body(reply, most))

    def text(
        self, method: str, path: str, space: Optional[str], body: Any = None, query: Optional[Mapping[str, Any]] = None,
        limits: Optional[Sequence[float]] = None,
    ) -> str:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "text/plain" if isinstance(body, bytes) else "application/json"} if data else {}
        return _accepted(self.send(method, self._control(path, space, query), data, {**kind, **self._authorization}, limits))

    def events(self, space: Optional[str], last: Optional[int], timeout: Optional[float]) -> Iterator[Json]:
        headers = {**self._authorization, **({} if last is None else {"Last-Event-ID": str(last)})}
        deadline = _Deadline(min(self._timeout, _short_time))
        with _Call("GET", self._control("/events", space, None), deadline) as call, call.send(None, headers) as stream:
            if stream.status != 200:
                _accepted(Response(stream.status, {}, _body(stream, _small_body)))
            deadline.set(timeout)
            try:
                for event in _parsed_events(stream):
                    yield event
                    deadline.set(timeout)
            except socket.timeout:
                return

    def _control(self, path: str, space: Optional[str], query: Optional[Mapping[str, Any]]) -> str:
        # A space in the path is created; a missing one in the query is refused.
        prefix = "" if space is None else f"/~{quote(space, safe='')}"
        search = _defined(query or {})
        return f"{self._admin}{prefix}/__admin{path}{'?' + urlencode(search) if search else ''}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and not parts.username and (parts.port or 1) > 0:
            return url.rstrip("/")
    except ValueError:
        pass
    raise SessionMockError(f"expected the URL of a server, such as http://127.0.0.1:4100, found {url!r}")


def _accepted(reply: Response) -> str:
    if reply.status < 300:
        return reply.body
    problem = _object(reply.body)
    target = f", a redirect to {reply.headers['location']}" if "location" in reply.headers else ""
    message = problem.get("detail") or f"unexpected response of the control API, with status {reply.status}{target}"
    raise SessionMockError(str(message), reply.status, problem)


class _Deadline:
    """A limit to the time of all reads and writes together."""

    def __init__(self, seconds: Optional[float]):
        self.set(seconds)

    def set(self, seconds: Optional[float]) -> None:
        self.seconds = seconds
        self._at = None if seconds is None else time.monotonic() + seconds

    def left(self) -> Optional[float]:
        """The remaining seconds. Raises ``socket.timeout`` if there are none."""
        if self._at is None:
            return None
        left = self._at - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        return left


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the deadline; the timeout of a socket applies to each read alone."""

    def __init__(self, sock: socket.socket, deadline: _Deadline):
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What ``HTTPResponse`` needs of a socket."""

    def __init__(self, sock: socket.socket, deadline: _Deadline):
        self.makefile = lambda _mode: io.BufferedReader(_TimedReader(sock, deadline))


class _Call:
    """A request to the server itself: without proxies of the environment, and without following a redirect.

    Within its block every error of the connection is raised as SessionMockError.
    """

    def __init__(self, method: str, url: str, deadline: _Deadline):
        self._method = method
        self._url = url
        self._deadline = deadline
        self._connection: Optional[HTTPConnection] = None

    def __enter__(self) -> "_Call":
        return self

    def send(self, data: Optional[bytes], headers: Mapping[str, str]) -> HTTPResponse:
        scheme, _, rest = self._url.partition("://")
        address, slash, target = rest.partition("/")
        connect = HTTPSConnection if scheme == "https" else HTTPConnection
        self._connection = connection = connect(address, timeout=self._deadline.left())
        connection.response_class = self._response  # type: ignore[assignment]
        length = {} if data is None else {"Content-Length": str(len(data))}
        pieces = self._pieces(connection, data) if data else None
        connection.request(self._method, slash + target, pieces, {**headers, **length, "Connection": "close"})
        connection.sock.settimeout(self._deadline.left())
        return connection.getresponse()

    def _pieces(self, connection: HTTPConnection, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), 65_536):
            connection.sock.settimeout(self._deadline.left())
            yield data[start : start + 65_536]

    def _response(self, sock: socket.socket, *args: Any, **named: Any) -> HTTPResponse:
        return HTTPResponse(_TimedSocket(sock, self._deadline), *args, **named)  # type: ignore[arg-type]

    def __exit__(self, _kind: Any, error: Optional[BaseException], _traceback: Any) -> None:
        if self._connection:
            self._connection.close()
        call = f"{self._method} {self._url}"
        if isinstance(error, socket.timeout) and self._deadline.seconds is not None:
            raise SessionMockError(f"{call}: no complete response within {self._deadline.seconds:g} s") from error
        if isinstance(error, (OSError, HTTPException, ValueError, RecursionError)):
            raise SessionMockError(f"{call}: {error or type(error).__name__}") from error


def _body(reply: HTTPResponse, most: float) -> str:
    pieces, length = [], 0
    for piece in iter(lambda: reply.read(65_536), b""):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise ValueError(f"the response is longer than {most} bytes")
    if reply.length:
        raise ValueError(f"the response is incomplete: {reply.length} bytes are missing")
    return b"".join(pieces).decode("utf-8", "replace")


def _parsed_events(stream: HTTPResponse) -> Iterator[Json]:
    """The events of a text/event-stream (one ``data`` line each, as the server writes them)."""
    event: Json = {}
    for raw in iter(lambda: stream.readline(_largest_body), b""):
        name, _, text = raw.decode("utf-8").rstrip("\r\n").partition(": ")
        if name == "id":
            event["id"] = int(text)
        elif name == "event":
            event["event"] = text
        elif name == "data":
            event["data"] = json.loads(text)
        elif name == "" and "data" in event:
            yield event
            event = {}


_all = 999_999_999


def _encode(body: Union[None, str, bytes, Mapping[str, str]]) -> Optional[bytes]:
    if body is None or isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else urlencode(body)).encode()


def _defined(members: Mapping[str, Any]) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _search(search: Mapping[str, Any]) -> Json:
    names = {"answer_header": "answerHeader"}
    return _defined({names.get(name, name): _duration(value) if name == "slower" else _iso(value) for name, value in search.items()})


def _duration(value: Optional[Duration]) -> Optional[str]:
    if isinstance(value, datetime.timedelta):
        return f"{round(value.total_seconds() * 1000)}ms"
    return f"{value}ms" if isinstance(value, (int, float)) else value


def _iso(value: Any) -> Any:
    if not isinstance(value, datetime.datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"expected a datetime with a time zone, found {value!r}; add tzinfo=datetime.timezone.utc")
    return value.isoformat(timespec="milliseconds")


def _time(clock: Mapping[str, str]) -> datetime.datetime:
    return datetime.datetime.fromisoformat(clock["now"].replace("Z", "+00:00"))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SessionMockError(f"unexpected response of the control API, which is not JSON: {text[:200]!r}") from error


def _object(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


# The pytest plugin. It is active if installed by pip; a copied file is named in a conftest.py: pytest_plugins = ["session_mock"].

try:
    import pytest
except ImportError:
    pytest = None  # type: ignore[assignment]

if pytest is not None:

    def pytest_configure(config: Any) -> None:
        config.addinivalue_line("markers", "session_mock(scenario): the scenario that the space of this test begins with")

    @pytest.fixture(scope="session")
    def session_mock_settings() -> Json:
        """The settings of the server of this run; override it in a conftest.py."""
        return {}

    @pytest.fixture(name="session_mock", scope="session")
    def _session_mock(session_mock_settings: Json) -> Iterator[Client]:
        """The server of this run, on a free port: one for each worker of xdist, or that of SESSION_MOCK_URL for all."""
        server = start(**session_mock_settings)
        yield server
        server.stop()

    @pytest.fixture
    def mock(session_mock: Client, request: Any) -> Iterator[Client]:
        """A space for this test, deleted after it."""
        space = session_mock.space()
        marker = request.node.get_closest_marker("session_mock")
        space.create()
        if marker is not None:
            space.scenario.set(*marker.args, **marker.kwargs)
        yield space
        space.drop()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(item: Any, call: Any) -> Iterator[None]:
        """Shows the requests and failed verdicts in the space of a failed test."""
        outcome: Any = yield
        report = outcome.get_result()
        space = getattr(item, "funcargs", {}).get("mock")
        if report.when == "call" and report.failed and isinstance(space, Client):
            report.sections.append(("session-mock", _account(space)))

    def _account(space: Client) -> str:
        try:
            lines = [_line(row) for row in space.requests.list(limit=50)] or ["no request came"]
            findings = [
                f"{verdict['verdict']}: {finding['words']}"
                for verdict in space.verdicts()["verdicts"]
                for finding in verdict["findings"]
            ]
        except SessionMockError as error:
            return f"the server does not respond:  {error}"
        return "\n".join([*lines, *findings])

    def _line(row: Json) -> str:
        why = row.get("why", {}).get("words", "")
        words = [f"{row['number']:>4}", row["method"], row["path"], str(row["status"]), row["outcome"] + (f": {why}" if why else "")]
        return " ".join(words)
