"""`cockpit desktop`: an entry with an icon in the desktop's menu, for this user, and its removal."""

import os
import shlex
import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from cockpit.cli.application import app
from cockpit.domain.errors import BadInput

NAME = "options-cockpit"


def places() -> dict[str, Path]:
    """Where the entry and the icon belong, by the name of what is shipped (XDG desktop entry and icon theme)."""
    given = os.environ.get("XDG_DATA_HOME") or ""
    data = Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"
    return {
        "options-cockpit.desktop": data / "applications" / f"{NAME}.desktop",
        "cockpit.svg": data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg",
    }


def program() -> str:
    """How this very program is started again: the bundle, the installed script, or the module."""
    if getattr(sys, "frozen", False):
        return shlex.quote(sys.executable)
    script = Path(sys.argv[0]).resolve()
    if script.name == "cockpit" and os.access(script, os.X_OK):
        return shlex.quote(str(script))
    found = shutil.which("cockpit")
    return shlex.quote(found) if found else f"{shlex.quote(sys.executable)} -m cockpit"


@app.command()
def desktop(
    remove: Annotated[bool, typer.Option("--remove", help="Take the entry and the icon away again.")] = False,
) -> None:
    """Put the cockpit into the desktop's menu, for this user."""
    if sys.platform != "linux":
        raise BadInput("Menu entries are made on Linux only; start cockpit from a terminal here.")
    for shipped, place in places().items():
        try:
            if remove:
                place.unlink(missing_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            text = (files("resources") / "desktop" / shipped).read_text(encoding="utf-8")
            place.write_text(text.replace("@exec@", program()), encoding="utf-8")
        except OSError as error:
            raise BadInput(f"{place} cannot be {'removed' if remove else 'written'} ({error.strerror}).") from error
        typer.echo(str(place))
    typer.echo("removed" if remove else "The cockpit is in the menu now; cockpit desktop --remove takes it away.")
