"""`depth-tui watch`: one line a reading, for screen readers, scripts and log files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.camera.wish import parse_wish
from tui.cli.lines import Format, Lines
from tui.cli.listening import (
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
from tui.cli.model import loaded_model
from tui.cli.options import (
    AtOption,
    CardOption,
    CropOption,
    DistanceOption,
    Engine,
    EngineOption,
    FlipOption,
    FloorOption,
    ForceOption,
    FourccOption,
    FovOption,
    IntrinsicsOption,
    KnownOption,
    LengthOption,
    LiveOption,
    MarkerOption,
    ModelOption,
    Precision,
    PrecisionOption,
    ProfileOption,
    RateOption,
    ReferenceOption,
    RegionOption,
    RotateOption,
    SetOption,
    SheetOption,
    SizeOption,
    SourceOption,
    StrictOption,
    ThreadsOption,
    WeightsOption,
    WindowOption,
)
from tui.cli.recording import RECORD_AGE, RECORD_MOST, RecordAgeOption, RecordMaxOption, RecordOption, recorded
from tui.cli.typed import refuse_besides_config
from tui.errors import InputError
from tui.geometry.mounting import parse_mounting

ALARM_RANG = 6
"""Exit code of `--exit-on-alarm`."""


def watch(
    context: typer.Context,
    at: AtOption = None,
    region: RegionOption = None,
    source: SourceOption = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="1s, 500ms, 1min; 0 for every frame.")] = "1s",
    count: Annotated[
        int | None,
        typer.Option(metavar="N", help="Stop after so many times; without it never, but after one of a picture."),
    ] = None,
    reference: ReferenceOption = None,
    marker: MarkerOption = None,
    live: LiveOption = None,
    length: LengthOption = None,
    floor: FloorOption = None,
    known: KnownOption = None,
    sheet: SheetOption = None,
    intrinsics: IntrinsicsOption = None,
    fov: FovOption = None,
    distance: DistanceOption = None,
    profile: ProfileOption = None,
    model: ModelOption = None,
    weights: WeightsOption = None,
    card: CardOption = None,
    engine: EngineOption = Engine.AUTO,
    precision: PrecisionOption = Precision.F32,
    threads: ThreadsOption = None,
    mirror: Annotated[
        bool, typer.Option(" /--no-flip", help="Of a still picture, without the mean with the mirrored one.")
    ] = True,
    rotate: RotateOption = None,
    flip: FlipOption = None,
    crop: CropOption = None,
    size: SizeOption = None,
    rate: RateOption = None,
    fourcc: FourccOption = None,
    control: SetOption = None,
    record: RecordOption = None,
    record_max: RecordMaxOption = RECORD_MOST,
    record_age: RecordAgeOption = RECORD_AGE,
    window: WindowOption = None,
    force: ForceOption = False,
    strict: StrictOption = False,
    alarm: AlarmOption = None,
    exit_on_alarm: Annotated[
        bool, typer.Option("--exit-on-alarm", help=f"End with exit code {ALARM_RANG} when an alarm rings.")
    ] = False,
    command: ExecOption = None,
    webhook: WebhookOption = None,
    log: LogOption = None,
    log_max: LogMaxOption = None,
    log_age: LogAgeOption = None,
    mqtt: MqttOption = None,
    metrics: MetricsOption = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Several cameras with their own regions and alarms, from a TOML file whose keys are these options; "
            "in place of them. SIGHUP reads it again.",
        ),
    ] = None,
    allow_exec: Annotated[
        bool, typer.Option("--allow-exec", help="Let commands that stand in that file be run.")
    ] = False,
    output: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="One line a reading, in words (as without it), JSON, CSV or InfluxDB's line protocol. With --config "
            "and without it: alarms alone.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Read distances again and again, one line a reading, until interrupted.

    Each line has the time at which its frame was taken. A source that stops gives lines with the status stale and
    without a distance until it is back. With --strict and --count a run in which every reading was ok exits with 0.
    The password for --mqtt is taken from the environment: DEPTH_TUI_MQTT_PASSWORD.
    """
    output = Format.JSON if as_json else output
    if config is not None:
        from tui.cli.service_run import run_service

        beside = {"config", "allow_exec", "output", "as_json"}
        refuse_besides_config(context, context.params.keys() - beside)
        run_service(config, output, allow_exec=allow_exec)
        return
    from tui.camera.standard_input import STANDARD_INPUT, open_standard_input
    from tui.cli.asked import Asked
    from tui.cli.beats import beats
    from tui.cli.exits import warn
    from tui.cli.headless import asking
    from tui.cli.parse import parse_every
    from tui.cli.silence import NOT_YET, Silence
    from tui.cli.strict import Strictness
    from tui.instrument.wanted import Wanted
    from tui.records.bulletin import Bulletin
    from tui.records.desk import Desk
    from tui.records.listeners import check_places, close_all

    asked = Asked.of(
        at=at, region=region, distance=distance, reference=reference, marker=marker, length=length, floor=floor,
        known=known, sheet=sheet, live=live, intrinsics=intrinsics, fov=fov, profile=profile, window=window,
        force=force,
    )  # fmt: skip
    alarms = (*(alarm or ()), *asked.held_alarms)
    listening = listening_of(alarms, command, webhook, log, log_max, log_age, mqtt, metrics)
    check_places(listening.rules, asked.places)
    period_s = parse_every(every)
    if count is not None and count < 1:
        raise InputError(f"--count {count}: 1 or more")
    if exit_on_alarm and not alarms:
        raise InputError("--exit-on-alarm: give --alarm 'NAME: surely nearer than 1m'")
    wanted = Wanted(
        source=source,
        profile=profile,
        mounting=parse_mounting(rotate, flip, crop),
        wish=parse_wish(size, rate, fourcc, control),
        demo=False,
    )
    strictness, lines = Strictness(), Lines(output or Format.TEXT)
    outlets = listening.open(warn, period_s)
    desks: list[Desk] = []  # one, once it is known what the source is called

    def desk_of(label: str) -> Desk:
        if not desks:
            desks.append(Desk(label, listening.rules, outlets, tell=warn))
        return desks[0]

    def heard(bulletin: Bulletin) -> None:
        if exit_on_alarm and any(event.alarm.ringing for event in bulletin.events):
            raise typer.Exit(ALARM_RANG)

    silence = Silence(lambda: desks[0], lines, heard)

    def waiting(label: str) -> None:
        if label and desk_of(label):
            silence.look(NOT_YET)

    try:
        lines.begin()
        with (
            recorded(record, record_max, record_age) as keep,
            asking(
                asked,
                wanted,
                lambda: loaded_model(model, weights, engine, precision, threads, card=card),
                (lambda: (open_standard_input(), "")) if source == STANDARD_INPUT else None,
                patient=True,
                mirror_stills=mirror,
                waiting=waiting,
                named=model is not None or weights is not None,
            ) as headless,
        ):
            desk = desk_of(headless.label)
            for number, _ in enumerate(beats(headless, period_s, count), 1):
                answer, bulletin = headless.answer(), desk.look(headless.instrument.reading)
                lines.put(headless, answer, bulletin)
                keep(headless)
                strictness.note(answer)
                heard(bulletin)
                if number == count:
                    break
    finally:
        close_all(outlets)
    if strict:
        strictness.close()
