"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tui.cli.complete import intrinsics_names, model_names, profile_names


class Engine(StrEnum):
    """What computes a network."""

    AUTO = "auto"
    TORCH = "torch"
    OPENVINO = "openvino"


class Precision(StrEnum):
    """What a network is computed in."""

    AUTO = "auto"
    F32 = "f32"
    BF16 = "bf16"
    F16 = "f16"


ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="M",
        autocompletion=model_names,
        help="A name from 'depth-tui models', hf:OWNER/NAME of the Hugging Face Hub, or a file of your own: "
        ".onnx, .tflite or .xml with its card (.toml) beside it, or oip:URL of one on a server. "
        "Without it: the best one installed.",
    ),
]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", metavar="F", help="Weights of that model, instead of the fetched ones.")
]
CardOption = Annotated[
    Path | None,
    typer.Option(
        "--card",
        metavar="F",
        help="The card of a model file or of a network on a server, instead of the one that comes with it.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        max=64,
        help="How many pictures to have in flight with a network on a server (--model oip:...); 4 without it.",
    ),
]
EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        envvar="DEPTH_TUI_ENGINE",
        help="What computes the network; auto: a GPU by torch, else OpenVINO, and what fails is replaced.",
    ),
]
PrecisionOption = Annotated[
    Precision,
    typer.Option(
        "--precision",
        envvar="DEPTH_TUI_PRECISION",
        help="What the network is computed in; auto: the fastest that the machine has.",
    ),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(
        "--threads",
        envvar="DEPTH_TUI_THREADS",
        metavar="N",
        min=1,
        help="Cores for the network. Without it: all, but for one where there are more than two.",
    ),
]
MirrorOption = Annotated[
    bool,
    typer.Option(
        " /--no-flip",
        help="Without the mean with the map of the mirrored picture: a little less accurate, in half the time.",
    ),
]
RotateOption = Annotated[
    str | None,
    typer.Option(
        "--rotate",
        metavar="90|180|270",
        help="Turn pictures clockwise, as the camera is mounted. All pixels count in the picture as it is shown.",
    ),
]
FlipOption = Annotated[
    str | None,
    typer.Option(
        "--flip",
        metavar="h|v",
        help="Mirror pictures after that: left and right, or up and down. Printed markers cannot be read in a mirror.",
    ),
]
CropOption = Annotated[
    str | None,
    typer.Option("--crop", metavar="X,Y,WxH", help="Use this part of the picture, in pixels of the turned one."),
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="S",
        help="A camera (0, /dev/video0 or a part of its name), a picture, a folder of pictures, a video, a recording "
        "(.mcap), http(s)://, "
        "rtsp://, csi (a board's own camera), exec:COMMAND (its output), - (standard input) or demo. Without it: the "
        "first camera.",
    ),
]
SizeOption = Annotated[
    str | None, typer.Option("--size", metavar="WxH", help="Ask a camera for pictures of this size: 1280x720.")
]
RateOption = Annotated[
    float | None, typer.Option("--rate", metavar="N", help="Ask a camera for so many pictures a second.")
]
FourccOption = Annotated[
    str | None,
    typer.Option("--fourcc", metavar="MJPG", help="Ask a camera for this format; 'depth-tui cameras --modes' lists."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a camera's control by V4L2's name, such as brightness=10 (of csi, by its program's: "
        "shutter=10000), at every start of it; "
        "'depth-tui cameras --controls' lists them. Repeat for more.",
    ),
]
AtOption = Annotated[
    list[str] | None, typer.Option("--at", metavar="X,Y", help="A pixel to read, origin top left; repeat for more.")
]
RegionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        metavar="NAME=X,Y:X,Y...",
        help="A box by two corners, or a polygon by more, of which the nearest is read: what 5 % of it is nearer than. "
        "NAME:median=..., NAME:farthest=... (5 % is farther) for another statistic; repeat for more. "
        "Those of a --profile are read too.",
    ),
]
ReferenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        metavar="X,Y=DISTANCE",
        help="A pixel whose distance is known: 88,301=80cm, 1.8m, 5ft11in or 2.5m±2cm (one standard deviation; "
        "1 % without it). One fits the scale, two or more scale and shift. Measured again in every frame.",
    ),
]
MarkerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--marker",
        metavar="DICT:ID=SIZE",
        help="A printed marker as a reference: DICT_4X4_50:0=80mm, with * for every id; a ChArUco board as "
        "DICT:5x7=40mm/20mm. AprilTags are DICT_APRILTAG_36H11. Needs the camera.",
    ),
]
LiveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--live",
        metavar="X,Y=SENSOR",
        help="A range sensor beside the camera as a reference that is renewed in every frame: exec:COMMAND "
        "(lines such as 1.83 or 183cm) or serial:/dev/ttyUSB0 (those, or a TFmini's frames). Where its spot moves with "
        "the distance, two places: X,Y@0.5m : X,Y@4m =, without the blanks. One standard deviation: X,Y±2cm=; without "
        "it 1 %, or 2 cm if that is more. SENSOR alone lets a profile's sensor run.",
    ),
]
LengthOption = Annotated[
    list[str] | None,
    typer.Option(
        "--length",
        metavar="X1,Y1:X2,Y2=LENGTH",
        help="A known length between two pixels at equal distance, such as a door's 2.00m, as a reference. "
        "Needs the camera.",
    ),
]
FloorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--floor",
        metavar="X,Y=HEIGHT@PITCH",
        help="A pixel of a level floor, as a reference: 320,400=1.5m@20deg, the camera's height and how far it "
        "looks down; or what tells that: @map, the map's plane there; @X,Y:X,Y=1.2m, foot and top of a thing; "
        "@X,Y=3.4m, another place; @X,Y..X,Y=2m, two places so far apart; @X,Y:X,Y:X,Y:X,Y, one thing at two places; "
        "several with a + between. Needs the camera.",
    ),
]
KnownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--known",
        metavar="WHAT=X,Y:X,Y",
        help="What is there anyway, as a reference: person or door by foot and top or by a box, brick or tile by a "
        "line over at least four, whose repeats are counted. Its size stands behind another =, as 1.82m. Without "
        "one: 1.70 m ± 10 cm, 2.03 m ± 6 cm, courses of 75 ± 9 mm. Needs the camera.",
    ),
]
SheetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sheet",
        metavar="SIZE[=CORNERS]",
        help="A sheet of paper or a card as a reference: A4, Letter, paper (either), card, 21x29.7cm ..., found by "
        "itself in every frame, or by its four corners (X,Y:X,Y:...). Needs the camera; without one --distance is in "
        "its plane.",
    ),
]
IntrinsicsOption = Annotated[
    str | None,
    typer.Option(
        "--intrinsics",
        metavar="NAME|fx,fy,cx,cy|exif",
        autocompletion=intrinsics_names,
        help="The camera: as saved by depth-tui calibrate camera, in pixels, or from the picture's EXIF block.",
    ),
]
FovOption = Annotated[
    str | None,
    typer.Option("--fov", metavar="66deg", help="The camera's own field of view across, instead of --intrinsics."),
]
HeightsOption = Annotated[
    bool,
    typer.Option(
        "--heights",
        help="Heights above the floor, and between the ends of each --distance: the floor of --floor, or else the one "
        "that the map shows. Needs the camera.",
    ),
]
DistanceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--distance", metavar="X1,Y1:X2,Y2", help="The straight line between two pixels' points. Needs the camera."
    ),
]
AlongOption = Annotated[
    list[str] | None,
    typer.Option(
        "--along",
        metavar="X1,Y1:X2,Y2",
        help="A section: every pixel from one to another, as a chart; repeat for more.",
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME|FILE",
        autocompletion=profile_names,
        help="A saved calibration; references given here come before it.",
    ),
]
WindowOption = Annotated[
    int | None,
    typer.Option("--window", metavar="N", help="Odd side in pixels of the window that a reading is the median of; 5."),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Use the profile for pictures of another shape or of another camera all the same."),
]
StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="Print everything as ever, and exit with 5 unless every reading of the run was ok."),
]
