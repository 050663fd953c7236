"""What people do in a shot: from the breakdown's cues to the row, and from the row to a packet's beats and props."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from craft.screenplay import Bearing, Staging, staging
from craft.terms.shots import Size
from craft.terms.staging import Action, Pose, Prop
from episodes.models import Shot

# A frame this wide still holds somebody who changes height or place; a tighter one starts where the cue ends.
_WIDE = (Size.EWS.value, Size.WS.value, Size.FS.value)
_NEEDS_ROOM = (Action.WALK.value, Action.FALL.value, Action.STAND.value, Action.EMBRACE.value)
_LYING = "lying"


def as_row(played: Staging, ids: Mapping[str, str]) -> dict[str, Any]:
    """The staging as a shot stores it, with the roster's ids in place of script names; who is not cast falls out."""
    cues = [
        {
            "who": ids[cue.who],
            "action": cue.action.value,
            "at": cue.at,
            "target": ids.get(cue.target, ""),
            "prop": cue.prop.value if cue.prop else "",
            "emotion": cue.emotion.value if cue.emotion else "",
        }
        for cue in played.cues
        if cue.who in ids
    ]
    before = {
        ids[name]: {
            "seated": bearing.seated,
            "phoning": bearing.phoning,
            "holds": bearing.holds.value if bearing.holds else "",
        }
        for name, bearing in played.before.items()
        if name in ids
    }
    if not (cues or before or played.lying):
        return {}
    return {"cues": cues, "before": before, "lying": [prop.value for prop in played.lying]}


def read_again(shot: Shot, action: str) -> dict[str, Any]:
    """The staging of a shot whose action was written anew; how everybody comes in stays."""
    names = {entry.character.name: str(entry.character_id) for entry in shot.cast.select_related("character")}
    came = {
        name: Bearing(held["seated"], held["phoning"], Prop(held["holds"]) if held["holds"] else None)
        for name, who in names.items()
        if (held := _before(shot, who))
    }
    return as_row(staging(action, tuple(names), came), names)


def beats_of(shot: Shot, who: str, seconds: float, seen: Sequence[str]) -> list[dict[str, Any]]:
    """The packet's beats of one character, in time."""
    found = []
    if _before(shot, who).get("phoning"):
        found.append({"at_ms": 0, "action": Action.PHONE.value, "prop": prop_id(who, Prop.PHONE.value)})
    for cue in _cues(shot, who):
        beat = _beat(cue, shot, who, seconds, seen)
        if beat and not any(old["action"] == beat["action"] for old in found):
            found.append(beat)
    return sorted(found, key=lambda beat: int(beat["at_ms"]))


def _beat(
    cue: Mapping[str, Any], shot: Shot, who: str, seconds: float, seen: Sequence[str]
) -> dict[str, Any] | None:
    action = cue["action"]
    if action == Action.SIT.value or (action in _NEEDS_ROOM and shot.size not in _WIDE):
        return None
    if action == Action.LOOK.value and not cue["target"]:
        return None
    beat: dict[str, Any] = {"at_ms": round(cue["at"] * seconds * 1000), "action": action}
    if cue["target"] in seen:
        beat["target"] = cue["target"]
    elif action in (Action.GIVE.value, Action.EMBRACE.value, Action.WALK.value):
        # Nobody in the frame to do it with, or nowhere to walk to that the frame shows.
        return None
    if cue["prop"]:
        beat["prop"] = prop_id(who, cue["prop"])
    if cue["emotion"]:
        beat["emotion"] = cue["emotion"]
    return beat


def pose_of(shot: Shot, who: str, *, speaking: bool) -> str:
    """How somebody is found at the first frame."""
    sits = any(cue["action"] == Action.SIT.value for cue in _cues(shot, who))
    if sits or _before(shot, who).get("seated"):
        return Pose.SIT.value
    return Pose.TALK.value if speaking else Pose.STAND.value


def props_of(shot: Shot, seen: Sequence[str]) -> list[dict[str, Any]]:
    """What is carried, and what lies about."""
    held: dict[tuple[str, str], None] = {}
    for who in seen:
        kinds = [_before(shot, who).get("holds", ""), *(cue["prop"] for cue in _cues(shot, who))]
        held |= {(who, kind): None for kind in kinds if kind}
    carried = [{"id": prop_id(who, kind), "kind": kind, "held_by": who} for who, kind in held]
    free = [
        {"id": prop_id(_LYING, kind), "kind": kind, "mark": 0}
        for kind in shot.staging.get("lying", [])
        if seen
    ]
    return [*carried, *free]


def prop_id(who: str, kind: str) -> str:
    """The name a thing has in a packet."""
    return f"{kind} {who}"


def _cues(shot: Shot, who: str) -> list[Mapping[str, Any]]:
    return [cue for cue in shot.staging.get("cues", []) if cue["who"] == who]


def _before(shot: Shot, who: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = shot.staging.get("before", {}).get(who, {})
    return found
