"""The README's commands are commands of the product, with options that it has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from planner.cli import COMMANDS, cli

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()
LINES = [line.split("#")[0].split(">")[0] for line in re.findall(r"^\.venv/bin/planner (.*)$", README, re.MULTILINE)]


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_readme_parses(line: str) -> None:
    name, *args = shlex.split(line)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and name in COMMANDS
    while isinstance(command, click.Group):
        name, *args = args
        command = command.get_command(click.Context(command), name)
        assert command is not None, name
    known = {option for parameter in command.params for option in parameter.opts}
    assert {arg for arg in args if arg.startswith("-")} <= known
    command.make_context(name, list(args), resilient_parsing=True)


def test_the_readme_shows_most_commands() -> None:
    shown = {shlex.split(line)[0] for line in LINES}
    assert shown == set(COMMANDS)
