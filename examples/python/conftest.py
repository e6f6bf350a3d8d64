"""Provides the fixtures `session_mock` (a server for the whole run) and `mock` (a space for each test)."""

pytest_plugins = ["session_mock"]
