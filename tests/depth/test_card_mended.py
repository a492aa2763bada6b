"""A wrong or missing card is told what would be right, and with that the network runs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.depth.conftest import noise_picture
from tests.depth.exports import Export
from tests.depth.models import card_text, write_red_model
from tui.depth.file_model import load_file_model
from tui.errors import ModelError


@pytest.mark.parametrize(
    ("export", "fields", "said"),
    [
        (Export(shape=(1, 32, 32, 3), nhwc=True), {}, 'write layout = "NHWC"'),
        (Export(shape=(1, 3, 32, 32)), {"dtype": "uint8"}, 'write dtype = "float32"'),
        (Export(shape=(1, 3, 448, 640)), {"size": "[640, 448]"}, "write size = [448, 640], or leave it out"),
        (Export(shape=(1, 3, 448, 640)), {"size": 448}, "write size = [448, 640], or leave it out"),
        (Export(), {"size": "[32, 64]", "resize": "keep-aspect"}, 'needs input.resize = "stretch"'),
        (Export(), {"size": "[32]"}, "or two of them, [height, width]"),
        (Export(), {"size": "[32, 0]"}, "a whole number from 1 to 8192, or two of them"),
        (Export(), {"size": None}, "input.size is missing, and net.onnx takes any"),
        (Export(shape=(1, 3, 32, 32), others={"conf": (1, 1, 4, 4)}), {}, "depth [?,1,?,?], conf"),
    ],
)
def test_a_wrong_card_is_told_what_would_be_right(
    export: Export, fields: dict[str, object], said: str, tmp_path: Path
) -> None:
    path = export.write(tmp_path)
    text = card_text(**fields).replace("size = None\n", "")
    path.with_suffix(".toml").write_text(text)
    with pytest.raises(ModelError) as caught:
        load_file_model(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.count("net.toml")
    if "conf" not in said:
        assert said in message
    else:
        assert re.search(r"depth \[.*conf .*name = ", message)


@pytest.mark.parametrize(
    ("shape", "axis", "element", "fields"),
    [
        ([1, 32, 48, 3], 3, "f32", {}),
        ([1, 3, 32, 48], 1, "f32", {"layout": "NHWC", "dtype": "uint8"}),
        ([1, 3, 32, 48], 1, "u8", {"scale": 1 / 255, "mean": [0.5, 0.5, 0.5], "size": [48, 32]}),
        ([1, 3, 32, 48], 1, "f32", {"resize": "pad", "size": 32}),
        ([1, 32, 48, 3], 3, "u8", {"std": [0.2, 0.2, 0.2], "resize": "pad", "size": [48, 32]}),
    ],
)
def test_what_is_told_mends_the_card(
    shape: list[int], axis: int, element: str, fields: dict[str, object], tmp_path: Path
) -> None:
    """Whatever is wrong, one thing after the other: with what each line says to write the network runs."""
    path = write_red_model(tmp_path / "net.xml", shape, fields, axis=axis, element=element)
    card = path.with_suffix(".toml")
    for _ in range(6):
        try:
            found = load_file_model(path).estimate(noise_picture(48, 32))
        except ModelError as error:
            remedies = re.findall(r'(\w+) = (\[[^\]]*\]|"\w+"|[\d.]+)', str(error).partition("write ")[2])
            if not remedies:
                raise
            for field, value in remedies:
                card.write_text(re.sub(rf"(?m)^{field} = .*$", f"{field} = {value}", card.read_text()))
        else:
            np.testing.assert_array_equal(found, noise_picture(48, 32)[..., 0])
            return
    pytest.fail(f"never mended: {card.read_text()}")


def test_a_misspelt_field_is_told_what_it_is_called(tmp_path: Path) -> None:
    path = Export().write(tmp_path)
    path.with_suffix(".toml").write_text(card_text().replace("multiple_of", "multiples_of"))
    with pytest.raises(ModelError, match=r"input\.multiples_of: there is no such field; is it input\.multiple_of\?"):
        load_file_model(path)


def test_a_missing_card_is_shown_as_the_file_itself_wants_it(tmp_path: Path) -> None:
    path = Export(shape=(1, 240, 320, 3), nhwc=True).write(tmp_path)
    with pytest.raises(ModelError, match=r"'depth-tui models card .*net\.onnx' writes a first one") as caught:
        load_file_model(path)
    _, _, example = str(caught.value).partition("\nA correct card looks like this:\n")
    path.with_suffix(".toml").write_text(example)
    assert load_file_model(path).estimate(noise_picture(8, 6)).shape == (6, 8)
