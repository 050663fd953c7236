"""A feature from its reels, and from its segments, against `cp` of the finished file; memory at any length.

90 minutes are 30 reels of three minutes, or 1,200 segments of 108 frames; the same pictures again and again, each
in a file of its own, because what costs is opening and copying. Wall and CPU are ratios of medians.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.costs import Cost, Row, cost, row
from craft.render.cache import SegmentCache
from craft.render.film import join_reels
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.terms import digest, rates

RATE = rates.FrameRate(24)
SEGMENT, PER_REEL, REELS = 108, 40, 30
LIMIT_MIB = 128


def material(folder: Path) -> list[Path]:
    """The segments of one reel, as the renderer makes them."""
    shot = folder / "shot.mp4"
    source = "testsrc2=s=1280x720:r=24,noise=alls=4:allf=t:all_seed=1"
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]
    frames = SEGMENT * PER_REEL
    subprocess.run(
        [*argv, "-frames:v", str(frames), "-preset", "ultrafast", "-crf", "26", str(shot)], check=True
    )
    sha256 = digest.file_sha256(shot)
    media = MediaRef(sha256, MediaKind.VIDEO, FrameRange(0, frames))
    clips = tuple(Clip(media, FrameRange(at, SEGMENT), (), f"S{at}") for at in range(0, frames, SEGMENT))
    job = PictureJob(RATE, PictureSpec(1280, 720), {sha256: shot}.__getitem__, folder / "segments", None)
    return [piece.path for piece in job.render(segments(Timeline(RATE, Track(clips))))]


def named(paths: list[Path], folder: Path, times: int) -> list[Path]:
    """Copies of the same files under many names: links would be read from memory that is still warm."""
    folder.mkdir()
    found = []
    for number in range(times):
        for path in paths:
            found.append(folder / f"{number:03d}_{path.name}")
            shutil.copyfile(path, found[-1])
    return found


def copied(source: Path, folder: Path) -> Cost:
    """What `cp` of the film costs."""
    target = folder / "copy.mp4"
    spent = cost(lambda: subprocess.run(["cp", str(source), str(target)], check=True))
    target.unlink()
    return spent


def _ratios(job: Callable[[], Cost], other: Callable[[], Cost], pairs: int) -> tuple[float, float]:
    job()  # not counted: it reads from the disk what was just written to it
    found = [(other(), job()) for _ in range(pairs)]
    return (
        statistics.median(ours.wall / theirs.wall for theirs, ours in found),
        statistics.median(ours.cpu / theirs.cpu for theirs, ours in found),
    )


def peak_mib(reels: list[Path], out: Path) -> float:
    """The most memory a process of its own, and the ffmpeg it starts, hold while they join; the larger of both."""
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from bench.film import RATE\n"
        "from craft.render.film import join_reels\n"
        "join_reels([Path(one) for one in sys.stdin.read().split()], RATE, Path(sys.argv[1]))\n"
        "both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)\n"
        "print(max(resource.getrusage(one).ru_maxrss for one in both))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(out)],
        input="\n".join(map(str, reels)),
        capture_output=True,
        text=True,
        check=True,
    )
    out.unlink()
    kibibytes = int(told.stdout) / (1024 if sys.platform == "darwin" else 1)
    return kibibytes / 1024


def measure(folder: Path, pairs: int) -> list[Row]:
    """All claims."""
    parts = material(folder)
    reel = join_reels(parts, RATE, folder / "reel.mp4").path
    reels = named([reel], folder / "reels", REELS)
    raw = named(parts, folder / "raw", REELS)
    out = folder / "film.mp4"
    frames = join_reels(reels, RATE, out).frames
    film = shutil.move(out, folder / "finished.mp4")

    def of(found: list[Path]) -> Cost:
        spent = cost(lambda: join_reels(found, RATE, out))
        out.unlink()
        return spent

    wall, cpu = _ratios(lambda: of(reels), lambda: copied(Path(film), folder), pairs)
    raw_wall, raw_cpu = _ratios(lambda: of(raw), lambda: copied(Path(film), folder), pairs)
    gigabytes = Path(film).stat().st_size / 1e9
    about = f"90-minute film of {gigabytes:.1f} GB"
    return [
        row(f"{about} from 30 cached reels: wall against cp", wall, "ratio", 3.0),
        row(f"{about} from 1,200 segments: wall against cp", raw_wall, "ratio", 8.0),
        row("the same from reels: CPU against cp", cpu, "ratio", 3.0),
        row("the same from segments: CPU against cp", raw_cpu, "ratio", 8.0),
        row("frames missing from the film", abs(frames - SEGMENT * PER_REEL * REELS), "frames", 0),
        row("memory, 3 minutes", peak_mib(parts, out), "MiB", LIMIT_MIB),
        row("memory, 90 minutes of segments", peak_mib(raw, out), "MiB", LIMIT_MIB),
        worker_row(folder),
    ]


def worker_row(folder: Path) -> Row:
    """The most memory one rendering worker holds at 720p."""
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from bench.film import rendered\n"
        "rendered(Path(sys.argv[1]))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    kibibytes = int(told.stdout) / (1024 if sys.platform == "darwin" else 1)
    return row("memory of one rendering worker at 720p", kibibytes / 1024, "MiB", 256)


def rendered(folder: Path) -> None:
    """One small assembly, for its memory."""
    shot = folder / "shot.mp4"
    sha256 = digest.file_sha256(shot)
    media = MediaRef(sha256, MediaKind.VIDEO, FrameRange(0, SEGMENT * PER_REEL))
    clips = (Clip(media, FrameRange(0, 96), (), "S1"), Clip(media, FrameRange(96, 96), (), "S2"))
    spec = AssemblySpec(PictureSpec(1280, 720))
    cache = SegmentCache(folder / "cache")
    assemble(Timeline(RATE, Track(clips)), {sha256: shot}.__getitem__, folder / "out", cache, spec=spec)


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N`."""
    parser = argparse.ArgumentParser(prog="bench film", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-film-") as folder:
        return measure(Path(folder), options.pairs)
