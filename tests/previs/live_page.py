"""A page with nothing but the live picture, built and served here, under the policy of the real pages."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
ENTRY = "src/previs/main.ts"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
# A rasteriser of its own, so that the picture does not agree only because the same driver drew both.
SOFTWARE = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".bin": "application/octet-stream",
}


def tool(name: str) -> Path | None:
    """A program of the front-end's own packages, when they and node are installed."""
    path = FRONTEND / "node_modules" / ".bin" / name
    return path if shutil.which("node") and path.exists() else None


def build(folder: Path) -> str:
    """Build the front-end into the folder; the address of the live picture's script."""
    vite = tool("vite")
    assert vite is not None
    subprocess.run(
        [vite, "build", "--outDir", folder / "dist", "--emptyOutDir", "--logLevel", "error"],
        cwd=FRONTEND,
        check=True,
    )
    manifest = json.loads((folder / "dist/.vite/manifest.json").read_text())
    return f"/dist/{manifest[ENTRY]['file']}"


def write(folder: Path, script: str, bundle: bytes, rig: str = "") -> None:
    """The page and its stage."""
    (folder / "stage.bin").write_bytes(bundle)
    (folder / "page.css").write_text("canvas { width: 100%; }")
    (folder / "index.html").write_text(
        f"""<!doctype html><html lang="en"><title>Live</title><link rel="stylesheet" href="/page.css">
        <form id="rig-form"><input type="hidden" name="rig" value='{rig}'></form>
        <section data-island="stage" data-stage="/stage.bin"><canvas hidden></canvas><p data-live-words></p></section>
        <script type="module" src="{script}"></script></html>"""
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = "index.html" if self.path == "/" else self.path.lstrip("/").removeprefix("static/")
            path = folder / name
            if not path.is_file():
                self.send_error(404)
                return
            data = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", KINDS.get(path.suffix, "application/octet-stream"))
            self.send_header("Content-Security-Policy", POLICY)
            if path.suffix == ".bin":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
