"""A script broken down by rules alone: cast, places, acts, and the shots that tell it.

No model, no chance, no clock: the same script gives the same breakdown on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from craft.screenplay import acts as act_rules
from craft.screenplay.beats import Beats, BeatScene, read_beats
from craft.screenplay.breakdown_model import ActPlan, Breakdown, LinePlan, ScriptScene, ShotPlan
from craft.screenplay.cast import Cast
from craft.screenplay.coverage import Coverage, Draft
from craft.screenplay.errors import ScreenplayError
from craft.screenplay.model import Script, ScriptNote
from craft.screenplay.places import Places
from craft.screenplay.staging import Bearing, staging
from craft.screenplay.timing import fitted, lengths
from craft.screenplay.transitions import transition_seconds
from craft.screenplay.words import one_line
from craft.terms.cuts import PACING, Transition
from craft.terms.languages import UnknownLanguage, language
from craft.terms.rates import FrameRate
from craft.terms.shots import Direction, Optics
from craft.terms.story import ActStructure

_LONGEST_LABEL, _LONGEST_HEADING, _LONGEST_SYNOPSIS, _LONGEST_ACTION = 20, 200, 400, 2000
_MOST_RENDERED = 8
MOST_BEATS = 20_000


def breakdown(
    script: Script,
    *,
    rate: FrameRate | str,
    target_seconds: float | None = None,
    pacing: str = "tv_standard",
    structure: ActStructure | None = None,
) -> Breakdown:
    """Break a script down into shots in whole frames at `rate`.

    `target_seconds` stretches or tightens what the script does not fix, inside the pacing; when that cannot
    meet it, a note says by how much. `structure` divides acts when the script has no act sections.
    Raises ScreenplayError (script.empty, script.too_large), BadFrameRate, or KeyError for an unknown pacing.
    """
    frame_rate, bounds = FrameRate.parse(rate), PACING[pacing]
    cast = Cast(script)
    tongue, notes = _language(script)
    notes += [*script.notes, *cast.notes]
    beats = read_beats(script, cast, tongue)
    _check_size(beats)
    places, keys = _places(beats)
    drafts, scene_of = _covered(beats, keys, cast, bounds, notes)
    frames = _frames(drafts, frame_rate, bounds, target_seconds, notes)
    structure, acts, act_of = _acts(script, drafts, frames, frame_rate, structure, notes)
    shots = _shots(drafts, frames, act_of, [keys[i] for i in scene_of], frame_rate)
    _check_transitions(shots, notes)
    ending = beats.ending
    return Breakdown(
        title=script.title,
        logline=one_line(script.title_page.get("logline"), _LONGEST_SYNOPSIS),
        language=tongue,
        rate=frame_rate,
        pacing=pacing,
        structure=structure,
        characters=cast.plans(),
        scenes=places.definitions(),
        acts=tuple(acts),
        script_scenes=_script_scenes(beats, keys, shots),
        shots=shots,
        transition_out=ending,
        transition_out_frames=_transition_frames(ending, frame_rate, shots[-1].frames),
        notes=tuple(sorted({*notes, *beats.notes}, key=lambda n: (n.line, n.code, n.message))),
    )


def _check_size(beats: Beats) -> None:
    """Refuse what is no episode: nothing at all, or more than many features together."""
    if not beats.scenes:
        raise ScreenplayError("script.empty", "There is nothing to shoot in this script.", "Write a scene.")
    count = sum(max(1, len(scene.beats)) for scene in beats.scenes)
    if count > MOST_BEATS:
        message = f"The script has {count} paragraphs and speeches; at most {MOST_BEATS} are broken down."
        raise ScreenplayError("script.too_large", message, "Split it into episodes.")


def _language(script: Script) -> tuple[str, list[ScriptNote]]:
    """The language of the title page, English when it names none that is known."""
    wanted = script.title_page.get("language").strip()
    if not wanted:
        return "en", []
    try:
        return language(wanted).bcp47, []
    except UnknownLanguage as error:
        return "en", [ScriptNote(1, "script.language_unknown", f"{error}; English is assumed.")]


def _places(beats: Beats) -> tuple[Places, list[str]]:
    places = Places()
    keys = [
        places.enter(scene.heading, scene.line, [beat.text for beat in scene.beats if beat.text])
        for scene in beats.scenes
    ]
    return places, keys


def _covered(
    beats: Beats, keys: Sequence[str], cast: Cast, bounds: tuple[float, float], notes: list[ScriptNote]
) -> tuple[list[Draft], list[int]]:
    """All drafts in order and the index of each one's scene."""
    coverage = Coverage(cast, bounds)
    drafts: list[Draft] = []
    scene_of: list[int] = []
    for index, scene in enumerate(beats.scenes):
        made = coverage.scene(scene, keys[index])
        drafts += made
        scene_of += [index] * len(made)
    notes += coverage.notes
    return drafts, scene_of


def _frames(
    drafts: Sequence[Draft],
    rate: FrameRate,
    bounds: tuple[float, float],
    target_seconds: float | None,
    notes: list[ScriptNote],
) -> list[int]:
    room = lengths(drafts, rate, bounds, notes)
    if target_seconds is None:
        return [length.wish for length in room]
    target = rate.frames(target_seconds)
    frames = fitted(room, target)
    if sum(frames) != target:
        reached = float(rate.seconds(sum(frames)))
        message = f"The shots last {reached:.1f} s; {target_seconds:.1f} s cannot be met with this pacing."
        notes.append(ScriptNote(0, "script.target_missed", message))
    return frames


