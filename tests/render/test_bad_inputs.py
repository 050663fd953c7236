"""Sources as they arrive: uneven time, odd starts, odd shapes and names. Every frame is where it belongs, or an
error names the clip and its place."""

from __future__ import annotations

import math
import shutil
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from craft.render.errors import RenderError
from craft.render.graphs import sources
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, Gap, MediaKind, MediaRef, Timeline, Track
from craft.render.probe import probe
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, ffmpeg, greys, numbers

Pixels = NDArray[np.uint8]
FLAT = f"color=s={WIDTH}x{HEIGHT}:r=24"
RAMP = f"{FLAT},format=yuv420p,geq=lum='20+4*N':cb=128:cr=128"


def shot(shelf: Shelf, path: Path, length: int, start: int = 0, name: str = "the shot") -> Clip:
    """A clip of a file of which nothing is known ahead of time."""
    return Clip(MediaRef(shelf.keep(path), MediaKind.VIDEO), FrameRange(start, length), (), name)


def still(shelf: Shelf, path: Path, length: int = 2) -> Clip:
    return Clip(MediaRef(shelf.keep(path), MediaKind.STILL), FrameRange(0, length), (), path.name)


def made_of(clips: list[Clip], shelf: Shelf, folder: Path, spec: AssemblySpec) -> Assembly:
    return assemble(Timeline(RATE, Track(tuple(clips))), shelf, folder / "out", None, spec=spec)


def refusal(clips: list[Clip], shelf: Shelf, folder: Path, spec: AssemblySpec) -> RenderError:
    """What is raised, which names the clip and its place; nothing may be left behind."""
    with pytest.raises(RenderError) as caught:
        made_of(clips, shelf, folder / "refused", spec)
    assert clips[0].name in str(caught.value) and "(frames 0.." in str(caught.value)
    assert not [path for path in (folder / "refused").rglob("*.mp4") if path.is_file()]
    return caught.value


