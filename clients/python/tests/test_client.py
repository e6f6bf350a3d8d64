"""The client against the command that is built here; SESSION_MOCK_COMMAND names it."""

import datetime
import os
import re
import socket
import subprocess
import sys
import threading

import pytest

import session_mock as library

FORM = {"login": "demo", "password": "demo"}


def login(mock, **fields):
    return mock.request("POST", "/session", {**FORM, **fields})


def use(mock, token):
    return mock.request("GET", "/session", headers={"Authorization": f"Bearer {token}"})


def test_a_session_expires_by_the_clock_of_its_space(mock):
    token = login(mock).json()["cbrain_api_token"]
    before = mock.clock.freeze()
    after = mock.clock.advance(datetime.timedelta(hours=25))
    assert after - before == datetime.timedelta(hours=25)
    assert use(mock, token).status == 401
    [row] = mock.requests.find(outcome="refused")
    assert row["why"]["words"] == "expired 1h ago (idle 1d)"
    assert mock.requests.count(reason="expired") == 1


def test_the_clock_can_be_set_and_runs_on(mock):
    when = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    mock.clock.freeze()
    assert mock.clock.set(when) == when
    assert mock.clock.set("2026-01-02T00:00:00Z") == when + datetime.timedelta(days=1)
    assert mock.clock.run() >= when
    assert mock.clock.now() >= when
    with pytest.raises(ValueError, match="a datetime with a time zone"):
        mock.clock.set(datetime.datetime(2026, 1, 1))


def test_sessions_are_opened_listed_expired_and_revoked(mock):
    token = mock.sessions.open("cbrain", "demo")["token"]
    assert use(mock, token).status == 200
    assert [session["product"] for session in mock.sessions.list()] == ["cbrain"]
    assert [session["login"] for session in mock.sessions.expire(product="cbrain")] == ["demo"]
    assert mock.sessions.list() == []
    assert [session["cause"] for session in mock.sessions.ended(product="cbrain")] == ["expired"]
    other = mock.sessions.open("hcx", "demo", "78a7ac4e:ab72:483c:9f66:a76525838fd1")["token"]
    assert other == "78a7ac4e:ab72:483c:9f66:a76525838fd1"
    [short] = [session["token"] for session in mock.sessions.list()]
    assert [session["token"] for session in mock.sessions.reveal(short)] == [other]
    assert mock.clock.advance_to_next_expiry() > mock.clock.set("2026-01-01T00:00:00Z")
    assert len(mock.sessions.revoke(token=other)) <= 1


def test_the_journal_is_searched_waited_for_and_cleared(mock):
    login(mock, password="wrong")
    mock.request("GET", "/sesion")
    assert mock.requests.wait(operation="login", within="2s")["enough"]
    assert not mock.requests.wait(count=2, operation="login", within=1)["enough"]
    assert [row["status"] for row in mock.requests.list()] == [401, 404]
    assert len(mock.requests.list(limit=1)) == 1
    assert [row["nearest"] for row in mock.requests.unmatched()] == ["GET /session"]
    assert mock.requests.clear() == 2


def test_unmet_expectations_are_raised_with_the_differences(mock):
    login(mock)
    mock.verify({"operation": "login", "count": 1}, order="strict", within="1s")
    with pytest.raises(library.SessionMockError, match="expected at least 1 of requests with operation logout, found 0") as raised:
        mock.verify({"operation": "logout"})
    assert isinstance(raised.value, AssertionError)
    assert raised.value.status == 406
    assert not raised.value.problem["verified"]


def test_verdicts_report_a_session_left_open(mock):
    login(mock)
    verdicts = mock.verdicts()
    assert not verdicts["passed"]
    assert [each["verdict"] for each in verdicts["verdicts"] if not each["passed"]] == ["session-left-open"]


def test_a_scenario_is_set_and_an_error_in_one_is_raised(mock):
    mock.scenario.set({"title": "down", "rules": [{"on": "cbrain", "then": {"fail": "unavailable"}}]})
    assert login(mock).status == 503
    assert mock.scenario.get()["rules"][0]["played"] == 1
    mock.scenario.set("locked-account", keep_sessions=True)
    with pytest.raises(library.SessionMockError, match="cbrain.session"):
        mock.scenario.set("rules: [{ on: cbrain.sesion, then: expire }]")
    assert mock.scenario.reset()["title"] != "down"
    assert "outage" in [each["name"] for each in mock.scenario.shipped()]
    assert "title:" in mock.scenario.shipped_text("outage")
    assert "demo" in mock.scenario.text()
    assert mock.scenario.validate("rules: [{ on: cbrain.sesion, then: expire }]")
    assert mock.scenario.schema()["$schema"].startswith("http")


