"""Profiles are found by name: shipped, the user's own, or a file."""

from pathlib import Path

import pytest

from cockpit import profiles
from cockpit.domain.errors import BadInput
from cockpit.profile_draft import Draft


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "cockpit" / "profiles"


def whole(name: str, like: str = "scalp") -> str:
    draft = Draft(profiles.profile(like))
    draft.rename(name)
    return draft.toml()


@pytest.mark.parametrize("name", profiles.SHIPPED_PROFILES)
def test_shipped_ones_by_name(name: str) -> None:
    assert profiles.profile(name).name == name


def test_a_saved_one_is_found_by_its_name_and_decides_the_same(own_folder: Path) -> None:
    assert profiles.own_profiles() == ()
    assert profiles.save(whole("mine", "adaptive")) == own_folder / "mine.toml"
    assert profiles.own_profiles() == ("mine",)
    assert profiles.profile("mine").sha256 == profiles.profile("adaptive").sha256


def test_one_may_extend_another_of_the_users_own(own_folder: Path) -> None:
    profiles.save(whole("mine"))
    (own_folder / "other.toml").write_text(
        'name = "other"\nextends = "mine"\n[[rules]]\nrule = "theta_decay"\nmax_held_s = 99\n'
    )
    theta = next(each for each in profiles.profile("other").rules if each.rule.name == "theta_decay")
    assert theta.p.max_held_s == 99.0


def test_a_file_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text(whole("elsewhere"))
    assert profiles.profile(str(path)).name == "elsewhere"


def test_what_is_nowhere_is_refused_with_what_there_is() -> None:
    profiles.save(whole("mine"))
    with pytest.raises(BadInput, match="There is no profile 'nope'; there are adaptive, scalp, ladder, mine, or give"):
        profiles.profile("nope")


def test_a_file_that_calls_itself_as_a_shipped_one_is_refused(own_folder: Path) -> None:
    own_folder.mkdir(parents=True)
    (own_folder / "mine.toml").write_text(whole("adaptive"))
    with pytest.raises(BadInput, match="the name 'adaptive' is that of a shipped profile"):
        profiles.profile("mine")


@pytest.mark.parametrize("name", ["adaptive", "", "../evil", "a/b", ".hidden", "x" * 61])
def test_names_that_no_file_of_the_users_may_have_are_not_saved(name: str, own_folder: Path) -> None:
    with pytest.raises(BadInput):
        profiles.save(whole(name))
    assert not own_folder.exists()


def test_what_is_no_profile_is_not_saved(own_folder: Path) -> None:
    with pytest.raises(BadInput, match="protective_stop must be there"):
        profiles.save('name = "mine"\n[[rules]]\nrule = "theta_decay"\n')
    assert not own_folder.exists()
