"""A profile of one's own is compared with the shipped one that it is most like."""

import pytest

from cockpit.exits.profile import Profile
from cockpit.profile_draft import Draft
from cockpit.profile_origin import free_name, origin_of
from cockpit.profiles import SHIPPED_PROFILES, profile


@pytest.mark.parametrize("name", SHIPPED_PROFILES)
def test_a_changed_copy_still_knows_where_it_came_from(name: str) -> None:
    draft = Draft(profile(name))
    draft.rename("mine")
    draft.set("protective_stop", "grace_s", 9.0)
    draft.move_rule("protective_stop", -1)
    draft.remove_rule(draft.rules[0])
    changed = draft.check()
    assert isinstance(changed, Profile)
    assert origin_of(changed).name == name


def test_free_names() -> None:
    assert free_name("adaptive", ("adaptive",)) == "my adaptive"
    assert free_name("adaptive", ("my adaptive",)) == "my adaptive 2"
    assert free_name("my adaptive", ("my adaptive", "my adaptive 2")) == "my adaptive 3"
