"""The command tree, and how an error becomes one sentence and an exit code."""

import importlib
import logging
import sys
import traceback
from functools import cache
from typing import Annotated, Any

import typer

from cockpit import __version__
from cockpit.cli import EXIT_BAD_INPUT, EXIT_NO_BROKER, EXIT_USAGE
from cockpit.domain.errors import BadInput, NoBroker

app = typer.Typer(
    name="cockpit",
    help="Supervise option positions, explain every exit, and keep the last word.",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
INTERRUPTED = 130
verbose_asked = False
errors: Any = importlib.import_module(typer.BadParameter.__module__)  # newer typers bring a click of their own


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cockpit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", help="Add the traceback to an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Without a command: the window, playing the demo."""
    global verbose_asked
    del version
    verbose_asked = verbose
    if context.invoked_subcommand is None:
        from cockpit.cli.running import run

        run()


GROUPS = ("running", "replay", "rules", "calibrate", "doctor", "signal", "journal", "record", "importing", "desktop")


@cache
def load() -> typer.Typer:
    """The whole tree: every file adds its commands to `app`, or brings a group of its own that is hung below it."""
    for name in GROUPS:
        group = importlib.import_module(f"cockpit.cli.{name}").app
        if group is not app:
            app.add_typer(group)
    return app


def say_error(sentence: str) -> None:
    """One sentence on stderr; with --verbose the traceback under it."""
    sys.stderr.write(f"cockpit: {' '.join(sentence.split())}\n")
    if verbose_asked and sys.exc_info()[0] is not None:
        traceback.print_exc()


def main(arguments: list[str]) -> int:
    """Parses and runs; every failure is one sentence and an exit code."""
    logging.captureWarnings(True)
    command = typer.main.get_command(load())
    try:
        code = command.main(args=arguments, prog_name="cockpit", standalone_mode=False)
    except typer.Exit as asked:
        return asked.exit_code
    except errors.ClickException as error:
        say_error(f"{error.format_message().rstrip('.')}. See cockpit --help.")
        return EXIT_USAGE
    except BadInput as error:
        say_error(str(error))
        return EXIT_NO_BROKER if isinstance(error, NoBroker) else EXIT_BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - a bug; it too is one sentence
        say_error(
            f"The cockpit has a fault ({type(error).__name__}: {error}); run it again as cockpit --verbose … and "
            "report the traceback."
        )
        return 1
    if code == INTERRUPTED:  # typer makes a code of it, others raise
        say_error("stopped by you.")
    return int(code or 0)