def luma(path: Path) -> Pixels:
    """The luma of every frame, shape (n, HEIGHT, WIDTH)."""
    raw = path.with_suffix(".luma")
    ffmpeg("-i", str(path), "-map", "0:v", "-vf", "extractplanes=y", "-f", "rawvideo", str(raw))
    return np.fromfile(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_frames_of_uneven_time_land_where_they_belong(
    container: str, shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    path = tmp_path / f"uneven.{container}"
    uneven = f"{RAMP},settb=1/1000,setpts='20*N+70*floor(N/3)+400*gte(N,20)'"
    encoding = ["-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-crf", "4"]
    ffmpeg("-f", "lavfi", "-i", uneven, "-frames:v", "40", *encoding, str(path))
    info = probe(path).picture
    assert info is not None and info.variable
    times = [Fraction(20 * n + 70 * (n // 3) + 400 * (n >= 20), 1000) for n in range(40)]
    length = math.floor(times[-1] * 24)
    begins = [math.floor(time * 24 + Fraction(1, 2)) for time in times]
    wanted = [max(n for n, begin in enumerate(begins) if begin <= frame) for frame in range(length)]
    seen = greys(made_of([shot(shelf, path, length)], shelf, tmp_path, spec).master)
    assert numbers(seen) == wanted
    seen = greys(made_of([shot(shelf, path, 12, 20)], shelf, tmp_path, spec).master)
    assert numbers(seen) == wanted[20:32]
    if container == "mp4":
        assert refusal([shot(shelf, path, length + 12)], shelf, tmp_path, spec).code == "segment_short"


def starts(shelf: Shelf, folder: Path) -> dict[str, tuple[Path, int]]:
    """Files that begin oddly, each with the number of the first frame it shows."""
    whole = shelf(shelf.ramp().sha256)
    copy = ("-i", str(whole), "-c", "copy")
    found = {name: (folder / name, 0) for name in ("later.ts", "before zero.mp4", "behind its sound.mkv")}
    ffmpeg(*copy, "-output_ts_offset", "7.3", str(found["later.ts"][0]))
    ffmpeg(*copy, "-movflags", "negative_cts_offsets", str(found["before zero.mp4"][0]))
    tone = ("-f", "lavfi", "-i", "sine=d=3", "-itsoffset", "0.5")
    behind = ("-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "flac")
    ffmpeg(*tone, "-i", str(whole), *behind, str(found["behind its sound.mkv"][0]))
    found["edit list.mp4"] = (folder / "edit list.mp4", 12)
    ffmpeg("-ss", "0.5", *copy, str(folder / "edit list.mp4"))
    found["empty edit.mp4"] = (folder / "empty edit.mp4", 0)
    ffmpeg(*tone, "-i", str(whole), "-map", "0", "-map", "1", "-c:v", "copy", str(folder / "empty edit.mp4"))
    return found


def first_time(path: Path) -> Fraction:
    picture = probe(path).picture
    assert picture is not None
    return picture.start


def test_frames_without_a_time_are_refused(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    """Matroska cannot tell times before zero: those frames have none, and would be shown anywhere."""
    path = tmp_path / "before zero.mkv"
    ahead = ("-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled")
    ffmpeg("-i", str(shelf(shelf.ramp().sha256)), "-c", "copy", *ahead, str(path))
    assert refusal([shot(shelf, path, 6)], shelf, tmp_path, spec).code == "no_times"


def test_files_that_begin_oddly_begin_with_their_first_frame(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    files = starts(shelf, tmp_path)
    assert all(float(first_time(files[name][0])) > 0.4 for name in ("later.ts", "behind its sound.mkv"))
    clips = [shot(shelf, path, 6, at) for path, _ in files.values() for at in (0, 20)]
    wanted = [first + at + n for _, first in files.values() for at in (0, 20) for n in range(6)]
    assert numbers(greys(made_of(clips, shelf, tmp_path, spec).master)) == wanted


def test_frames_behind_the_end_are_refused_wherever_a_file_begins(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    for path, first in starts(shelf, tmp_path).values():
        assert refusal([shot(shelf, path, 50 - first)], shelf, tmp_path, spec).code == "segment_short", path


def test_claim_of_more_frames_than_there_are_is_found_out(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    liar = replace(shelf.ramp("brief", 10), available=FrameRange(0, 48))
    assert refusal([Clip(liar, FrameRange(4, 20), (), "liar")], shelf, tmp_path, spec).code == "segment_short"
    picture = tmp_path / "one.png"
    Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128)).save(picture)
    assert refusal([shot(shelf, picture, 5)], shelf, tmp_path, spec).code == "segment_short"


SIZES = {"161x91": 2, "2x2": 2, "3x200": 2, "1x1": 2, "1919x1079": 1, "4096x2304": 1}


def test_sizes_of_every_kind_fill_the_frame_as_far_as_their_shape_allows(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    clips, boxes = [], []
    for size, frames in SIZES.items():
        across, down = map(int, size.split("x"))
        path = tmp_path / f"{size}.mkv"
        source = f"color=0xb0b0b0:s={size}:r=24,format=yuv444p"
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(frames), "-c:v", "ffv1", str(path))
        clips.append(shot(shelf, path, frames))
        boxes += [(min(WIDTH, HEIGHT * across / down), min(HEIGHT, WIDTH * down / across))] * frames
    for frame, (width, height) in zip(luma(made_of(clips, shelf, tmp_path, spec).master), boxes, strict=True):
        lit = frame > 100
        assert abs(lit.any(axis=0).sum() - width) <= 2 and abs(lit.any(axis=1).sum() - height) <= 2
        assert abs(frame[lit].mean() - (16 + 219 * 0xB0 / 255)) < 4  # the soft edges of a tiny picture
        assert abs(np.argwhere(lit).mean(axis=0) - [(HEIGHT - 1) / 2, (WIDTH - 1) / 2]).max() <= 1


def matrix_of(frames: Path, turned: Path, entries: tuple[int, int, int, int]) -> Path:
    """A copy of an MP4 whose track header asks for another orientation."""
    data = bytearray(frames.read_bytes())
    header = data.index(b"tkhd") + 4
    first = header + 4 + (32 if data[header] else 20) + 16
    for place, value in zip((0, 1, 3, 4), entries, strict=True):
        struct.pack_into(">i", data, first + 4 * place, value << 16)
    turned.write_bytes(data)
    return turned


ORIENTATIONS = {
    "mirrored": ((-1, 0, 0, 1), lambda frame: frame[:, ::-1]),
    "upside down, mirrored": ((1, 0, 0, -1), lambda frame: frame[::-1]),
    "180": ((-1, 0, 0, -1), lambda frame: np.rot90(frame, 2)),
    "90": ((0, 1, -1, 0), lambda frame: np.rot90(frame, -1)),
    "270": ((0, -1, 1, 0), lambda frame: np.rot90(frame, 1)),
    "transposed": ((0, 1, 1, 0), lambda frame: frame.T),
    "transposed the other way": ((0, -1, -1, 0), lambda frame: np.rot90(frame, 2).T),
}


def pattern(width: int, height: int) -> Pixels:
    """A smooth picture that looks different in all eight orientations."""
    down, across = np.mgrid[0:height, 0:width]
    value = 40 + 100 * across / width + 60 * down / height + 30 * (across < width / 3) * (down < height / 3)
    return value.astype(np.uint8)


def test_turned_and_mirrored_clips_stand_upright(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    files = {}
    for width, height in ((WIDTH, HEIGHT), (HEIGHT, WIDTH)):
        raw, path = tmp_path / "pattern.gray", tmp_path / f"pattern{width}.mp4"
        raw.write_bytes(pattern(width, height).tobytes() * 3)
        layout = ("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", "24", "-i", str(raw))
        levels = ("-vf", "scale=out_range=pc,format=yuvj420p", "-c:v", "libx264", "-crf", "2")
        ffmpeg(*layout, *levels, str(path))
        files[width] = path
    clips, wanted = [], []
    for name, (entries, turn) in ORIENTATIONS.items():
        width, height = (WIDTH, HEIGHT) if entries[0] else (HEIGHT, WIDTH)
        path = matrix_of(files[width], tmp_path / f"{name}.mp4", entries)
        clips.append(shot(shelf, path, 1))
        wanted.append(turn(16 + pattern(width, height) * (219 / 255)))
    made = made_of(clips, shelf, tmp_path, spec)
    seen = luma(made.master)
    assert np.abs(seen - np.array(wanted)).mean(axis=(1, 2)).max() < 2
    picture = probe(made.master).picture
    assert picture is not None and picture.rotation == 0


def test_stills_turned_by_their_exif_data_stand_upright(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    clips, wanted = [], []
    for orientation in range(1, 9):
        path = tmp_path / f"{orientation}.jpg"
        size = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
        image = Image.fromarray(pattern(*size))
        exif = Image.Exif()
        exif[0x0112] = orientation
        image.convert("RGB").save(path, quality=95, exif=exif)
        clips.append(still(shelf, path, 1))
        wanted.append(16 + UPRIGHT[orientation](pattern(*size)) * (219 / 255))
    seen = luma(made_of(clips, shelf, tmp_path, spec).master)
    assert np.abs(seen - np.array(wanted)).mean(axis=(1, 2)).max() < 2


UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.T,
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).T,
    8: lambda stored: np.rot90(stored, 1),
}


def test_samples_that_are_not_square_get_their_shape_even_when_turned(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    path = tmp_path / "wide samples.mp4"
    source = "color=0xb0b0b0:s=90x90:r=24,format=yuv420p,setsar=16/9"
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "2", str(path))
    lying = matrix_of(path, tmp_path / "turned.mp4", ORIENTATIONS["90"][0])
    seen = luma(made_of([shot(shelf, path, 2), shot(shelf, lying, 2)], shelf, tmp_path, spec).master)
    assert seen[0].min() > 150
    lit = seen[2] > 100
    assert abs(lit[45].sum() - 90 * 9 / 16) <= 2 and lit[:, 80].sum() == HEIGHT


def woven(path: Path, first: str) -> Path:
    """A moving picture of 48 fields a second, woven into frames; `first` is t or b, or empty for the whole frames
    at the times of the first fields."""
    how = {"t": "tinterlace=interleave_top", "b": "tinterlace=interleave_bottom"}
    moving = "geq=lum='110+60*sin((X+4*N)/6)+Y/3':cb=128:cr=128"
    source = f"color=s=160x92:r=48,format=yuv420p,{moving},{how.get(first, 'framestep=2')},fps=24"
    flags = ["-x264-params", f"{first}ff=1"] if first else []
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "24", *flags, "-crf", "4", str(path))
    return path


@pytest.mark.parametrize("first", ["t", "b"])
def test_fields_become_whole_frames(first: str, shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    files = [woven(tmp_path / f"{name}.mp4", name) for name in (first, "")]
    info, plain = (probe(path).picture for path in files)
    assert info is not None and plain is not None
    assert info.field_order[0] == first and not sources.interlaced(plain)
    both = luma(made_of([shot(shelf, path, 24) for path in files], shelf, tmp_path, spec).master)
    seen, wanted = both[2:22], both[26:46]
    raw = tmp_path / "raw.mp4"
    ffmpeg("-i", str(files[0]), "-vf", "scale=156:90,pad=160:90:2,setfield=prog", "-crf", "4", str(raw))
    assert psnr(seen, wanted) > psnr(luma(raw)[2:22], wanted) + 10


def psnr(seen: Pixels, wanted: Pixels) -> float:
    error = np.mean((seen.astype(float) - wanted) ** 2)
    return float(10 * np.log10(255**2 / error))


NAMES = ["it's.mp4", "a:b.mp4", "a,b;c.mp4", "[0] a\\b.mp4", "two\nlines.mp4", "-y.mp4", " spaces .mp4"]
NAMES += ["🎬 émoji.mp4", "100%.mp4", "a%03d.mp4", "$HOME `id`.mp4", "pipe:1.mp4", "x" * 200 + ".mp4"]


def test_names_are_never_read_as_anything_else(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    clips = []
    for number, name in enumerate(NAMES):
        path = tmp_path / name
        shutil.copy(shelf(shelf.ramp(f"n{number}", 10 + number).sha256), path)
        clips.append(shot(shelf, path, 1, number, name))
    assert numbers(greys(made_of(clips, shelf, tmp_path, spec).master)) == list(range(len(NAMES)))


def test_name_that_looks_like_a_pattern_opens_only_itself(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    for name in ("a000.png", "a001.png", "ab.png"):
        Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)).save(tmp_path / name)
    clips = []
    for name, level in (("a%03d.png", 60), ("a*.png", 90), ("a[b].png", 120), ("a?.png", 150)):
        Image.new("RGB", (WIDTH, HEIGHT), (level, level, level)).save(tmp_path / name)
        clips.append(still(shelf, tmp_path / name, 1))
    seen = greys(made_of(clips, shelf, tmp_path, spec).master)
    assert np.allclose(seen, [16 + 219 * level / 255 for level in (60, 90, 120, 150)], atol=1.5)


def test_clip_of_one_frame_and_gap_beside_it(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    path = shelf(shelf.ramp("single", 1).sha256)
    track = Track((shot(shelf, path, 1), Gap(1), shot(shelf, path, 1)))
    made = assemble(Timeline(RATE, track), shelf, tmp_path / "out", None, spec=spec)
    assert np.allclose(greys(made.master), [20, 16, 20], atol=1)
