"""What an operator may bring as weights, and what is said when there are none. Needs no library of models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engines import crew
from engines.adapters import diffusion
from engines.adapters.base import EngineDown, InvalidInput, Outline, Watch
from engines.adapters.inputs import Example, Input, Lora
from engines.adapters.requests import Clip, Keyframe, TrainLora
from engines.adapters.validation import check_capability
from engines.adapters.weights import brought, lora_bytes, lora_facts, weights_of, weights_root

INDEX: dict[str, Any] = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shelf with one model, whose weights are a few bytes."""
    shelf = tmp_path / "weights"
    bring(shelf, "still")
    monkeypatch.setenv("SLATE_WEIGHTS", str(shelf))
    return shelf


def bring(shelf: Path, name: str, **index: Any) -> Path:
    folder = shelf / name
    (folder / "unet").mkdir(parents=True)
    (folder / "unet" / "model.safetensors").write_bytes(b"figures")
    (folder / "model_index.json").write_text(json.dumps({**INDEX, **index}))
    return folder


def safetensors(path: Path, **facts: Any) -> Input:
    """A file with one small tensor in it."""
    header: dict[str, Any] = {"unet.a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    header |= {"__metadata__": {"slate": json.dumps(facts)}} if facts else {}
    told = json.dumps(header).encode()
    path.write_bytes(len(told).to_bytes(8, "little") + told + b"\0\0\0\0")
    return Input.of(path, "application/x-safetensors")


def still(**changes: Any) -> Keyframe:
    return Keyframe(**{"prompt": "rain", "width": 64, "height": 64, **changes})


def test_without_a_folder_it_says_which_variable_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SLATE_WEIGHTS", raising=False)
    with pytest.raises(EngineDown, match="SLATE_WEIGHTS is not set"):
        weights_root()
    for wrong in ("weights", str(tmp_path / "nowhere")):
        monkeypatch.setenv("SLATE_WEIGHTS", wrong)
        with pytest.raises(EngineDown, match="absolute path of a folder"):
            brought()


def test_a_model_is_named_by_its_folder(root: Path) -> None:
    (root / "empty").mkdir()
    (root / "still" / "slate.json").write_text('{"steps": 4, "guidance": 0}')
    found = weights_of("still")
    assert (brought(), found.name, found.pipeline) == (["still"], "still", "StableDiffusionPipeline")
    assert (found.steps, found.guidance, found.size()) == (4, 0.0, 7)
    for name in ("clip", "empty", "../still", "", ".", "still/unet"):
        with pytest.raises(EngineDown, match="There are no weights called"):
            weights_of(name)


@pytest.mark.parametrize(
    "name",
    ["unet/model.bin", "old.ckpt", "unet/x.PT", "a.pth", "a.pkl", "a.npy", "pipeline.py", "unet/kernel.so"],
)
def test_pickles_and_programs_are_refused_by_name(root: Path, name: str) -> None:
    (root / "still" / name).write_bytes(b"")
    with pytest.raises(EngineDown, match=f"still/{name} (may be a pickle|is a program)"):
        weights_of("still")


def test_parts_come_from_known_libraries_only(root: Path) -> None:
    bring(root, "plain", safety_checker=[None, None], text_encoder=["transformers", "CLIPTextModel"])
    assert weights_of("plain").pipeline == "StableDiffusionPipeline"
    bring(root, "odd", scheduler=["os", "system"])
    with pytest.raises(EngineDown, match="takes its scheduler from 'os'"):
        weights_of("odd")


@pytest.mark.parametrize(
    "told", ['{"steps": 0}', '{"steps": true}', '{"guidance": "much"}', '{"stps": 3}', "[]", "{"]
)
def test_settings_that_are_wrong_are_named(root: Path, told: str) -> None:
    (root / "still" / "slate.json").write_text(told)
    with pytest.raises(EngineDown, match=r"still/slate\.json"):
        weights_of("still")


def test_the_hash_is_of_what_decides_and_follows_the_files(root: Path) -> None:
    first = weights_of("still").sha256()
    (root / "still" / "README.md").write_text("how it was made")
    (root / "still" / "slate.json").write_text('{"steps": 4}')
    assert weights_of("still").sha256() == first
    shutil.copytree(root / "still", root / "copy")
    assert weights_of("copy").sha256() == first
    (root / "still" / "unet" / "model.safetensors").write_bytes(b"others!")
    assert weights_of("still").sha256() != first


def test_a_lora_is_the_file_that_was_asked_for_and_safetensors(root: Path, tmp_path: Path) -> None:
    base = weights_of("still")
    good = safetensors(tmp_path / "mara.safetensors", base={"sha256": base.sha256()})
    assert lora_facts(lora_bytes(Lora(good), base), "mara") == {"base": {"sha256": base.sha256()}}
    assert lora_facts(lora_bytes(Lora(safetensors(tmp_path / "plain")), base), "plain") == {}
    other = safetensors(tmp_path / "other.safetensors", base={"sha256": "0" * 64})
    with pytest.raises(InvalidInput, match="trained on other weights than still"):
        lora_bytes(Lora(other), base)
    with pytest.raises(InvalidInput, match="its hash is another"):
        lora_bytes(Lora(Input(good.path, "0" * 64, "", "mara")), base)
    for name in ("mara.bin", "mara.ckpt", "mara.PT"):
        shutil.copy(good.path, tmp_path / name)
        with pytest.raises(InvalidInput, match="may be a pickle"):
            lora_bytes(Lora(Input.of(tmp_path / name, "")), base)


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4 a zip that torch would read", b"\x80\4K\1.", b"\2" + b"\0" * 7 + b"[]"]
)
def test_other_files_are_no_safetensors_whatever_they_are_called(
    root: Path, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "mara.safetensors"
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="not a safetensors file"):
        lora_bytes(Lora(Input.of(path, "")), weights_of("still"))


