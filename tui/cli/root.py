"""The command itself: without a subcommand it starts the app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.camera.wish import parse_wish
from tui.cli import (
    bench,
    calibrate,
    cameras,
    depth,
    doctor,
    evaluate,
    evaluate_calibration,
    evaluate_trust,
    log,
    measure,
    models,
    prints,
    profiles,
    service,
    watch,
)
from tui.cli.commands import Command, Group
from tui.cli.complete import profile_names
from tui.cli.exits import exit_code_of
from tui.cli.listening import (
    PASSWORD_VARIABLE,
    AlarmOption,
    ExecOption,
    LogAgeOption,
    LogMaxOption,
    LogOption,
    MetricsOption,
    MqttOption,
    WebhookOption,
    listening_of,
)
from tui.cli.look_options import Colors, ContourChoice, GraphicsChoice, Palette, Theme
from tui.cli.options import (
    CardOption,
    CropOption,
    Engine,
    EngineOption,
    FlipOption,
    FourccOption,
    LiveOption,
    ModelOption,
    Precision,
    PrecisionOption,
    RateOption,
    RotateOption,
    SetOption,
    SizeOption,
    ThreadsOption,
    WeightsOption,
)
from tui.cli.output import say
from tui.cli.surroundings import forget_sizes
from tui.cli.typed import refuse_besides_config, typed
from tui.errors import InputError
from tui.geometry.mounting import parse_mounting
from tui.instrument.wanted import Wanted
from tui.version import __version__

if TYPE_CHECKING:
    from tui.screens.options import ConfiguredCamera

app = typer.Typer(
    name="depth-tui",
    cls=Group,
    help="How far away is it? Without a command: the instrument, in this terminal.\n\n"
    f"The password for --mqtt is taken from the environment: {PASSWORD_VARIABLE}.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("measure", cls=Command)(measure.measure)
app.command("watch", cls=Command)(watch.watch)
app.command("service", cls=Command)(service.service)
app.command("log", cls=Command)(log.log)
app.command("depth", cls=Command)(depth.depth)
app.add_typer(models.app, name="models")
app.add_typer(calibrate.app, name="calibrate")
app.command("print", cls=Command)(prints.print_target)
app.add_typer(profiles.app, name="profiles")
app.command("eval", cls=Command)(evaluate.evaluate)
app.command("eval-calibration", cls=Command)(evaluate_calibration.evaluate_calibration)
app.command("eval-trust", cls=Command)(evaluate_trust.evaluate_trust)
app.command("bench", cls=Command)(bench.bench)
app.command("cameras", cls=Command)(cameras.cameras)
app.command("doctor", cls=Command)(doctor.doctor)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0; 2 bad use or input; 3 no model; 4 a source fails; 5 not ok.

    Args:
        arguments: without the program's name; those of this process if None.
    """
    return exit_code_of(lambda: _command()(arguments, prog_name="depth-tui", standalone_mode=False))


@cache
def _command() -> Callable[..., object]:
    """Made once in a process: it takes longer to be made than a command line takes to be read."""
    return typer.main.get_command(app)


_GIVEN_AFTER = (
    "source", "model", "weights", "card", "profile", "theme", "engine", "precision", "threads", "rotate", "flip",
    "crop", "size", "rate", "fourcc", "control", "alarm", "command", "webhook", "log_file", "log_max", "log_age",
    "mqtt", "metrics", "live",
)  # fmt: skip
"""Options that commands have, too: before a command's name they would be lost."""


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"depth-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="S",
            help="A camera (0, /dev/video0 or a part of its name), a picture, a folder of pictures, a video, "
            "http(s)://, rtsp://, csi (a board's own camera), exec:COMMAND (its output) or demo. Without it: the "
            "first camera that delivers, else demo.",
        ),
    ] = None,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    size: SizeOption = None,
    rate: RateOption = None,
    fourcc: FourccOption = None,
    control: SetOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    threads: ThreadsOption = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", autocompletion=profile_names, help="Start with this calibration profile."),
    ] = None,
    live: LiveOption = None,
    theme: Annotated[Theme | None, typer.Option(help="Without it: as it was when the app was left.")] = None,
    bandwidth: Annotated[
        str,
        typer.Option(
            metavar="RATE|auto|off",
            help="The most to send to the terminal, such as 200kB a second; auto watches how fast the link takes it.",
        ),
    ] = "auto",
    fps: Annotated[float, typer.Option(min=0.2, max=60, help="The most frames a second to draw.")] = 10.0,
    colors: Annotated[
        Colors | None,
        typer.Option(help="What the terminal can show; auto: what it announces, and none where NO_COLOR is set."),
    ] = None,
    palette: Annotated[
        Palette | None,
        typer.Option(help="For depth; all but turbo can be read by colour-blind eyes. Without it: the last one."),
    ] = None,
    contours: Annotated[
        ContourChoice | None,
        typer.Option(help="Lines of equal distance over the depth map; auto: where there are no colours."),
    ] = None,
    graphics: Annotated[
        GraphicsChoice | None,
        typer.Option(help="Half-block characters, or real pixels where the terminal has them; auto asks it."),
    ] = None,
    tour: Annotated[
        bool, typer.Option("--tour", help="Show the tour of the demo room, as at the first start.")
    ] = False,
    alarm: AlarmOption = None,
    command: ExecOption = None,
    webhook: WebhookOption = None,
    log_file: LogOption = None,
    log_max: LogMaxOption = None,
    log_age: LogAgeOption = None,
    mqtt: MqttOption = None,
    metrics: MetricsOption = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The cameras of such a file as watch --config takes, with profiles, regions and alarms; N walks.",
        ),
    ] = None,
    allow_exec: Annotated[
        bool, typer.Option("--allow-exec", help="Let commands that stand in that file be run.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> int:
    """How far away is it? Without a command: the instrument, in this terminal."""
    if context.invoked_subcommand is not None:
        if any(typed(context, name) for name in (*_GIVEN_AFTER, "config")):
            raise InputError(
                f"options for {context.invoked_subcommand} come after it: depth-tui {context.invoked_subcommand} ..."
            )
        return 0
    from tui.app import run_app
    from tui.screens.options import StartOptions
    from tui.terminal.bandwidth import Bandwidth

    cameras: tuple[ConfiguredCamera, ...] = ()
    wanted = Wanted(source, model, weights, card, engine.value, profile, precision.value, threads)
    wanted = replace(wanted, mounting=parse_mounting(rotate, flip, crop), wish=parse_wish(size, rate, fourcc, control))
    if live:
        from tui.targets.live import parse_lives

        parse_lives(live)
        wanted = replace(wanted, live=tuple(live))
    listening = listening_of(alarm, command, webhook, log_file, log_max, log_age, mqtt, metrics, alarms_later=True)
    if config is not None:
        from tui.cli.configured import configured

        refuse_besides_config(context, [name for name in _GIVEN_AFTER if name != "theme"])
        cameras, listening = configured(config, allow_exec=allow_exec)
        wanted = cameras[0].wanted
    forget_sizes()
    options = StartOptions(
        **{each.name: getattr(wanted, each.name) for each in fields(wanted) if each.name != "demo"},
        bandwidth=Bandwidth.parse(bandwidth),
        fps=fps,
        colors=None if colors is None else colors.value,
        palette=None if palette is None else palette.value,
        contours=None if contours is None else contours.value,
        graphics=None if graphics is None else graphics.value,
        tour=tour,
        cameras=cameras,
    )
    return run_app(options, theme=None if theme is None else theme.value, listening=listening)
