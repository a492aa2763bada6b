from __future__ import annotations

import json

import numpy as np
import pytest

from tui.depth.remote.wire import decode, encode
from tui.errors import ModelError

NAMES = [("picture", "map"), (',"data":[]', '"'), ("\n\\", "ä")]


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("datatype", ["FP32", "FP16", "FP64", "UINT8"])
def test_numbers_go_as_they_are(names: tuple[str, str], datatype: str) -> None:
    rng = np.random.default_rng(0)
    batch = rng.integers(0, 256, (1, 3, 4, 5)).astype(np.uint8) if datatype == "UINT8" else None
    values = batch if batch is not None else rng.standard_normal((1, 3, 4, 5)).astype(np.float32)
    request = encode(values, datatype, names, binary=False)
    asked = json.loads(request.content)
    (tensor,), (output,) = asked["inputs"], asked["outputs"]
    assert (tensor["name"], output["name"], tensor["datatype"]) == (*names, datatype)
    rtol = 1e-3 if datatype == "FP16" else 0
    np.testing.assert_allclose(np.array(tensor["data"]).astype(np.float32).reshape(tensor["shape"]), values, rtol=rtol)
    raw = encode(values, datatype, names, binary=True)
    length = int(raw.headers["Inference-Header-Content-Length"])
    (tensor,) = json.loads(raw.content[:length])["inputs"]
    assert tensor["name"] == names[0]
    assert tensor["parameters"]["binary_data_size"] == len(raw.content) - length


def answer(**changes: object) -> bytes:
    tensor = {"name": "map", "datatype": "FP32", "shape": [1, 2], "data": [1.5, 2.5], **changes}
    return json.dumps({"outputs": [{each: value for each, value in tensor.items() if value is not ...}]}).encode()


def test_an_answer_in_json_is_read_nested_or_flat_and_null_is_no_number() -> None:
    np.testing.assert_array_equal(decode({}, answer(), "map"), [[1.5, 2.5]])
    np.testing.assert_array_equal(decode({}, answer(data=[[1.5, None]]), "map"), [[1.5, np.nan]])
    np.testing.assert_array_equal(decode({}, answer().replace(b"1.5", b"NaN"), "map"), [[np.nan, 2.5]])


def test_the_output_that_was_asked_for_is_taken_from_several() -> None:
    first, second = np.arange(3, dtype="<f4"), np.arange(2, dtype="<f2")
    outputs = [
        {"name": "mask", "datatype": "FP32", "shape": [3], "parameters": {"binary_data_size": 12}},
        {"name": "map", "datatype": "FP16", "shape": [1, 2], "parameters": {"binary_data_size": 4}},
    ]
    header = json.dumps({"outputs": outputs}).encode()
    content = header + first.tobytes() + second.tobytes()
    headers = {"Inference-Header-Content-Length": str(len(header))}
    np.testing.assert_array_equal(decode(headers, content, "map"), [[0, 1]])


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"null", b'{"outputs": {}}', b'{"outputs": [3]}', b"[" * 100_000,
        answer(name="other"), answer(datatype="BYTES"), answer(datatype=["FP32"]), answer(datatype=...),
        answer(shape=[2, 2]), answer(shape=[-1, -2]), answer(shape=[True, 2]), answer(shape="2"), answer(shape=...),
        answer(shape=[1 << 40]), answer(shape=[1] * 100), answer(data=["a", "b"]), answer(data=[[1.0], [1.0, 2.0]]),
        answer(data=[1, {}]), answer(data=[10**400, 1]), answer(data=3), answer(data=...),
        answer(parameters={"binary_data_size": 8}), answer(parameters={"binary_data_size": -8}),
        answer(parameters={"binary_data_size": "8"}), answer(parameters={"binary_data_size": True}),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError) as caught:
        decode({}, content, "map")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", ["-1", "x", "", "9" * 30, "1000", "5"])
def test_a_header_of_another_length_is_refused(length: str) -> None:
    with pytest.raises(ModelError):
        decode({"Inference-Header-Content-Length": length}, answer(), "map")