@pytest.mark.session_mock("outage")
def test_a_marker_names_the_scenario_of_a_test(mock):
    assert mock.scenario.get()["rules"]


def test_a_held_request_continues_after_its_release(mock):
    mock.scenario.set("rules: [{ on: login, then: { hold: gate } }]")
    replies = []
    client = threading.Thread(target=lambda: replies.append(login(mock)))
    client.start()
    assert mock.holds.wait("gate", within="10s")["enough"]
    assert [hold["waiting"] for hold in mock.holds.list()] == [1]
    assert mock.holds.release("gate") == 1
    client.join()
    assert replies[0].status == 200
    with pytest.raises(library.SessionMockError):
        mock.holds.release("gate")


def test_events_resume_after_a_given_event(mock):
    login(mock)
    kinds = [event["event"] for event in mock.events(last=0, timeout=0.5)]
    assert {"request", "session"} <= set(kinds)


def test_a_space_is_created_listed_reset_and_deleted(session_mock):
    space = session_mock.space("python-spaces")
    assert space.name == "python-spaces"
    space.create()
    login(space)
    assert "python-spaces" in [each["name"] for each in session_mock.spaces()]
    space.reset()
    assert space.requests.list() == []
    with space:
        assert space.url("netbrain").endswith("/~python-spaces/ServicesAPI/API")
    assert "python-spaces" not in [each["name"] for each in session_mock.spaces()]


def test_a_space_asked_for_by_name_exists_before_its_first_request(session_mock):
    def space():
        return session_mock.space()

    space().verify({"operation": "login", "count": 0})
    with pytest.raises(AssertionError, match="found 0"):
        space().verify({"operation": "login"})
    assert [space().requests.list(), space().requests.find(), space().requests.unmatched()] == [[], [], []]
    assert [space().requests.count(), space().requests.clear()] == [0, 0]
    assert [space().sessions.list(), space().sessions.ended(), space().sessions.expire(), space().sessions.revoke()] == [[], [], [], []]
    assert space().holds.list() == []
    assert space().verdicts()["passed"]
    assert space().clock.now().tzinfo is not None
    assert space().scenario.get()["title"] == session_mock.scenario.get()["title"]
    assert space().snapshot()["format"] == session_mock.snapshot()["format"]
    assert list(space().events(timeout=0.1)) == []
    fork = space().fork()
    assert fork.requests.count() == 0
    before = len(session_mock.spaces())
    space().stop()
    space().drop()
    assert len(session_mock.spaces()) == before


def test_a_path_without_a_slash_stays_in_its_space(session_mock):
    with session_mock.space("python-w") as space:
        assert space.request("GET", "session").status == 401
        assert space.requests.count(operation="session") == 1
    assert "python-wsession" not in [each["name"] for each in session_mock.spaces()]


def test_a_fork_and_a_restored_snapshot_have_the_state_of_a_space(session_mock):
    base = session_mock.space("python-base")
    base.clock.freeze()
    token = base.sessions.open("netbrain")["token"]
    base.clock.advance("29m")
    late = {"Token": token}
    with base, base.fork() as fork, session_mock.space() as restored:
        restored.restore(base.snapshot(rows=True))
        for space in (fork, restored):
            space.clock.advance("59s")
            assert space.request("GET", "/ServicesAPI/API/V1/CMDB/Tenants", headers=late).status == 200
        base.clock.advance("61s")
        assert base.request("GET", "/ServicesAPI/API/V1/CMDB/Tenants", headers=late).json()["statusCode"] != 790200
        with pytest.raises(library.SessionMockError, match="There is a space"):
            base.fork(fork.name)


