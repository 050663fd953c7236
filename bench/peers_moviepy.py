"""The film of `bench.peers` made by moviepy, run by the Python that has it: `peers_moviepy.py JOB.json`.

Knows nothing of this project. The grade is either moviepy's own effects (colour, gamma, contrast; it has none for
saturation) or a function written as tightly as numpy allows: a table a channel, a pass for saturation, 32 bits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


def grader(grade: dict[str, Any]) -> Callable[[Any], Any]:
    """A function from frame to frame, uint8 of shape (h, w, 3)."""
    coded = np.arange(256, dtype=np.float32) / 255.0
    tables = []
    for gain in grade["gain"]:
        bent = np.clip(coded * gain, 0.0, None) ** (1.0 / grade["gamma"])
        tables.append(
            (((bent - grade["pivot"]) * grade["contrast"] + grade["pivot"]) * 255.0).astype(np.float32)
        )
    saturation = np.float32(grade["saturation"])

    def graded(frame: Any) -> Any:
        values = np.empty(frame.shape, np.float32)
        for channel, table in enumerate(tables):
            values[..., channel] = table[frame[..., channel]]
        grey = (values @ WEIGHTS) * (np.float32(1.0) - saturation)
        values *= saturation
        values += grey[..., None]
        return np.clip(values, 0.0, 255.0, out=values).astype(np.uint8)

    return graded


def main(job: dict[str, Any]) -> None:
    """Compose, title, join with the mix, and encode."""
    import moviepy  # type: ignore[import-not-found]  # noqa: PLC0415

    rate, overlap = job["rate"], job["overlap"] / job["rate"]
    clips, at = [], 0.0
    for number, shot in enumerate(job["shots"]):
        clip, grade = moviepy.VideoFileClip(shot["path"], audio=False), shot["grade"]
        if job["own_effects"]:
            clip = clip.with_effects(
                [
                    moviepy.vfx.MultiplyColor(grade["gain"]),
                    moviepy.vfx.GammaCorrection(1.0 / grade["gamma"]),
                    moviepy.vfx.LumContrast(0, grade["contrast"] - 1.0, round(255 * grade["pivot"])),
                ]
            )
        else:
            clip = clip.image_transform(grader(grade))
        if number - 1 == job["join"]:
            at -= overlap
            clip = clip.with_effects([moviepy.vfx.CrossFadeIn(overlap)])
        clips.append(clip.with_start(at))
        at += shot["frames"] / rate
    title = job["title"]
    fade = title["fade"] / rate
    words = moviepy.ImageClip(title["path"]).with_start(title["start"] / rate)
    words = words.with_duration(title["frames"] / rate).with_position("center")
    words = words.with_effects([moviepy.vfx.CrossFadeIn(fade), moviepy.vfx.CrossFadeOut(fade)])
    film = moviepy.CompositeVideoClip([*clips, words], size=tuple(job["size"])).with_duration(at)
    film = film.with_audio(moviepy.AudioFileClip(job["sound"]).with_duration(at))
    film.write_videofile(
        job["out"],
        fps=rate,
        codec="libx264",
        preset=job["preset"],
        audio_codec="aac",
        audio_bitrate="192k",
        threads=job["threads"],
        ffmpeg_params=["-crf", str(job["crf"]), "-g", str(job["keyframe_every"])],
        logger=None,
    )
    film.close()
    for clip in clips:
        clip.close()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
