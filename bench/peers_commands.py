"""Command lines that make the film of `peers_film` with melt, moviepy and editly, and why one cannot run.

Each gets the same cut, dissolve, title with its fades, sound and encoder settings; what it cannot do is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.peers_film import JOIN, OVERLAP, RATE, TITLE, Film, Shot
from craft.render.grade import PIVOT, Grade, curves, ends
from craft.render.picture import cores
from craft.render.plan import EncoderSpec

ENCODER = EncoderSpec()
SOUND_BITS = 192_000
PYTHON, EDITLY = "venv/bin/python", "node_modules/.bin/editly"
NEUTRAL, PER_WARMTH = 6500, 2500
"""Kelvin of a white that stays white, and what our temperature of 1 is in it, by eye."""


def no_display() -> str:
    """Why nothing that needs a display can run, or nothing."""
    there = os.environ.get("DISPLAY") or shutil.which("xvfb-run")
    return "" if there else "there is no display and no xvfb-run"


def display() -> list[str]:
    """What the command of a program that needs a display begins with."""
    return [] if os.environ.get("DISPLAY") else ["xvfb-run", "-a"]


def no_melt() -> str:
    """Why melt cannot run, or nothing."""
    return no_display() if shutil.which("melt") else "melt is not installed"


def melt(film: Film, out: Path, *, in_rgb: bool = False, cube: bool = False) -> list[str]:
    """The melt command line; the white balance by a filter that goes through RGB, or by one that need not.

    Each time its frames go through RGB inside a filter of ffmpeg 5.1, melt 7.12 takes them there by the matrix of
    BT.709 and back by that of BT.601, so more than one such filter leaves colours too far off to compare.
    """
    profile = film.folder / "melt.profile"
    profile.write_text(
        f"description=film\nframe_rate_num={RATE.num}\nframe_rate_den={RATE.den}\nwidth={film.width}\n"
        f"height={film.height}\nprogressive=1\nsample_aspect_num=1\nsample_aspect_den=1\n"
        "display_aspect_num=16\ndisplay_aspect_den=9\ncolorspace=709\n"
    )
    argv = [*display(), "melt", "-profile", str(profile)]
    for number, shot in enumerate(film.shots):
        argv += [str(shot.path), "in=0", f"out={shot.frames - 1}", *_melt_grade(shot.grade, in_rgb)]
        if cube:
            argv += ["-attach", "avfilter.lut3d", f"av.file={film.cube}"]
        if number == 0:
            argv += _melt_title(film)
        if number - 1 == JOIN:
            argv += ["-mix", str(OVERLAP), "-mixer", "luma"]
    argv += ["-audio-track", str(film.sound), "in=0", f"out={film.frames - 1}"]
    argv += [
        "-consumer",
        f"avformat:{out}",
        "vcodec=libx264",
        f"preset={ENCODER.preset}",
        f"crf={ENCODER.crf}",
    ]
    argv += [f"g={ENCODER.keyframe_every}", f"bf={ENCODER.b_frames}", "pix_fmt=yuv420p", "acodec=aac"]
    return [*argv, f"ab={SOUND_BITS}", "ar=48000", f"real_time=-{cores()}", f"threads={cores()}"]


def _melt_grade(grade: Grade, in_rgb: bool) -> list[str]:
    tone = [f"av.contrast={grade.contrast}", f"av.saturation={grade.saturation}", f"av.gamma={grade.gamma}"]
    argv = ["-attach", "avfilter.eq", *tone]
    if in_rgb:
        kelvin = NEUTRAL - PER_WARMTH * grade.temperature
        return [*argv, "-attach", "avfilter.colortemperature", f"av.temperature={kelvin:.0f}"]
    shift = curves(grade)
    ends = {"rl": shift.red_low, "rh": shift.red_high, "bl": shift.blue_low, "bh": shift.blue_high}
    told = [f"av.{name}={offset:.6f}" for name, offset in ends.items()]
    return [*argv, "-attach", "avfilter.colorcorrect", *told]


def _melt_title(film: Film) -> list[str]:
    """The title's picture with its fades; melt counts their frames from the filter's first."""
    last = TITLE.at.length - 1
    shown = {0: 0, TITLE.fade: 100, last - TITLE.fade: 100, last: 0}
    course = ";".join(f"{frame}=0/0:100%x100%:{opacity}" for frame, opacity in shown.items())
    argv = ["-attach", f"watermark:{film.title}", f"in={TITLE.at.start}", f"out={TITLE.at.end - 1}"]
    return [*argv, f"composite.geometry={course}", "composite.halign=centre", "composite.valign=middle"]


def no_moviepy(folder: Path) -> str:
    """Why moviepy cannot run, or nothing."""
    argv = [str(folder / PYTHON), "-c", "import moviepy"]
    there = Path(argv[0]).exists() and not subprocess.run(argv, capture_output=True, check=False).returncode
    return "" if there else f"moviepy is not installed in {folder}"


def moviepy(film: Film, out: Path, folder: Path, *, own_effects: bool = True) -> list[str]:
    """The command that runs `peers_moviepy.py` by the Python that has moviepy."""
    job = out.with_suffix(".json")
    title = {"path": str(film.title), "start": TITLE.at.start, "frames": TITLE.at.length, "fade": TITLE.fade}
    told = {
        "shots": [_told(shot) for shot in film.shots],
        "own_effects": own_effects,
        "join": JOIN,
        "overlap": OVERLAP,
        "rate": RATE.num,
        "title": title,
        "size": [film.width, film.height],
        "sound": str(film.sound),
        "out": str(out),
        "preset": ENCODER.preset,
        "crf": ENCODER.crf,
        "keyframe_every": ENCODER.keyframe_every,
        "threads": cores(),
    }
    job.write_text(json.dumps(told))
    return [str(folder / PYTHON), str(Path(__file__).with_name("peers_moviepy.py")), str(job)]


def _told(shot: Shot) -> dict[str, Any]:
    white, _ = ends(shot.grade)
    return {
        "path": str(shot.path),
        "frames": shot.frames,
        "grade": {**asdict(shot.grade), "gain": white, "pivot": PIVOT},
    }


def no_editly(folder: Path) -> str:
    """Why editly cannot run, or nothing."""
    return no_display() if (folder / EDITLY).exists() else f"editly is not installed in {folder}"


def editly(film: Film, out: Path, folder: Path) -> list[str]:
    """The editly command line."""
    encoding = [
        "-vf",
        "format=yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        ENCODER.preset,
        "-crf",
        str(ENCODER.crf),
    ]
    encoding += ["-g", str(ENCODER.keyframe_every), "-threads", str(cores()), "-c:a", "aac"]
    spec = film.folder / "editly.json"
    told = {
        "outPath": str(out),
        "width": film.width,
        "height": film.height,
        "fps": RATE.num,
        "audioFilePath": str(film.sound),
        "customOutputArgs": [*encoding, "-b:a", str(SOUND_BITS), "-movflags", "faststart"],
        "clips": [_editly_clip(film, number) for number in range(len(film.shots))],
    }
    spec.write_text(json.dumps(told))
    return [*display(), str(folder / EDITLY), str(spec)]


def _editly_clip(film: Film, number: int) -> dict[str, Any]:
    """A shot and the transition after it; editly shows a picture over it at once, without fades."""
    shot = film.shots[number]
    seconds = shot.frames / RATE.num
    layers: list[dict[str, Any]] = [{"type": "video", "path": str(shot.path), "cutFrom": 0, "cutTo": seconds}]
    if number == 0:
        title: dict[str, Any] = {"type": "image-overlay", "path": str(film.title), "position": "center"}
        width = film.title_width / film.width
        layers.append(
            title | {"width": width, "start": TITLE.at.start / RATE.num, "stop": TITLE.at.end / RATE.num}
        )
    overlap = OVERLAP / RATE.num if number == JOIN else 0
    return {"duration": seconds, "layers": layers, "transition": {"name": "fade", "duration": overlap}}
