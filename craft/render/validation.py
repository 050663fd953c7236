"""What a timeline must satisfy before anything is rendered. Each broken rule names itself and its place."""

from __future__ import annotations

from craft.render.errors import TimelineError
from craft.render.grade import out_of_range
from craft.render.model import Clip, FrameRange, Item, MediaKind, SoundClip, Timeline, Track, Transition
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
    for effect in clip.effects:
        field = out_of_range(effect)
        if field is not None:
            raise TimelineError("grade", where, f"{field} is out of range")


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
    if isinstance(left, Clip):
        spare = left.tail()
        if spare is not None and spare < item.after:
            raise TimelineError("handle", where, f"needs {item.after} frames after the cut, has {spare}")
    if isinstance(right, Clip):
        spare = right.head()
        if (spare is not None and spare < item.before) or right.source.start < item.before:
            raise TimelineError("handle", where, f"needs {item.before} frames before the cut, has {spare}")


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
    known = clip.media.available
    wanted = FrameRange(clip.source_start, 1 if clip.loop else clip.length)
    if known is not None and not known.covers(wanted):
        raise TimelineError(
            "range", where, f"asks for {wanted.start}..{wanted.end}, media ends at {known.end}"
        )


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
