"""The pytest plugin, as a test suite uses it."""

PLUGIN = "pytest_plugins = ['session_mock']"


def test_a_failed_test_shows_the_requests_of_its_space(pytester):
    pytester.makepyfile(
        """
        def test_fails(mock):
            mock.request("POST", "/session", {"login": "demo", "password": "wrong"})
            assert False
        """
    )
    result = pytester.runpytest("-p", "session_mock")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- session-mock -*", "*1 POST /session 401 refused: the password of demo does not match*"])


def test_each_test_has_its_own_space(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(3))
        def test_alone(mock, session_mock, turn):
            mock.request("POST", "/session", {"login": "demo", "password": "demo"})
            assert mock.requests.count() == 1
            assert len(session_mock.spaces()) == 2
        """
    )
    pytester.runpytest("-p", "session_mock").assert_outcomes(passed=3)


def test_the_settings_of_the_server_are_a_fixture(pytester):
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def session_mock_settings():
            return {"accounts": "any"}
        """
    )
    pytester.makepyfile(
        """
        def test_anyone_may_log_in(mock):
            assert mock.request("POST", "/session", {"login": "x", "password": "y"}).status == 200
        """
    )
    pytester.runpytest("-p", "session_mock").assert_outcomes(passed=1)


def test_a_failed_verify_is_a_failure_at_the_line_of_the_test(pytester):
    pytester.makepyfile(
        """
        def test_fails(mock):
            mock.verify({"operation": "login"})
        """
    )
    result = pytester.runpytest("-p", "session_mock")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*test_*.py:2: VerificationError"])
    result.stdout.no_fnmatch_line("*session_mock.py:*")


def test_every_error_of_the_library_is_shown_at_the_line_of_the_test(pytester):
    pytester.makepyfile(
        """
        import session_mock

        def test_refused(mock):
            mock.scenario.set("rules: 7")

        def test_no_server():
            session_mock.connect("127.0.0.1")
        """
    )
    result = pytester.runpytest("-p", "session_mock")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*test_*.py:4: SessionMockError", "*test_*.py:7: SessionMockError"])
    result.stdout.no_fnmatch_line("*session_mock.py:*")
