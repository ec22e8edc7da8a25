"""Shards: whatever the names, each is in exactly one, and stays there when others come or go."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.api import Target
from amoconf.errors import Where
from amoconf.fleet.choice import Shard, chosen, shard_of
from amoconf.fleet.listed import Member
from amoconf.fleet.side import pace_of, worst
from amoconf.spec.node import Node
from amoconf.spec.overlay import Overlay

NAMES = st.sets(st.from_regex(r"\w[\w.-]{0,12}", fullmatch=True), max_size=40)


def member(name: str, domain: str = "amocrm.ru") -> Member:
    where = Where("accounts.yaml", 1, 1)
    return Member(name, Target("acme", domain), Overlay(Node({}, where), where), "", Path(f"{name}.yaml"))


def names(shard: Shard, members: list[Member]) -> list[str]:
    return [item.name for item in chosen(members, (), shard)]


@given(NAMES, st.integers(1, 9))
def test_shards_share_the_list_without_rest_and_without_overlap(every: set[str], of: int) -> None:
    members = [member(name) for name in sorted(every)]
    parts = [names(Shard(number, of), members) for number in range(1, of + 1)]
    assert sorted(name for part in parts for name in part) == sorted(every)


@given(NAMES, NAMES, st.integers(1, 9), st.data())
def test_an_account_stays_in_its_shard(first: set[str], more: set[str], of: int, data: st.DataObject) -> None:
    shard = Shard(data.draw(st.integers(1, of)), of)
    before = names(shard, [member(name) for name in sorted(first)])
    after = names(shard, [member(name) for name in sorted(first | more)])
    assert set(before) == set(after) & first


def test_shards_are_the_same_in_every_release() -> None:
    places = {"moscow": 4, "tula": 8, "Казань": 3}
    assert all(Shard(number, 8).has(name) for name, number in places.items())


def test_hundreds_are_spread_evenly() -> None:
    members = [member(f"city-{number}") for number in range(400)]
    assert all(70 <= len(names(Shard(number, 4), members)) <= 130 for number in (1, 2, 3, 4))


def test_shards_are_written_from_one() -> None:
    assert shard_of("2/8") == Shard(2, 8)
    for text in ("0/8", "9/8", "1", "a/b", "1/0", "-1/2"):
        with pytest.raises(ValueError, match="is no shard"):
            shard_of(text)


def test_the_worst_exit_code_counts() -> None:
    assert [worst(codes) for codes in ((), (0, 0), (0, 2), (2, 3, 0), (3, 1, 2))] == [0, 0, 2, 3, 1]


def test_accounts_counted_by_address_share_one_pace() -> None:
    kommo = [member(str(number), "kommo.com") for number in range(4)]
    russian = member("ru")
    every = [*kommo, russian]
    assert pace_of(russian, every, 20, 6.8) == 6.8
    assert pace_of(kommo[0], every, 20, 6.8) == pytest.approx(1.7)
    assert pace_of(kommo[0], every, 2, 6.8) == pytest.approx(3.4)
    assert pace_of(kommo[0], every, 20, None) is None
