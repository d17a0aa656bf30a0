"""Profiles by name: the shipped ones, the user's own in the settings folder, and any file by its path."""

import re
from pathlib import Path

from cockpit.domain.errors import BadInput
from cockpit.exits.profile import Profile, parse
from cockpit.settings import shipped
from cockpit.user_files import config_dir, read_text, write_whole

SHIPPED_PROFILES = ("adaptive", "scalp", "ladder")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,59}")
MAX_BYTES = 1 << 20


def folder() -> Path:
    """Where the user's own profiles lie; it need not exist yet."""
    return config_dir() / "profiles"


def own_profiles() -> tuple[str, ...]:
    """The names of the user's own profiles, which are those of their files."""
    names = sorted(path.stem for path in folder().glob("*.toml"))
    return tuple(name for name in names if name not in SHIPPED_PROFILES and NAME.fullmatch(name))


def profile_text(name: str) -> str:
    """The TOML of a shipped profile, of the user's own, or of a .toml file by its path; else a BadInput."""
    if name in SHIPPED_PROFILES:
        return shipped("profiles", f"{name}.toml")
    if name in own_profiles():
        return read_text(folder() / f"{name}.toml", MAX_BYTES)
    if not name.endswith(".toml"):
        known = ", ".join((*SHIPPED_PROFILES, *own_profiles()))
        raise BadInput(f"There is no profile '{name}'; there are {known}, or give a .toml file's path.")
    return read_text(Path(name), MAX_BYTES)


def profile(name: str) -> Profile:
    """A profile by name or path. Raises BadInput where it is none, or calls itself as a shipped one does."""
    if name in SHIPPED_PROFILES:
        return parse(profile_text(name), name, profile_text)
    made = parse(profile_text(name), Path(name).name, profile_text)
    if made.name in SHIPPED_PROFILES:
        raise BadInput(f"{name}: the name '{made.name}' is that of a shipped profile; name it otherwise.")
    return made


def name_refusal(name: str, *, taken: tuple[str, ...] = SHIPPED_PROFILES) -> str:
    """Why a profile cannot have that name, in words; empty when it can."""
    if not NAME.fullmatch(name):
        return "A name has letters, digits, spaces, - and _, begins with a letter or a digit, and has at most 60."
    return f"There is a profile '{name}' already: choose another name." if name in taken else ""


def save(text: str) -> Path:
    """Keep a whole profile as one of the user's own, in the place of one of that name.

    Raises BadInput when the text is no profile, or when its name is a shipped one's or none for a file.
    """
    made = parse(text, "The profile", profile_text)
    if refused := name_refusal(made.name):
        raise BadInput(refused)
    path = folder() / f"{made.name}.toml"
    write_whole(path, text)
    return path
