from __future__ import annotations

import re

from ui.actions import WINDOW_COMMANDS
from ui.screens.table import FIRST_SCREEN, SCREENS, UNLOCK_SCREEN, command_of, commands_of


def test_the_first_and_the_unlock_screen_are_in_the_table():
    names = [one.name for one in SCREENS]
    assert len(names) == len(set(names))
    assert {FIRST_SCREEN, UNLOCK_SCREEN} <= set(names)


def test_no_command_is_in_the_table_twice():
    tables = [one.commands for one in SCREENS] + [WINDOW_COMMANDS]
    count = len(SCREENS) + sum(len(table) for table in tables)
    assert len(commands_of()) == count


def test_every_screen_has_a_command_that_shows_it():
    commands = commands_of()
    for one in SCREENS:
        assert commands[command_of(one)].keys == (one.key,)


def test_every_handler_belongs_to_a_command_of_its_screen(qtbot):
    for one in SCREENS:
        view = one.view()
        qtbot.addWidget(view)
        menu = one.menu(view)
        assert set(menu.handlers) == set(one.commands)
        assert set(menu.ticks()) <= {
            name for name, command in one.commands.items() if command.checkable
        }


def test_texts_of_commands_read_as_commands():
    for name, command in commands_of().items():
        assert re.fullmatch(r"[A-Z0-9][^.:]*", command.text), name