def _acts(
    script: Script,
    drafts: Sequence[Draft],
    frames: Sequence[int],
    rate: FrameRate,
    structure: ActStructure | None,
    notes: list[ScriptNote],
) -> tuple[ActStructure, list[ActPlan], list[int]]:
    chosen = structure or act_rules.structure_for(float(rate.seconds(sum(frames))))
    if written := act_rules.section_acts(script):
        indexes = act_rules.by_lines(written, [draft.line for draft in drafts])
        kept, numbers = act_rules.used(written, indexes, notes)
        return structure or ActStructure.CUSTOM, kept, numbers
    indexes = act_rules.by_share(chosen, frames)
    kept, numbers = act_rules.used(act_rules.template_acts(chosen), indexes, notes)
    return chosen, kept, numbers


def _shots(
    drafts: Sequence[Draft], frames: Sequence[int], acts: Sequence[int], keys: Sequence[str], rate: FrameRate
) -> tuple[ShotPlan, ...]:
    shots: list[ShotPlan] = []
    for number, (draft, length, act, key) in enumerate(zip(drafts, frames, acts, keys, strict=True), 1):
        shortest = min(length, shots[-1].frames) if shots else length
        around = _transition_frames(draft.transition, rate, shortest)
        shots.append(_shot(number, draft, length, act, key, around, rate))
    return _staged(shots)


def _staged(shots: Sequence[ShotPlan]) -> tuple[ShotPlan, ...]:
    """What people do in each shot; what lasts goes on until the script's scene ends."""
    found: list[ShotPlan] = []
    left: Mapping[str, Bearing] = {}
    for shot in shots:
        if not found or found[-1].script_scene != shot.script_scene:
            left = {}
        played = staging(shot.action, shot.characters, left)
        left = played.after
        found.append(replace(shot, staging=played))
    return tuple(found)


def _shot(
    number: int, draft: Draft, frames: int, act: int, key: str, around: int, rate: FrameRate
) -> ShotPlan:
    return ShotPlan(
        number=number,
        scene_key=key,
        script_scene=draft.scene,
        act=act,
        size=draft.size,
        framing=draft.framing,
        purpose=draft.purpose,
        angle=draft.angle,
        movement=draft.movement,
        direction=draft.direction,
        speed=draft.speed,
        focal_mm=draft.focal_mm,
        azimuth=draft.azimuth,
        roll_degrees=draft.roll_degrees,
        arc_degrees=draft.arc_degrees,
        characters=draft.characters,
        emotion=draft.emotion,
        frames=frames,
        seconds=float(rate.seconds(frames)),
        action=one_line(draft.action, _LONGEST_ACTION),
        lines=tuple(draft.lines),
        transition_in=draft.transition if around else Transition.CUT,
        transition_frames=around,
        editorial=draft.editorial,
        directed=draft.directive.named,
        line=draft.line,
        end_line=draft.end_line,
        optics=draft.directive.optics or Optics.NONE,
        optics_direction=draft.directive.optics_direction or Direction.IN,
        aperture=draft.directive.aperture or 0.0,
    )


def _transition_frames(kind: Transition, rate: FrameRate, room: int) -> int:
    """Frames round a cut, at most half of the shorter neighbour; 0 turns it into a cut."""
    return min(rate.frames(transition_seconds(kind)), room // 2)


def _script_scenes(beats: Beats, keys: Sequence[str], shots: Sequence[ShotPlan]) -> tuple[ScriptScene, ...]:
    first_act: dict[int, int] = {}
    for shot in shots:
        first_act.setdefault(shot.script_scene, shot.act)
    pairs = zip(beats.scenes, keys, strict=True)
    return tuple(_script_scene(scene, key, first_act[scene.number]) for scene, key in pairs)


def _script_scene(scene: BeatScene, key: str, act: int) -> ScriptScene:
    heading = scene.heading
    return ScriptScene(
        number=scene.number,
        label=one_line(heading.number, _LONGEST_LABEL) if heading and heading.number else str(scene.number),
        heading=one_line(heading.text, _LONGEST_HEADING) if heading else "",
        scene_key=key,
        act=act,
        synopsis=one_line(scene.synopsis, _LONGEST_SYNOPSIS),
        line=scene.line,
        end_line=scene.end_line,
    )


def _check_transitions(shots: Sequence[ShotPlan], notes: list[ScriptNote]) -> None:
    """Warn when more than one cut in eight is a rendered transition."""
    rendered = sum(shot.transition_in is not Transition.CUT for shot in shots[1:])
    if rendered * _MOST_RENDERED > len(shots):
        message = f"{rendered} of {len(shots)} cuts are rendered transitions; one in eight reads best."
        notes.append(ScriptNote(0, "script.many_transitions", message))


def lines_of(found: Breakdown) -> list[LinePlan]:
    """All lines of a breakdown in order."""
    return [line for shot in found.shots for line in shot.lines]
