"""Where a profile of one's own came from: the shipped one that it is compared with, and a name for a copy."""

from cockpit import profiles
from cockpit.exits.profile import Profile
from cockpit.profile_draft import Table, table_of


def free_name(name: str, taken: tuple[str, ...]) -> str:
    """A name for a copy: my adaptive, my adaptive 2."""
    first = name if name.startswith("my ") else f"my {name}"
    wanted, number = first, 2
    while wanted in taken:
        wanted, number = f"{first} {number}", number + 1
    return wanted


def origin_of(profile: Profile) -> Profile:
    """The shipped profile that it is most like: what it is compared with."""
    table = table_of(profile)
    shipped = [profiles.profile(name) for name in profiles.SHIPPED_PROFILES]
    return max(shipped, key=lambda each: _alike(table_of(each), table))


def _alike(one: Table, other: Table) -> int:
    """How many values two tables of profiles share."""
    of_one = {(str(rule["rule"]), key): value for rule in one["rules"] for key, value in rule.items()}
    of_other = {(str(rule["rule"]), key): value for rule in other["rules"] for key, value in rule.items()}
    return sum(of_other.get(key) == value for key, value in of_one.items())
