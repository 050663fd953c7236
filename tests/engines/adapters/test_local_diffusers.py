"""Self-hosted models through their adapter: what is drawn, what is learned, and that both are exactly repeatable.

Skipped without the libraries: `./slate engines install`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.render.probe import probe
from craft.terms.digest import file_sha256
from engines import crew
from engines.adapters import diffusion
from engines.adapters.base import Done, EngineDown, InvalidInput, Request, Stopped, Watch
from engines.adapters.inputs import Example, Input, Lora
from engines.adapters.requests import Clip, Keyframe, TrainLora
from engines.adapters.weights import weights_of
from engines.fitting import fit

if lacking := diffusion.missing():
    pytest.skip(f"{', '.join(lacking)} not installed: ./slate engines install", allow_module_level=True)

from tests.engines.adapters import tiny_models

WORDS = "mara in a red coat"
MAKERS = {"still": tiny_models.still, "xl": tiny_models.still_xl, "clip": tiny_models.clip}
STILL_SIZE, CLIP_SIZE, FRAMES = (60, 44), (64, 36), 7


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of all tiny models; read only."""
    diffusion.kit().torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("weights")
    for name, make in MAKERS.items():
        make(root / name)
    return root


@pytest.fixture(autouse=True)
def weights(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLATE_WEIGHTS", str(shelf))
    return shelf


@pytest.fixture
def own_weights(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the weights that a test may change."""
    root = tmp_path / "weights"
    shutil.copytree(shelf, root)
    monkeypatch.setenv("SLATE_WEIGHTS", str(root))
    return root


def picture(path: Path, colour: str = "#c83c1e") -> Input:
    image = Image.new("RGB", (90, 70), colour)
    image.paste("#101820", (10, 10, 50, 60))
    image.save(path)
    return Input.of(path, "image/png", path.name)


def still(**changes: Any) -> Keyframe:
    return Keyframe(
        **{"prompt": WORDS, "width": STILL_SIZE[0], "height": STILL_SIZE[1], "seed": 5, **changes}
    )


def clip(first: Input, **changes: Any) -> Clip:
    figures = {"prompt": WORDS, "width": CLIP_SIZE[0], "height": CLIP_SIZE[1], "rate": "24", "frames": FRAMES}
    return Clip(**{**figures, "seed": 5, "first": first, **changes})


def lesson(base: str, folder: Path, **changes: Any) -> TrainLora:
    one, other = (picture(folder / f"{colour[1:]}.png", colour) for colour in ("#c83c1e", "#1e50c8"))
    learned = (Example(one, "mara in a red coat"), Example(other, "mara in the rain"))
    figures: dict[str, Any] = {"base": base, "examples": learned, "width": 32, "height": 32, "rank": 4}
    return TrainLora(**{**figures, "steps": 8, "learning_rate": 0.02, "seed": 3, **changes})


def made(slug: str, request: Request, spool: Path, key: str = "a-1", watch: Watch | None = None) -> Done:
    model = crew.models()[f"local_diffusers/{slug}"]
    adapter = crew.adapter(model, spool=spool)
    assert list(adapter.validate(request, model)) == []
    done = adapter.submit(request, model, key, watch or Watch()).done
    assert done is not None
    return done


def path_of(done: Done, number: int = 0) -> Path:
    path = done.outputs[number].path
    assert path is not None
    return path


def pixels(done: Done) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(path_of(done)))


def test_a_still_has_the_size_that_was_asked_for_and_a_seed_means_the_same_again(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    watch = Watch(progress=lambda done, total, stage: seen.append((done, total, stage)))
    first = made("still", still(), tmp_path, watch=watch)
    assert Image.open(path_of(first)).size == STILL_SIZE and first.outputs[0].mime == "image/png"
    assert seen == [(0, 1, "loading"), (1, 3, "drawing"), (2, 3, "drawing"), (3, 3, "drawing")]
    again, other = made("still", still(), tmp_path, "a-2"), made("still", still(seed=6), tmp_path, "a-3")
    assert path_of(again).read_bytes() == path_of(first).read_bytes()
    assert not np.array_equal(pixels(other), pixels(first))
    assert not np.array_equal(pixels(made("still", still(negative="rain"), tmp_path, "a-4")), pixels(first))
    assert "still" in first.version and "3 steps, guidance 2" in first.version and "torch" in first.version
    assert first.outputs[0].meta["loras"] == [] and len(first.outputs[0].meta["weights_sha256"]) == 64


def test_work_that_is_done_is_found_under_its_key(tmp_path: Path) -> None:
    first = made("still", still(), tmp_path)
    stamp = path_of(first).stat().st_mtime_ns
    assert path_of(made("still", still(), tmp_path)).stat().st_mtime_ns == stamp


def test_a_clip_has_exactly_the_frames_that_were_asked_for_and_starts_from_its_still(tmp_path: Path) -> None:
    red = picture(tmp_path / "red.png")
    blue = picture(tmp_path / "blue.png", "#1e50c8")
    first = made("clip", clip(red), tmp_path)
    info = probe(path_of(first)).picture
    assert info is not None
    assert (info.width, info.height, info.frames, str(info.fps)) == (*CLIP_SIZE, FRAMES, "24")
    assert file_sha256(path_of(made("clip", clip(red), tmp_path, "a-2"))) == file_sha256(path_of(first))
    assert file_sha256(path_of(made("clip", clip(blue), tmp_path, "a-3"))) != file_sha256(path_of(first))
    one = made("clip", clip(red, frames=1), tmp_path, "a-4")
    found = probe(path_of(one)).picture
    assert found is not None and found.frames == 1


def test_it_stops_between_two_steps_and_leaves_nothing_to_be_found(tmp_path: Path) -> None:
    seen: list[int] = []

    def stopped(slug: str, request: Request, key: str) -> None:
        seen.clear()
        watch = Watch(lambda done, total, stage: seen.append(done), lambda: len(seen) > 2)
        with pytest.raises(Stopped):
            made(slug, request, tmp_path, key, watch)
        adapter = crew.adapter(crew.models()["local_diffusers/still"], spool=tmp_path)
        assert adapter.lookup(key) is None

    stopped("still", still(), "a-1")
    assert seen == [0, 1, 2]
    stopped("lora", lesson("still", tmp_path), "a-2")
    assert seen == [0, 0, 1]
    assert pixels(made("still", still(), tmp_path, "a-3")).shape == (*STILL_SIZE[::-1], 3)


SLOW = pytest.mark.slow


@pytest.mark.parametrize("base", ["still", pytest.param("xl", marks=SLOW), pytest.param("clip", marks=SLOW)])
def test_a_lora_changes_what_is_drawn_and_at_scale_0_nothing(
    base: str, own_weights: Path, tmp_path: Path
) -> None:
    learned = made("lora", lesson(base, tmp_path), tmp_path, "train")
    file = Input.of(path_of(learned), learned.outputs[0].mime, "mara.safetensors")
    if base == "xl":
        shutil.rmtree(own_weights / "still")
        (own_weights / "xl").rename(own_weights / "still")
    slug = "clip" if base == "clip" else "still"
    first = picture(tmp_path / "first.png")

    def drawn(key: str, *loras: Lora) -> bytes:
        asked = clip(first, loras=loras) if base == "clip" else still(loras=loras)
        diffusion.let_go()
        return path_of(made(slug, asked, tmp_path, key)).read_bytes()

    plain = drawn("plain")
    worn = drawn("worn", Lora(file))
    assert worn != plain
    assert drawn("worn again", Lora(file)) == worn
    assert drawn("half", Lora(file, 0.5)) not in (plain, worn)
    assert drawn("nothing", Lora(file, 0.0)) == plain


def test_a_model_that_wore_a_lora_is_as_it_was(tmp_path: Path) -> None:
    learned = made("lora", lesson("still", tmp_path), tmp_path, "train")
    file = Input.of(path_of(learned), "", "mara.safetensors")
    plain = pixels(made("still", still(), tmp_path, "plain"))
    held = diffusion.loaded(weights_of("still"))
    worn = pixels(made("still", still(loras=(Lora(file), Lora(file, 0.3))), tmp_path, "worn"))
    assert diffusion.loaded(weights_of("still")) is held
    assert np.array_equal(pixels(made("still", still(), tmp_path, "plain again")), plain)
    assert not np.array_equal(worn, plain)


@SLOW
def test_training_says_what_was_learned_from_what_and_is_the_same_again(tmp_path: Path) -> None:
    asked = lesson("clip", tmp_path, steps=30)
    first = made("lora", asked, tmp_path)
    about = json.loads(path_of(first, 1).read_text())
    losses = about["training"]["losses"]
    assert len(losses) == 30 and np.mean(losses[-10:]) < np.mean(losses[:10])
    assert about["base"] == {
        "weights": "clip", "pipeline": "LTXPipeline", "sha256": weights_of("clip").sha256(),
    }  # fmt: skip
    assert about["lora"]["sha256"] == file_sha256(path_of(first)) and about["lora"]["parameters"] > 1000
    assert [row["caption"] for row in about["training"]["examples"]] == [
        "mara in a red coat",
        "mara in the rain",
    ]
    assert path_of(made("lora", asked, tmp_path, "a-2")).read_bytes() == path_of(first).read_bytes()
    other = made("lora", replace(asked, seed=4), tmp_path, "a-3")
    assert path_of(other).read_bytes() != path_of(first).read_bytes()


def test_a_lora_that_is_not_the_one_or_not_for_this_model_is_refused(
    tmp_path: Path, own_weights: Path
) -> None:
    path = path_of(made("lora", lesson("clip", tmp_path), tmp_path, "train"))
    file = Input.of(path, "", "mara.safetensors")
    with pytest.raises(InvalidInput, match="other weights than still"):
        made("still", still(loras=(Lora(file),)), tmp_path)
    with pytest.raises(InvalidInput, match="not the file that was asked for"):
        made("still", still(loras=(Lora(replace(file, sha256="0" * 64)),)), tmp_path)
    tools, stranger = diffusion.kit(), tmp_path / "stranger.safetensors"
    # without our header nobody says what a file is for, and its names have to
    for tensors in (
        {"unet.nothing.lora_A.weight": tools.torch.ones(2, 2)},
        tools.safetensors.torch.load_file(path),
    ):
        tools.safetensors.torch.save_file(tensors, stranger)
        with pytest.raises(InvalidInput, match="does not fit still"):
            made("still", still(loras=(Lora(Input.of(stranger, "")),)), tmp_path)
    assert pixels(made("still", still(), tmp_path, "after")).shape == (*STILL_SIZE[::-1], 3)


def test_other_weights_under_the_same_name_are_other_weights(own_weights: Path, tmp_path: Path) -> None:
    first = made("still", still(), tmp_path)
    shutil.rmtree(own_weights / "still")
    tiny_models.still(own_weights / "still", seed=2)
    other = made("still", still(), tmp_path, "a-2")
    assert other.version != first.version and not np.array_equal(pixels(other), pixels(first))


def test_weights_that_cannot_be_loaded_are_named(own_weights: Path, tmp_path: Path) -> None:
    file = own_weights / "still" / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(EngineDown, match="weights of still cannot be loaded"):
        made("still", still(), tmp_path)
    (own_weights / "clip").rename(own_weights / "aside")
    (own_weights / "xl").rename(own_weights / "clip")
    with pytest.raises(EngineDown, match="which makes no clip"):
        made("clip", clip(picture(tmp_path / "first.png")), tmp_path)


def test_words_beyond_what_the_model_reads_are_refused_and_counted(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"reads {tiny_models.LENGTH} tokens, and the words are"):
        made("still", still(prompt=f"{WORDS} {'mara' * 30}"), tmp_path)
    with pytest.raises(InvalidInput, match=f"reads 16 times {tiny_models.LENGTH} tokens"):
        made("still", still(prompt=" ".join([WORDS] * 200)), tmp_path)
    with pytest.raises(InvalidInput, match="reads 256 tokens, and the words are"):
        made("clip", clip(picture(tmp_path / "red.png"), prompt=" ".join([WORDS] * 60)), tmp_path)
    (tmp_path / "notes.txt").write_text("no picture")
    notes = Input.of(tmp_path / "notes.txt", "image/png")
    with pytest.raises(InvalidInput, match="not a picture"):
        made("clip", clip(notes), tmp_path)


@pytest.mark.parametrize("name", ["still", "xl"])
def test_stills_read_long_words_to_their_end(own_weights: Path, tmp_path: Path, name: str) -> None:
    if name == "xl":
        (own_weights / "still").rename(own_weights / "aside")
        (own_weights / "xl").rename(own_weights / "still")
    long = " ".join([WORDS] * 6)
    first = pixels(made("still", still(prompt=f"{long} neon"), tmp_path, "a-1"))
    assert np.array_equal(first, pixels(made("still", still(prompt=f"{long} neon"), tmp_path, "a-2")))
    assert not np.array_equal(first, pixels(made("still", still(prompt=f"{long} rain"), tmp_path, "a-3")))
    told = made("still", still(prompt=f"{long} neon", negative="rain"), tmp_path, "a-4")
    assert not np.array_equal(first, pixels(told))
    wordy = made("still", still(negative=long), tmp_path, "a-5")
    assert not np.array_equal(pixels(wordy), pixels(made("still", still(negative=WORDS), tmp_path, "a-6")))


def test_pieces_are_parted_between_words_and_lose_none(weights: Path) -> None:
    pipe, family = diffusion.loaded(weights_of("still")), diffusion.STILLS
    long = " ".join([WORDS] * 6)
    pieces = diffusion.in_pieces(pipe, family, long)
    assert len(pieces) > 1 and " ".join(pieces) == long
    assert diffusion.in_pieces(pipe, family, WORDS) == [WORDS]
    assert diffusion.in_pieces(pipe, family, "") == [""]


def test_a_lora_is_worn_by_the_weights_it_was_trained_for(own_weights: Path, tmp_path: Path) -> None:
    done = made("lora", lesson("still", tmp_path, steps=2), tmp_path, "a-1")
    file = Input.of(path_of(done), "application/x-safetensors", "mara.safetensors")
    lora = Lora(file, 1.0, "mrx", "still", weights_of("still").sha256())
    model = crew.models()["local_diffusers/still"]
    adapter = crew.adapter(model, spool=tmp_path)
    found = fit(still(loras=(lora,)), model, adapter)
    assert (found.request.loras, found.not_worn) == ((lora,), ())
    assert found.request.prompt == f"mrx. {WORDS}"
    worn = made("still", found.request, tmp_path, "a-2")
    assert worn.outputs[0].meta["loras"][0]["sha256"] == lora.file.sha256
    assert not np.array_equal(pixels(worn), pixels(made("still", still(), tmp_path, "a-3")))
    other = replace(lora, weights="xl")
    refused = fit(still(loras=(other, lora)), model, adapter)
    assert refused.request.loras == (lora,)
    assert refused.not_worn == (
        ("mara.safetensors", "draws with the weights still, and this was trained for xl"),
    )
    (own_weights / "still").rename(own_weights / "old")
    tiny_models.still(own_weights / "still", seed=2)
    changed = fit(still(loras=(lora,)), model, adapter)
    assert changed.request == still()
    assert "still has changed" in dict(changed.not_worn)["mara.safetensors"]


def test_nothing_is_asked_of_a_network(tmp_path: Path, calls_out: list[str]) -> None:
    diffusion.let_go()
    made("lora", lesson("still", tmp_path, steps=1), tmp_path, "a-1")
    made("still", still(), tmp_path, "a-2")
    made("clip", clip(picture(tmp_path / "first.png")), tmp_path, "a-3")
    assert calls_out == []


@pytest.fixture
def calls_out(hook: Callable[[], list[str]]) -> list[str]:
    return hook()


@pytest.fixture(scope="module")
def hook() -> Iterator[Callable[[], list[str]]]:
    """What Python itself reports of names looked up and addresses connected to. Such a hook stays in for good."""
    seen: list[str] = []
    on = [True]

    def told(event: str, arguments: Any) -> None:
        if on[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            seen.append(event)

    sys.addaudithook(told)

    def fresh() -> list[str]:
        seen.clear()
        return seen

    yield fresh
    on[0] = False