def test_every_path_of_the_control_api_is_reached(session_mock, monkeypatch):
    """The client is whole: what the control API's own description names, a method asks for."""
    asked = set()
    mock = session_mock.space()
    mock.create()

    def text(method, path, space, body=None, query=None, limits=None):
        asked.add((method, path))
        return '{"now": "2026-01-01T00:00:00Z"}'

    class Anything(dict):
        def __missing__(self, _key):
            return []

    real = mock.openapi()
    monkeypatch.setattr(mock._server, "text", text)
    monkeypatch.setattr(library.json, "loads", lambda _text: Anything(now="2026-01-01T00:00:00Z"))
    monkeypatch.setattr(mock._server, "events", lambda *_: asked.add(("GET", "/events")))
    mock.spaces(), mock.create(), mock.reset(), mock.drop(), mock.verify({}), mock.verdicts(), mock.health(), mock.ready()
    mock.products(), mock.openapi(), mock.openapi("hcx"), mock.metrics(), mock.ca(), mock.events()
    mock.clock.now(), mock.clock.run()
    mock.sessions.list(), mock.sessions.open("hcx"), mock.sessions.expire(), mock.sessions.revoke()
    mock.sessions.ended(), mock.sessions.reveal("a")
    mock.requests.list(), mock.requests.find(), mock.requests.count(), mock.requests.wait(), mock.requests.unmatched()
    mock.requests.clear()
    mock.scenario.get(), mock.scenario.set("outage"), mock.scenario.reset(), mock.scenario.shipped(), mock.scenario.schema()
    mock.scenario.validate(""), mock.scenario.text(), mock.scenario.shipped_text("a")
    mock.holds.list(), mock.holds.wait("a"), mock.holds.release("a")
    session_mock.space("a").fork("b"), mock.snapshot(), mock.restore({})
    monkeypatch.undo()
    described = {
        (method.upper(), re.sub(r"\{product\}", "hcx", re.sub(r"\{name\}", "a", path)))
        for path, methods in real["paths"].items()
        for method in methods
    }
    page = {("GET", "/"), ("GET", "/dashboard/{file}")}  # the dashboard, which is for browsers
    assert described - asked == page
    assert asked - described == set()


def test_start_reports_an_invalid_setting():
    with pytest.raises(library.SessionMockError, match="--scenario|there is no file"):
        library.start(scenario="no-such-scenario")
    with pytest.raises(library.SessionMockError, match="cannot be run"):
        library.start(["/nowhere/session-mock"])


def test_start_takes_the_settings_of_the_command_line():
    with library.start(scenario={"title": "of a dict"}, products=["cbrain", "hcx"], fidelity={"cbrain": "observed"}, prefer=False) as server:
        assert server.health()["scenario"] == "of a dict"
        assert server.health()["products"] == ["cbrain", "hcx"]
        assert use(server, "no token").headers["content-type"] == "text/html"
        with pytest.raises(library.SessionMockError, match='no product "netbrain"; there are cbrain, hcx'):
            server.url("netbrain")


def test_with_strict_stop_raises_the_findings():
    server = library.start(strict=True)
    login(server)
    with pytest.raises(library.SessionMockError, match="session-left-open"):
        server.stop()


def test_the_server_requires_its_admin_token():
    with library.start(admin_token="s3cret") as server:
        assert server.spaces()
        with pytest.raises(library.SessionMockError) as refused:
            library.connect(server.url(), token="other")
        assert refused.value.status == 401


def test_a_missing_server_is_reported():
    with pytest.raises(library.SessionMockError, match="http://127.0.0.1:1"):
        library.connect("http://127.0.0.1:1")


def test_the_server_ends_with_the_process_that_started_it():
    code = "import session_mock, os; print(session_mock.start().url(), flush=True); os.kill(os.getpid(), 9)"
    url = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    for _ in range(200):
        try:
            library.connect(url)
        except library.SessionMockError:
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"{url} still answers")


