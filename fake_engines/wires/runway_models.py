"""What Runway's models take and cost, as its documentation lists them: lengths, frames, fields, credits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GEN4 = {"1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"}
VEO = {"1280:720", "720:1280", "1080:1920", "1920:1080"}
LOW = {"992:432", "864:496", "752:560", "640:640", "560:752", "496:864"}
LOW_25 = {"992:432", "854:480", "752:560", "640:640", "560:752", "480:854"}
HD = {"1470:630", "1280:720", "1112:834", "960:960", "834:1112", "720:1280"}
FULL = {"2206:946", "1920:1080", "1664:1248", "1440:1440", "1248:1664", "1080:1920"}
ULTRA = {"3840:1646", "3840:2160", "3840:2880", "3840:3840", "2880:3840", "2160:3840"}
SHAPES = {"adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"}
IMAGES = {"1024:1024", "1080:1080", "1168:880", "1360:768", "1440:1080", "1080:1440", "1808:768", "1920:1080"}
IMAGES |= {"1080:1920", "2112:912", "1280:720", "720:1280", "720:720", "960:720", "720:960", "1680:720"}
GPT_SIZES = {
    "1920:1088",
    "1088:1920",
    "1920:1920",
    "2560:1440",
    "1440:2560",
    "3840:2160",
    "2160:3840",
    "auto",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """A model that makes clips: what it takes and what a second costs, in credits, by frame."""

    seconds: range | tuple[int, ...]
    frames: set[str]
    credits: tuple[tuple[set[str], int], ...]
    fields: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=lambda: {"ratio"})
    positions: tuple[str, ...] = ("first",)
    words: int = 2500
    references: int = 0
    from_words: set[str] | None = None


def _flat(each: int) -> tuple[tuple[set[str], int], ...]:
    return ((set(), each),)


PAIR = ("first", "last")
TALK = {"audio", "seed", "negativePrompt"}
SCENE = {"audio", "seed", "referenceAudio"}
CLIPS = {
    "gen4.5": Maker(
        range(2, 11),
        GEN4,
        _flat(12),
        {"seed", "contentModeration", "outputFormat"},
        {"ratio", "duration", "promptText"},
        words=1000,
        from_words={"1280:720", "720:1280"},
    ),
    "gen4_turbo": Maker(
        range(2, 11), GEN4, _flat(5), {"seed", "contentModeration"}, words=1000, from_words=set()
    ),
    "veo3.1": Maker((4, 6, 8), VEO, _flat(40), TALK, positions=PAIR, words=1000),
    "veo3.1_fast": Maker((4, 6, 8), VEO, _flat(15), TALK, positions=PAIR, words=1000),
    "kling3.0_standard": Maker(
        range(3, 16),
        {"1280:720", "720:1280", "960:960"},
        _flat(11),
        {"audio", "cfgScale", "providerSettings"},
        set(),
        PAIR,
    ),
    "kling3.0_pro": Maker(
        range(3, 16),
        {"1920:1080", "1080:1920", "1440:1440"},
        _flat(15),
        {"audio", "cfgScale", "providerSettings"},
        set(),
        PAIR,
    ),
    "seedance2": Maker(
        range(4, 16),
        LOW | HD | FULL | ULTRA,
        ((LOW | HD, 36), (FULL, 40), (ULTRA, 150)),
        SCENE,
        set(),
        PAIR,
        3500,
        9,
    ),
    "seedance2_fast": Maker(range(4, 16), LOW | HD, _flat(29), SCENE, set(), PAIR, 3500, 9),
    "seedance2_5": Maker(
        range(4, 31),
        LOW_25 | HD | FULL,
        ((LOW_25, 20), (HD, 30), (FULL, 68)),
        SCENE | {"draft", "outputFormat"},
        set(),
        PAIR,
        15000,
        30,
    ),
    "hailuo3": Maker(
        range(5, 16), SHAPES, _flat(10), {"resolution", "referenceAudio"}, {"promptText"}, PAIR, 7000, 9
    ),
}
STILLS: dict[str, tuple[set[str], set[str], int, int]] = {
    # frames, further fields, most references, most words
    "gen4_image": (IMAGES, {"seed", "contentModeration"}, 3, 1000),
    "gpt_image_2": (GPT_SIZES, {"quality", "outputCount", "background"}, 16, 32_000),
}
SOUNDLESS = {"veo3.1": 20, "veo3.1_fast": 10}
ACTED_CREDITS = 5


def credits_of(body: dict[str, Any], maker: Maker) -> int:
    """Credits for a second of an order."""
    if body["model"] in SOUNDLESS and body.get("audio") is False:
        return SOUNDLESS[body["model"]]
    if body.get("resolution") == "2k":
        return 15
    return next((each for frames, each in maker.credits if body.get("ratio") in frames), maker.credits[-1][1])
