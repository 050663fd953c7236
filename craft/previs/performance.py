"""What a figure does in a frame: where it is, how it holds itself, what it feels and looks at, and its lips.

Everything is a function of time and a seed, so any frame can be drawn alone and gives the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from craft.previs.emotions import EMOTIONS, Feeling, feel, feeling_at
from craft.previs.figure import Figure
from craft.previs.gait import follow_feet, sole_at
from craft.previs.gaze import EYES_IN_HEAD, Finder, GazeCue, eye_direction, turn_head
from craft.previs.gestures import envelope, gesture, hand_shape
from craft.previs.lips import blink, mouth_shape, speech_energy
from craft.previs.parts import Part
from craft.previs.places import Place
from craft.previs.poses import POSES, SIT_HANDS
from craft.previs.posing import BodyState, Posed, Reach, head_frame, pose_figure
from craft.previs.props import GRIPS, palm_turn
from craft.previs.resting import lie_down, sit_down
from craft.previs.spatial import F64, apply, smooth, vec

_SIDES: Mapping[str, float] = {"l": 1.0, "r": -1.0}
_TAKE_S = 0.45


@dataclass(frozen=True)
class Face:
    """Shader controls: mouth (width 1 neutral, open, round, smile), lid opening, squint, and eye
    directions in head space.
    """

    mouth: tuple[float, float, float, float]
    lids: float
    squint: float
    eyes: tuple[float, float, float]


@dataclass(frozen=True)
class Carried:
    """A thing of a kind in a hand ('l', 'r') from ``start`` to ``end`` seconds."""

    kind: str
    hand: str
    start: float = -math.inf
    end: float = math.inf


@dataclass(frozen=True)
class Role:
    """One person of the company, without where they look: what others need to know to look at them."""

    id: str
    figure: Figure
    part: Part
    pose: str
    seed: int
    strength: float = 1.0
    speaking: bool = False
    cues: tuple[tuple[float, str], ...] = ()
    carried: tuple[Carried, ...] = ()

    def feeling(self, t: float) -> Feeling:
        """The mix of emotions at ``t`` seconds."""
        return feeling_at([(c.at, str(c.value)) for c in self.part.feelings], self.strength, t)


@dataclass(frozen=True)
class Acting:
    """What a figure does for a whole shot, among whom, and where the lens is (None while it is sought)."""

    role: Role
    company: Mapping[str, Role] = field(default_factory=dict)
    lens: F64 | None = None
    partner: str | None = None

    @property
    def figure(self) -> Figure:
        """The body."""
        return self.role.figure

    @property
    def origin(self) -> F64:
        """Where the figure stands at frame 0."""
        return vec(self.role.part.track.first.x, 0.0, self.role.part.track.first.z)

    @property
    def yaw(self) -> float:
        """Its heading at frame 0, in degrees."""
        return self.role.part.track.first.yaw

    def place(self, t: float) -> Place:
        """Where the body is at ``t`` seconds."""
        return self.role.part.track.at(t)

    def find(self, name: str, t: float) -> F64 | None:
        """World place of what a gaze or a finger is aimed at."""
        if name == "camera":
            return self.lens
        name = self.partner or "" if name == "partner" else name
        if name not in self.company or name == self.role.id:
            return None
        return eyes_of(self.company[name], t)


@dataclass(frozen=True)
class Moment:
    """One figure in one frame."""

    posed: Posed
    face: Face
    hands: tuple[str, str] = ("relaxed", "relaxed")
    """Shape of the left and of the right hand, as ``hands.HAND_SHAPES`` names them."""
    place: Place = Place(0.0, 0.0, 0.0)  # noqa: RUF009


def _wave(seed: int, hertz: float, phase: float, t: float) -> float:
    return math.sin(2 * math.pi * hertz * t + seed * 1.7 + phase)


def _life(role: Role, state: BodyState, feeling: Feeling, t: float) -> None:
    """Breath, sway and small turns of the head; fear trembles."""
    seed, depth = role.seed, feeling.value("breath")
    breath = _wave(seed, 0.27, 0, t) * depth
    state.bend("chest", 0.9 * breath)
    state.shift("upper_arm_l", 0, 0.0022 * breath, 0)
    state.shift("upper_arm_r", 0, 0.0022 * breath, 0)
    state.bend("upper_arm_l", 0, 0, 0.5 * breath)
    state.bend("upper_arm_r", 0, 0, -0.5 * breath)
    nod, turn = 0.7 * _wave(seed, 0.31, 1, t), 1.3 * _wave(seed, 0.23, 3, t)
    state.bend("head", nod + 0.4 * _wave(seed, 0.83, 2, t), turn, 0.7 * _wave(seed, 0.19, 5, t))
    still = 1.0 - role.part.track.at(t).sit
    shift = _wave(seed, 0.071, 4, t)
    state.bend(
        "hips", 0, 0.5 * _wave(seed, 0.13, 1, t), (0.35 * _wave(seed, 0.17, 2, t) + 0.7 * shift) * still
    )
    state.shift("hips", 0.010 * shift * still, 0, 0)
    shiver = feeling.value("tremble")
    if shiver > 0:
        state.bend("chest", 0, 0.5 * shiver * _wave(seed, 5.3, 0, t), 0.4 * shiver * _wave(seed, 6.1, 1, t))
        state.bend("head", 0.5 * shiver * _wave(seed, 6.7, 2, t))


def _busy(role: Role, tag: str, t: float) -> float:
    """How far a hand is taken by a thing or a gesture (0-1)."""
    taken = max((_held(c, t) for c in role.carried if c.hand == tag or GRIPS[c.kind].carry.both), default=0.0)
    doing = [g for g in role.part.gestures if g.hand == tag or g.kind == "embrace"]
    arms = [g for g in doing if g.kind not in ("nod", "shake_head")]
    return max(taken, max((envelope(g, t) for g in arms if g.start < t < g.end), default=0.0))


def _held(carried: Carried, t: float) -> float:
    """How firmly a thing's carrying posture has been taken on."""
    rise = smooth((t - carried.start) / _TAKE_S) if carried.start > -1e9 else 1.0
    return rise * (smooth((carried.end + _TAKE_S - t) / _TAKE_S) if carried.end < 1e9 else 1.0)


