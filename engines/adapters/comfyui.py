"""ComfyUI on a machine of one's own: a workflow with marks in it, filled from the request.

Contract: docs/engines/comfyui.md. The number of a work is ours, made from the attempt's key; the same number twice is
two works there, so a lost answer is looked up and never sent again. Queue and history are lost with a restart.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx

from engines.adapters import comfyui_progress
from engines.adapters.base import (
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    NotReached,
    Outline,
    Output,
    PollFailed,
    Request,
    ResultGone,
    State,
    Submitted,
    Watch,
)
from engines.adapters.comfyui_workflow import TAG, Workflow, Worn, chosen, frames_of
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import SUFFIXES, Json, Remote
from engines.adapters.shapes import on_grid
from engines.adapters.wording import clip_words

OURS = uuid.UUID("6f1d2c9e-52a1-5c1f-9a51-0e6f7d0c4b7a")
FOLDER = "slate"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".mp4": "video/mp4"}
LISTS = ("images", "gifs", "videos", "video", "audio")
MISSES = {
    "negative": "a negative prompt",
    "first": "the first frame",
    "last": "the last frame",
    "keep": "a length that is not on the model's step",
    "output": "the result",
}
# where the request has the figure under another name than the role
FIELD = {
    "lora": "loras",
    "reference": "references",
    "frames": "frames",
    "keep": "frames",
    "output": "workflow",
}


class Comfyui(Remote):
    """Stills and clips by workflows; the shipped ones, or the account's own."""

    key = "comfyui"
    probe = "/system_stats"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "torch.OutOfMemoryError": InvalidInput,
        "torch.cuda.OutOfMemoryError": InvalidInput,
    }

    # -- the order

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """What the workflow has no mark for, by the name of the role."""
        if not isinstance(request, Keyframe | Clip):
            return []
        try:
            workflow = self._workflow(model)
            lacking = workflow.lacking(self._values(request, model, workflow))
        except ValueError as error:
            return [Issue("workflow", f"cannot be used: {error}")]
        return [_missed(role) for role in lacking] + self._strange_loras(request)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """The filled workflow under our own number; the number is the client too, so that progress can be heard."""
        if not isinstance(request, Keyframe | Clip):
            raise InvalidInput(f"comfyui does not make {request.kind}.")
        try:
            workflow = self._workflow(model)
            nodes = workflow.filled(self._values(request, model, workflow))
        except ValueError as error:
            raise InvalidInput("The workflow cannot be used.", detail=str(error)) from error
        number = number_of(attempt_key)
        return Order("/prompt", {"prompt": nodes, "prompt_id": number, "client_id": number})

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """Nothing is sent where nobody has said where the machine is."""
        if not self.access.base_url:
            raise NotReached("The account does not say where the machine is.")
        return super().submit(request, model, attempt_key, watch)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Our own number comes back."""
        number = str(answer.json()["prompt_id"])
        if number != number_of(attempt_key):
            raise ValueError("another work than was ordered")
        return Submitted(number)

    def code_of(self, body: Any) -> str:
        """What the first node that was refused says, else the error's own type."""
        nodes = body.get("node_errors") if isinstance(body, Mapping) else None
        for node in nodes.values() if isinstance(nodes, Mapping) else ():
            for error in node.get("errors") or ():
                return str(error.get("type", ""))
        return super().code_of(body)

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """A picture in the machine's input folder; the same bytes have the same name, so again is the same."""
        fields = {"overwrite": "true", "type": "input", "subfolder": FOLDER}
        answer = self.http.post(
            "/upload/image", data=fields, files={"image": (name, data, mime)}, headers=self.headers()
        )
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            told = answer.json()
            return str(PurePosixPath(told.get("subfolder") or "") / told["name"])
        except (KeyError, TypeError, ValueError) as error:
            raise NotReached("A file could not be brought to the engine.", detail=repr(error)) from error

    # -- the state

    def poll(self, ref: str) -> Submitted:
        """Queue first, then history: a work goes from one to the other in one step, so it is in none only when lost."""
        if self._where(ref):
            return Submitted(ref)
        return self._read(ref, self.get(f"/history/{ref}"))

    def state(self, ref: str, body: Json) -> Submitted:
        """An entry of the history. It is empty for a work that a restart has lost."""
        if ref not in body:
            raise ResultGone("The machine does not know this work; it was restarted, or cleared its history.")
        entry = body[ref]
        status = entry["status"]
        if status["status_str"] != "success":
            raise self._failed(status.get("messages") or ())
        outputs = self._outputs(entry)
        if not outputs:
            raise GenerationFailed("The workflow has ended, and there is no file.")
        return Submitted(ref, State.DONE, Done(ref, outputs, meta=_spent(status.get("messages") or ())))

    def lookup(self, attempt_key: str) -> Submitted | None:
        """Under our number, in the queue or in the history."""
        number = number_of(attempt_key)
        if self._where(number):
            return Submitted(number)
        body = self.get(f"/history/{number}")
        return self._read(number, body) if number in body else None

    def cancel(self, ref: str) -> bool:
        """Out of the queue while it waits; stopped while it runs."""
        try:
            where = self._where(ref)
            if not where:
                return False
            path, body = (
                ("/queue", {"delete": [ref]}) if where == "pending" else ("/interrupt", {"prompt_id": ref})
            )
            return self.http.post(path, json=body, headers=self.headers()).is_success
        except (EngineError, httpx.HTTPError):
            return False

    def progress(self, ref: str, seconds: float = 0.5) -> tuple[int, int, str] | None:
        """(done, total, node) of a running work, None when nothing was heard."""
        return comfyui_progress.progress(self.access.base_url, self.headers(), ref, seconds)

    def account_facts(self, body: Any) -> Json:
        """The machine, how much waits, and the LoRAs that lie there."""
        devices = [
            {"name": one.get("name"), "vram_free": one.get("vram_free")} for one in body.get("devices", ())
        ]
        facts: dict[str, Any] = {"devices": devices, "version": body.get("system", {}).get("comfyui_version")}
        try:
            facts["waiting"] = self.get("/prompt")["exec_info"]["queue_remaining"]
            facts["loras"] = list(self.get("/models/loras"))[:100]
        except (EngineError, KeyError, TypeError):
            pass
        return facts

    # -- inside

    def _workflow(self, model: Model) -> Workflow:
        own = self.access.options.get("workflow", "")
        return chosen(model.slug, model.capability.kinds, model.vendor["workflow"], own)

    def _values(self, request: Keyframe | Clip, model: Model, workflow: Workflow) -> dict[str, Any]:
        """Role → what goes there."""
        settings = workflow.settings
        width, height = on_grid(request.width, request.height, int(settings.get("grid", 8)))
        values: dict[str, Any] = {"prompt": clip_words(request, model.capability.wording)}
        values |= {"seed": request.seed, "width": width, "height": height}
        if request.negative:
            values["negative"] = request.negative
        for number, reference in enumerate(request.references, start=1):
            values[f"reference:{number}"] = _file(reference)
        for number, worn in enumerate(self._worn(request), start=1):
            values["lora" if number == 1 else f"lora:{number}"] = worn
        if isinstance(request, Clip):
            made, kept, fps = frames_of(request, settings)
            values |= {"frames": made, "fps": fps}
            if made != kept or workflow.marked("keep"):
                values["keep"] = kept
            values |= {name: _file(one) for name in ("first", "last") if (one := getattr(request, name))}
        return values

    def _worn(self, request: Request) -> list[Worn]:
        """The request's own LoRAs by the names of their files, else the account's."""
        own = [Worn(lora.file.title, float(lora.scale)) for lora in getattr(request, "loras", ())]
        prefix = "clip_lora" if isinstance(request, Clip) else "lora"
        name = self.access.options.get(prefix, "").strip()
        if own or not name:
            return own
        return [Worn(name, float(self.access.options.get(f"{prefix}_strength") or 1.0))]

    def _strange_loras(self, request: Keyframe | Clip) -> list[Issue]:
        """LoRAs that were trained elsewhere: a machine takes none, so whoever brings one there says so by its name."""
        known = {name.strip() for name in self.access.options.get("character_loras", "").split(",")}
        return [
            Issue("loras", f"has no {lora.file.title} in models/loras, as far as its account says")
            for lora in request.loras
            if (lora.weights or lora.base) and lora.file.title not in known
        ]

    def _where(self, ref: str) -> str:
        """`running`, `pending`, or an empty text."""
        body = self.get("/queue")
        try:
            for where in ("running", "pending"):
                if any(row[1] == ref for row in body[f"queue_{where}"]):
                    return where
        except (KeyError, TypeError, IndexError) as error:
            raise PollFailed("The engine's queue could not be read.", detail=repr(error)) from error
        return ""

    def _failed(self, messages: Any) -> EngineError:
        told = {str(event): data for event, data in messages}
        error = told.get("execution_error") or {}
        if "execution_interrupted" in told and not error:
            return self.failure("interrupted")
        said = f"{error.get('node_type', '')}: {error.get('exception_message', '')}"
        return self.failure(str(error.get("exception_type", "")), said)

    def _outputs(self, entry: Json) -> tuple[Output, ...]:
        """What the marked node saved; where none is marked, everything that was saved."""
        nodes = entry["prompt"][2]
        marked = [
            name
            for name, node in nodes.items()
            if "output" in TAG.findall(str((node.get("_meta") or {}).get("title", "")))
        ]
        shown = entry.get("outputs") or {}
        files = [
            file
            for name, lists in shown.items()
            if name in marked or not marked
            for kind in LISTS
            for file in lists.get(kind) or ()
            if isinstance(file, Mapping) and file.get("type") == "output"
        ]
        return tuple(self._output(number, file) for number, file in enumerate(files))

    def _output(self, number: int, file: Json) -> Output:
        mime = TYPES.get(PurePosixPath(str(file["filename"])).suffix.lower(), "")
        query = urlencode({name: file.get(name, "") for name in ("filename", "subfolder", "type")})
        return Output(
            f"result-{number}{SUFFIXES.get(mime, '.bin')}", mime, url=self.address(f"/view?{query}")
        )


def number_of(attempt_key: str) -> str:
    """The number of a work, the same for the same attempt on every machine."""
    return str(uuid.uuid5(OURS, attempt_key))


def _file(file: Any) -> Embedded:
    return Embedded(file, Form.UPLOAD, f"{file.sha256[:20]}{SUFFIXES.get(file.mime, '.bin')}")


def _missed(role: str) -> Issue:
    kind = role.split(":")[0]
    what = MISSES.get(kind, kind)
    return Issue(FIELD.get(kind, kind), f"the workflow has no node for {what} (“slate:{role}”)")


def _spent(messages: Any) -> dict[str, float]:
    """Seconds of the machine, by its own clock."""
    told = {str(event): data for event, data in messages}
    try:
        begun, ended = (float(told[name]["timestamp"]) for name in ("execution_start", "execution_success"))
    except (KeyError, TypeError, ValueError):
        return {}
    return {"machine_seconds": round((ended - begun) / 1000, 3)}
