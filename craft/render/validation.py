"""What a timeline must satisfy before anything is rendered. Each broken rule names itself and its place."""

from __future__ import annotations

from craft.render.effects import Cdl, Effect, Lut, Modifier, Reframe, Stabilise
from craft.render.errors import TimelineError
from craft.render.grade import Grade, out_of_range
from craft.render.model import (
    Clip,
    FrameRange,
    Item,
    LevelKey,
    MediaKind,
    Overlay,
    SoundClip,
    Timeline,
    Track,
    Transition,
)
from craft.render.retime import broken
from craft.terms import cuts

FLASH_FRAMES = (2, 6)


def check_timeline(timeline: Timeline) -> None:
    """Raise `TimelineError` for the first broken rule, or return."""
    check_track(timeline.picture)
    if timeline.length == 0:
        raise TimelineError("empty", "picture", "the programme has no frames")
    for track in timeline.sound:
        for number, clip in enumerate(track.clips):
            _check_sound(clip, _called(f"{track.layer}[{number}]", clip.name), timeline.length)
    _check_words(timeline)
    for number, overlay in enumerate(timeline.overlays):
        _check_overlay(overlay, _called(f"overlays[{number}]", overlay.name), timeline.length)
    _check_finish(timeline)


def check_track(track: Track) -> None:
    """Raise `TimelineError` when the items of a picture track do not fit together."""
    for index, item in enumerate(track.items):
        where = f"picture[{index}]"
        if isinstance(item, Transition):
            _check_transition(track, index, item, where)
        elif isinstance(item, Clip):
            _check_clip(item, _called(where, item.name))
        elif item.length < 1:
            raise TimelineError("length", where, f"a gap of {item.length} frames")
    _check_room(track)


def _called(where: str, name: str) -> str:
    return f"{where} {name!r}" if name else where


def _check_clip(clip: Clip, where: str) -> None:
    if clip.media.kind is MediaKind.SOUND:
        raise TimelineError("kind", where, "sound on the picture track")
    if clip.length < 1:
        raise TimelineError("length", where, f"a clip of {clip.length} frames")
    if clip.source.start < 0:
        raise TimelineError("range", where, f"source starts at frame {clip.source.start}")
    known = clip.media.available
    if known is not None and not known.covers(clip.source):
        asked = f"{clip.source.start}..{clip.source.end}"
        raise TimelineError("range", where, f"asks for frames {asked}, media has {known.start}..{known.end}")
    _check_retime(clip, where)
    for effect in clip.effects:
        _check_effect(effect, where)


def _check_retime(clip: Clip, where: str) -> None:
    if clip.retime is None:
        return
    if clip.media.kind is MediaKind.STILL:
        raise TimelineError("retime", where, "a still has no time that could be changed")
    fault = broken(clip.retime)
    if fault is not None:
        raise TimelineError("retime", where, fault)
    first, end = clip.retime.touched()
    if first < 0 or end > clip.source.length:
        wanted = f"{clip.source.start + first}..{clip.source.start + end}"
        there = f"{clip.source.start}..{clip.source.end}"
        raise TimelineError(
            "retime", where, f"the ramp runs over source frames {wanted}, the clip has {there}"
        )


def _check_effect(effect: Effect, where: str) -> None:
    if isinstance(effect, Grade):
        field = out_of_range(effect)
        if field is not None:
            raise TimelineError("grade", where, f"{field} is out of range")
    elif isinstance(effect, Cdl):
        if not all(0 <= part <= 10 for part in effect.slope) or not all(-4 <= o <= 4 for o in effect.offset):
            raise TimelineError("grade", where, "slope or offset is out of range")
        if not all(0.05 <= part <= 10 for part in effect.power) or not 0 <= effect.saturation <= 4:
            raise TimelineError("grade", where, "power or saturation is out of range")
    elif isinstance(effect, Reframe):
        for box in (effect.start, effect.end or effect.start):
            _check_box(box, where)
    elif isinstance(effect, Lut | Modifier | Stabilise) and not 0.0 <= effect.strength <= 1.0:
        raise TimelineError("effect", where, f"strength {effect.strength} is not between 0 and 1")


