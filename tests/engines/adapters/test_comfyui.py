"""ComfyUI on a machine of one's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from websockets.sync.server import ServerConnection, serve

from engines.adapters.base import (
    Done,
    GenerationFailed,
    Input,
    InvalidInput,
    NotReached,
    Output,
    PollFailed,
    ResultGone,
    Watch,
)
from engines.adapters.comfyui import number_of
from engines.adapters.comfyui_workflow import FOLDER, BadWorkflow, Worn, read
from tests.engines.adapters.asking import clip, still
from tests.engines.adapters.contract import AdapterContract
from tests.engines.process import FakeEngine


class TestComfyui(AdapterContract):
    engine = "comfyui"
    requests: ClassVar = {"still": still(negative="blur"), "clip": clip(negative="blur")}
    lacks: ClassVar = frozenset({"moderated"})

    def nodes(self, slug: str, asked: Any, folder: Path, fake: FakeEngine, **options: str) -> dict[str, Any]:
        adapter: Any = self.adapter(fake, slug, folder, options=options)
        return dict(adapter.preview(asked(folder), self.model(slug))["body"]["prompt"])

    # -- the workflow

    def test_request_is_filled_into_the_marked_nodes(self, tmp_path: Path, fake: FakeEngine) -> None:
        asked = still(width=1001, height=601, negative="blur", seed=77)
        nodes = self.nodes("still", asked, tmp_path, fake)
        assert nodes["3"]["inputs"]["text"].startswith("A quiet harbour")
        assert nodes["4"]["inputs"]["text"] == "blur"
        assert nodes["6"]["inputs"]["seed"] == 77
        assert (nodes["5"]["inputs"]["width"], nodes["5"]["inputs"]["height"]) == (1008, 608)
        assert "slate" not in nodes

    @pytest.mark.parametrize(
        ("rate", "frames", "made", "kept"),
        [
            ("24", 48, 49, 48),
            ("24", 49, 49, 49),
            ("24000/1001", 48, 49, 48),
            ("30", 61, 49, 49),
            ("25", 26, 25, 25),
        ],
    )
    def test_clip_covers_the_shot_at_its_own_rate(
        self, rate: str, frames: int, made: int, kept: int, tmp_path: Path, fake: FakeEngine
    ) -> None:
        nodes = self.nodes("clip", clip(rate=rate, frames=frames), tmp_path, fake)
        assert (nodes["9"]["inputs"]["length"], nodes["12"]["inputs"]["length"]) == (made, kept)
        assert nodes["13"]["inputs"]["fps"] == 24

    def test_what_the_request_does_not_have_is_left_out(self, tmp_path: Path, fake: FakeEngine) -> None:
        nodes = self.nodes("clip", clip(first=False), tmp_path, fake)
        assert "8" not in nodes and "start_image" not in nodes["9"]["inputs"]
        # the model goes past the loader that is gone
        assert "4" not in nodes and nodes["5"]["inputs"]["model"] == ["1", 0]

    def test_lora_of_the_account_is_worn(self, tmp_path: Path, fake: FakeEngine) -> None:
        options = {"lora": "mara.safetensors", "lora_strength": "0.7"}
        asked = self.nodes("still", still(), tmp_path, fake, **options)["2"]["inputs"]
        assert (asked["lora_name"], asked["strength_model"], asked["strength_clip"]) == (
            "mara.safetensors",
            0.7,
            0.7,
        )
        assert "4" not in self.nodes("clip", clip(), tmp_path, fake, **options)
        adapter = self.adapter(fake, "still", tmp_path, options=options)
        assert adapter.submit(still()(tmp_path), self.model("still"), "lora", Watch()).ref

    def test_without_a_lora_both_of_its_threads_go_past(self, tmp_path: Path, fake: FakeEngine) -> None:
        nodes = self.nodes("still", still(), tmp_path, fake)
        assert nodes["6"]["inputs"]["model"] == ["1", 0]
        assert nodes["3"]["inputs"]["clip"] == nodes["4"]["inputs"]["clip"] == ["1", 1]

    def test_second_lora_is_worn_after_the_first(self) -> None:
        def loader(model: str, title: str) -> dict[str, Any]:
            inputs = {"model": [model, 0], "lora_name": "", "strength_model": 1}
            return {"class_type": "LoraLoaderModelOnly", "inputs": inputs, "_meta": {"title": title}}

        flow = read(
            json.dumps(
                {
                    "0": {"class_type": "UNETLoader", "inputs": {}},
                    "1": loader("0", "slate:lora"),
                    "2": loader("1", "slate:lora:2"),
                    "3": {"class_type": "KSampler", "inputs": {"model": ["2", 0]}},
                }
            )
        )
        both = flow.filled({"lora": Worn("a", 0.5), "lora:2": Worn("b", 0.25)})
        assert [both[name]["inputs"]["strength_model"] for name in "12"] == [0.5, 0.25]
        assert flow.filled({"lora": Worn("a")})["3"]["inputs"]["model"] == ["1", 0]
        assert flow.filled({})["3"]["inputs"]["model"] == ["0", 0]

    def test_missing_lora_is_refused_by_the_machine(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "still", tmp_path, options={"lora": "nobody.safetensors"})
        with pytest.raises(InvalidInput) as caught:
            adapter.submit(still()(tmp_path), self.model("still"), "lora", Watch())
        assert "value_not_in_list" in caught.value.detail
        assert fake.charged() == []

    @pytest.mark.parametrize(
        ("slug", "asked", "field", "role"),
        [
            ("still", still(references=1), "references", "slate:reference:1"),
            ("clip", clip(last=True), "last", "slate:last"),
        ],
    )
    def test_role_that_the_workflow_lacks_is_named(
        self, slug: str, asked: Any, field: str, role: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        issues = self.adapter(fake, slug, tmp_path).validate(asked(tmp_path), self.model(slug))
        assert [issue.field for issue in issues] == [field]
        assert role in issues[0].message

    def test_own_workflow_takes_the_place_of_the_shipped_one(self, tmp_path: Path, fake: FakeEngine) -> None:
        own = json.loads((FOLDER / "still.json").read_text())
        own["9"] = {
            "class_type": "LoadImage",
            "inputs": {"image": ""},
            "_meta": {"title": "slate:reference:1"},
        }
        own["4"]["_meta"]["title"] = "no mark"
        for text in (json.dumps(own), json.dumps({"still": own})):
            adapter = self.adapter(fake, "still", tmp_path, options={"workflow": text})
            model = self.model("still")
            assert adapter.validate(still(references=1)(tmp_path), model) == []
            assert [one.field for one in adapter.validate(still(negative="x")(tmp_path), model)] == [
                "negative"
            ]
            assert adapter.submit(still(references=1)(tmp_path), model, "own", Watch()).ref
            # it makes stills, so clips are still made by the shipped one
            there = self.adapter(fake, "clip", tmp_path, options={"workflow": text})
            assert there.validate(clip()(tmp_path), self.model("clip")) == []

    @pytest.mark.parametrize(
        "text",
        [
            "{",
            "[]",
            '{"nodes": [], "links": []}',
            '{"1": {"inputs": {}}}',
            '{"still": {"1": 2}}',
            '{"slate": 5}',
        ],
    )
    def test_workflow_that_is_none_is_said_to_be_none(
        self, text: str, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter: Any = self.adapter(fake, "still", tmp_path, options={"workflow": text})
        issues = adapter.validate(still()(tmp_path), self.model("still"))
        assert [issue.field for issue in issues] == ["workflow"]
        with pytest.raises(InvalidInput):
            adapter.order(still()(tmp_path), self.model("still"), "k")
        with pytest.raises(BadWorkflow):
            read(text)

    def test_link_is_no_place_for_a_value(self) -> None:
        flow = read(
            '{"1": {"class_type": "X", "inputs": {"text": ["2", 0]}, "_meta": {"title": "slate:prompt"}}}'
        )
        assert flow.lacking({"prompt": "words"}) == ["prompt", "output"]

    # -- the machine

    def test_number_is_made_from_the_attempt(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "still", tmp_path)
        ref = adapter.submit(still()(tmp_path), self.model("still"), "attempt", Watch()).ref
        assert ref == number_of("attempt") != number_of("attempt 2")

    def test_same_number_twice_is_two_works_so_it_is_looked_up(
        self, tmp_path: Path, fake: FakeEngine
    ) -> None:
        adapter = self.adapter(fake, "still", tmp_path)
        for _ in range(2):
            adapter.submit(still()(tmp_path), self.model("still"), "twice", Watch())
        assert len(fake.charged()) == 2

    def test_account_without_an_address_sends_nothing(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "still", tmp_path, base_url="")
        with pytest.raises(NotReached):
            adapter.submit(still()(tmp_path), self.model("still"), "nowhere", Watch())

    def test_machine_time_comes_with_the_result(self, tmp_path: Path, fake: FakeEngine) -> None:
        done, _ = self.made(self.adapter(fake, "still", tmp_path), "still", tmp_path)
        assert done.meta == {"machine_seconds": 3.5}
        assert done.cost_milli is None

    def test_work_is_taken_back(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter = self.adapter(fake, "still", tmp_path)
        refs = [
            adapter.submit(still()(tmp_path), self.model("still"), f"{tmp_path.name} {n}", Watch()).ref
            for n in range(2)
        ]
        for ref in refs:
            assert adapter.cancel(ref)
            assert not adapter.cancel(ref)
            with pytest.raises(GenerationFailed):
                adapter.poll(ref)

    def test_machine_is_described(self, tmp_path: Path, fake: FakeEngine) -> None:
        found = self.adapter(fake, "still", tmp_path).health()
        assert found.detail["version"] == "0.9.2"
        assert found.detail["loras"] == ["mara.safetensors", "jonas.safetensors"]
        assert found.detail["devices"][0]["vram_free"] == 20 << 30

    def test_result_comes_from_the_machine_itself(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "still", tmp_path)
        done, files = self.made(adapter, "still", tmp_path)
        assert done.outputs[0].url.startswith(f"{fake.url}/comfyui/view?filename=")
        assert files[0].mime == "image/png"
        gone = Output("x.png", "", url=f"{fake.url}/comfyui/view?filename=w0_.png")
        with pytest.raises(ResultGone):
            adapter.fetch(Done(done.ref, (gone,)), tmp_path.joinpath)
        assert list(tmp_path.glob("*x.png*")) == []

    def test_success_without_a_file_is_a_failure(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "still", tmp_path)
        entry = {"prompt": [1, "n", {}, {}, []], "outputs": {}, "status": {"status_str": "success"}}
        with pytest.raises(GenerationFailed):
            adapter.state("n", {"n": entry})
        preview = {"1": {"images": [{"filename": "a.png", "type": "temp"}]}}
        with pytest.raises(GenerationFailed):
            adapter.state("n", {"n": {**entry, "outputs": preview}})

    def test_too_little_memory_is_a_request_too_large(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "still", tmp_path)
        said = {"exception_type": "torch.OutOfMemoryError", "exception_message": "", "node_type": "KSampler"}
        status = {"status_str": "error", "messages": [["execution_error", said]]}
        with pytest.raises(InvalidInput):
            adapter.state("n", {"n": {"status": status}})

    def test_lora_of_the_request_goes_before_the_accounts(self, tmp_path: Path, fake: FakeEngine) -> None:
        class Trained:
            def __init__(self, file: Input, scale: float) -> None:
                self.file, self.scale = file, scale

        class Asked:
            loras = (Trained(Input(tmp_path, "0" * 64, "x", "jonas.safetensors"), 0.4),)

        adapter: Any = self.adapter(fake, "still", tmp_path, options={"lora": "mara.safetensors"})
        assert adapter._worn(Asked()) == [Worn("jonas.safetensors", 0.4)]

    # -- progress

    def test_progress_is_heard_on_the_socket(self, tmp_path: Path, fake: FakeEngine) -> None:
        said = [
            b"preview",
            {"type": "status", "data": {"status": {}}},
            {"type": "progress", "data": {"value": 1, "max": 9, "prompt_id": "another", "node": "3"}},
            {"type": "progress", "data": {"value": 4, "max": 20, "prompt_id": "mine", "node": "6"}},
        ]
        with socket(said) as (address, asked):
            adapter: Any = self.adapter(fake, "still", tmp_path, base_url=address)
            assert adapter.progress("mine") == (4, 20, "6")
        assert asked == [("/ws?clientId=mine", "Bearer key-1")]

    def test_newer_machines_tell_the_state_of_every_node(self, tmp_path: Path, fake: FakeEngine) -> None:
        nodes = {
            "3": {"state": "finished", "value": 1, "max": 1},
            "6": {"state": "running", "value": 7, "max": 20},
        }
        told = {"type": "progress_state", "data": {"prompt_id": "mine", "nodes": nodes}}
        with socket([told]) as (address, _):
            adapter: Any = self.adapter(fake, "still", tmp_path, base_url=address)
            assert adapter.progress("mine") == (7, 20, "6")

    def test_silence_is_no_progress(self, tmp_path: Path, fake: FakeEngine) -> None:
        with socket([]) as (address, _):
            adapter: Any = self.adapter(fake, "still", tmp_path, base_url=address)
            assert adapter.progress("mine", 0.2) is None
        refused: Any = self.adapter(fake, "still", tmp_path, base_url="http://127.0.0.1:9")
        assert refused.progress("mine", 0.2) is None

    def test_queue_that_cannot_be_read_is_asked_again(self, tmp_path: Path, fake: FakeEngine) -> None:
        adapter: Any = self.adapter(fake, "still", tmp_path)
        adapter.get = lambda path, params=None: {"queue_running": [[]]}
        with pytest.raises(PollFailed):
            adapter.poll("n")


@contextmanager
def socket(said: list[Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A web socket that says these things to whoever comes, and notes the address and the credential."""
    asked: list[tuple[str, str]] = []
    leave = threading.Event()

    def talk(one: ServerConnection) -> None:
        assert one.request is not None
        asked.append((one.request.path, one.request.headers.get("Authorization", "")))
        for message in said:
            one.send(message if isinstance(message, bytes) else json.dumps(message))
        leave.wait(5)

    with serve(talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", asked
        finally:
            leave.set()
            server.shutdown()
            thread.join()
