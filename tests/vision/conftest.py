"""Clips made by ffmpeg, each with one known fault, and a good one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from craft.vision import sandbox

FFMPEG = ["ffmpeg", "-v", "error", "-y", "-nostdin"]
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "1"]
SOURCE = "testsrc2=s=640x360:r=24:d=2"
FILTERS = {
    "good": (SOURCE, "null"),
    "black": ("color=black:s=640x360:r=24:d=2", "null"),
    "black_middle": (SOURCE, "drawbox=c=black:t=fill:enable='between(n,12,23)'"),
    "frozen": ("testsrc2=s=640x360:r=24:d=0.5", "tpad=stop_mode=clone:stop_duration=1.5"),
    "flicker": (SOURCE, "eq=brightness='0.05*mod(n,2)':eval=frame"),
    "blur": (SOURCE, "gblur=sigma=8"),
    "burnt": (SOURCE, "lutyuv=y='min(val*3,235)'"),
    "dark": (SOURCE, "lutyuv=y='16+(val-16)/40'"),
}


def _forks() -> bool:
    """Whether somebody in the sandbox may make namespaces here."""
    unshare = shutil.which("unshare")
    if unshare is None or not sandbox.available(shutil.which("ffmpeg") or "ffmpeg"):
        return False
    argv = ["--user", "--pid", "--ipc", "--fork", "/bin/true"]
    child = sandbox.confined(unshare, argv, Path("/dev/null"), seconds=5)
    return subprocess.run(child.argv, capture_output=True, check=False, timeout=20).returncode == 0


needs_forks = pytest.mark.skipif(not _forks(), reason="needs bubblewrap, and namespaces within it")
Frames = Callable[[int], npt.NDArray[np.uint8]]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every clip of FILTERS by name, and one that cuts inside itself."""
    folder = tmp_path_factory.mktemp("clips")
    for name, (source, chain) in FILTERS.items():
        subprocess.run(
            [*FFMPEG, "-f", "lavfi", "-i", source, "-vf", chain, *H264, str(folder / f"{name}.mp4")],
            check=True,
        )
    two = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=640x360:r=24:d=1",
        "-f",
        "lavfi",
        "-i",
        "mandelbrot=s=640x360:r=24",
    ]
    graph = "[1:v]trim=duration=1[b];[0:v][b]concat=n=2"
    subprocess.run([*FFMPEG, *two, "-filter_complex", graph, *H264, str(folder / "cut.mp4")], check=True)
    return {path.stem: path for path in folder.glob("*.mp4")}


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Writes frames drawn by a function (BGR, 640 by 360) as an H.264 clip."""

    def make(name: str, draw: Frames, count: int = 48, rate: int = 24, crf: int = 20) -> Path:
        path = tmp_path / f"{name}.mp4"
        size = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "640x360", "-r", str(rate), "-i", "-"]
        h264 = [v if v != "20" else str(crf) for v in H264]
        data = b"".join(draw(number).tobytes() for number in range(count))
        colours = ["-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709"]
        subprocess.run([*FFMPEG, *size, *colours, *h264, str(path)], input=data, check=True)
        return path

    return make


@pytest.fixture(scope="session")
def room() -> npt.NDArray[np.uint8]:
    """A still interior: walls, a window, a table, a seated figure, smooth shading; BGR 640 by 360."""
    down, across = np.mgrid[0:360, 0:640].astype(np.float32)
    picture = np.stack([70 + across / 12, 80 + across / 14, 96 + down / 9], axis=-1)
    for corner, other, colour in (
        ((40, 40), (180, 190), (200, 190, 170)),
        ((330, 250), (620, 275), (40, 60, 90)),
        ((340, 275), (350, 350), (30, 45, 70)),
        ((215, 170), (305, 340), (50, 50, 160)),
    ):
        cv2.rectangle(picture, corner, other, colour, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (260, 130), (32, 40), 0, 0, 360, (140, 170, 215), -1, cv2.LINE_AA)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
