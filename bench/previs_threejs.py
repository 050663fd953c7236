"""The previs engine against three.js in headless Chromium, doing less: CPU seconds per frame over its processes.

    python bench/previs_threejs.py [--picture FILE] [--repeat N]

The same geometry (posed at frame 0, so three.js does no skinning), the same lamps and shadow maps and the same
camera path are exported. three.js (npm package ``three``, a dev dependency of the front end) draws them with its
standard material and multisampling: no occlusion, no shafts, no depth of field, no bloom, no grade, nothing encoded.
Ours is the finished, encoded clip. Rows are {claim, value, unit, goal, holds}.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.costs import used
from craft.previs import Packet, render_clip, render_still
from craft.previs.batch import Geometry, Kind
from craft.previs.camera_export import camera_json
from craft.previs.casting import Actor
from craft.previs.demo_packet import conversation
from craft.previs.projection import FAR_M, NEAR_M
from craft.previs.shot import Shot, plan_shot
from craft.previs.uniforms import SETTINGS, Lamps, palette

THREE = Path(__file__).resolve().parents[1] / "frontend" / "node_modules" / "three" / "build"
FRAMES = 24
GOAL = 2.5
_PALETTE = {
    Kind.FACE: 0, Kind.SKIN: 0, Kind.HAIR: 1, Kind.TOP: 2, Kind.COLLAR: 2, Kind.SHIRT: 3, Kind.BOTTOM: 5,
    Kind.SHOES: 6, Kind.BROW: 9,
}  # fmt: skip
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist"),
    *("--disable-background-networking", "--disable-extensions", "--no-first-run", "--mute-audio"),
)


class _Blob:
    """Bytes with the spans of what was put in."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, values: Any, kind: Any) -> tuple[int, int]:
        raw = np.ascontiguousarray(values, kind).tobytes()
        start = len(self.data)
        self.data += raw
        return start, len(raw)


def _part(
    blob: _Blob, position: Any, normal: Any, colour: Any, triangles: Any, *, casts: bool
) -> dict[str, Any]:
    return {
        "position": blob.add(position, np.float32),
        "normal": blob.add(normal, np.float32),
        "colour": blob.add(colour, np.float32),
        "indices": blob.add(triangles.reshape(-1), np.uint32),
        "casts": casts,
    }


def _own_colour(geometry: Geometry) -> Any:
    return (geometry.vertices["col"][:, :3].astype(np.float32) / 255) ** 2


def _figure(blob: _Blob, shot: Shot, actor: Actor) -> dict[str, Any]:
    """A posed figure in the colours of its palette."""
    mesh = actor.figure.mesh
    v, matrices = mesh.vertices, shot.moments(0)[shot.drawn.index(actor)].posed.palette
    blended = sum(
        matrices[v["bones"][:, k]] * (v["weights"][:, k].astype(np.float32) / 255)[:, None, None]
        for k in range(4)
    )
    position = (blended[:, :3, :3] * v["pos"][:, None, :]).sum(-1) + blended[:, :3, 3]
    normal = (blended[:, :3, :3] * v["nrm"][:, None, :]).sum(-1)
    colours = np.frombuffer(palette(actor.spec, actor.figure.body.soft), np.float32).reshape(-1, 3)
    rows = np.array([_PALETTE.get(Kind(kind), 2) if kind in list(Kind) else 2 for kind in range(256)])
    return _part(blob, position, normal, colours[rows[v["meta"][:, 1]]], mesh.triangles, casts=True)


def exported(shot: Shot) -> tuple[dict[str, Any], bytes]:
    """The scene as JSON and the bytes it points into."""
    blob, settings, packet = _Blob(), SETTINGS[shot.packet.quality], shot.packet
    parts = [_figure(blob, shot, actor) for actor in shot.drawn]
    for name, g in shot.stage.groups.items():
        if name not in shot.hidden_groups and len(g.triangles):
            casts = not name.startswith(("wall", "roof", "outside", "ends"))
            v = g.vertices
            parts.append(_part(blob, v["pos"], v["nrm"], _own_colour(g), g.triangles, casts=casts))
    lamps = Lamps.of(shot, settings)
    scene = {
        **camera_json(shot, range(packet.frames)),
        "tile": settings.shadow_tile,
        "near_m": NEAR_M,
        "far_m": FAR_M,
        "ambient_top": shot.look.ambient_top,
        "ambient_low": shot.look.ambient_low,
        "parts": parts,
        "lamps": [_lamp(lamp, shadow=i < len(lamps.shadowed)) for i, lamp in enumerate(lamps.lights)],
    }
    return scene, bytes(blob.data)


