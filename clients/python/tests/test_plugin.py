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
