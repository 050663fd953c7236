"""Colours as files carry them: every range, matrix and depth gives the same picture, what is brighter than a screen
is bent into it, and what is transparent is black."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from craft.render.errors import RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Overlay, Timeline, Track
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.render.tools import find_tools
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, ffmpeg

PATCHES = [(200, 60, 60), (60, 180, 80), (70, 80, 200), (128, 128, 128), (30, 30, 30), (255, 255, 255)]
EACH = 24
Values = NDArray[np.float64]
HD = (0.2126, 0.0722)
SD = (0.299, 0.114)


def chart(folder: Path, patches: Sequence[tuple[int, ...]] = PATCHES) -> Path:
    """Patches of colour side by side, as a PNG."""
    image = np.zeros((HEIGHT, WIDTH, len(patches[0])), np.uint8)
    for number, colour in enumerate(patches):
        image[:, number * EACH : (number + 1) * EACH] = colour
    path = folder / "chart.png"
    Image.fromarray(image).save(path)
    return path


def coded(rgb: Values, weights: tuple[float, float] = HD) -> Values:
    """Y, Cb, Cr in video range of colours from 0 to 1."""
    red, blue = weights
    luma = rgb @ [red, 1 - red - blue, blue]
    chroma = [(rgb[:, 2] - luma) / (2 - 2 * blue), (rgb[:, 0] - luma) / (2 - 2 * red)]
    return np.stack([16 + 219 * luma, 128 + 224 * chroma[0], 128 + 224 * chroma[1]], axis=1)


def decoded(values: Values, weights: tuple[float, float] = HD) -> Values:
    """The colours from 0 to 1 of Y, Cb, Cr in video range."""
    red, blue = weights
    luma, cb, cr = (values[:, 0] - 16) / 219, (values[:, 1] - 128) / 224, (values[:, 2] - 128) / 224
    r, b = luma + cr * (2 - 2 * red), luma + cb * (2 - 2 * blue)
    return np.stack([r, (luma - red * r - blue * b) / (1 - red - blue), b], axis=1)


TRUTH = coded(np.array(PATCHES) / 255)


def seen_in(path: Path, patches: int = len(PATCHES)) -> NDArray[np.float64]:
    """Y, Cb, Cr in the middle of every patch of every frame: shape (frames, patches, 3)."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v", "-f", "rawvideo"]
    raw = subprocess.run([*argv, "-pix_fmt", "yuv420p", "-"], check=True, capture_output=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT * 3 // 2 * WIDTH)
    found = np.zeros((len(frames), patches, 3))
    for number, frame in enumerate(frames):
        luma, chroma = frame[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH), frame[WIDTH * HEIGHT :]
        planes = chroma.reshape(2, HEIGHT // 2, WIDTH // 2)
        for patch in range(patches):
            left = patch * EACH + 6
            found[number, patch, 0] = luma[30:60, left : left + 12].mean()
            found[number, patch, 1:] = planes[:, 15:30, left // 2 : left // 2 + 6].mean(axis=(1, 2))
    return found


def tags(matrix: str, primaries: str, transfer: str, given: str) -> list[str]:
    return [
        "-colorspace",
        matrix,
        "-color_primaries",
        primaries,
        "-color_trc",
        transfer,
        "-color_range",
        given,
    ]


EXACT = "flags=accurate_rnd+full_chroma_int+full_chroma_inp"
H264, FFV1 = ["-c:v", "libx264", "-qp", "0"], ["-c:v", "ffv1"]
HDTV, SDTV = ("bt709", "bt709", "bt709"), ("smpte170m", "smpte170m", "smpte170m")
WIDE = "zscale=matrixin=gbr:rangein=full:primariesin=709:transferin=709:matrix=2020_ncl:primaries=2020:transfer=709"
KINDS: dict[str, tuple[str, list[str]]] = {
    "709 limited": (
        f"scale={EXACT}:out_color_matrix=bt709:out_range=tv,format=yuv420p",
        [*H264, *tags(*HDTV, "tv")],
    ),
    "709 full": (
        f"scale={EXACT}:out_color_matrix=bt709:out_range=pc,format=yuvj420p",
        [*H264, *tags(*HDTV, "pc")],
    ),
    "601 limited": (
        f"scale={EXACT}:out_color_matrix=bt601:out_range=tv,format=yuv420p",
        [*H264, *tags(*SDTV, "tv")],
    ),
    "601 full": (
        f"scale={EXACT}:out_color_matrix=bt601:out_range=pc,format=yuvj420p",
        [*H264, *tags(*SDTV, "pc")],
    ),
    "240M": (
        f"scale={EXACT}:out_color_matrix=smpte240m:out_range=tv,format=yuv444p",
        [*FFV1, *tags("smpte240m", "bt709", "bt709", "tv")],
    ),
    "untagged": (f"scale={EXACT}:out_color_matrix=bt709:out_range=tv,format=yuv420p", H264),
    "10 bit 4:2:2": (
        f"scale={EXACT}:out_color_matrix=bt709:out_range=tv,format=yuv422p10",
        [*H264, *tags(*HDTV, "tv")],
    ),
    "10 bit 4:4:4 full": (
        f"scale={EXACT}:out_color_matrix=bt709:out_range=pc,format=yuv444p10",
        [*H264, *tags(*HDTV, "pc")],
    ),
    "12 bit": (
        f"scale={EXACT}:out_color_matrix=bt709:out_range=tv,format=yuv444p12",
        [*FFV1, *tags(*HDTV, "tv")],
    ),
    "RGB": ("format=gbrp", FFV1),
    "RGB of 16 bits": ("format=rgb48le", ["-c:v", "png"]),
    "2020 in standard range": (
        f"{WIDE}:range=limited,format=yuv444p10",
        [*FFV1, *tags("bt2020nc", "bt2020", "bt2020-10", "tv")],
    ),
    "JPEG": ("format=yuvj444p", ["-c:v", "mjpeg", "-q:v", "1"]),
}


def coloured(shelf: Shelf, folder: Path, name: str, filters: str, options: list[str]) -> Clip:
    path = folder / f"{name.replace(':', '')}.mkv"
    source = ["-loop", "1", "-r", "24", "-i", str(chart(folder))]
    ffmpeg(*source, "-filter_complex", filters, "-frames:v", "2", *options, str(path))
    return Clip(MediaRef(shelf.keep(path), MediaKind.VIDEO), FrameRange(0, 2), (), name)


def test_every_range_matrix_and_depth_gives_the_same_colours(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    clips = [coloured(shelf, tmp_path, name, *how) for name, how in KINDS.items()]
    made = assemble(Timeline(RATE, Track(tuple(clips))), shelf, tmp_path / "out", None, spec=spec)
    errors = np.abs(seen_in(made.master)[::2] - TRUTH).max(axis=(1, 2))
    assert dict(zip(KINDS, errors.round(1), strict=True)) == {name: pytest.approx(0, abs=2) for name in KINDS}
    assert made.warnings == ()


def test_wrong_tags_are_believed(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    """Nothing in a picture tells its matrix or its range; the result is what the tags say, to the code value."""
    filters, _ = KINDS["601 limited"]
    wrong_matrix = coloured(shelf, tmp_path, "wrong matrix", filters, [*H264, *tags(*HDTV, "tv")])
    filters, _ = KINDS["709 limited"]
    wrong_range = coloured(shelf, tmp_path, "wrong range", filters, [*FFV1, *tags(*HDTV, "pc")])
    track = Track((wrong_matrix, wrong_range))
    seen = seen_in(assemble(Timeline(RATE, track), shelf, tmp_path / "out", None, spec=spec).master)
    as_601 = coded(np.array(PATCHES) / 255, SD)
    assert np.abs(seen[0] - as_601).max() <= 2
    squeezed = np.stack([16 + TRUTH[:, 0] * 219 / 255, *(128 + (TRUTH[:, 1:] - 128) * 224 / 255).T], axis=1)
    assert np.abs(seen[2] - squeezed).max() <= 2


def test_grey_stills_keep_their_level(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    clips, wanted = [], []
    for mode, level in (("L", 128), ("L", 40), ("1", 1), ("I;16", 128 * 257), ("LA", 200), ("P", 90)):
        path = tmp_path / f"{mode.replace(';', '')}{level}.png"
        if mode == "LA":
            image = Image.new("LA", (WIDTH, HEIGHT), (level, 255))
        elif mode == "I;16":
            image = Image.fromarray(np.full((HEIGHT, WIDTH), level, np.uint16))
        elif mode == "P":
            image = Image.new("L", (WIDTH, HEIGHT), level).quantize(4)
        else:
            image = Image.new(mode, (WIDTH, HEIGHT), level)
        image.save(path)
        clips.append(Clip(MediaRef(shelf.keep(path), MediaKind.STILL), FrameRange(0, 2)))
        wanted.append({"1": 255.0, "I;16": 128.0}.get(mode, float(level)) * 219 / 255 + 16)
    made = assemble(Timeline(RATE, Track(tuple(clips))), shelf, tmp_path / "out", None, spec=spec)
    assert np.abs(seen_in(made.master)[::2, 0, 0] - wanted).max() <= 1.5
    assert made.warnings == ()


NITS = (0.1, 5.0, 26.0, 100.0, 203.0, 1000.0)


def pq(nits: Values) -> Values:
    """SMPTE ST 2084: the signal, 0 to 1, of light in candela per square metre."""
    light = (nits / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * light) / (1 + 2392 / 128 * light)) ** (2523 / 32)


def hlg(nits: Values) -> Values:
    """ARIB STD-B67 on a screen of 1000 nits: the signal of light, through the system gamma of 1.2."""
    scene = (nits / 1000) ** (1 / 1.2)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    bright = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


def toned(nits: Values) -> Values:
    """What light must become, 0 to 1 of BT.709: as it is up to 0.3 of diffuse white (203 nits), then bent."""
    light, knee, peak = nits / 203, 0.3, 1000 / 203
    a = -(knee**2) * (peak - 1) / (knee**2 - 2 * knee + peak)
    b = (knee**2 - 2 * knee * peak + peak) / (peak - 1)
    bent = (b**2 + 2 * b * knee + knee**2) / (b - a) * (light + a) / (light + b)
    return np.where(light <= knee, light, bent) ** (1 / 2.4)


def high(shelf: Shelf, folder: Path, transfer: str, signal: Values, name: str) -> Clip:
    """A clip of 10 bits whose patches have BT.2020 signals: shape (patches, 3), red, green, blue from 0 to 1."""
    luma = signal @ [0.2627, 0.6780, 0.0593]
    chroma = (signal[:, 2] - luma) / 1.8814, (signal[:, 0] - luma) / 1.4746
    planes = []
    for values in (64 + 876 * luma, 512 + 896 * chroma[0], 512 + 896 * chroma[1]):
        row = np.repeat(values.round(), EACH)
        planes.append(np.tile(np.pad(row, (0, WIDTH - len(row)), mode="edge"), (HEIGHT, 1)))
    raw, path = folder / f"{name}.raw", folder / f"{name}.mkv"
    raw.write_bytes(np.array(planes, np.uint16).tobytes() * 2)
    layout = ["-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-s", f"{WIDTH}x{HEIGHT}", "-r", "24"]
    ffmpeg(*layout, "-i", str(raw), *FFV1, *tags("bt2020nc", "bt2020", transfer, "tv"), str(path))
    return Clip(MediaRef(shelf.keep(path), MediaKind.VIDEO), FrameRange(0, 2), (), name)


def test_high_dynamic_range_keeps_its_middle_tones_and_bends_its_lights(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    nits = np.array(NITS)
    greys = {"smpte2084": pq(nits), "arib-std-b67": hlg(nits)}
    clips = [
        high(shelf, tmp_path, transfer, np.repeat(signal[:, None], 3, axis=1), transfer)
        for transfer, signal in greys.items()
    ]
    made = assemble(Timeline(RATE, Track(tuple(clips))), shelf, tmp_path / "out", None, spec=spec)
    seen = seen_in(made.master)[::2]
    assert np.abs(seen[:, :, 0] - (16 + 219 * toned(nits))).max() <= 3
    assert np.abs(seen[:, :, 1:] - 128).max() <= 1
    assert seen[0, 4, 0] < 220 < seen[0, 5, 0] <= 236  # diffuse white leaves room for what is brighter


def test_high_dynamic_range_keeps_hues(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    """Colours of BT.709 inside BT.2020, dim and bright: the shares of their light stay, whatever their level."""
    wide = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    light = np.array([[0.8, 0.2, 0.2], [0.2, 0.8, 0.2], [0.2, 0.2, 0.8]])
    both = np.concatenate([light * 50, light * 500])
    shot = high(shelf, tmp_path, "smpte2084", pq(both @ wide.T), "hues")
    made = assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path / "out", None, spec=spec)
    shown = decoded(seen_in(made.master)[0]).clip(0, 1) ** 2.4
    shares = shown / shown.sum(axis=1, keepdims=True)
    assert np.abs(shares - both / both.sum(axis=1, keepdims=True)).max() < 0.03
    assert (shown[3:].max(axis=1) > 2 * shown[:3].max(axis=1)).all()


def test_without_zscale_high_dynamic_range_is_refused_by_name(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    tools, script = find_tools(), tmp_path / "ffmpeg"
    script.write_text(f'#!/bin/sh\ncase "$*" in *filter=zscale*) exit 1;; esac\nexec {tools.ffmpeg} "$@"\n')
    script.chmod(0o755)
    shot = high(shelf, tmp_path, "smpte2084", np.full((6, 3), 0.5), "the lamp")
    timeline = Timeline(RATE, Track((shot,)))
    with pytest.raises(RenderError) as caught:
        assemble(timeline, shelf, tmp_path, None, spec=spec, tools=replace(tools, ffmpeg=str(script)))
    assert caught.value.code == "no_zscale" and "the lamp (frames 0..2)" in str(caught.value)


def test_what_is_transparent_is_black_and_said(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    shades = [(255, 255, 255, alpha) for alpha in (0, 64, 128, 192, 255)] + [(200, 60, 60, 128)]
    wanted = coded(np.array([[value / 255 * shade[3] / 255 for value in shade[:3]] for shade in shades]))
    picture = chart(tmp_path, shades)
    still = Clip(MediaRef(shelf.keep(picture), MediaKind.STILL), FrameRange(0, 2), (), "still")
    clips = [still]
    for name, codec in (("prores", ["prores_ks", "-pix_fmt", "yuva444p10le"]), ("qtrle", ["qtrle"])):
        path = tmp_path / f"{name}.mov"
        exact = f"scale={EXACT}:out_color_matrix=bt709:out_range=tv" if name == "prores" else "null"
        source = ["-loop", "1", "-r", "24", "-i", str(picture), "-vf", exact]
        ffmpeg(*source, "-frames:v", "2", "-c:v", *codec, str(path))
        clips.append(Clip(MediaRef(shelf.keep(path), MediaKind.VIDEO), FrameRange(0, 2), (), name))
    made = assemble(Timeline(RATE, Track(tuple(clips))), shelf, tmp_path / "out", None, spec=spec)
    assert np.abs(seen_in(made.master)[::2] - wanted).max() <= 2
    assert sorted(warning.split(" (")[0] for warning in made.warnings) == ["prores", "qtrle", "still"]
    assert all("transparent" in warning for warning in made.warnings)


def test_overlay_of_another_range_and_alpha_is_converted_too(shelf: Shelf, tmp_path: Path) -> None:
    filters, options = KINDS["601 full"]
    inset = coloured(shelf, tmp_path, "inset", filters, options).media
    overlay = Overlay(FrameRange(0, 2), inset)
    timeline = Timeline(RATE, Track((clip(shelf.flat(40), 0, 2),)), overlays=(overlay,))
    job = PictureJob(RATE, PictureSpec(WIDTH, HEIGHT), shelf, tmp_path / "out", None, workers=1)
    (piece,) = job.render(segments(timeline))
    assert np.abs(seen_in(piece.path) - TRUTH).max() <= 2