@pytest.fixture
def other_server():
    """Serves each connection by a function; returns its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(30)

    def serve(answer):
        def run():
            try:
                with listener.accept()[0] as connection:
                    connection.settimeout(30)
                    received = b""
                    while b"\r\n\r\n" not in received:
                        received += connection.recv(65_536)
                    answer(connection, received)
            except OSError:
                pass

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    listener.close()


def send(text):
    return lambda connection, _request: connection.sendall(text.encode())


def test_a_redirect_is_a_response_and_is_not_followed(other_server):
    elsewhere = []
    target = other_server(lambda _connection, request: elsewhere.append(request))
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {target}/x\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def twice():
            for _ in range(2):
                with listener.accept()[0] as connection:
                    connection.recv(65_536)
                    connection.sendall(redirect.encode())

        thread = threading.Thread(target=twice, daemon=True)
        thread.start()
        with pytest.raises(library.SessionMockError, match=f"with status 302, a redirect to {target}/x") as raised:
            library.connect(url, token="s3cret")
        assert raised.value.status == 302
        server = library._Server(url, url, "s3cret", 30)
        reply = library.Client(server).request("POST", "/session", FORM)
        thread.join(30)
    assert (reply.status, reply.headers["location"]) == (302, f"{target}/x")
    assert elsewhere == []


def test_a_response_that_drips_or_never_ends_is_an_error(other_server):
    is_over = threading.Event()

    def drip(connection, _request):
        for text in ("HTTP/1.1 200 OK\r\n", *["x"] * 10_000):
            if is_over.wait(0.02):
                return
            connection.sendall(text.encode())

    with pytest.raises(library.SessionMockError, match="no complete response within 0.3 s"):
        library.connect(other_server(drip), timeout=0.3)
    is_over.set()

    def endless(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with pytest.raises(library.SessionMockError, match="the response is longer than 1048576 bytes"):
        library.connect(other_server(endless))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "without response"),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "SSH-2.0"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "7 bytes are missing"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}", "IncompleteRead"),
        ("HTTP/1.1 200 OK\r\n\r\nhello", "does not respond as a session-mock"),
        ("HTTP/1.1 200 OK\r\n\r\n[]", "does not respond as a session-mock"),
        ('HTTP/1.1 200 OK\r\n\r\n{"products": [1]}', "does not respond as a session-mock"),
        ("HTTP/1.1 200 OK\r\n\r\n" + "[" * 100_000, "does not respond as a session-mock"),
    ],
)
def test_what_is_no_session_mock_is_one_kind_of_error(other_server, answer, words):
    with pytest.raises(library.SessionMockError, match=re.escape(words)):
        library.connect(other_server(send(answer)))


def test_an_invalid_url_or_path_is_one_kind_of_error(mock):
    for url in ("127.0.0.1:4100", "ftp://127.0.0.1", "http://127.0.0.1:port", "http://", "http://me:secret@127.0.0.1"):
        with pytest.raises(library.SessionMockError, match="expected the URL of a server"):
            library.connect(url)
    for path in ("/a b", "/\u00e9", "/\r\nX: y"):
        with pytest.raises(library.SessionMockError, match="GET http"):
            mock.request("GET", path)


def test_a_broken_connection_is_one_kind_of_error(mock):
    for fault in ("reset", "empty", "truncate"):
        mock.scenario.set({"rules": [{"on": "login", "then": {"connection": fault}}]})
        with pytest.raises(library.SessionMockError, match="POST http"):
            login(mock)


def python(code):
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("output", ["print('[1]'); print('7'); print('{', flush=True)", "os.close(1)"])
def test_a_command_that_is_not_ready_in_time_is_ended(output):
    with pytest.raises(library.SessionMockError, match="was not ready within 0.5 s"):
        library.start(python(f"import os, sys; {output}; sys.stdin.read()"), timeout=0.5)


def test_a_command_that_ends_before_it_is_ready_is_reported():
    with pytest.raises(library.SessionMockError, match="ended before it was ready, with exit code 7$"):
        library.start(python("import sys; sys.exit(7)"))
    with pytest.raises(library.SessionMockError, match="^a reason$"):
        library.start(python("import sys; sys.exit('a reason')"))


def test_a_ready_line_of_another_server_is_an_error(other_server):
    url = other_server(send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    code = f"import sys; print('{{\"msg\": \"Ready.\", \"url\": \"{url}\", \"products\": 7}}', flush=True); sys.stdin.read()"
    with pytest.raises(library.SessionMockError, match="with status 404"):
        library.start(python(code))


def test_the_command_is_searched_in_the_folders_above(tmp_path, monkeypatch):
    monkeypatch.delenv("SESSION_MOCK_COMMAND")
    monkeypatch.setenv("PATH", "/nowhere/bin")
    tests = tmp_path / "tests" / "deep"
    tests.mkdir(parents=True)
    monkeypatch.chdir(tests)
    with pytest.raises(library.SessionMockError, match=re.escape(f"node_modules/.bin of {tests} or of a folder above it, nor on the PATH;")):
        library.start()
    program = tmp_path / "node_modules" / ".bin" / "session-mock"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('found')\n")
    program.chmod(0o755)
    with pytest.raises(library.SessionMockError, match="^found$"):
        library.start()
    monkeypatch.chdir(os.sep)
    with pytest.raises(library.SessionMockError, match="^found$"):
        library.start(cwd=str(tests))
