"""What a shot asks of whoever makes it: its role for routing, who made the scene's other shots, whose policy holds.

longer than most engines make ─▶ long_take      somebody is seen speaking ─▶ dialogue
cutaway, b-roll, insert ─▶ b_roll               one person, close ─▶ close_up
    and that person wears a trained LoRA ─▶ trained_close_up
nobody, and the camera moves ─▶ camera_move     people, and they do something ─▶ action
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from craft.terms.rates import FrameRate
from craft.terms.shots import Movement, Purpose, ShotRole, Size
from episodes.models import Episode, Shot, Take
from talent.models import Character

LONG_SECONDS = 15.0
CLOSE = (Size.MCU, Size.CU, Size.ECU)
BESIDE = (Purpose.CUTAWAY, Purpose.B_ROLL, Purpose.INSERT_DETAIL)
BUILT_IN_ENGINES = ("previs", "rostrum")
TRAINED_STILL = "trained_still"
"""The role of the still that such a close-up starts from."""


def shot_role(shot: Shot, people: int, seconds: float, *, trained: bool = False) -> ShotRole:
    """The role of a shot, by the first rule that holds. `people` is how many of the cast are in it, `trained` says
    that they wear what a model has learned of them."""
    if seconds > LONG_SECONDS:
        return ShotRole.LONG_TAKE
    if people and any(not line.off_screen for line in shot.lines.all()):
        return ShotRole.DIALOGUE
    if shot.purpose in BESIDE:
        return ShotRole.B_ROLL
    if people == 1 and shot.size in CLOSE:
        return ShotRole.TRAINED_CLOSE_UP if trained else ShotRole.CLOSE_UP
    if people and shot.action.strip():
        return ShotRole.ACTION
    return ShotRole.CAMERA_MOVE if shot.movement != Movement.STATIC else ShotRole.B_ROLL


def role_of(shot: Shot, cast: Sequence[Character], wearing: Collection[UUID]) -> ShotRole:
    """The role of a shot with its cast; `wearing` are the characters that wear a LoRA."""
    seconds = float(FrameRate.parse(shot.episode.project.rate).seconds(shot.frames))
    trained = any(one.pk in wearing for one in cast)
    return shot_role(shot, len(cast), seconds, trained=trained)


def policy_levels(shot: Shot) -> tuple[str, ...]:
    """What the shot's engine policy hangs on, the farthest first."""
    return (f"project:{shot.episode.project_id}", f"scene:{shot.scene_id}", f"shot:{shot.pk}")


def made_scene(episode: Episode, shot: Shot, stage: str) -> frozenset[str]:
    """The remote models that made the chosen takes of the scene's other shots: one room, one look."""
    rows = Take.objects.filter(episode=episode, stage=stage, chosen=True, shot__scene_id=shot.scene_id)
    pairs = rows.exclude(shot=shot).exclude(engine__in=BUILT_IN_ENGINES).values_list("engine", "model")
    return frozenset(f"{engine}/{model}" for engine, model in pairs.distinct())
