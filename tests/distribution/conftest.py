"""A certified episode to release: a signed master in the vault and the evidence the edit suite would give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from distribution import services
from distribution.models import Release
from studio.models import Project
from tenancy.scope import studio_scope
from tests.vault.conftest import media, own_signer, signer, vault_ground
from vault import services as vault
from vault.claims import MasterClaim, ShotClaim
from vault.registries import Captions, ReleaseSubject, releasables

__all__ = ["media", "own_signer", "signer", "vault_ground"]
TITLE = "Two Coats of Paint"
SHOT = ShotClaim("Previs", "renderer", "1.0", "ab" * 32)


class House:
    """Answers the registry "releasable" the way the edit suite does; tests change what it says."""

    def __init__(self, subject: ReleaseSubject) -> None:
        self.subject: ReleaseSubject | None = subject

    def change(self, **facts: Any) -> None:
        """The episode is not what it was."""
        assert self.subject is not None
        self.subject = replace(self.subject, **facts)

    def __call__(self, episode_id: UUID) -> ReleaseSubject | None:
        return self.subject if self.subject and self.subject.episode_id == episode_id else None


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Passphrases are hashed slowly on purpose; here the rules around them are tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def house(
    studio: Any, vault_ground: Path, media: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    """One certified episode with a signed master of one signed shot, and English captions."""
    srt = tmp_path / "en.vtt"
    srt.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nAhoy\n")
    with studio_scope(studio):
        project = Project.objects.create(title="Night Ferry")
        shot = vault.store(media["other.mp4"], kind="clip", title="S01", mime="video/mp4", sign=SHOT)
        with vault.local_path(shot) as path:
            gates = [
                {
                    "gate": "Gate B",
                    "decided_by": "Ada",
                    "decided_at": "2026-11-21T06:00:00Z",
                    "digest": "9f3c",
                }
            ]
            claim = MasterClaim([("S01", path)], [("c2pa.edited", "mix")], gates, "Night Ferry", TITLE)
            staged = vault.stage(media["clip.mp4"], mime="video/mp4", sign=claim)
        master = vault.attach(staged, kind="master", title=TITLE, project=project.pk)
        captions = vault.store(srt, kind="caption", title="English", mime="text/vtt")
    subject = ReleaseSubject(
        project_id=project.pk,
        project_title=project.title,
        episode_id=UUID(int=7),
        episode_title=TITLE,
        revision=1,
        master=master,
        approved=True,
        gates=[
            {
                "gate": "Gate C",
                "decision": "approved",
                "decided_by": "ada@slate.test",
                "decided_at": "now",
                "digest": "71be",
            }
        ],
        checks=[
            {"name": "Black frames", "ok": True, "value": "none"},
            {"name": "Faces", "ok": None, "value": ""},
        ],
        loudness={"integrated_lufs": -14.02, "silence": float("-inf")},
        engines=[
            {"role": "clip", "engine": "Previs", "model": "renderer", "model_version": "1", "built_in": True}
        ],
        duration_seconds=1.0,
        frames=24,
        rate="24",
        captions=[Captions(captions, "en", "English")],
    )
    answering = House(subject)
    monkeypatch.setitem(releasables._values, "releasable", answering)
    return answering


@pytest.fixture
def draft(studio: Any, user: Any, house: House) -> Release:
    """The drafted release."""
    with studio_scope(studio, actor=user):
        return services.draft_release(episode_id=UUID(int=7), actor=user)


@pytest.fixture
def released(studio: Any, user: Any, draft: Release) -> Release:
    """The release, out."""
    with studio_scope(studio, actor=user):
        return services.publish(release=draft, actor=user, seen=draft.certificate_digest)
