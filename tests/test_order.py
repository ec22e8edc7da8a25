"""Laws of order: what is sent leads to the wanted sequence, and nothing is sent without need."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from amoconf.kinds._order import GAP, longest_rise, merged, moved, numbers, placed, put

THINGS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(THINGS, THINGS)
def test_the_target_has_the_spec_order_and_keeps_the_rest_in_theirs(
    found: list[str], wanted: list[str]
) -> None:
    target = merged(found, wanted)
    assert sorted(target) == sorted({*found, *wanted})
    assert [item for item in target if item in wanted] == wanted
    unlisted = [item for item in found if item not in wanted]
    assert [item for item in target if item in unlisted] == unlisted


@given(THINGS)
def test_nothing_moves_where_nothing_differs(found: list[str]) -> None:
    assert merged(found, found[::2]) == tuple(found)
    assert moved(found, found) == set()


@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_the_fewest_move(found: list[str], target: list[str]) -> None:
    moving = moved(found, target)
    rest = [item for item in found if item not in moving]
    assert rest == [item for item in target if item not in moving]
    for fewer in combinations("abcdef", max(len(moving) - 1, 0)):
        if moving:
            kept = [item for item in found if item not in fewer]
            assert kept != [item for item in target if item not in fewer]


@given(THINGS, THINGS)
def test_only_listed_things_move(found: list[str], wanted: list[str]) -> None:
    assert moved(found, merged(found, wanted)) <= set(wanted)


@given(st.lists(st.integers(0, 9)))
def test_longest_rise_is_a_rise(ranks: list[int]) -> None:
    kept = [ranks[index] for index in sorted(longest_rise(ranks))]
    assert kept == sorted(set(kept))


@given(THINGS, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)))
def test_sent_numbers_sort_into_the_target(wanted: list[str], sorts: dict[str, int]) -> None:
    found = sorted(sorts, key=lambda item: (sorts[item], item))
    target = merged(found, wanted)
    moving = moved(found, target)
    sent = numbers(target, sorts, moving)
    after = {**sorts, **sent}
    assert sorted(target, key=lambda item: after[item]) == list(target)
    assert len({after[item] for item in target}) == len(target)
    assert all(sent[item] != sorts.get(item) for item in sent if item not in moving)


@given(st.permutations("abcd"))
def test_no_number_is_sent_to_those_that_stand_right(target: list[str]) -> None:
    assert numbers(target, {item: 10 * place for place, item in enumerate(target)}, set()) == {}


def test_a_new_thing_stands_between_its_neighbours() -> None:
    assert numbers(("a", "new", "b"), {"a": 10, "b": 20}, set()) == {"new": 15}
    assert numbers(("a", "new"), {"a": 510}, set()) == {"new": 510 + GAP}
    assert numbers(("new", "a"), {"a": 500}, set()) == {"new": 250}


def test_followers_make_room_only_where_there_is_none() -> None:
    assert numbers(("a", "new", "b", "c"), {"a": 1, "b": 2, "c": 30}, set()) == {"new": 2, "b": 16}


class Renumbering:
    """A list whose server sorts by what was sent and numbers everything anew: 20, 30, ..."""

    def __init__(self, items: list[str], sorts: dict[str, int] | None = None) -> None:
        self.sorts = sorts or {}
        if not sorts:
            self.renumber(items)

    def renumber(self, items: list[str]) -> None:
        self.sorts = {item: 20 + GAP * place for place, item in enumerate(items)}

    @property
    def items(self) -> list[str]:
        return sorted(self.sorts, key=lambda item: self.sorts[item])

    def put(self, item: str, sort: int) -> None:
        self.sorts[item] = sort
        self.renumber(self.items)


@given(THINGS, THINGS)
def test_placing_one_after_the_other_leads_to_the_target(found: list[str], wanted: list[str]) -> None:
    target = merged(found, wanted)
    moving = moved(found, target)
    server, state = Renumbering(found), tuple(found)
    for place, item in enumerate(target):
        if item in moving or item not in found:
            before = next((other for other in reversed(target[:place]) if other in state), None)
            sort, state = placed(state, item, before)
            server.put(item, sort)
            assert server.items == list(state)
    assert server.items == list(target)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(2, 30), min_size=1).filter(
        lambda sorts: len(set(sorts.values())) == len(sorts)
    ),
    st.integers(0, 6),
)
def test_the_first_number_respects_the_numbers_as_they_are(sorts: dict[str, int], place: int) -> None:
    spaced = {item: 10 * number for item, number in sorts.items()}
    server = Renumbering([], dict(spaced))
    state = tuple(server.items)
    before = state[place - 1] if 0 < place <= len(state) else None
    sort, then = placed(state, "new", before, spaced)
    server.put("new", sort)
    assert server.items == list(then)


def test_where_the_numbers_leave_no_room_they_are_taken_for_renumbered() -> None:
    assert placed(("a", "b"), "new", "a", {"a": 1, "b": 2}) == (25, ("a", "new", "b"))
    assert placed(("a", "b"), "new", "a", {"a": 10, "b": 50}) == (30, ("a", "new", "b"))


@given(st.permutations("abcdef"), st.permutations("abcdefg"), st.sets(st.sampled_from("abcdefg")))
def test_what_is_left_as_it_is_keeps_its_order(found: list[str], wanted: list[str], late: set[str]) -> None:
    going = moved(found, merged(found, wanted))
    late &= {*going, *wanted} - (set(found) - going)
    target = put(found, [item for item in wanted if item not in late], going - late)
    assert [item for item in target if item in late] == [item for item in found if item in late]
    assert [item for item in target if item not in late] == [item for item in wanted if item not in late]
