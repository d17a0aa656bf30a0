"""Where a journal lies when nobody says so."""

from pathlib import Path

from cockpit.domain.errors import BadInput
from cockpit.user_files import data_dir


def journal_path(name: str = "journal") -> Path:
    """The default journal, or that of an account or of the demo by `name`, in a folder made for its owner alone."""
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(
            f"The folder {folder} for the journal cannot be made ({error.strerror}): name a file with --journal."
        ) from error
    return folder / f"{''.join(sign if sign.isalnum() or sign in '-_' else '_' for sign in name)}.sqlite"


def usual_journal() -> Path:
    """What readers open when nobody names a journal: the default one, or the demo's while there is no other."""
    path = journal_path()
    return path if path.exists() or not journal_path("demo").exists() else journal_path("demo")