def _hold_pose(role: Role, state: BodyState, place: Place, t: float) -> None:
    """Angles and hands of the pose, given up for walking, sitting and lying as far as they have to be."""
    pose = POSES[role.pose]
    loose = (1 - 0.85 * place.going) * (1 - place.fall)
    upright = 1 - place.sit
    for bone, (pitch, yaw, roll) in pose.angles.items():
        k = (
            1.0
            if bone.startswith(("upper_arm", "forearm"))
            else (1 - place.going) * (upright if bone == "hips" else 1)
        )
        state.bend(bone, pitch * k, yaw * k, roll * k)
    energy = speech_energy(role.cues, t)
    for tag, side in _SIDES.items():
        free = 1 - _busy(role, tag, t)
        hold = pose.hands.get(tag)
        if place.sit > 0:
            lap = SIT_HANDS[tag]
            pole = vec(side * 0.5, -0.7, -0.7)
            state.reach(tag, Reach(vec(*lap), "hips", place.sit * loose, pole=pole))
        if hold is not None:
            k = loose * (1.0 if pose.seated_hands else upright)
            state.reach(tag, Reach(vec(*hold) + _talk(role, tag, t, energy), "chest", k))
        elif energy > 0 and free > 0:
            amount = (0.75 if tag == "r" else 0.4) * energy * free * loose
            raised = vec(side * 0.22, 1.06, 0.25) + _talk(role, tag, t, energy)
            state.reach(tag, Reach(raised, "chest", amount))


def _talk(role: Role, tag: str, t: float, energy: float) -> F64:
    """Where beats of speech carry a hand."""
    beat, sway = _wave(role.seed, 0.85, 0.4, t), _wave(role.seed, 0.37, 1.1, t)
    lift = energy * (0.5 + 0.5 * sway) * (1.0 if tag == "r" else 0.45)
    strong = energy * (1.0 if tag == "r" else 0.45)
    return vec(_SIDES[tag] * 0.035 * lift, 0.085 * lift + 0.022 * beat * strong, 0.055 * lift)


def _speak(role: Role, state: BodyState, t: float) -> None:
    """Head, chest and brows join in while somebody speaks."""
    energy = speech_energy(role.cues, t)
    if energy <= 0:
        return
    beat, sway = _wave(role.seed, 0.85, 0.4, t), _wave(role.seed, 0.37, 1.1, t)
    state.bend("hand_r", (-14 * (0.5 + 0.5 * sway) + 7 * beat) * energy, 0, -5 * (1 + sway) * energy)
    state.bend("head", 1.6 * beat * energy, 2.2 * sway * energy, 0)
    state.bend("chest", 0.6 * beat * energy, 2.0 * sway * energy, 0)
    for bone in ("brow_l", "brow_r"):
        state.shift(bone, 0, 0.0025 * energy * max(0.0, beat), 0)


