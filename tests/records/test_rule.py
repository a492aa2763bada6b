"""Rules as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import InputError
from tui.records.rule import CLEARS_BEYOND, Condition, Rule, parse_rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("door: surely nearer than 1m for 2s", Rule("door", Condition.SURELY_NEARER, 1.0, hold_s=2.0)),
        ("door:perhaps closer than 80 cm", Rule("door", Condition.PERHAPS_NEARER, 0.8)),
        ("pin 1: Surely farther 2,5 m for 500ms", Rule("pin 1", Condition.SURELY_FARTHER, 2.5, hold_s=0.5)),
        ("belt: perhaps further than 1800mm", Rule("belt", Condition.PERHAPS_FARTHER, 1.8)),
        ("tank: changes by more than 10%", Rule("tank", Condition.CHANGED, share=0.1)),
        ("tank: change by 2,5 % for 1min", Rule("tank", Condition.CHANGED, share=0.025, hold_s=60.0)),
        ("door: no reading for 10s", Rule("door", Condition.SILENT, hold_s=10.0)),
        ("door: stale for 1 h", Rule("door", Condition.SILENT, hold_s=3600.0)),
        (
            "door: surely nearer than 1m for 2s, clears at 20 %",
            Rule("door", Condition.SURELY_NEARER, 1.0, hold_s=2.0, clears_beyond=0.2),
        ),
    ],
)
def test_what_people_write(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "write it as NAME: surely nearer than 1m for 2s"),
        ("door", "write it as"),
        ("door: nearer than 1m", "surely nearer (all of the interval) or perhaps nearer"),
        ("door: surely nearer than", "write it as"),
        ("door: surely nearer than 1,234mm", "1,234"),
        ("door: surely nearer than -1m", "-1m"),
        ("door: surely nearer than 1m for x", "write a time"),
        ("door: surely nearer than 1m for 48h", "at most"),
        ("door: no reading", "say for how long"),
        ("door: no reading for 0s", "say for how long"),
        ("door: changes by more than 0%", "a share between"),
        ("door: changes by more than x%", "a share between"),
        ("door: changes by more than 1,000%", "1000 % or 1 %"),
        ("door: surely nearer than 1m, clears at 100 %", "a share between"),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(text: str, says: str) -> None:
    with pytest.raises(InputError, match="--alarm") as caught:
        parse_rule(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("door: surely nearer than 80cm for 2s", "door: surely nearer than 80 cm for 2 s"),
        ("door: surely nearer than 80CM, for 2s", "door: surely nearer than 80 cm for 2 s"),
        ("door: surely nearer than 1,5m", "door: surely nearer than 1,5 m"),
        ("door: surely nearer 2", "door: surely nearer than 2 m"),
        ("door: perhaps farther than 5ft 11in", "door: perhaps farther than 5ft 11in"),
        ("door: perhaps farther than 39.37in", "door: perhaps farther than 39.37 in"),
        ("door: surely nearer than 0.33333333m", "door: surely nearer than 0.33333333 m"),
        ("door: surely nearer than ½ m, clears at 20%", "door: surely nearer than 1/2 m, clears at 20 %"),
    ],
)
def test_a_limit_is_said_in_the_unit_in_which_it_was_written(text: str, shown: str) -> None:
    rule = parse_rule(text)
    assert rule.text == shown
    assert parse_rule(shown) == rule


def test_a_place_is_named_as_regions_are() -> None:
    assert parse_rule("Tu\u0308r  2 : no reading for 10s").place == "T\u00fcr 2"
    assert parse_rule("\uff41: no reading for 10s").place == "\uff41"


@given(
    st.sampled_from([each for each in Condition if each.has_limit]),
    st.floats(1e-3, 9_999.0),
    st.integers(0, 86_400),
    st.sampled_from([CLEARS_BEYOND, 0.01, 0.2, 0.5]),
)
def test_a_rule_is_read_back_as_it_is_shown(condition: Condition, limit_m: float, hold_s: int, beyond: float) -> None:
    rule = Rule("door", condition, limit_m, hold_s=hold_s, clears_beyond=beyond)
    again = parse_rule(rule.text)
    assert again.limit_m == pytest.approx(rule.limit_m, rel=1e-5)
    assert (again.condition, again.clears_beyond) == (rule.condition, rule.clears_beyond)
    assert again.hold_s == pytest.approx(rule.hold_s, rel=0.05)
