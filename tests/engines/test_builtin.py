"""Built-in engines behind the one interface: they honour the key, name what is missing and cost nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from craft import previs
from craft.terms.digest import file_sha256
from engines import crew
from engines.adapters.base import (
    Clip,
    Effect,
    EngineDown,
    GenerationFailed,
    Input,
    InvalidInput,
    Judge,
    Keyframe,
    Request,
    ResultGone,
    Score,
    Speech,
    Stopped,
    Watch,
)
from fake_engines.works import make

PACKET: dict[str, Any] = {
    "version": 2, "width": 160, "height": 90, "rate": "24", "frames": 4, "seed": 5, "quality": "draft",
    "set": {"kind": "street", "seed": 2},
    "characters": [{
        "id": "ada", "body": "slim", "hair": {"style": "bun", "colour": "#221610"}, "mark": 0,
        "wardrobe": {"garment": "coat", "top": "#c08a3e", "bottom": "#23262b", "shoes": "#17171a"},
    }],
    "lights": [{"position": "front_left", "role": "key", "intensity": 50, "kelvin": 5000, "softness": "medium"}],
    "fill_stops": 2, "atmosphere": {"kind": "clear", "density": 0}, "time_of_day": "night", "mood": "natural",
    "camera": {"size": "ms", "subjects": ["ada"], "azimuth": 20},
}  # fmt: skip
VOICE = {"espeak": "en-us", "pitch": 50, "rate": 170, "range": 50}
ASKED: dict[str, Request] = {
    "espeak/formant": Speech(text="Who is there?", language="en", voice=VOICE),
    "foley/procedural": Effect(sound="rain", seconds=1.0, bed=True, seed=3),
    "conductor/soundfont": Score(seconds=3.0, valence=-0.4, energy=0.2, genre="drama", spec={"hits": [1.5]}),
    "previs/animatic": Keyframe(prompt="", width=160, height=90, packet=PACKET),
}


def made_by(key: str, request: Request, spool: Path, attempt: str = "a-1", watch: Watch | None = None) -> Any:
    model = crew.models()[key]
    adapter = crew.adapter(model, spool=spool)
    assert list(adapter.validate(request, model)) == []
    assert adapter.quote(request, model).high == 0
    return adapter.submit(request, model, attempt, watch or Watch()).done


@pytest.mark.parametrize("key", ASKED)
def test_built_in_engine_honours_the_key_and_finds_its_work_again(key: str, tmp_path: Path) -> None:
    first = made_by(key, ASKED[key], tmp_path)
    path = first.outputs[0].path
    assert path.stat().st_size > 1000 and first.version
    stamp, sha256 = path.stat().st_mtime_ns, file_sha256(path)
    again = made_by(key, ASKED[key], tmp_path)
    assert (again.outputs[0].path.stat().st_mtime_ns, again.ref) == (stamp, first.ref)
    other = made_by(key, ASKED[key], tmp_path, attempt="a-2")
    assert other.ref != first.ref and file_sha256(other.outputs[0].path) == sha256
    adapter = crew.adapter(crew.models()[key], spool=tmp_path)
    assert adapter.lookup("a-1") is not None and adapter.lookup("a-3") is None
    with pytest.raises(ResultGone):
        adapter.poll("nothing")


def test_half_finished_work_is_started_afresh(tmp_path: Path) -> None:
    done = made_by("foley/procedural", ASKED["foley/procedural"], tmp_path)
    folder = done.outputs[0].path.parent
    (folder / "receipt.json").unlink()
    (folder / "sound.wav").unlink()
    (folder / "sound.wav").write_bytes(b"cut off")
    again = made_by("foley/procedural", ASKED["foley/procedural"], tmp_path)
    assert again.outputs[0].path.stat().st_size > 1000


def test_speech_carries_mouth_cues_that_lips_can_use(tmp_path: Path) -> None:
    facts = made_by("espeak/formant", ASKED["espeak/formant"], tmp_path).outputs[0].meta
    assert facts["seconds"] > 0.3 and len(facts["visemes"]) > 4
    assert set(facts["visemes"][0]) == {"at_ms", "viseme"}


def test_lens_measures_into_plain_data(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(make("clip", {"width": 160, "height": 90, "frames": 24, "rate": "24"}, 4)[1])
    request = Judge(clip=Input.of(clip, "video/mp4"), palette={"coat": "#203040"})
    done = made_by("lens/measures", request, tmp_path)
    assert json.loads(done.outputs[0].path.read_text()) == dict(done.outputs[0].meta)
    assert set(done.outputs[0].meta) == {"lips", "report", "score"}
    assert done.outputs[0].meta["lips"] == []


@pytest.mark.parametrize(
    ("key", "request_", "error"),
    [
        ("espeak/formant", Speech(text="…", language="en", voice=VOICE), InvalidInput),
        ("espeak/formant", Speech(text="Yes", language="xx", voice=VOICE), InvalidInput),
        ("espeak/formant", Speech(text="Yes", language="en", voice={"espeak": "../x"}), InvalidInput),
        ("foley/procedural", Effect(sound="nonsense", seconds=1.0, bed=True), InvalidInput),
        ("conductor/soundfont", Score(seconds=3.0, valence=9.0, energy=0.0), InvalidInput),
        ("previs/animatic", Keyframe(prompt="", width=1, height=1, packet={"packet": 99}), InvalidInput),
        ("lens/measures", Judge(clip=Input(Path("/nowhere.mp4"), "0", "video/mp4")), GenerationFailed),
    ],
)
def test_what_cannot_be_made_is_refused_as_its_class(
    key: str, request_: Request, error: type[Exception], tmp_path: Path
) -> None:
    model = crew.models()[key]
    with pytest.raises(error):
        crew.adapter(model, spool=tmp_path).submit(request_, model, "a-1", Watch())


def test_drawing_stops_when_asked(tmp_path: Path) -> None:
    clip = Clip(prompt="", width=160, height=90, rate="24", frames=4, packet=PACKET)
    with pytest.raises(Stopped):
        made_by("previs/animatic", clip, tmp_path, watch=Watch(cancelled=lambda: True))


def test_without_egl_a_still_is_a_card_and_a_clip_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> Any:
        raise previs.PrevisUnavailable("EGL cannot start")

    monkeypatch.setattr(previs, "health", lambda: previs.Health(False, "", "EGL cannot start"))
    monkeypatch.setattr(previs, "render_clip", down)
    still = made_by("previs/animatic", ASKED["previs/animatic"], tmp_path)
    assert still.outputs[0].meta["card"] is True and still.version.endswith("card")
    with pytest.raises(EngineDown, match="EGL"):
        made_by(
            "previs/animatic",
            Clip(prompt="", width=160, height=90, rate="24", frames=4, packet=PACKET),
            tmp_path,
            "a-2",
        )


def test_fingerprint_names_content_and_never_a_path(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"same")
    first, second = (
        Clip(
            prompt="p",
            width=8,
            height=8,
            rate="24",
            frames=1,
            first=Input.of(tmp_path / name, "image/png", "still"),
        )
        for name in ("a.png", "b.png")
    )
    assert first.fingerprint() == second.fingerprint()
    assert str(tmp_path) not in json.dumps(first.as_json())
    assert Clip(prompt="q", width=8, height=8, rate="24", frames=1).fingerprint() != first.fingerprint()
