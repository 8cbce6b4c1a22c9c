from __future__ import annotations

from unittest.mock import Mock

import pytest
from PySide6.QtWidgets import QWidget

from ui.actions import build_actions
from ui.screens.table import commands_of

COMMANDS = commands_of()


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_every_command_runs_its_own_handler(parent):
    handlers = {key: Mock() for key in COMMANDS}
    actions = build_actions(parent, COMMANDS, handlers)
    for action in actions.values():
        action.trigger()
    for handler in handlers.values():
        handler.assert_called_once_with()


def test_a_command_needs_a_handler(parent):
    handlers = dict.fromkeys(COMMANDS, print)
    del handlers["mode.wipe"]
    with pytest.raises(KeyError):
        build_actions(parent, COMMANDS, handlers)


def test_no_key_starts_two_commands():
    keys = [key for command in COMMANDS.values() for key in command.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("1", "mode.side"),
        ("2", "mode.wipe"),
        ("3", "mode.blend"),
        ("4", "mode.blink"),
        ("5", "mode.difference"),
        ("W", "mode.wipe"),
        ("B", "mode.blend"),
        ("D", "mode.difference"),
        ("M", "map.next"),
        ("E", "map.error"),
        ("Z", "map.zones"),
        ("0", "zoom.fit"),
        ("+", "zoom.in"),
        ("-", "zoom.out"),
    ],
)
def test_familiar_keys_stay(key, command):
    assert key in COMMANDS[command].keys
