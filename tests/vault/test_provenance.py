"""Signing and reading real files: what is certified, what is found, what is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import encypher_c2pa
import pytest

from tests.vault.conftest import RunningSigner, stop
from vault import provenance
from vault.claims import DigitalSource, Ingredient, MasterClaim, ShotClaim
from vault.errors import IngredientInvalid, SignerDown, Unreadable
from vault.provenance import sign_file, verify_file
from vault.reading import ProvenanceReport, read
from vault.signer_client import Chain, SignerClient

Media = dict[str, Path]
SHOT = ShotClaim("Previs", "renderer", "1.0", "ab" * 32, references=[("Mara, sheet 2", "cd" * 32)], seed=7)


def shot(
    media: Media, signer: RunningSigner, out: Path, claim: ShotClaim = SHOT, name: str = "clip.mp4"
) -> Path:
    sign_file(media[name], claim, out, by=signer.client)
    return out


def master_claim(shots: list[tuple[str, Path]]) -> MasterClaim:
    gates = [{"gate": "gate_b", "decided_by": "Инес", "decided_at": "2026-11-21T06:00:00Z", "digest": "9f3c"}]
    actions = [
        ("c2pa.color_adjustments", "grade per scene"),
        ("c2pa.edited", "mix"),
        ("c2pa.transcoded", "H.264"),
    ]
    return MasterClaim(shots, actions, gates, "Night Ferry", "Episode 1", {"integrated_lufs": -14.1})


@pytest.fixture
def master(media: Media, signer: RunningSigner, tmp_path: Path) -> Path:
    """A signed master of two signed shots, the first made from a signed keyframe."""
    frame = shot(media, signer, tmp_path / "frame.png", name="frame.png")
    made_from = ShotClaim("Previs", "renderer", "1.0", "ab" * 32, inputs=[Ingredient("Keyframe", frame)])
    shots = [
        ("Shot 1", shot(media, signer, tmp_path / "s1.mp4", made_from)),
        ("Shot 2", shot(media, signer, tmp_path / "s2.mp4", name="other.mp4")),
    ]
    sign_file(media["clip.mp4"], master_claim(shots), tmp_path / "master.mp4", by=signer.client)
    return tmp_path / "master.mp4"


def verify(path: Path, signer: RunningSigner) -> ProvenanceReport:
    return verify_file(path, root=signer.client.root())


@pytest.mark.parametrize("name", ["clip.mp4", "frame.png", "tone.wav"])
def test_signed_file_is_trusted_by_both_libraries(
    media: Media, signer: RunningSigner, tmp_path: Path, name: str
) -> None:
    out = shot(media, signer, tmp_path / name, name=name)
    report = verify(out, signer)
    assert (report.state, report.issues) == ("trusted", ())
    assert report.second_opinion is not None and report.second_opinion["state"] == "trusted"
    assert report.digital_source == DigitalSource.ALGORITHMIC
    assert report.facts["references"] == [{"title": "Mara, sheet 2", "sha256": "cd" * 32}]
    assert report.facts["seed"] == 7


def test_master_lists_every_shot_action_and_gate(master: Path, signer: RunningSigner) -> None:
    report = verify(master, signer)
    assert report.trusted
    assert [(i.title, i.state) for i in report.ingredients] == [("Shot 1", "trusted"), ("Shot 2", "trusted")]
    assert report.actions.count("c2pa.placed") == 2 and "c2pa.color_adjustments" in report.actions
    assert report.facts["gates"][0]["decided_by"] == "Инес"
    assert report.digital_source == DigitalSource.COMPOSITE_SYNTHETIC
    outside = encypher_c2pa.verify(
        str(master), "video/mp4", trust_pem=signer.client.root(), no_default_trust=True
    )
    assert outside["validation_state"] == "Trusted"


def test_a_masters_claim_carries_no_address_and_no_infinity(
    media: Media, signer: RunningSigner, tmp_path: Path
) -> None:
    shots = [("Shot 1", shot(media, signer, tmp_path / "s.mp4"))]
    gates = [{"gate": "Gate C", "decided_by": "ada@slate.test"}]
    claim = MasterClaim(shots, [], gates, "P", "E", {"range": float("-inf"), "peaks": [float("nan"), -1.0]})
    report = sign_file(media["clip.mp4"], claim, tmp_path / "m.mp4", by=signer.client)
    assert report.facts["gates"] == [{"gate": "Gate C", "decided_by": "ada"}]
    assert report.facts["loudness"] == {"range": None, "peaks": [None, -1.0]}
    assert b"slate.test" not in (tmp_path / "m.mp4").read_bytes()


def test_a_generative_shot_makes_the_master_a_composite_of_trained_media(
    media: Media, signer: RunningSigner, tmp_path: Path
) -> None:
    claim = ShotClaim("Engine A", "video-2", "2.1", "ab" * 32, digital_source=DigitalSource.TRAINED)
    shots = [
        ("Shot 1", shot(media, signer, tmp_path / "s.mp4", claim)),
        ("Shot 2", shot(media, signer, tmp_path / "t.mp4")),
    ]
    report = sign_file(media["clip.mp4"], master_claim(shots), tmp_path / "m.mp4", by=signer.client)
    assert report.digital_source == DigitalSource.COMPOSITE_TRAINED


def flipped(path: Path, at: int) -> Path:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    out = path.with_name("flipped" + path.suffix)
    out.write_bytes(data)
    return out


def test_one_flipped_byte_of_the_picture_is_found(master: Path, signer: RunningSigner) -> None:
    at = master.read_bytes().rfind(b"mdat") + 200
    report = verify(flipped(master, at), signer)
    assert report.state == "invalid"
    assert [issue.where for issue in report.issues if issue.code == "assertion.bmffHash.mismatch"] == [
        "this file"
    ]
    assert report.second_opinion is not None and report.second_opinion["state"] == "invalid"


def test_one_flipped_byte_of_a_statement_is_found(master: Path, signer: RunningSigner) -> None:
    report = verify(flipped(master, master.read_bytes().find(b"Night Ferry", 1000)), signer)
    assert report.state == "invalid" and "assertion.hashedURI.mismatch" in {i.code for i in report.issues}


def test_one_flipped_byte_in_a_shots_provenance_names_the_shot(master: Path, signer: RunningSigner) -> None:
    report = verify(flipped(master, master.read_bytes().rfind(b"Mara, sheet 2")), signer)
    assert report.state == "invalid"
    assert {issue.where for issue in report.issues} == {"ingredient “Shot 2”"}
    assert [i.state for i in report.ingredients] == ["trusted", "invalid"]


def test_any_flipped_byte_is_found(master: Path, signer: RunningSigner) -> None:
    """Also where no C2PA hash reaches: signature padding, box headers, labels, the file type."""
    root, data, choose = signer.client.root(), master.read_bytes(), random.Random(20261121)
    places = [16, 27, 60, 72, *(choose.randrange(len(data)) for _ in range(250))]
    missed = []
    for at in places:
        copy = flipped(master, at)
        try:
            if read(copy, "video/mp4", root, second=False).state == "trusted":
                missed.append(at)
        except Exception:
            continue
    assert missed == []


def test_a_changed_shot_is_refused_as_ingredient(media: Media, signer: RunningSigner, tmp_path: Path) -> None:
    good = shot(media, signer, tmp_path / "s1.mp4")
    bad = flipped(good, good.read_bytes().rfind(b"mdat") + 100)
    out = tmp_path / "master.mp4"
    with pytest.raises(IngredientInvalid) as refusal:
        sign_file(media["clip.mp4"], master_claim([("Shot 1", good), ("Shot 9", bad)]), out, by=signer.client)
    assert refusal.value.code == "provenance.ingredient_invalid"
    assert refusal.value.fields == {"ingredient": "Shot 9"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flipped.mp4", "s1.mp4"]


def test_an_unsigned_shot_is_refused_as_ingredient(
    media: Media, signer: RunningSigner, tmp_path: Path
) -> None:
    claim = master_claim([("Shot 1", media["clip.mp4"])])
    with pytest.raises(IngredientInvalid, match="unsigned"):
        sign_file(media["clip.mp4"], claim, tmp_path / "m.mp4", by=signer.client)


def test_a_shot_of_another_root_is_refused_as_ingredient(
    media: Media, signer: RunningSigner, own_signer: Callable[[], RunningSigner], tmp_path: Path
) -> None:
    foreign = shot(media, own_signer(), tmp_path / "s.mp4")
    assert verify(foreign, signer).state == "valid"
    with pytest.raises(IngredientInvalid, match="not one this studio knows"):
        sign_file(
            media["clip.mp4"], master_claim([("Shot 1", foreign)]), tmp_path / "m.mp4", by=signer.client
        )


def test_without_the_signer_nothing_is_certified(
    media: Media, own_signer: Callable[[], RunningSigner], tmp_path: Path
) -> None:
    gone = own_signer()
    stop(gone)
    with pytest.raises(SignerDown) as refusal:
        sign_file(media["clip.mp4"], SHOT, tmp_path / "s.mp4", by=gone.client)
    assert (refusal.value.code, refusal.value.status) == ("provenance.signer_down", 503)
    assert list(tmp_path.iterdir()) == []


def test_a_signer_that_dies_before_it_signs_is_named(
    media: Media, signer: RunningSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(self: object, claim: bytes, leaf: str) -> bytes:
        raise SignerDown("The signer does not answer.")

    monkeypatch.setattr("vault.signer_client.SignerClient.sign", die)
    with pytest.raises(SignerDown):
        sign_file(media["clip.mp4"], SHOT, tmp_path / "s.mp4", by=signer.client)
    assert list(tmp_path.iterdir()) == []


def test_a_leaf_renewed_in_between_costs_one_more_try(
    media: Media, signer: RunningSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "_told", {})
    true_chain, asked = SignerClient.chain, []

    def chain(self: SignerClient) -> Chain:
        asked.append(1)
        return replace(true_chain(self), leaf="00" * 32) if len(asked) == 1 else true_chain(self)

    monkeypatch.setattr(SignerClient, "chain", chain)
    assert sign_file(media["clip.mp4"], SHOT, tmp_path / "s.mp4", by=signer.client).trusted
    assert len(asked) == 2


def test_an_unsigned_file_reads_as_unsigned(media: Media, signer: RunningSigner) -> None:
    assert verify(media["clip.mp4"], signer).state == "unsigned"


@pytest.mark.parametrize(
    "content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]
)
def test_what_is_not_a_media_file_is_unreadable(
    content: bytes, signer: RunningSigner, tmp_path: Path
) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        verify(path, signer)


def test_a_file_too_large_for_the_second_library_stays_trusted(
    master: Path, signer: RunningSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault.reading.SECOND_OPINION_BYTES", 10)
    report = verify(master, signer)
    assert report.trusted and report.second_opinion is not None
    assert report.second_opinion["state"] == "not measured"


def test_a_strangers_file_is_read_in_a_process_of_its_own(master: Path, signer: RunningSigner) -> None:
    root = signer.client.root()
    alone = verify_file(master, isolated=True, root=root)
    assert alone == verify_file(master, root=root)
    assert ProvenanceReport.from_json(json.loads(json.dumps(alone.as_json()))) == alone
