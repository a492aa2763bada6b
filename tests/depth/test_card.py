from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path

import pytest

import tui
from tests.depth.models import card_text
from tui.calibration.beliefs import MapKind
from tui.calibration.usual import Usual
from tui.depth.card import Card, card_path, parse_card, read_card
from tui.errors import ModelError

RIGHT = card_text()


def card_of(text: str, folder: Path) -> Card:
    (folder / "net.toml").write_text(text)
    return read_card(folder / "net.onnx")


def refusal(text: str, folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        card_of(text, folder)
    problem = str(caught.value)
    assert str(folder / "net.toml") in problem
    assert "\n" not in problem
    assert caught.value.exit_code == 3
    return problem


def test_the_real_cards_are_read(fastdepth: Path) -> None:
    card = read_card(fastdepth / "fastdepth_nyu_fp32.onnx")
    assert card.name == "fastdepth-nyu"
    assert card.licence == "MIT"
    assert card.input.layout == "NCHW"
    assert card.input.scale == pytest.approx(1 / 255)
    assert card.input.resize == "keep-aspect"
    assert (card.input.size_px, card.input.multiple_of) == (224, 32)
    assert (card.output.kind, card.output.scale, card.output.valid_above) == ("depth_m", 1.0, 0.1)
    card = read_card(fastdepth / "fastdepth_nyu_224_int8.tflite")
    assert (card.input.layout, card.input.dtype, card.input.resize) == ("NHWC", "uint8", "stretch")
    assert (card.output.scale, card.output.valid_above) == (0.0716998, 1.0)


def test_the_card_lies_beside_the_model() -> None:
    assert card_path(Path("a.b/net.v2.onnx")) == Path("a.b/net.v2.toml")


def test_a_missing_card_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no such file, and net\.onnx needs it") as caught:
        read_card(tmp_path / "net.onnx")
    _, _, example = str(caught.value).partition("\nA correct card looks like this:\n")
    (tmp_path / "net.toml").write_text(example)
    assert read_card(tmp_path / "net.onnx").name == "my-network", "the card that is shown must be correct"


def fields_of(table: dict[str, object], prefix: str = "") -> list[str]:
    names = []
    for name, value in table.items():
        names += fields_of(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]
    return names


OPTIONAL = {"input.size", "input.multiple_of", "output.scale", "output.valid_above", "output.proportional"}


@pytest.mark.parametrize("field", fields_of(tomllib.loads(RIGHT)))
def test_each_missing_or_mistyped_field_is_named(field: str, tmp_path: Path) -> None:
    section, _, key = field.rpartition(".")
    lines, here = RIGHT.splitlines(), ""
    at = -1
    for index, line in enumerate(lines):
        here = line.strip("[]") if line.startswith("[") else here
        if here == section and line.startswith(f"{key} ="):
            at = index
    without = "\n".join(lines[:at] + lines[at + 1 :])
    if field in OPTIONAL:
        card_of(without, tmp_path)
    else:
        assert f"{field} is missing" in refusal(without, tmp_path)
    mistyped = "\n".join([*lines[:at], f"{key} = {'7' if key == 'proportional' else 'true'}", *lines[at + 1 :]])
    assert re.search(rf"{field} is (True|7): must be", refusal(mistyped, tmp_path))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layout": "CHW"}, 'input.layout is \'CHW\': must be "NCHW" or "NHWC"'),
        ({"color": "rgb"}, "input.color is 'rgb'"),
        ({"dtype": "float64"}, 'input.dtype is \'float64\': must be "float32" or "float16" or "uint8"'),
        ({"scale": 0.0}, "input.scale is 0.0: must not be 0"),
        ({"scale": "inf"}, "input.scale is inf"),
        ({"mean": [0.5]}, "input.mean is [0.5]: must be three numbers"),
        ({"mean": '["a", "b", "c"]'}, "input.mean is ['a', 'b', 'c']: must be three numbers"),
        ({"mean": "[nan, 0.0, 0.0]"}, "input.mean is [nan, 0.0, 0.0]: must be finite"),
        ({"std": [1.0, 0.0, 1.0]}, "input.std is [1.0, 0.0, 1.0]: must not contain 0"),
        ({"mean": [0.5, 0.5, 0.5, 0.5]}, "input.mean is [0.5, 0.5, 0.5, 0.5]: must be three numbers"),
        ({"std": "[true, true, true]"}, "input.std is [True, True, True]: must be three numbers"),
        ({"std": 0.225}, "input.std is 0.225: must be three numbers"),
        ({"scale": "1" + "0" * 400}, "input.scale is 1000"),
        ({"scale": "1" * 5000}, "it is not valid TOML"),
        ({"mean": "[" * 3000}, "it is not valid TOML"),
        ({"mean": [1, 2, 10**400]}, "input.mean is [1, 2, 1000"),
        ({"resize": "crop"}, "input.resize is 'crop'"),
        ({"size": 0}, "input.size is 0: must be a whole number from 1 to 8192"),
        ({"size": 224.5}, "input.size is 224.5"),
        ({"multiple_of": -1}, "input.multiple_of is -1"),
        ({"kind": "depth"}, 'output.kind is \'depth\': must be "depth_m" or "inverse_depth"'),
        ({"output_scale": -1.0}, "output.scale is -1.0: must be greater than 0"),
        (
            {"kind": "depth_m", "valid_above": 0.0, "proportional": "true"},
            "output.proportional says something about inverse_depth only",
        ),
        ({"kind": "depth_m", "valid_above": -0.1}, "output.valid_above is -0.1: must not be negative for depth_m"),
        ({"dtype": "uint8", "scale": 0.1}, "input.dtype is uint8, whose values go in as they are"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, object], words: str, tmp_path: Path) -> None:
    assert words in refusal(card_text(**changes), tmp_path)


