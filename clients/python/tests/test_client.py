"""The client against the command that is built here; SESSION_MOCK_COMMAND names it."""

import datetime
import re
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

    def text(method, path, space, body=None, query=None):
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
