"""The HLS of a master plays in a browser as it is: every frame at its time, with its sound, without a library."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from craft.render.master import AssemblySpec
from craft.render.outputs.hls import HlsSpec, hls
from craft.render.plan import PictureSpec
from tests.browser.conftest import SWITCHES
from tests.render.conftest import FIRST_GREY, GREY_STEP, HEIGHT, RATE, WIDTH, Shelf
from tests.render.test_outputs_deliver import RAMP, made_master

KINDS = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".html": "text/html",
}
PAGE = "<!doctype html><title>A stream</title><video muted playsinline></video>"
READY = """async () => {
  const video = document.querySelector('video')
  if (!document.createElement('video').canPlayType('application/vnd.apple.mpegurl')) return null
  video.src = '/hls/master.m3u8'
  await new Promise((ready, fail) => {
    video.oncanplay = ready
    video.onerror = () => fail(new Error(video.error.message))
  })
  return { seconds: video.duration, width: video.videoWidth, height: video.videoHeight }
}"""
SHOWN = """async (at) => {
  const video = document.querySelector('video')
  const shown = new Promise((done) => video.requestVideoFrameCallback(() => done()))
  video.currentTime = at
  await shown
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
  const drawing = canvas.getContext('2d')
  drawing.drawImage(video, 0, 0)
  return drawing.getImageData(video.videoWidth >> 1, video.videoHeight >> 1, 1, 1).data[1]
}"""
PLAYED = """async () => {
  const video = document.querySelector('video')
  const ended = new Promise((done) => { video.onended = done })
  video.currentTime = 0
  await video.play()
  await ended
  return { sound: video.webkitAudioDecodedByteCount, at: video.currentTime }
}"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder by their right types, without a word."""

    extensions_map = KINDS

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[str]:
    """The address of a page with a film of 72 frames of rising grey beside it, as HLS."""
    shelf = Shelf(tmp_path)
    master = made_master(shelf, tmp_path / "film", AssemblySpec(PictureSpec(WIDTH, HEIGHT)))
    hls(master, tmp_path / "site/hls", HlsSpec(Fraction(1)))
    (tmp_path / "site/index.html").write_text(PAGE)
    handler = functools.partial(Handler, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()


def frame(page: Page, number: int) -> int:
    """The number that a frame of the film tells by its grey, where the player was sent to that frame's middle."""
    green = page.evaluate(SHOWN, float(RATE.seconds(number) + Fraction(1, 48)))
    return round((green * 219 / 255 + 16 - FIRST_GREY) / GREY_STEP)


def test_a_stream_shows_every_frame_at_its_time(stream: str, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        page = browser.new_page()
        page.goto(stream)
        told = page.evaluate(READY)
        if told is None:
            pytest.skip("this browser has no HLS of its own")
        assert told == {"seconds": pytest.approx(3.0, abs=0.05), "width": WIDTH, "height": HEIGHT}
        # across the edges of segments, backwards too
        for number in (3, 23, 24, 25, 47, 49, 71, 30, 0):
            assert frame(page, number) == RAMP[number], number
        played = page.evaluate(PLAYED)
        assert played["at"] == pytest.approx(3.0, abs=0.1)
        assert played["sound"] > 0
        browser.close()
