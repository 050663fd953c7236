"""The half-minute film that is given to other programs: four shots, a dissolve, a title, four layers of sound.

The shots are of the kinds that the episode of `bench.render` begins with, in its order: a photograph under a moving
camera with grain, a test picture with noise, another photograph, a fractal. Other programs get the same shots, the
title as a picture with transparency (no font of theirs is laid out) and the finished mix as a WAV (they need not mix,
duck or measure).
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import ffmpeg as ffmpeg_python
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from craft.render import cube
from craft.render.cache import SegmentCache
from craft.render.effects import Lut
from craft.render.execute import run as run_ffmpeg
from craft.render.grade import Grade
from craft.render.graphs.colour import primaries
from craft.render.graphs.sound import encode_command
from craft.render.master import AssemblySpec, assemble
from craft.render.model import (
    Clip,
    FrameRange,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    Transition,
    sequence,
)
from craft.render.plan import PictureSpec
from craft.render.wav import SAMPLE_RATE, create_wav
from craft.terms import cuts, digest, rates
from craft.terms.sound import Layer

Picture = NDArray[np.uint8]
Signal = NDArray[np.float64]

RATE = rates.FrameRate(24, 1)
LENGTHS = (186, 192, 195, 186)
JOIN, OVERLAP = 2, 12
"""Shots JOIN and JOIN + 1 (from 0) dissolve into each other over this many frames."""
TITLE = Title(FrameRange(24, 96), "THE KEEPER OF LIGHT", fade=12)
GRADES = (
    Grade(contrast=1.04, saturation=1.1, gamma=1.02, temperature=0.3),
    Grade(contrast=1.06, saturation=1.06, gamma=1.04, temperature=-0.2),
    Grade(contrast=1.08, saturation=1.02, gamma=0.98, temperature=0.15),
    Grade(contrast=1.04, saturation=1.1, gamma=1.02, temperature=-0.1),
)
DRAWN = {
    1: "testsrc2=s={size}:r=24,rotate=0.02*sin(t),gblur=0.8,noise=alls=6:allf=t:all_seed=1",
    3: "mandelbrot=s={size}:r=24:maxiter=400:start_scale=1.2:end_scale=0.2:end_pts=400,gblur=0.7,"
    "noise=alls=4:allf=t:all_seed=2",
}
ENCODING = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-pix_fmt", "yuv420p", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
)


@dataclass(frozen=True)
class Shot:
    """A file, its frames, and what is done to its colours."""

    path: Path
    frames: int
    grade: Grade


class Film:
    """The film's media in a folder, as our timeline and as plain files for others."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self.folder = folder
        self.width, self.height = width, height
        self.spec = AssemblySpec(PictureSpec(width, height))
        self.media: dict[str, Path] = {}
        self.shots = [self._shot(number) for number in range(len(LENGTHS))]
        self.frames = sum(LENGTHS) - OVERLAP
        self.title = folder / "title.png"
        self.title_width = write_title(self.title, height)
        self.cube = folder / "look.cube"
        self.cube.write_text(cube.write(look()), encoding="ascii")
        self.plain, self.looked = self._timeline(), self._timeline(Lut(self._keep(self.cube)))
        self.sound = folder / "mix.wav"

    @property
    def seconds(self) -> float:
        return self.frames / RATE.num * RATE.den

    def ours(self, *, looked: bool = False) -> Path:
        """Assemble with nothing cached, with or without the cube; the master. Leaves the mix for the others."""
        timeline = self.looked if looked else self.plain
        kept = self.folder / "cache"
        shutil.rmtree(kept, ignore_errors=True)
        made = assemble(
            timeline, self.media.__getitem__, self.folder / "ours", SegmentCache(kept), spec=self.spec
        )
        if not self.sound.exists():
            ffmpeg("-i", str(made.master), "-vn", str(self.sound))
        return made.master

    def bare(self) -> None:
        """What ffmpeg alone takes: every frame decoded, graded and encoded once as ours are, and the finished mix.

        No title, no dissolve, nothing joined, nothing mixed, measured or checked. Needs the mix of `ours`.
        """
        coder = self.spec.picture.encoder
        coding = ("-c:v", "libx264", "-preset", coder.preset, "-crf", str(coder.crf), "-threads", "1")
        groups = ("-g", str(coder.keyframe_every), "-bf", str(coder.b_frames), "-pix_fmt", "yuv420p")
        for number, shot in enumerate(self.shots):
            frames = shot.frames - (OVERLAP if number == JOIN else 0)
            picture = primaries(ffmpeg_python.input(str(shot.path), threads=1).video, shot.grade)
            graph = ffmpeg_python.output(picture, "out").get_args()
            found = graph[graph.index("-filter_complex") + 1]
            one = (
                "-filter_complex_threads",
                "1",
                "-threads",
                "1",
                "-i",
                str(shot.path),
                "-filter_complex",
                found,
            )
            out = self.folder / f"bare{number}.mp4"
            ffmpeg(
                *one,
                "-map",
                graph[graph.index("-map") + 1],
                *coding,
                *groups,
                "-frames:v",
                str(frames),
                str(out),
            )
        run_ffmpeg(
            encode_command("ffmpeg", self.sound, 0.0, self.spec.sound_bitrate, self.folder / "bare.m4a"),
            what="mix",
        )

    def _keep(self, path: Path) -> str:
        sha256 = digest.file_sha256(path)
        self.media[sha256] = path
        return sha256

    def _shot(self, number: int) -> Shot:
        path = self.folder / f"shot{number}.mp4"
        if number in DRAWN:
            drawn = DRAWN[number].format(size=f"{self.width}x{self.height}")
            ffmpeg(
                "-f",
                "lavfi",
                "-i",
                drawn,
                "-frames:v",
                str(LENGTHS[number]),
                *ENCODING,
                "-g",
                "250",
                str(path),
            )
        else:
            film_photograph(path, LENGTHS[number], self.width, self.height, 7 + number)
        return Shot(path, LENGTHS[number], GRADES[number])

    def _timeline(self, *looks: Lut) -> Timeline:
        clips = []
        for number, shot in enumerate(self.shots):
            at = FrameRange(0, shot.frames)
            media = MediaRef(self._keep(shot.path), MediaKind.VIDEO, at)
            clips.append(Clip(media, at, (shot.grade, *looks), f"shot {number}"))
        join = Transition(cuts.Transition.DISSOLVE, OVERLAP // 2, OVERLAP // 2)
        return Timeline(RATE, sequence(clips, {JOIN: join}), self._tracks(), titles=(TITLE,))

    def _tracks(self) -> tuple[SoundTrack, ...]:
        """Four lines of speech, a bed of music, an ambience and eight hits; music and ambience are ducked."""
        length = sum(LENGTHS) - OVERLAP
        words = self._sound("speech", speech(3.0))
        hit = self._sound("hit", noise(1.0, 2) * np.exp(-6.0 * _clock(1.0)) * 0.4)
        music = SoundClip(self._sound("music", chord(12.0)), 0, length, loop=True, fade_out=36)
        air = SoundClip(self._sound("air", noise(8.0, 3) * 0.05), 0, length, loop=True, gain_db=-3.0)
        lines = tuple(SoundClip(words, at, 72) for at in range(20, length - 72, length // 4))
        hits = tuple(SoundClip(hit, at, 24, pan=0.3) for at in range(60, length - 24, length // 8))
        return (
            SoundTrack(Layer.DIALOGUE, lines),
            SoundTrack(Layer.MUSIC, (replace(music, fade_in=24),)),
            SoundTrack(Layer.AMBIENCE, (air,)),
            SoundTrack(Layer.EFFECTS, hits),
        )

    def _sound(self, name: str, signal: Signal) -> MediaRef:
        path = self.folder / f"{name}.wav"
        if not path.exists():
            samples = create_wav(path, len(signal))
            samples[:] = signal.astype(np.float32)[:, None]
            del samples
        return MediaRef(self._keep(path), MediaKind.SOUND)


def ffmpeg(*argv: str) -> None:
    """Run ffmpeg. Raises `subprocess.CalledProcessError`."""
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True)


def photograph(width: int, height: int, seed: int) -> Picture:
    """A picture with the spectrum of photographs (amplitude falls with frequency) and edges, shape (h, w, 3)."""
    made = np.random.default_rng(seed)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falling = 1.0 / np.maximum(np.hypot(down, across), 1.0 / width) ** 1.05
    planes = []
    for _ in range(4):
        plane = np.fft.irfft2(np.fft.rfft2(made.standard_normal((height, width))) * falling, (height, width))
        planes.append((plane - plane.mean()) / plane.std())
    coloured = [118.0 + 46.0 * (0.75 * planes[0] + 0.35 * plane) for plane in planes[1:]]
    picture: Picture = np.clip(np.stack(coloured, -1), 0, 255).astype(np.uint8)
    unit = height / 1440
    for number in range(40):
        corner = (int(made.integers(0, width)), int(made.integers(0, height)))
        colour = [int(part) for part in made.integers(10, 245, 3)]
        if number % 2:
            cv2.circle(picture, corner, round(unit * made.integers(15, 160)), colour, -1, cv2.LINE_AA)
        else:
            far = (
                corner[0] + round(unit * made.integers(20, 300)),
                corner[1] + round(unit * made.integers(20, 300)),
            )
            cv2.rectangle(picture, corner, far, colour, -1)
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.uint8)


def film_photograph(path: Path, frames: int, width: int, height: int, seed: int) -> None:
    """A slow push and drift over a photograph, something crossing the frame, and grain."""
    source = photograph(2 * width, 2 * height, seed)
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}"]
    grain = f"noise=alls=5:allf=t:all_seed={seed},scale=out_color_matrix=bt709:out_range=tv"
    argv += ["-r", "24", "-i", "-", "-vf", grain, *ENCODING, "-g", "250", str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for number in range(frames):
            encoder.stdin.write(_pushed(source, number / frames, width, height).tobytes())
    if encoder.returncode:
        raise subprocess.CalledProcessError(encoder.returncode, argv)


def _pushed(source: Picture, share: float, width: int, height: int) -> Picture:
    scale, turn = 1.25 - 0.25 * share, np.deg2rad(2.0 * np.sin(3.0 * share))
    turned = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = np.array([width * (0.95 + 0.1 * share), height * (1.0 + 0.03 * share)])
    shift = centre - turned @ np.array([width / 2, height / 2])
    inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matrix = np.hstack([turned, shift[:, None]])
    frame = np.asarray(cv2.warpAffine(source, matrix, (width, height), flags=inverse), np.uint8)
    place = (int(width * (0.2 + 0.6 * share)), int(height * (0.5 + 0.14 * np.sin(9 * share))))
    cv2.circle(frame, place, height // 10, (40, 60, 200), -1, cv2.LINE_AA)
    return frame


def write_title(path: Path, height: int) -> int:
    """The title's words, white on nothing, just large enough for them; returns the picture's width."""
    font = ImageFont.load_default(round(TITLE.size * height))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(TITLE.text))
    picture = Image.new("RGBA", (right - left + 8, bottom - top + 8), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((4 - left, 4 - top), TITLE.text, font=font, fill=(255, 255, 255, 255))
    picture.save(path)
    return picture.width


def look() -> cube.Cube:
    """Warm lights, cool shadows and a soft shoulder, in 33 points a side."""
    colours = cube.lattice(33)
    light = (colours @ np.array([0.2126, 0.7152, 0.0722]))[..., None]
    curved = colours + 0.12 * (colours - 0.5) * (1.0 - np.abs(2.0 * colours - 1.0))
    tint = np.concatenate([0.06 * light, 0.0 * light, 0.04 * (1.0 - light)], axis=-1)
    return cube.Cube(np.clip(curved + tint, 0.0, 1.0))


def _clock(seconds: float) -> Signal:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def speech(seconds: float) -> Signal:
    """Harmonics under four syllables a second."""
    at = _clock(seconds)
    parts = [np.sin(2 * np.pi * 120 * part * at + part) / part for part in range(1, 25)]
    voiced: Signal = np.sum(parts, axis=0) * np.sin(np.pi * 4 * at) ** 2 * 0.12
    return voiced


def chord(seconds: float) -> Signal:
    """Five slowly breathing partials."""
    at = _clock(seconds)
    parts = [
        np.sin(2 * np.pi * 110 * part * at) * (0.6 + 0.4 * np.sin((0.7 + 0.13 * part) * at))
        for part in (1, 1.5, 2, 2.5, 3)
    ]
    held: Signal = np.sum(parts, axis=0) * 0.06
    return held


def noise(seconds: float, seed: int) -> Signal:
    """White noise at full scale's third."""
    return np.random.default_rng(seed).standard_normal(len(_clock(seconds))) / 3
