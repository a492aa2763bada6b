"""What is said of the same things is said once."""

from tui.instrument.said import said_once


def test_what_differs_by_its_figures_alone_is_said_with_the_last_and_what_is_of_something_else_beside_it() -> None:
    def order(pixel: str, figures: str) -> str:
        return f"references {pixel} are in the wrong order: the map has the first one farther ({figures})"

    said = [order("a", "0.47 < 0.53"), "too dark", order("b", "0.47 < 0.53"), order("a", "0.46 < 0.5302"), "too dark"]
    assert said_once(said) == (order("a", "0.46 < 0.5302"), "too dark", order("b", "0.47 < 0.53"))
    assert said_once(["range: no echo", "range: too far"]) == ("range: no echo", "range: too far")
    assert said_once(["1 of 3 agree", "2 of 3 agree"]) == ("1 of 3 agree", "2 of 3 agree")