def test_a_misspelt_field_is_named(tmp_path: Path) -> None:
    assert "input.colour: there is no such field" in refusal(
        RIGHT.replace("\ncolor", '\ncolour = "BGR"\ncolor'), tmp_path
    )


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    assert "output is 3: must be a table" in refusal('name = "x"\noutput = 3\n', tmp_path)
    assert "settings.a: there is no such field" in refusal(RIGHT + "\n[settings]\na = 1\n", tmp_path)
    assert "output.name is 3: must be a text" in refusal(RIGHT + "name = 3\n", tmp_path)
    assert "far too long" in refusal("#" * 2_000_000, tmp_path)


def test_a_text_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert "it is not valid TOML" in refusal("name: net", tmp_path)
    (tmp_path / "net.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match="not a text in UTF-8"):
        read_card(tmp_path / "net.onnx")


def test_what_may_be_left_out_has_a_neutral_value(tmp_path: Path) -> None:
    lines = [line for line in RIGHT.splitlines() if not line.startswith("valid_above")]
    assert card_of("\n".join(lines), tmp_path).output.valid_above == -math.inf
    metres = "\n".join(lines).replace("inverse_depth", "depth_m")
    assert card_of(metres, tmp_path).output.valid_above == 0.0


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, MapKind.RELATIVE),
        ({"proportional": "true"}, MapKind.PROPORTIONAL),
        ({"kind": "depth_m", "valid_above": 0.0}, MapKind.METRIC),
    ],
)
def test_the_card_says_what_the_values_have_to_do_with_distance(
    changes: dict[str, object], kind: MapKind, tmp_path: Path
) -> None:
    assert card_of(card_text(**changes), tmp_path).output.map_kind is kind


METRIC = RIGHT.replace('"inverse_depth"', '"depth_m"').replace("valid_above = -1000.0", "valid_above = 0.0")


def with_output(line: str) -> str:
    return RIGHT.replace("[output]\n", f"[output]\n{line}\n")


def test_a_card_may_say_how_far_away_things_are(tmp_path: Path) -> None:
    assert card_of(RIGHT, tmp_path).output.usual is None
    relative = with_output("range_m = [0.2, 20.0]\ntypical_m = 0.9").replace('"depth_m"', '"inverse_depth"')
    assert card_of(relative, tmp_path).output.usual == Usual(0.9, range_m=(0.2, 20.0))
    usual = card_of(METRIC.replace("[output]\n", "[output]\nrange_m = [0.5, 10]\n"), tmp_path).output.usual
    assert usual is not None
    assert (usual.typical_m, usual.range_m) == (1.0, (0.5, 10.0))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("range_m = [20.0, 0.2]", "nearer one first"),
        ("range_m = [0, 20.0]", "nearer one first"),
        ("range_m = [1.0]", "two numbers"),
        ('range_m = "far"', "two numbers"),
        ("range_m = [nan, 2.0]", "output.range_m"),
        ("typical_m = -1", "output.typical_m is -1: must be greater than 0"),
        ("typical_m = true", "must be a number"),
    ],
)
def test_a_wrong_range_is_named(line: str, says: str, tmp_path: Path) -> None:
    assert says in refusal(with_output(line), tmp_path)


def test_what_is_said_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    relative, metric = (RIGHT.replace('"depth_m"', '"inverse_depth"'), METRIC)
    assert "needs output.typical_m" in refusal(relative.replace("[output]\n", "[output]\nrange_m = [1, 2]\n"), tmp_path)
    assert "inverse_depth only" in refusal(metric.replace("[output]\n", "[output]\ntypical_m = 1\n"), tmp_path)


def test_the_bundled_network_says_so() -> None:
    folder = Path(tui.__file__).parent / "depth" / "bundled"
    usual = read_card(folder / "pocket.onnx").output.usual
    assert usual is not None
    assert usual.range_m == (0.2, 20.0)


@pytest.mark.parametrize(
    ("input_lines", "output_lines", "words"),
    [
        ("pad_color = [1, 2, 300]", "", "from 0 to 255"),
        ("pad_color = 114", "", "three numbers"),
        ('pad_at = "left"', "", '"both" or "end"'),
        ('resize = "stretch"\npad_at = "end"', "", 'input.resize = "pad"'),
        ('resize = "keep-aspect"\nsize = [32, 64]', "", '"stretch" or "pad"'),
        ("", "sky_above = 0.3", "output.sky_name"),
        ("", 'name = "sky"\nsky_name = "sky"', "the map already"),
        ("", 'kind = "depth_m"\nvalid_above = 0.0\nfocal_name = "f"\nsky_name = "sky"', "exclude each other"),
    ],
)
def test_what_is_wrong_with_bars_or_the_sky_is_named(input_lines: str, output_lines: str, words: str) -> None:
    text = card_text(resize="pad")
    for lines, before in ((input_lines, "\n[output]"), (output_lines, "")):
        for line in lines.splitlines():
            field = line.partition(" = ")[0]
            text, count = (text, 0) if field == "name" else re.subn(rf"(?m)^{field} = .*$", line, text)
            if not count:
                text = text.replace(before, f"{line}\n{before}", 1) if before else f"{text}{line}\n"
    with pytest.raises(ModelError, match=re.escape(words)):
        parse_card(text, "net.toml")
