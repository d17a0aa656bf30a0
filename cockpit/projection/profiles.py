"""The profiles that the session knows."""

from collections.abc import Mapping

from cockpit.frame import ProfilePart
from cockpit.projection.kept import kept
from cockpit.state.model import State


class Profiles:
    """The default first, the others in the order in which the session got to know them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._key: tuple[object, ...] = ()
        self._shown: tuple[ProfilePart, ...] = ()

    def look(self, open_positions: Mapping[str, int]) -> tuple[ProfilePart, ...]:
        """All of them; `open_positions` counts those that each of them supervises."""
        state = self.state
        key = state.version, *open_positions.items()
        if key == self._key:
            return self._shown
        self._key = key
        names = sorted(state.profiles, key=lambda name: name != state.default_profile)
        parts = tuple(
            ProfilePart(
                name=name, toml=state.profiles[name].toml, is_default=name == state.default_profile,
                open_positions=open_positions.get(name, 0),
            )
            for name in names
        )  # fmt: skip
        self._shown = kept(self._shown, parts)
        return self._shown
