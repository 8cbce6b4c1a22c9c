"""What holds for every test: no network."""

from __future__ import annotations

import socket
import time

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(self, address):
        raise AssertionError(f"a test reached for the network: {address}")

    real = socket.socket.connect

    def connect(self, address):
        return real(self, address) if self.family == socket.AF_UNIX else refuse(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def in_zone():
    """Set this computer's zone to so many hours ahead of UTC, until the test is over."""
    if not hasattr(time, "tzset"):
        pytest.skip("the clock's zone is set as POSIX does")
    with pytest.MonkeyPatch.context() as patch:

        def set_zone(hours):
            patch.setenv("TZ", f"HERE{-hours:+d}")
            time.tzset()

        yield set_zone
    time.tzset()