def test_health_says_what_is_missing(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = crew.adapter(crew.models()["local_diffusers/still"], spool=tmp_path)
    said = adapter.health()
    if lacking := diffusion.missing():
        assert not said.ok and lacking[0] in said.message and "./slate engines install" in said.message
        with pytest.raises(EngineDown, match="libraries of self-hosted models"):
            adapter.submit(still(), crew.models()["local_diffusers/still"], "a-1", Watch())
        return
    assert said.ok and "still" in said.message and said.detail["weights"] == ["still"]
    assert said.detail["gpu"] or "the processor is slow" in said.message
    shutil.rmtree(root / "still")
    assert not adapter.health().ok and "model_index.json" in adapter.health().message
    monkeypatch.delenv("SLATE_WEIGHTS")
    assert not adapter.health().ok and "SLATE_WEIGHTS is not set" in adapter.health().message


def test_what_it_cannot_do_is_said_before_anything_is_loaded(root: Path, tmp_path: Path) -> None:
    models = crew.models()
    adapter = crew.adapter(models["local_diffusers/still"], spool=tmp_path)

    def fields(slug: str, asked: Any) -> list[str]:
        return [issue.field for issue in adapter.validate(asked, models[f"local_diffusers/{slug}"])]

    picture = safetensors(tmp_path / "a")
    assert fields("still", still()) == [] and fields("still", Outline("keyframe", images=1)) == []
    assert fields("still", still(width=4096)) == ["width"]
    assert fields("still", still(references=(picture,))) == ["references"]
    assert fields("still", still(loras=(Lora(picture),) * 5)) == ["loras"]
    asked = Clip(prompt="", width=65, height=64, rate="24", frames=300)
    assert fields("clip", asked) == ["seconds", "first", "width", "weights"]
    lesson = TrainLora(base="still", examples=(), width=64, height=64, rank=0, steps=10)
    assert fields("lora", lesson) == ["examples", "rank"]
    assert fields("lora", TrainLora(base="no", examples=(Example(picture, "x"),), width=64, height=64)) == [
        "weights"
    ]
    assert adapter.quote(still(), models["local_diffusers/still"]).high == 0


def test_what_learned_from_examples_is_not_labelled_as_computed() -> None:
    built_in = {key for key, engine in crew.engines().items() if engine.builtin}
    assert {key for key in crew.engines() if crew.computes(key)} == built_in - {"local_diffusers"}
    assert not crew.computes("nobody")


def test_no_other_engine_passes_a_lora_over_in_silence(tmp_path: Path) -> None:
    asked = still(loras=(Lora(safetensors(tmp_path / "a")),))
    for key, model in crew.models().items():
        able = model.capability
        if "keyframe" in able.kinds and not able.draws_packets:
            found = [issue.field for issue in check_capability(asked, able)]
            assert ("loras" in found) == (able.max_loras == 0), key


def test_what_a_request_wears_is_part_of_it_and_nothing_changes_nothing(tmp_path: Path) -> None:
    file = safetensors(tmp_path / "a")
    assert "loras" not in still().as_json() and still().inputs() == ()
    worn = still(loras=(Lora(file, 0.5),))
    assert worn.inputs() == (file,)
    assert worn.as_json()["loras"] == [{**file.as_json(), "scale": 0.5}]
    assert len({one.fingerprint() for one in (still(), worn, still(loras=(Lora(file, 1),)))}) == 3
    lesson = TrainLora(base="still", examples=(Example(file, "mara"),), width=64, height=64)
    assert lesson.inputs() == (file,) and lesson.units().images == 1
    assert lesson.as_json()["examples"] == [{**file.as_json(), "caption": "mara"}]
