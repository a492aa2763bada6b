"""`--live` of `measure` and `watch`: stand-in sensors beside stand-in cameras, and what goes wrong with them."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.planted import plant, stripes
from tests.cli.test_same_options import BENCH
from tests.cli.test_watch_live import FAST, source, watching
from tests.cli.test_watch_live import stripes as seen
from tests.fakes import SteppableSource
from tui.cli.root import run
from tui.storage.profiles import Profile, load_profile, write_profile

assert source, "a fixture"


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plant(monkeypatch)
    return stripes(tmp_path / "stripes.png")


def sensor(folder: Path, name: str, body: str) -> str:
    """Writes a sensor's program, which has `HERE`; what stands behind `X,Y=`."""
    file = folder / f"{name}.py"
    head = "import sys, time\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
    file.write_text(head + body, encoding="utf-8")
    return f"exec:{shlex.join([sys.executable, '-S', '-E', str(file)])}"


def steady(folder: Path, name: str, text: str) -> str:
    """Writes the same line again and again, or what stands in the file of its name, and notes that it ran."""
    (folder / f"{name}.txt").write_text(text)
    return sensor(
        folder,
        name,
        f"(HERE / '{name}.ran').touch()\n"
        f"while True:\n    print((HERE / '{name}.txt').read_text(), flush=True); time.sleep(0.01)",
    )


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, Any], str]:
    assert run(["measure", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    found: dict[str, Any] = json.loads(out)
    return found, err


def test_two_sensors_beside_a_picture_give_its_scale_and_shift(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    near, far = steady(tmp_path, "near", "100 cm"), steady(tmp_path, "far", "4.0")
    found, err = measured(
        capsys, str(picture), "--at", "50,20", "--live", f"10,20={near}", "--live", f"70,20\u00b11%={far}"
    )
    (point,) = found["readings"]
    assert point["distance_m"] == pytest.approx(3.0, rel=0.02)
    assert err == ""
    assert ["of another time" in each for each in found["warnings"]] == [True], "a picture is of any time"
    labels = [each["label"] for each in found["calibration"]["references"]]
    assert all(each.startswith("range ") for each in labels)


def test_a_sensor_goes_with_other_references(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    near = steady(tmp_path, "near", "1.00")
    found, _ = measured(capsys, str(picture), "--at", "50,20", "--live", f"10,20={near}", "--reference", "70,20=4m")
    assert found["readings"][0]["distance_m"] == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("sys.stderr.write('no answer on the bus'); sys.exit(3)", "exit code 3: no answer on the bus"),
        ("while True: print('hello', flush=True); time.sleep(0.01)", "no distance in 'hello'"),
        ("while True: print('1830', flush=True); time.sleep(0.01)", "1830 m, or in another unit?"),
    ],
)
def test_a_sensor_that_says_nothing_is_an_error_in_one_line(
    picture: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    says: str,
) -> None:
    monkeypatch.setattr("tui.cli.ranges._FAILING_S", 0.3)
    given = ["--live", f"10,20={sensor(tmp_path, 'sensor', body)}"]
    assert run(["measure", str(picture), "--at", "50,20", *given]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--live", "10,20=2m"], "X,Y=exec:COMMAND"),
        (["--live", "100,20=exec:x"], "outside"),
        (["--live", "exec:x"], "where does it look?"),
        (["--live", "1,2=exec:x", "--live", "3,4=exec:x"], "twice"),
    ],
)
def test_what_cannot_be_used_is_bad_input(
    picture: Path, capsys: pytest.CaptureFixture[str], given: list[str], says: str
) -> None:
    assert run(["measure", str(picture), "--at", "50,20", *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


def test_what_a_profile_would_run_is_run_only_where_it_is_typed(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.ranges._FAILING_S", 0.3)
    near = steady(tmp_path, "near", "1.00")
    profile = tmp_path / "bench.json"
    write_profile(bench(f"10,20={near}"), profile)
    assert load_profile(profile).ranges == (f"10,20={near}",)
    given = [str(picture), "--at", "50,20", "--profile", str(profile)]
    assert run(["measure", *given]) == 2
    assert "does not run" in capsys.readouterr().err
    assert not (tmp_path / "near.ran").exists()
    found, _ = measured(capsys, *given, "--live", near)
    assert found["readings"][0]["distance_m"] is not None
    assert (tmp_path / "near.ran").exists()


def bench(*ranges: str) -> Profile:
    return replace(BENCH, calibration=None, ranges=ranges)


def test_watch_follows_a_sensor_and_says_when_it_falls_silent(
    monkeypatch: pytest.MonkeyPatch, source: SteppableSource, tmp_path: Path
) -> None:
    near, far = steady(tmp_path, "near", "1.00"), steady(tmp_path, "far", "4.00")
    given = ["--at", "50,20", "--json", *FAST, "--live", f"10,20={near}", "--live", f"70,20={far}"]
    with watching(monkeypatch, source, *given) as held:
        held.reading(lambda found: found["distance_m"] == pytest.approx(3.0, rel=0.02))
        (tmp_path / "near.txt").write_text("0.50")
        (tmp_path / "far.txt").write_text("2.00")
        held.show((seen() // 2 * np.array([1, 2, 2], np.uint8)).astype(np.uint8))  # all at half the distance
        held.reading(lambda found: found["distance_m"] == pytest.approx(1.5, rel=0.02))
        (tmp_path / "far.txt").write_text("out of order")
        silent = held.reading(lambda found: any("does not count" in each for each in found["warnings"]))
        assert any("range" in each and "out of order" in each for each in silent["warnings"])