def _check_box(box: tuple[float, float, float, float], where: str) -> None:
    x, y, width, height = box
    inside = x >= 0 and y >= 0 and x + width <= 1 + 1e-9 and y + height <= 1 + 1e-9
    if not inside or width < 0.02 or height < 0.02:
        raise TimelineError("box", where, f"{box} does not lie inside the frame, or is too small to see")


def _check_overlay(overlay: Overlay, where: str, programme: int) -> None:
    if overlay.at.length < 1 or not FrameRange(0, programme).covers(overlay.at):
        raise TimelineError("place", where, f"frames {overlay.at.start}..{overlay.at.end} of {programme}")
    if overlay.media.kind is MediaKind.SOUND:
        raise TimelineError("kind", where, "sound cannot be laid over the picture")
    _check_box(overlay.box, where)
    known = overlay.media.available
    wanted = FrameRange(overlay.source_start, overlay.at.length)
    moving = overlay.media.kind is MediaKind.VIDEO
    if overlay.source_start < 0 or (moving and known is not None and not known.covers(wanted)):
        raise TimelineError("range", where, f"asks for frames {wanted.start}..{wanted.end} it does not have")
    if not 0 <= overlay.opacity <= 1 or not 0 <= overlay.border <= 0.1:
        raise TimelineError("effect", where, f"opacity {overlay.opacity}, border {overlay.border}")
    if overlay.fade < 0 or 2 * overlay.fade > overlay.at.length:
        raise TimelineError("fade", where, f"fades of {overlay.fade} frames in {overlay.at.length}")
    for effect in overlay.effects:
        _check_effect(effect, where)
        if isinstance(effect, Reframe | Stabilise):
            raise TimelineError("effect", where, "a picture in the picture stands where its box is")


def _check_finish(timeline: Timeline) -> None:
    finish = timeline.finish
    for effect in finish.effects:
        _check_effect(effect, "finish")
        if isinstance(effect, Reframe | Stabilise):
            raise TimelineError("effect", "finish", "a reframe or a stabilisation belongs to one clip")
    if finish.letterbox is not None and not 0.2 <= finish.letterbox <= 5:
        raise TimelineError("finish", "finish", f"{finish.letterbox} is no shape of a picture")
    if timeline.start < 0:
        raise TimelineError("place", "start", f"timecode cannot begin at frame {timeline.start}")


def _check_transition(track: Track, index: int, item: Transition, where: str) -> None:
    left, right = _neighbours(track, index)
    if item.before < 0 or item.after < 0 or item.length < 1:
        raise TimelineError("length", where, f"a transition of {item.before} + {item.after} frames")
    if isinstance(left, Transition) or isinstance(right, Transition):
        raise TimelineError("transition", where, "two transitions at one cut")
    if left is None and right is None:
        raise TimelineError("transition", where, "a transition with nothing on either side")
    if (left is None and item.before) or (right is None and item.after):
        raise TimelineError("transition", where, "it reaches beyond the end of the programme")
    if item.kind is cuts.Transition.CUT:
        raise TimelineError("transition", where, "a cut has no length; leave the transition out")
    if item.kind is cuts.Transition.FLASH:
        low, high = FLASH_FRAMES
        if not low <= item.length <= high:
            raise TimelineError("length", where, f"a flash has {low} to {high} frames, not {item.length}")
        return  # white frames need no handles
    if item.kind not in cuts.XFADE:
        raise TimelineError("transition", where, f"{item.kind} cannot be rendered")
    _check_handles(left, right, item, where)


def _neighbours(track: Track, index: int) -> tuple[Item | None, Item | None]:
    left = track.items[index - 1] if index else None
    right = track.items[index + 1] if index + 1 < len(track.items) else None
    return left, right


