"""What the trader has set up in the window, kept in one strict TOML file that is replaced whole."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from cockpit.domain.errors import BadInput
from cockpit.settings import parse_strict
from cockpit.toml_text import toml_text
from cockpit.user_files import config_dir, read_text, write_whole

FILE = "preferences.toml"
ASIDE = ".refused"  # the end of the name of a file that could not be read
Short = Annotated[str, Meta(max_length=200)]
Symbol = Annotated[str, Meta(min_length=1, max_length=12, pattern=r"^[A-Z0-9.]+$")]
Key = Annotated[str, Meta(min_length=1, max_length=40)]


class SoundPreferences(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """`[sounds]`: all of them, and each."""

    on: bool = True
    decision: bool = True
    fill: bool = True
    blind: bool = True
    refusal: bool = True


class ConnectionPreferences(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """`[connection]`: where TWS or Gateway listens, whose options are watched, and how many of them."""

    host: Annotated[str, Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._-]+$")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 7497
    client_id: Annotated[int, Meta(ge=1, le=999_999)] = 7
    account: Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z0-9]*$")] = ""  # empty: the only one there is
    underlyings: Annotated[tuple[Symbol, ...], Meta(min_length=1, max_length=20)] = ("SPY",)
    expiries: Annotated[int, Meta(ge=1, le=50)] = 2
    strikes: Annotated[int, Meta(ge=1, le=500)] = 10  # on each side of the money
    lines: Annotated[int, Meta(ge=5, le=10_000)] = 100  # of market data
    trades: bool = True  # orders go to the broker; else they are filled by the practice broker


class Preferences(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """The file. `keys` holds the keys of actions that differ from the shipped ones; `layouts` is by screen set."""

    theme: Literal["dark", "light"] = "dark"
    palette: Literal["standard", "red-green", "blue-yellow", "monochrome"] = "standard"
    scale_pct: Annotated[int, Meta(ge=100, le=200)] = 100
    reduced_motion: bool = False
    slow_while_pending: bool = True
    seen_first_run: bool = False
    profile: Short | None = None  # the one that the settings show
    columns: list[Short] | None = None  # of the grid; None is as shipped
    strips: list[Short] | None = None  # of the Greeks under the premium; None is as shipped
    sounds: SoundPreferences = SoundPreferences()
    connection: ConnectionPreferences = ConnectionPreferences()
    keys: dict[Short, Annotated[list[Key], Meta(max_length=4)]] = {}
    layouts: dict[Short, Annotated[bytes, Meta(max_length=65_536)]] = {}

    @property
    def scale_factor(self) -> str:
        """For the environment variable QT_SCALE_FACTOR, which multiplies what the screen asks for."""
        return f"{self.scale_pct / 100:g}"


class PreferenceFile:
    """The preferences in force, and the file that keeps them; without a path they are kept in memory alone.

    A file that cannot be read is refused with the sentence `trouble` and never written over: what is changed then
    lasts until the end, unless `set_aside` has moved the file away.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.now = Preferences()
        self.trouble = ""
        self._refused = False
        if path is not None:
            self._load(path)

    def change(self, **given: Any) -> None:
        """Other values for these fields, saved at once; a file that cannot be written is told in `trouble`.

        Raises msgspec.ValidationError for a value that is out of its range.
        """
        changed = {**msgspec.structs.asdict(self.now), **given}
        made = msgspec.convert({k: msgspec.to_builtins(v) for k, v in changed.items()}, Preferences)
        if made != self.now:
            self.now = made
            self._save()

    def set_aside(self) -> None:
        """Give a refused file another name and save what is in force in its place."""
        if self._refused and self.path is not None:
            try:
                self.path.replace(self.path.with_name(self.path.name + ASIDE))
            except OSError as error:
                self.trouble = f"{self.path} cannot be moved ({error.strerror}): move it by hand."
                return
            self._refused = False
            self._save()

    @property
    def refused(self) -> bool:
        """Whether there is a file that could not be read, so that nothing is saved."""
        return self._refused

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        try:
            self.now = parse_strict(read_text(path), Preferences, str(path))
        except BadInput as error:
            self._refused = True
            self.trouble = f"{str(error).rstrip('.')}; until then the shipped preferences are used."

    def _save(self) -> None:
        if self.path is None or self._refused:
            return
        try:
            write_whole(self.path, toml_text(msgspec.to_builtins(self.now)))
            self.trouble = ""
        except BadInput as error:
            self.trouble = str(error)


def preferences() -> PreferenceFile:
    """The user's own."""
    return PreferenceFile(config_dir() / FILE)