def _lamp(lamp: Any, *, shadow: bool) -> dict[str, Any]:
    reach = float(np.sqrt(((lamp.aim - lamp.position) ** 2).sum()))
    return {
        "position": lamp.position.tolist(),
        "aim": lamp.aim.tolist(),
        "radiance": lamp.radiance,
        "cone": math.radians(min(lamp.cone, 80.0)),
        "shadow": shadow,
        "near": max(0.25, reach - 5.0),
        "far": reach + 7.0,
    }


def _tree_cpu(root: int) -> float:
    """CPU seconds of a process and all its descendants that live."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        spent[int(folder.name)] = (int(fields[11]) + int(fields[12])) / 100
    total = 0.0
    for pid, seconds in spent.items():
        at = pid
        while at and at != root:
            at = parents.get(at, 0)
        total += seconds if at == root else 0.0
    return total


class _Page:
    """Serves the page and hears from it when drawing begins and ends."""

    def __init__(self, scene: dict[str, Any], data: bytes) -> None:
        self.files = {
            "/": (Path(__file__).with_suffix(".html").read_bytes(), "text/html"),
            "/page.js": (Path(__file__).with_suffix(".js").read_bytes(), "text/javascript"),
            "/scene.json": (json.dumps(scene).encode(), "application/json"),
            "/scene.bin": (data, "application/octet-stream"),
            **{f"/three/{p.name}": (p.read_bytes(), "text/javascript") for p in THREE.glob("three.*.js")},
        }
        self.browser: subprocess.Popen[bytes] | None = None
        self.cpu: dict[str, float] = {}
        self.said: dict[str, bytes] = {}
        self.ended = threading.Event()
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, kind = page.files.get(self.path, (b"", ""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                if page.browser is not None:
                    page.cpu[self.path] = _tree_cpu(page.browser.pid)
                page.said[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                if self.path == "/end":
                    page.ended.set()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def run(self, chromium: str, width: int, height: int) -> float:
        """CPU seconds per frame between begin and end."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory() as profile:
            address = f"http://127.0.0.1:{self.server.server_address[1]}/"
            size = f"--window-size={width},{height}"
            command = [chromium, *_FLAGS, size, f"--user-data-dir={profile}", address]
            self.browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                if not self.ended.wait(180):
                    raise RuntimeError("the page did not finish; is WebGL to be had in this Chromium?")
            finally:
                self.browser.terminate()
                self.browser.wait()
                time.sleep(0.3)  # its children still write to the profile for a moment
                self.server.shutdown()
        return (self.cpu["/end"] - self.cpu["/begin"]) / FRAMES


def measure(picture: Path | None = None, repeat: int = 1) -> list[dict[str, Any]]:
    """One row: how many times our CPU three.js takes. Raises RuntimeError where it cannot be tried."""
    chromium = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        "",
    )
    if not chromium or not THREE.is_dir():
        raise RuntimeError("needs Chromium and `npm ci` in frontend/")
    packet = Packet.from_json(
        conversation("office", width=1280, height=720, quality="cinematic", frames=FRAMES)
    )
    scene, data = exported(plan_shot(packet))
    ours, theirs, drawn_by = [], [], ""
    with tempfile.TemporaryDirectory() as name:
        render_still(packet, Path(name) / "warm.png")
        for _ in range(repeat):
            before = used()
            render_clip(packet, Path(name) / "clip.mp4")
            ours.append((used() - before) / FRAMES)
            page = _Page(scene, data)
            theirs.append(page.run(chromium, packet.width, packet.height))
            drawn_by = page.said["/begin"].decode()
            if picture:
                picture.write_bytes(base64.b64decode(page.said["/end"].split(b",", 1)[1]))
    mine, other = min(ours), min(theirs)
    claim = f"three.js in Chromium ({drawn_by}) takes {other:.3f} CPU s per frame, ours {mine:.3f}, 1280x720, office"
    value = round(other / mine, 2)
    return [
        {"claim": claim, "value": value, "unit": "times ours", "goal": f"≥ {GOAL}", "holds": value >= GOAL}
    ]


def run(argv: list[str]) -> list[dict[str, Any]]:
    """The row for `./slate bench previs_threejs`. Raises RuntimeError where it cannot be tried."""
    return measure(repeat=2)


def main() -> int:
    """Exit status 1 when the claim does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--picture", type=Path, help="keep the last picture three.js drew")
    parser.add_argument("--repeat", type=int, default=2)
    args = parser.parse_args()
    rows = measure(args.picture, args.repeat)
    for row in rows:
        print(
            f"{'ok ' if row['holds'] else 'NO '} {row['claim']}: {row['value']} {row['unit']} ({row['goal']})"
        )
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
