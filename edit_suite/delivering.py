"""What can leave the house of a finished master, what a tier may take out, and the verb that asks for one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from billing.queries import figure
from craft.render.errors import ToolMissing
from craft.render.outputs.profiles import deliverables
from craft.render.tools import find_tools
from craft.terms.delivery import ASPECTS, frame_size
from craft.terms.people import Permission
from edit_suite.models import Deliverable, Master
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs

DELIVER_JOB = "edit_suite.deliver"
UPSCALES = {"upscale_1080": 1080, "upscale_2160": 2160}
"""Kind → lines of the short side."""


class NotDeliverable(SlateError):
    """This cannot be delivered of this master, for the reason the message gives."""

    code = "deliverable.refused"
    status = 409


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing a master can be delivered as.

    `feature` is the figure of the tier that it needs, `reason` why it is not to be had; empty: none.
    """

    kind: str
    label: str
    group: str
    feature: str = ""
    reason: str = ""


WORDS = (
    Offer("captions_srt", "SubRip captions", "Words"),
    Offer("captions_vtt", "WebVTT captions", "Words"),
    Offer("captions_ttml", "TTML captions (IMSC 1.1)", "Words"),
)
TIMELINES = (
    Offer("otio", "OpenTimelineIO", "Timeline", "otio"),
    Offer("otioz", "OpenTimelineIO with its media", "Timeline", "otio"),
    Offer("fcp7", "Final Cut XML, for Premiere and Resolve", "Timeline", "otio"),
    Offer("edl", "CMX 3600 edit decision list", "Timeline", "otio"),
    Offer("grades", "Grades as .cube and ASC CDL", "Timeline", "otio"),
)
OTHERS = (
    Offer("hls", "HLS for players, by copy", "Picture"),
    Offer("stems", "Stems, 24-bit WAV, with music and effects", "Sound", "stems"),
)
NEEDS = {"prores_422_hq": "prores", "prores_422": "prores", "audio_wav": "stems"}


def offers(master: Master) -> list[Offer]:
    """Everything a master can be delivered as, with what stands against it."""
    found = [*_profiles(), *_larger(master), *OTHERS, *TIMELINES, *WORDS]
    return [offer if offer.reason else replace(offer, reason=_against(offer, master)) for offer in found]


def _profiles() -> list[Offer]:
    try:
        known = deliverables(find_tools())
    except ToolMissing as error:
        return [Offer("prores_422_hq", "Files", "Picture", reason=str(error))]
    return [
        Offer(
            profile.slug,
            profile.label,
            "Picture" if profile.picture else "Sound",
            NEEDS.get(profile.slug, ""),
            state.reason,
        )
        for profile, state in known
        if not profile.copies
    ]


def _larger(master: Master) -> list[Offer]:
    """Upscales that are larger than the master."""
    lines = min(frame_size(master.episode.project.aspect, master.episode.project.quality))
    return [
        Offer(kind, f"Upscaled to {size} lines", "Picture") for kind, size in UPSCALES.items() if size > lines
    ]


def size_of(master: Master, kind: str) -> tuple[int, int]:
    """Width and height of an upscale of a master."""
    across, down = ASPECTS[master.episode.project.aspect]
    short = UPSCALES[kind]
    wide, high = (short * across / down, short) if across >= down else (short, short * down / across)
    return round(wide / 2) * 2, round(high / 2) * 2


def _against(offer: Offer, master: Master) -> str:
    """Why the tier or the master does not give it, or an empty text."""
    if offer.feature and not figure(offer.feature, False):
        return "The studio’s tier does not include it."
    if offer.kind in UPSCALES and UPSCALES[offer.kind] > int(figure("max_height", 720) or 10_000):
        return f"The studio’s tier delivers up to {figure('max_height', 720)} lines."
    if offer.kind.startswith("captions") and master.captions_srt_id is None:
        return "Nobody speaks in it."
    return ""


def ask(*, master: Master, kind: str, actor: User) -> Deliverable:
    """Have a deliverable made; one that is there or on its way is returned. Raises Forbidden, NotDeliverable."""
    require(actor, Permission.TIMELINE, master.episode.project_id)
    offer = next((one for one in offers(master) if one.kind == kind), None)
    if offer is None or offer.reason:
        raise NotDeliverable(
            offer.reason if offer else "There is no such deliverable.",
            kept="The master stays.",
            charged="Nothing.",
            next_step="Choose another one." if offer is None else "Change the tier, or choose another one.",
        )
    row: Deliverable = Deliverable.objects.get_or_create(master=master, kind=kind)[0]
    if row.asset_id is None:
        job = jobs.enqueue(
            DELIVER_JOB,
            key=f"deliver:{row.pk}",
            payload={"deliverable": str(row.pk)},
            project=master.episode.project_id,
            title=f"{master.episode.title}: {offer.label}",
        )
        Deliverable.objects.filter(pk=row.pk).update(job_id=job.pk)
        row.job_id = job.pk
    record(actor, "deliverable.asked", master, {"kind": kind})
    return row
