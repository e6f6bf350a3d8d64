"""Brings the fixtures `session_mock` and `mock`: a server for the whole run, and for each test a space of its own."""

pytest_plugins = ["session_mock"]
