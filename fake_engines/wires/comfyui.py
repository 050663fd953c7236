"""ComfyUI behind a proxy that asks for a bearer token: POST /prompt, GET /queue and /history, /upload/image, /view.

A prompt is checked as the machine checks one: known classes, required inputs, links to nodes that exist, names that are
in its lists. The number of a work is the caller's and is not looked at: the same one twice is two works.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# class → required inputs: the type of the link, a type, (least, most), or the name of a list
CLASSES: dict[str, dict[str, Any]] = {
    "CheckpointLoaderSimple": {"ckpt_name": "checkpoints"},
    "UNETLoader": {"unet_name": "models", "weight_dtype": "dtypes"},
    "CLIPLoader": {"clip_name": "encoders", "type": "families"},
    "VAELoader": {"vae_name": "vaes"},
    "LoraLoader": {
        "model": "MODEL",
        "clip": "CLIP",
        "lora_name": "loras",
        "strength_model": float,
        "strength_clip": float,
    },
    "LoraLoaderModelOnly": {"model": "MODEL", "lora_name": "loras", "strength_model": float},
    "ModelSamplingSD3": {"model": "MODEL", "shift": float},
    "CLIPTextEncode": {"clip": "CLIP", "text": str},
    "EmptyLatentImage": {"width": (16, 16384), "height": (16, 16384), "batch_size": (1, 4096)},
    "LoadImage": {"image": "inputs"},
    "Wan22ImageToVideoLatent": {
        "vae": "VAE",
        "width": (32, 16384),
        "height": (32, 16384),
        "length": (1, 16384),
        "batch_size": (1, 4096),
    },
    "KSampler": {
        "model": "MODEL",
        "positive": "CONDITIONING",
        "negative": "CONDITIONING",
        "latent_image": "LATENT",
        "seed": (0, 2**64 - 1),
        "steps": (1, 10_000),
        "cfg": float,
        "sampler_name": "samplers",
        "scheduler": "schedulers",
        "denoise": float,
    },
    "VAEDecode": {"samples": "LATENT", "vae": "VAE"},
    "ImageFromBatch": {"image": "IMAGE", "batch_index": (0, 4095), "length": (1, 4096)},
    "CreateVideo": {"images": "IMAGE", "fps": float},
    "SaveVideo": {"video": "VIDEO", "filename_prefix": str, "format": "containers", "codec": "codecs"},
    "SaveImage": {"images": "IMAGE", "filename_prefix": str},
}
GIVES = {
    "CheckpointLoaderSimple": ("MODEL", "CLIP", "VAE"),
    "UNETLoader": ("MODEL",),
    "CLIPLoader": ("CLIP",),
    "VAELoader": ("VAE",),
    "LoraLoader": ("MODEL", "CLIP"),
    "LoraLoaderModelOnly": ("MODEL",),
    "ModelSamplingSD3": ("MODEL",),
    "CLIPTextEncode": ("CONDITIONING",),
    "EmptyLatentImage": ("LATENT",),
    "LoadImage": ("IMAGE", "MASK"),
    "Wan22ImageToVideoLatent": ("LATENT",),
    "KSampler": ("LATENT",),
    "VAEDecode": ("IMAGE",),
    "ImageFromBatch": ("IMAGE",),
    "CreateVideo": ("VIDEO",),
}
LISTS = {
    "checkpoints": ("sd_xl_base_1.0.safetensors",),
    "models": ("wan2.2_ti2v_5B_fp16.safetensors",),
    "dtypes": ("default", "fp8_e4m3fn"),
    "encoders": ("umt5_xxl_fp8_e4m3fn_scaled.safetensors",),
    "families": ("wan", "flux", "sd3"),
    "vaes": ("wan2.2_vae.safetensors",),
    "loras": ("mara.safetensors", "jonas.safetensors"),
    "samplers": ("euler", "dpmpp_2m", "uni_pc"),
    "schedulers": ("normal", "karras", "simple"),
    "containers": ("auto", "mp4"),
    "codecs": ("auto", "h264"),
}
OUTPUTS = ("SaveImage", "SaveVideo")
ALLOWED = {"prompt", "client_id", "prompt_id", "extra_data", "front", "number", "partial_execution_targets"}


class Comfyui(Wire):
    """One machine, one work at a time; it remembers what it was sent and what was brought to it."""

    engine = "comfyui"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self.inputs: dict[str, bytes] = {}
        self.prompts: dict[str, dict[str, Any]] = {}
        self.stopped: set[str] = set()

    def order(self, call: Call) -> Ordered | None:
        """A prompt."""
        if (call.method, call.path) != ("POST", ["prompt"]):
            return None
        body = call.json()
        if set(body) - ALLOWED:
            raise Refused(400, "unknown_field")
        if "prompt" not in body:
            raise Refused(400, "no_prompt")
        nodes = body["prompt"]
        problems = [problem for name in nodes for problem in self._problems(nodes, name)]
        ends = [name for name, node in nodes.items() if node["class_type"] in OUTPUTS]
        if not ends:
            raise Refused(400, "prompt_no_outputs")
        if problems:
            raise Refused(400, problems[0])
        number = str(body.get("prompt_id") or "machine-made")
        self.prompts[number] = nodes
        return _ordered(nodes, ends[0], number)

    def _problems(self, nodes: dict[str, Any], name: str) -> Iterator[str]:
        node = nodes[name]
        rules = CLASSES.get(node.get("class_type", ""))
        if rules is None:
            yield "missing_node_type"
            return
        for field, rule in rules.items():
            if field not in node["inputs"]:
                yield "required_input_missing"
            else:
                yield from self._wrong(nodes, node["inputs"][field], rule)
        for value in node["inputs"].values():
            if isinstance(value, list) and value[0] not in nodes:
                yield "bad_linked_input"

    def _wrong(self, nodes: dict[str, Any], value: Any, rule: Any) -> Iterator[str]:
        if isinstance(rule, str) and rule.isupper():
            good = isinstance(value, list) and value[0] in nodes
            if not good or GIVES[nodes[value[0]]["class_type"]][value[1]] != rule:
                yield "return_type_mismatch"
        elif rule == "inputs":
            if value not in self.inputs:
                yield "custom_validation_failed"
        elif isinstance(rule, str):
            if value not in LISTS[rule]:
                yield "value_not_in_list"
        elif isinstance(rule, tuple):
            if type(value) is not int or not rule[0] <= value <= rule[1]:
                yield "value_bigger_than_max"
        elif not isinstance(value, (int, float) if rule is float else rule):
            yield "invalid_input_type"

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The caller's number, and its place."""
        return reply(200, {"prompt_id": work.key, "number": len(desk.works), "node_errors": {}})

    def other(self, call: Call, desk: Desk) -> Answer:
        """Queue, history, files, the machine."""
        match (call.method, call.path):
            case ("GET", ["queue"]):
                return reply(200, self._queue(desk))
            case ("GET", ["history", number]):
                return reply(200, self._history(number, desk))
            case ("POST", ["queue" | "interrupt" as what]):
                body = call.json()
                self.stopped |= set(body["delete"] if what == "queue" else [body["prompt_id"]])
                return Answer(200, b"")
            case ("POST", ["upload", "image"]):
                return self._upload(call)
            case ("GET", ["view"]):
                number = call.query["filename"].partition("_")[0]
                mime, data = desk.result(desk.find(number))
                return Answer(200, data, mime)
            case ("GET", ["system_stats"]):
                devices = [{"name": "cuda:0 card", "type": "cuda", "vram_free": 20 << 30}]
                return reply(200, {"system": {"comfyui_version": "0.9.2"}, "devices": devices})
            case ("GET", ["prompt"]):
                return reply(200, {"exec_info": {"queue_remaining": len(self._open(desk))}})
            case ("GET", ["models", "loras"]):
                return reply(200, list(LISTS["loras"]))
        raise Refused(404, "not_found")

    def _open(self, desk: Desk) -> list[Work]:
        works = [work for work in desk.works.values() if work.engine == self.engine]
        return [work for work in works if not desk.ready(work) and work.key not in self.stopped]

    def _queue(self, desk: Desk) -> dict[str, Any]:
        rows = [
            [number, work.key, self.prompts[work.key], {}, []] for number, work in enumerate(self._open(desk))
        ]
        return {"queue_running": rows[:1], "queue_pending": rows[1:]}

    def _history(self, number: str, desk: Desk) -> dict[str, Any]:
        try:
            work = desk.by_key(number, self.engine)
        except Refused:
            return {}
        if number in self.stopped:
            return self._entry(number, "error", [["execution_interrupted", {"prompt_id": number}]], {})
        if not desk.ready(work):
            return {}
        if desk.failed(work):
            said = {"node_type": "KSampler", "exception_type": "RuntimeError", "exception_message": "failed"}
            return self._entry(number, "error", [["execution_error", said]], {})
        told = [["execution_start", {"timestamp": 1_000}], ["execution_success", {"timestamp": 4_500}]]
        suffix = "png" if work.kind == "keyframe" else "mp4"
        file = {"filename": f"{work.id}_00001_.{suffix}", "subfolder": "slate", "type": "output"}
        end = next(name for name, node in self.prompts[number].items() if node["class_type"] in OUTPUTS)
        return self._entry(number, "success", told, {end: {"images": [file], "animated": [True]}})

    def _entry(self, number: str, word: str, messages: list[Any], outputs: dict[str, Any]) -> dict[str, Any]:
        status = {"status_str": word, "completed": word == "success", "messages": messages}
        prompt = [1, number, self.prompts[number], {}, list(outputs)]
        return {number: {"prompt": prompt, "outputs": outputs, "status": status, "meta": {}}}

    def _upload(self, call: Call) -> Answer:
        form = call.form()
        name, folder = _file_name(call), form.get("subfolder", [b""])[0].decode()
        self.inputs[f"{folder}/{name}" if folder else name] = form["image"][0]
        return reply(200, {"name": name, "subfolder": folder, "type": "input"})

    def refused(self, status: int, code: str) -> Answer:
        """A type, and the errors of the nodes where it is one of theirs."""
        of_a_node = status == 400 and not code.startswith(("prompt_", "no_", "unknown_", "missing_"))
        error = {"type": code, "message": code, "details": "", "extra_info": {}}
        nodes = {"1": {"errors": [error], "dependent_outputs": [], "class_type": "?"}} if of_a_node else {}
        if of_a_node:
            error = {**error, "type": "prompt_outputs_failed_validation"}
        return reply(status, {"error": error, "node_errors": nodes})


def _file_name(call: Call) -> str:
    """The name of the file in a form with one."""
    head = call.body.split(b'filename="', 1)[1]
    return head.split(b'"', 1)[0].decode()


def _ordered(nodes: dict[str, Any], end: str, number: str) -> Ordered:
    by_class = {node["class_type"]: node["inputs"] for node in nodes.values()}
    known: dict[str, Any] = {"key": number, "looked_up": True}
    if nodes[end]["class_type"] == "SaveImage":
        size = by_class["EmptyLatentImage"]
        return Ordered("image", "keyframe", 300, {"width": size["width"], "height": size["height"]}, **known)
    kept = by_class.get("ImageFromBatch", by_class["Wan22ImageToVideoLatent"])["length"]
    fps = by_class["CreateVideo"]["fps"]
    params = {"width": 160, "height": 90, "rate": f"{fps:g}", "frames": kept}
    return Ordered("video", "clip", round(kept / fps * 2_000), params, **known)
