"""What a chain's text is made of is what the program runs, whatever its files have become since they were imported."""

from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from cockpit.exits import view
from cockpit.lab import source
from cockpit.wiring import profile

NOTED = "    pos.age_s = now.t - pos.opened_t\n"


@pytest.mark.parametrize(("after", "is_written_out"), [(NOTED, True), (NOTED.replace(" - ", " + "), False)])
def test_the_position_is_followed_as_the_engine_follows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: str, is_written_out: bool
) -> None:
    text = Path(view.__file__).read_text(encoding="utf-8")
    path = tmp_path / "view_of_a_test.py"
    path.write_text(text, encoding="utf-8")
    module = ModuleType(view.__name__)
    exec(compile(text, str(path), "exec"), vars(module))
    path.write_text(text.replace(NOTED, after), encoding="utf-8")
    assert isinstance(module.follow, FunctionType)
    monkeypatch.setattr(source, "follow", module.follow)
    made = source.chain_source(profile("scalp"))
    assert ("def follow(pos, now):" in made) is is_written_out
    assert ("import OWN, UNDERLYING, follow" in made) is not is_written_out
