"""Files people bring: sounds that take an engine's place, colour tables for the finish.

A sound is decoded in the sandbox and kept as our own WAV; a table is parsed to its last number. Nothing of the
file itself is stored.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from craft.render import cube
from craft.terms.people import Permission
from edit_suite.composing_sound import LAYER_OF
from edit_suite.services import remake, require_open
from engines import foreign
from engines.adapters.base import BadOutput
from episodes.models import BROUGHT, Episode, Take
from episodes.queries import next_take_number
from episodes.services import use_take
from studio.models import Project
from tenancy.audit import record
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.rules import require
from vault.errors import UploadRefused
from vault.models import Asset
from vault.services import store
from workflow.events import emit

MOST_SOUND_BYTES = 400 * 1024**2
MOST_TABLE_BYTES = 16 * 1024**2


def replace_sound(*, take: Take, file: Path, title: str, actor: User) -> Take:
    """Put a file in the place of a sound take; the engine's stays and can be chosen again.

    Raises Forbidden, EpisodeClosed, UploadRefused.
    """
    episode = get_for(Episode, take.episode_id, using=Episode.objects.select_related("project"))
    require(actor, Permission.TIMELINE, episode.project_id)
    require_open(episode)
    if take.stage not in LAYER_OF:
        raise UploadRefused("Only sounds are replaced here.")
    with tempfile.TemporaryDirectory(prefix="slate-upload-") as folder:
        made = _brought(take, file, Path(folder) / "sound.wav", title, episode)
    use_take(take=made, actor=actor)
    record(actor, "sound.replaced", made, {"stage": made.stage, "sha256": made.asset.sha256})
    remake(episode, f"{title} took the place of an engine’s sound.", actor)
    emit(episode.project_id, "take.made", {"take": str(made.pk), "stage": made.stage, "shot": ""})
    return made


def use_sound(*, take: Take, actor: User) -> Take:
    """Hear another take of a sound. Raises Forbidden, EpisodeClosed."""
    episode = get_for(Episode, take.episode_id, using=Episode.objects.select_related("project"))
    require(actor, Permission.TIMELINE, episode.project_id)
    require_open(episode)
    use_take(take=take, actor=actor)
    remake(episode, "Another take of a sound is used.", actor)
    return take


def _brought(take: Take, file: Path, wav: Path, title: str, episode: Episode) -> Take:
    """The take of a decoded file."""
    seconds = _decoded(file, wav)
    asset = store(wav, kind=take.stage, title=title, mime="audio/wav", project=episode.project_id)
    kept = {name: take.meta[name] for name in ("at", "visemes", "sound") if name in take.meta}
    made: Take = Take.objects.create(
        episode=episode,
        shot_id=take.shot_id,
        line_id=take.line_id,
        act_id=take.act_id,
        scene_id=take.scene_id,
        stage=take.stage,
        subject_id=take.subject_id,
        number=next_take_number(take.stage, take.subject_id),
        asset=asset,
        engine=BROUGHT,
        request_digest=asset.sha256,
        meta={**kept, "seconds": seconds, "title": title},
        chosen=False,
    )
    return made


def _decoded(file: Path, wav: Path) -> float:
    if not foreign.available():
        raise UploadRefused(
            "Files cannot be checked on this machine: the sandbox (bubblewrap) does not start."
        )
    try:
        return foreign.sound_of(file, wav)
    except BadOutput as error:
        raise UploadRefused("The file has no sound that can be read.", why=str(error)) from error


def add_lut(*, project: Project, data: bytes, title: str, actor: User) -> Asset:
    """Keep a colour table (.cube) for the project's finishes. Raises Forbidden, UploadRefused naming the line."""
    require(actor, Permission.TIMELINE, project.pk)
    try:
        table = cube.parse(data)
    except cube.CubeError as error:
        raise UploadRefused("The file is no colour table.", why=str(error)) from None
    with tempfile.TemporaryDirectory(prefix="slate-upload-") as folder:
        path = Path(folder) / "table.cube"
        path.write_text(cube.write(table))
        asset = store(
            path, kind="lut", title=title[:200] or "LUT", mime="application/x-cube", project=project.pk
        )
    record(actor, "lut.added", asset, {"sha256": asset.sha256})
    return asset


def sound_named(episode: Episode, stage: str, subject: UUID) -> Take:
    """The chosen take of a sound. Raises UploadRefused when the programme has none."""
    found: Take | None = Take.objects.filter(
        episode=episode, stage=stage, subject_id=subject, chosen=True
    ).first()
    if found is None:
        raise UploadRefused("The programme has no such sound.")
    return found
