"""The user's own files: where settings and data lie, and how a file is read and replaced whole."""

import os
import sys
import tempfile
from pathlib import Path

from cockpit.domain.errors import BadInput

MAX_BYTES = 1 << 20


def config_dir() -> Path:
    """The platform's folder for the cockpit's settings, which need not exist yet."""
    return _own("APPDATA", "Roaming", "XDG_CONFIG_HOME", ".config")


def data_dir() -> Path:
    """The platform's folder for the cockpit's data, which need not exist yet."""
    return _own("LOCALAPPDATA", "Local", "XDG_DATA_HOME", ".local/share")


def _own(windows: str, app_data: str, xdg: str, usual: str) -> Path:
    """By the variables of Windows and of the XDG specification, or where the platform has it without them."""
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get(windows) or home / "AppData" / app_data
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = os.environ.get(xdg) or ""
        if not Path(base).is_absolute():  # the specification has relative ones ignored
            base = home / usual
    return Path(base) / "cockpit"


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """The text of a file of at most `most` bytes. Raises BadInput with a sentence that names it."""
    try:
        with path.open("rb") as file:
            found = file.read(most + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}): check its name and who may read it.") from error
    if len(found) > most:
        raise BadInput(f"{path} is larger than {most} bytes: it is not one of the cockpit's files.")
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: save it as such.") from error


def write_whole(path: Path, text: str) -> None:
    """Put `text` in the place of the file in one step, for its owner alone: a reader sees the old one or the new one.

    Raises BadInput with a sentence when the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        made = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            made.replace(path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}): check who may write there.") from error
