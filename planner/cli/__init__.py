"""The command line: one module per command, loaded only when called."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
import threading
from types import FrameType

import click

from planner.errors import Infeasible, InputError, TimeLimitReached

COMMANDS = {
    "plan": "Plan an AI factory: request in, plan, bill of materials and reports out.",
    "check": "Check a request without planning.",
    "explain": "Say why a request has no plan, and the cheapest ways out.",
    "frontier": "Find the whole trade-off between two objectives.",
    "verify": "Re-check a plan from catalog and request alone.",
    "report": "Render a plan as HTML, PDF and CSV.",
    "diff": "Compare two plans: racks, devices, cables, money.",
    "export": "Write a plan for NetBox, InfraGraph, NVIDIA Air, or as CSV.",
    "draw": "Draw one picture of a plan as SVG or PNG.",
    "fabric": "Count switches, links, modules and cables of a fabric design.",
    "estimate": "Size one workload on one system.",
    "catalog": "List, show and check products.",
    "schema": "Print the JSON Schema of a document.",
}

OK, FAULT, BAD_INPUT, INFEASIBLE, NO_PLAN_IN_TIME, CHECK_FAILED = range(6)


class Commands(click.Group):
    """Loads the module of a command when it is called, so that --help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the order of a plan's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command's own module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"planner.cli.{cmd_name}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command named when there is none."""
        from planner.document import nearest

        word = args[0] if args else ""
        if word and not word.startswith("-") and word not in COMMANDS:
            hint = nearest(word, list(COMMANDS)) or "see planner --help"
            ctx.fail(f'no such command "{word}"; {hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ai-factory-planner", prog_name="planner")
def cli() -> None:
    """Plans AI factories on your own premises: sized, placed, priced, proven and sourced.

    Exit codes: 0 done, 1 fault of ours, 2 bad input, 3 infeasible, 4 no plan found and none ruled out,
    5 a check failed.
    """


def main() -> None:
    """Runs the command line and turns the ways to end badly into exit codes."""
    interrupts = _remembered_interrupts()
    try:
        # Outside standalone mode click returns the code that a command gave to ctx.exit.
        code = cli(prog_name="planner", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else OK)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except Infeasible as error:
        click.echo(str(error), err=True)
        sys.exit(INFEASIBLE if error.proven else NO_PLAN_IN_TIME)
    except TimeLimitReached as error:
        click.echo(str(error), err=True)
        sys.exit(NO_PLAN_IN_TIME)
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        _stopped()
    except ImportError:
        if not interrupts:
            raise
        _stopped()  # numpy and OR-Tools turn a Ctrl-C while they load into errors of their own
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        click.echo("output: found no space left, expected room to write; free some, or write elsewhere", err=True)
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - what is still unwritten would fail again at exit
        sys.exit(BAD_INPUT)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)


def _stopped() -> None:
    click.echo("stopped", err=True)
    sys.exit(NO_PLAN_IN_TIME)


def _remembered_interrupts() -> list[int]:
    """Ctrl-C as Python takes it, noted in the list that is returned."""
    seen: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread() and (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):
        signal.signal(signal.SIGINT, note)
    return seen