def _check_handles(left: Item | None, right: Item | None, item: Transition, where: str) -> None:
    if isinstance(left, Clip) and not left.part(0, left.length + item.after).fits():
        raise TimelineError("handle", where, f"the outgoing clip lacks {item.after} frames after the cut")
    if isinstance(right, Clip) and not right.part(-item.before, right.length + item.before).fits():
        raise TimelineError("handle", where, f"the incoming clip lacks {item.before} frames before the cut")


def _check_room(track: Track) -> None:
    """No item may be eaten whole by the transitions at its two ends."""
    for placed in track.placed():
        left, right = _neighbours(track, placed.index)
        used = (left.after if isinstance(left, Transition) else 0) + (
            right.before if isinstance(right, Transition) else 0
        )
        if used > placed.item.length:
            where = f"picture[{placed.index}]"
            raise TimelineError("room", where, f"{placed.item.length} frames for {used} frames of transition")


def _check_sound(clip: SoundClip, where: str, programme: int) -> None:
    if clip.length < 1:
        raise TimelineError("length", where, f"a clip of {clip.length} frames")
    if not FrameRange(0, programme).covers(clip.at):
        raise TimelineError("place", where, f"frames {clip.at.start}..{clip.at.end} of {programme}")
    if clip.source_start < 0:
        raise TimelineError("range", where, f"source starts at frame {clip.source_start}")
    if not -1.0 <= clip.pan <= 1.0 or not -120.0 <= clip.gain_db <= 40.0:
        raise TimelineError("level", where, f"gain {clip.gain_db} dB, pan {clip.pan}")
    if clip.fade_in < 0 or clip.fade_out < 0 or clip.fade_in + clip.fade_out > clip.length:
        raise TimelineError("fade", where, f"fades {clip.fade_in} + {clip.fade_out} of {clip.length} frames")
    for keys, low, high in ((clip.gain_keys, -120.0, 40.0), (clip.pan_keys, -2.0, 2.0)):
        _check_keys(keys, low, high, where)
    if clip.room is not None and not 0.0 <= clip.room.wet <= 1.0:
        raise TimelineError("room", where, f"wet {clip.room.wet} is not between 0 and 1")
    if clip.retime is not None:
        _check_heard_retime(clip, where)
        return
    known = clip.media.available
    wanted = FrameRange(clip.source_start, 1 if clip.loop else clip.length)
    if known is not None and not known.covers(wanted):
        raise TimelineError(
            "range", where, f"asks for {wanted.start}..{wanted.end}, media ends at {known.end}"
        )


def _check_keys(keys: tuple[LevelKey, ...], low: float, high: float, where: str) -> None:
    frames = [frame for frame, _ in keys]
    if frames != sorted(set(frames)):
        raise TimelineError("level", where, "the frames of an envelope do not rise")
    if any(not low <= value <= high for _, value in keys):
        raise TimelineError("level", where, "a value of an envelope is out of range")


def _check_heard_retime(clip: SoundClip, where: str) -> None:
    assert clip.retime is not None
    fault = broken(clip.retime)
    if fault is not None or clip.loop or clip.retime.length != clip.length:
        raise TimelineError("retime", where, fault or "a retimed sound is as long as its retime and no loop")


def _check_words(timeline: Timeline) -> None:
    programme = FrameRange(0, timeline.length)
    for number, caption in enumerate(timeline.captions):
        at = FrameRange(caption.start_frame, caption.end_frame - caption.start_frame)
        if at.length < 1 or not programme.covers(at):
            raise TimelineError("place", f"captions[{number}]", f"frames {at.start}..{at.end}")
    for number, title in enumerate(timeline.titles):
        where = f"titles[{number}]"
        if title.at.length < 1 or not programme.covers(title.at):
            raise TimelineError("place", where, f"frames {title.at.start}..{title.at.end}")
        if not 0.01 <= title.size <= 0.5 or title.fade < 0 or 2 * title.fade > title.at.length:
            raise TimelineError("title", where, f"size {title.size}, fade {title.fade} frames")
