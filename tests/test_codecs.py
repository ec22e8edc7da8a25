"""Values in their three forms: YAML, inside, on the wire."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf import codecs
from amoconf.codecs import Codec
from amoconf.diff import same
from amoconf.values import Address, Hidden, Ref, addresses_in, normal, rewrite, unknown_in

PALETTE = ["#fffeb2", "#98cbff"]
STAGES = codecs.references(
    lambda text, home: Address("stage", tuple(text.split("/"))),
    lambda address: "/".join(address.path),
    lambda row: Address("stage", (f"#{row['pipeline_id']}", f"#{row['status_id']}")),
    Ref,
)


@pytest.mark.parametrize(
    ("codec", "given", "inside"),
    [
        (codecs.text(), "И\u0306", "Й"),
        (codecs.text(), "on", "on"),
        (codecs.BOOLEAN, False, False),
        (codecs.INTEGER, 12, 12),
        (codecs.choice("text", "select"), "select", "select"),
        (codecs.right("all", "none"), "all", "all"),
        (codecs.DURATION, "10m", 600),
        (codecs.DURATION, "2w", 1_209_600),
        (codecs.DURATION, "0m", 0),
        (codecs.SHARE, "85%", 0.85),
        (codecs.SHARE, "2.5%", 0.025),
        (codecs.SHARE, "100%", 1.0),
        (codecs.colour(PALETTE, "#fffeb2"), "#98CBFF", "#98cbff"),
        (codecs.colour((), "568FFA"), "568ffa", "568ffa"),
        (codecs.colour((), "568FFA"), "#568FFA", "568FFA"),
        (codecs.words("add", "edit"), ["edit", "add"], ("add", "edit")),
        (codecs.words(), ["б", "а"], ("а", "б")),
        (codecs.words(order=True), ["б", "а"], ("б", "а")),
    ],
)
def test_yaml_becomes_a_canonical_value_and_back(codec: Codec, given: Any, inside: Any) -> None:
    assert codec.load(given) == inside
    assert codec.load(codec.dump(inside)) == inside


@pytest.mark.parametrize(
    ("codec", "given", "said"),
    [
        (codecs.text(), 832161, "put it in quotes"),
        (codecs.text(), True, "put it in quotes"),
        (codecs.text(), "  ", "must not be empty"),
        (codecs.text(3), "четыре", "6 characters; amoCRM takes at most 3"),
        (codecs.text(), ["a"], "text is expected"),
        (codecs.BOOLEAN, "yes", "true or false"),
        (codecs.BOOLEAN, 1, "true or false"),
        (codecs.INTEGER, True, "whole number"),
        (codecs.INTEGER, 1.5, "whole number"),
        (codecs.choice("text", "select"), "selct", "did you mean 'select'"),
        (codecs.choice("text", "select"), ["text"], "did you mean 'text'"),
        (codecs.right("all", "none"), "A", "'A' is not known here; one of: all, none"),
        (codecs.DURATION, "10", "not a duration"),
        (codecs.DURATION, "1.5h", "not a duration"),
        (codecs.DURATION, 10, "not a duration"),
        (codecs.SHARE, "85", "not a share"),
        (codecs.SHARE, "101%", "not a share"),
        (codecs.SHARE, 0.85, "not a share"),
        (codecs.colour(PALETTE, "#fffeb2"), "red", "not in amoCRM's palette"),
        (codecs.colour(PALETTE, "#fffeb2"), 832161, "in quotes"),
        (codecs.colour((), "568FFA"), "red", "is no colour"),
        (codecs.words("add", "edit"), ["ad"], "did you mean 'add'"),
        (codecs.words("add"), ["add", "add"], "listed twice"),
        (codecs.words(), "add", "a list is expected"),
        (STAGES, ["a/b", 5], "the key of another thing"),
        (STAGES, "a/b", "a list is expected"),
        (STAGES, [["a"], ["a"]], "listed twice"),
    ],
)
def test_what_cannot_be_meant_says_what_to_write(codec: Codec, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        codec.load(given)


@given(st.integers(0, 10**6))
def test_durations_come_back(minutes: int) -> None:
    text = codecs.dump_duration(minutes * 60)
    assert codecs.DURATION.load(text) == minutes * 60


@given(st.integers(0, 10_000))
def test_shares_come_back(hundredths: int) -> None:
    text = f"{hundredths / 100:g}%"
    assert codecs.SHARE.dump(codecs.SHARE.load(text)) == text


def test_what_real_answers_vary_in_is_made_alike() -> None:
    assert codecs.words().decode(None) == ()
    assert STAGES.decode(None) == STAGES.decode([]) == ()
    rows = [{"pipeline_id": 2, "status_id": 143}, {"pipeline_id": 1, "status_id": 11}]
    assert STAGES.decode(rows) == STAGES.decode(rows[::-1])
    assert codecs.right("all", "none").decode(None) == "none"
    assert codecs.BOOLEAN.decode(None) is False
    assert codecs.colour(PALETTE, "#fffeb2").decode("#99ccff") == "#99ccff"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner).map(tuple)
    )
)
def test_a_value_means_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


@pytest.mark.parametrize(
    ("one", "other"), [(None, ()), (None, {}), ("Й", " И\u0306 "), (Hidden("x", "u"), "u")]
)
def test_two_forms_of_one_value_mean_the_same(one: Any, other: Any) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [(None, ""), (None, False), ((), ("a",)), ({"a": 1}, {}), ("a", "A")]
)
def test_different_values_differ(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_addresses_are_found_and_changed_wherever_they_stand() -> None:
    first, second = Address("stage", ("a", "x")), Address("stage", ("b", "y"))
    value = {first: {"view": "all"}, "list": (second, first), "one": second}
    assert list(addresses_in(value)) == [first, second, first, second]
    there = Address("stage", ("c", "z"))
    changed = rewrite(value, lambda address: there if address == first else address)
    assert changed == {there: {"view": "all"}, "list": (second, there), "one": second}


def test_a_secret_is_never_shown() -> None:
    hidden = Hidden("https://${secret:HOST}/", "https://erp.example/")
    assert "erp.example" not in f"{hidden} {hidden!r} {[hidden]}"
    assert list(unknown_in({"a": (hidden, Hidden("${secret:B}", None))})) == [Hidden("${secret:B}", None)]


def test_names_are_compared_after_nfc_and_trimming() -> None:
    assert normal(" И\u0306\n") == normal("Й")
    assert normal("Й") != normal("й")