def _carry(role: Role, state: BodyState, t: float) -> None:
    for carried in role.carried:
        weight = _held(carried, t)
        if weight <= 0:
            continue
        carry = GRIPS[carried.kind].carry
        for tag, side in _SIDES.items():
            if tag == carried.hand or carry.both:
                x, y, z = carry.wrist
                turn = palm_turn(carry.along, carry.palm, tag)
                pole = vec(side * 0.30, -1.0, -0.45)
                state.reach(tag, Reach(vec(-side * x, y, z), "chest", weight, turn, pole))


def body_state(role: Role, t: float) -> BodyState:
    """Everything but the gaze: place, pose, feeling, feet, things in hand and the life in between."""
    place = role.part.track.at(t)
    state = BodyState(vec(place.x, 0.0, place.z), place.yaw)
    scale = role.figure.body.scale
    soles = {tag: sole_at(role.part.track.steps[tag], t) for tag in ("l", "r")}
    state.soles.update(soles)
    feeling = role.feeling(t)
    free = {tag: (1 - _busy(role, tag, t)) * (1 - place.fall) for tag in _SIDES}
    _hold_pose(role, state, place, t)
    arms = tuple(free[tag] * (1 - place.sit) for tag in ("l", "r"))
    follow_feet(state, soles["l"], soles["r"], scale, (arms[0], arms[1]))
    _life(role, state, feeling, t)
    feel(state, feeling, free, (1 - place.sit) * (1 - place.fall))
    sit_down(state, place, scale)
    lie_down(state, place, scale)
    _speak(role, state, t)
    _carry(role, state, t)
    return state


def eyes_of(role: Role, t: float) -> F64:
    """World point between somebody's eyes."""
    state = body_state(role, t)
    return apply(head_frame(role.figure, state), vec(*EYES_IN_HEAD))


def _hands(role: Role, feeling: Feeling, t: float) -> tuple[str, str]:
    """Shape of each hand: what it holds, else what it does, else what is felt."""
    found = []
    mood = _shape_of(feeling)
    for tag in ("l", "r"):
        shape = POSES[role.pose].shape if tag == "r" and tag in POSES[role.pose].hands else "relaxed"
        shape = mood or shape
        for doing in role.part.gestures:
            if doing.hand == tag or doing.kind == "embrace":
                shape = hand_shape(doing, t) or shape
        for carried in role.carried:
            carry = GRIPS[carried.kind].carry
            if (carried.hand == tag or carry.both) and carried.start <= t < carried.end:
                shape = carry.shape
        found.append(shape)
    return found[0], found[1]


def _shape_of(feeling: Feeling) -> str | None:
    name = feeling.strongest
    share = dict(feeling.shares)[name]
    return EMOTIONS[name].shape if share > 0.45 else None


def _face(role: Role, feeling: Feeling, eyes: tuple[float, float, float], t: float) -> Face:
    width, opened, rounded, smile = mouth_shape(role.cues, t)
    idle = 0.10 if role.speaking and not role.cues else 0.0
    opened = min(1.0, opened + max(idle, feeling.value("open") * (1 - opened)))
    smile = smile * 0.6 + feeling.value("smile")
    stretch = 0.34 + 1.32 * width + feeling.value("width") + 0.10 * max(0.0, feeling.value("smile"))
    lids = max(0.0, min(1.15, 0.95 + feeling.value("lids"))) * (1 - blink(role.seed, t))
    return Face((stretch, opened, rounded, smile), lids, feeling.value("squint"), eyes)


def _remembered(acting: Acting) -> Finder:
    """``acting.find`` that poses a partner once per frame, however often they are looked at."""
    known: dict[tuple[str, float], F64 | None] = {}

    def find(name: str, t: float) -> F64 | None:
        if (name, t) not in known:
            known[name, t] = acting.find(name, t)
        return known[name, t]

    return find


def act(acting: Acting, t: float) -> Moment:
    """The figure at ``t`` seconds."""
    role = acting.role
    place, feeling = acting.place(t), role.feeling(t)
    state = body_state(role, t)
    looks: list[GazeCue] = [(c.at, c.value) for c in role.part.gazes]
    find = _remembered(acting)
    turn_head(role.figure, state, looks, find, t, 1 - 0.7 * place.fall)
    for doing in role.part.gestures:
        gesture(role.figure, state, doing, find, t)
    state.bend("jaw", 7.0 * mouth_shape(role.cues, t)[1] + 5.0 * feeling.value("open"))
    posed = pose_figure(role.figure, state)
    eyes = eye_direction(posed, state, looks, find, role.seed, t)
    return Moment(posed, _face(role, feeling, eyes, t), _hands(role, feeling, t), place)
