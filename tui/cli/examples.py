"""The examples at the end of each command's help: one place for all, tried against the parser by the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """Something that people want, and how it is written."""

    what: str
    line: str
    """As typed in a shell, in at most 78 columns; a long one goes on after a backslash."""


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "depth-tui": (
        Example("the first camera that delivers, or the demo room", "depth-tui"),
        Example("a webcam, with a calibration saved before", "depth-tui --source 0 --profile bench"),
        Example("a stream, over a slow link", "depth-tui --source rtsp://camera.local/live --bandwidth 50kB"),
    ),
    "depth-tui measure": (
        Example(
            "the distance at a pixel, from one that is known",
            "depth-tui measure desk.jpg --at 120,200 --reference 88,301=80cm",
        ),
        Example(
            "by a printed marker, and between two pixels",
            "depth-tui measure desk.jpg --intrinsics webcam --distance 120,200:402,120 \\\n"
            "     --marker DICT_4X4_50:0=80mm",
        ),
        Example(
            "where to measure next, as there is one reference",
            "depth-tui measure desk.jpg --suggest 3 --reference 88,301=80cm",
        ),
    ),
    "depth-tui watch": (
        Example("every second, from the first camera", "depth-tui watch --at 120,200 --reference 88,301=80cm"),
        Example(
            "tell when something comes near, and keep all readings",
            "depth-tui watch --profile hall --region door=100,80:220,300 \\\n"
            "     --alarm 'door: surely nearer than 1m for 2s' --log hall.db",
        ),
        Example(
            "kept as it is read; --source door.mcap reads it again",
            "depth-tui watch --at 120,200 --profile bench --record door.mcap",
        ),
    ),
    "depth-tui depth": (
        Example("a map for each picture of a folder", "depth-tui depth pictures --out maps"),
        Example(
            "a depth video of a clip, and raw maps of its frames",
            "depth-tui depth clip.mp4 --out maps --format video,npz",
        ),
        Example(
            "points in space, in metres, with a profile's calibration",
            "depth-tui depth desk.jpg --out maps --profile bench --fov 66deg \\\n     --format ply,metres",
        ),
    ),
    "depth-tui print": (
        Example("a marker, to be measured by", "depth-tui print marker DICT_4X4_50:0=80mm --out marker.svg"),
        Example(
            "a board, to calibrate a camera with, on Letter",
            "depth-tui print board '9x6 25mm' --paper Letter --out board.pdf",
        ),
        Example("a ruler", "depth-tui print ruler 18cm --out ruler.svg"),
    ),
    "depth-tui models": (
        Example("which there are, and how fast they are here", "depth-tui models"),
        Example(
            "the names of those that are installed",
            "depth-tui models --json | jq -r '.[] | select(.installed) | .name'",
        ),
    ),
    "depth-tui models fetch": (
        Example("a small and quick one", "depth-tui models fetch midas-small"),
        Example(
            "one of the Hugging Face Hub, without being asked",
            "depth-tui models fetch hf:Intel/zoedepth-nyu-kitti --yes",
        ),
    ),
    "depth-tui models card": (
        Example("a card to begin with, beside the file", "depth-tui models card net.onnx"),
        Example("what would be written", "depth-tui models card --print net.onnx"),
    ),
    "depth-tui models check": (
        Example("are all weights as they came?", "depth-tui models check"),
        Example("in a script", "depth-tui models check && depth-tui depth pictures --out maps"),
    ),
    "depth-tui models remove": (
        Example("free the space again", "depth-tui models remove dpt-large-384"),
        Example("then fetch it anew", "depth-tui models remove midas-small && depth-tui models fetch midas-small"),
    ),
    "depth-tui models export": (
        Example("what comes with the program, for Triton", "depth-tui models export pocket --for triton"),
        Example(
            "a network of your own, for OpenVINO Model Server",
            "depth-tui models export net.onnx --for ovms --out models",
        ),
    ),
    "depth-tui calibrate": (
        Example("how to calibrate from pictures", "depth-tui calibrate camera --help"),
        Example("from pictures of a chessboard", "depth-tui calibrate camera board --board 9x6 --square 25mm"),
    ),
    "depth-tui calibrate camera": (
        Example(
            "a chessboard of 9x6 inner corners",
            "depth-tui calibrate camera board/*.jpg --board 9x6 --square 25mm --out webcam",
        ),
        Example(
            "a ChArUco board",
            "depth-tui calibrate camera board --board 5x7 --square 40mm --marker 20mm \\\n"
            "     --dict DICT_6X6_250 --out webcam",
        ),
        Example("then measure with it", "depth-tui measure desk.jpg --intrinsics webcam --distance 120,200:402,120"),
    ),
    "depth-tui service": (
        Example("the unit for what watch.toml names", "depth-tui service --config watch.toml"),
        Example("with a camera that is a command", "depth-tui service --config watch.toml --allow-exec"),
    ),
    "depth-tui log": (
        Example("what each place showed", "depth-tui log run.db"),
        Example("one of them in the last day, as a chart", "depth-tui log run.db --name door --since 24h"),
        Example("when alarms rang", "depth-tui log run.db --alarms"),
    ),
    "depth-tui profiles": (
        Example("which there are", "depth-tui profiles"),
        Example("start the app with one", "depth-tui --profile bench"),
    ),
    "depth-tui profiles export": (
        Example("for another machine", "depth-tui profiles export bench bench.json"),
        Example("in place of an older file", "depth-tui profiles export bench bench.json --force"),
    ),
    "depth-tui profiles import": (
        Example("as it is called there", "depth-tui profiles import bench.json"),
        Example("under another name", "depth-tui profiles import bench.json --name bench2"),
    ),
    "depth-tui profiles remove": (
        Example("for good", "depth-tui profiles remove bench"),
        Example(
            "but keep it in a file", "depth-tui profiles export bench bench.json && depth-tui profiles remove bench"
        ),
    ),
    "depth-tui eval": (
        Example("the model that is used without being named", "depth-tui eval --data recordings"),
        Example(
            "two models on some of the sequences",
            "depth-tui eval --data recordings --sequence 'nyu/*' \\\n     --model pocket --model midas-small --json",
        ),
    ),
    "depth-tui eval-trust": (
        Example(
            "what is said when the lens is covered, the view moved, a number mistyped",
            "depth-tui eval-trust --data recordings",
        ),
        Example(
            "as data, with four references in each of ten pictures",
            "depth-tui eval-trust --data recordings --pictures 10 --references 4 --json",
        ),
    ),
    "depth-tui eval-calibration": (
        Example("metres from 1, 2, 4, 8 and 16 references", "depth-tui eval-calibration --data recordings"),
        Example(
            "at random, and where the program suggests them",
            "depth-tui eval-calibration --data recordings --suggested",
        ),
        Example(
            "with another model, for a script",
            "depth-tui eval-calibration --data recordings --model midas-small --json",
        ),
    ),
    "depth-tui bench": (
        Example("each stage, with a clip", "depth-tui bench --source clip.mp4"),
        Example("models against each other", "depth-tui bench --models pocket midas-small"),
        Example("what the app sends to a terminal", "depth-tui bench --bytes demo clip.mp4"),
    ),
    "depth-tui cameras": (
        Example("which there are, and what is in the way", "depth-tui cameras"),
        Example("the first that can be used", "depth-tui cameras --json | jq -r '[.[] | select(.usable)][0].path'"),
    ),
    "depth-tui doctor": (
        Example("what is missing here, with the remedy", "depth-tui doctor"),
        Example(
            "only what is bad, for a script", "depth-tui doctor --json | jq '.findings[] | select(.verdict == \"bad\")'"
        ),
    ),
}
"""By the command's whole name, in the order of the README."""
