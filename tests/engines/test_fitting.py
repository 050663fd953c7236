"""Reference pictures: each engine gets the first of them that it takes, frames go first, the rest is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines import crew, services
from engines.adapters.base import Access, Clip, Input, Keyframe, Outline
from engines.adapters.inputs import Lora
from engines.fitting import Fitted, as_sent, fit, slots
from engines.rights import Grant, Leave
from engines.routing import Leaning, route

FAKE, KONTEXT, SEEDANCE, OMNI = "fake/still", "bfl/flux-kontext-pro", "ark/seedance-2.5", "kling/v3-omni-pro"
URL = "http://127.0.0.1:9"


def pictures(count: int) -> tuple[Input, ...]:
    return tuple(
        Input(Path(f"/none/{n}.jpg"), f"{n:064x}", "image/jpeg", f"picture {n}") for n in range(count)
    )


def still(count: int) -> Keyframe:
    return Keyframe(prompt="a woman waits", width=1280, height=720, references=pictures(count))


def clip(count: int, *, first: bool = True) -> Clip:
    frame = pictures(1)[0] if first else None
    return Clip(
        prompt="she waits",
        width=1280,
        height=720,
        rate="24",
        frames=120,
        first=frame,
        references=pictures(count),
    )


def fitted(key: str, request: Any) -> tuple[Fitted, int]:
    model = crew.models()[key]
    adapter = crew.adapter(model, spool=Path(), access=Access(base_url=URL, token="t"))
    found = fit(request, model, adapter)
    return found, slots(found, model, adapter)


def test_an_engine_gets_the_first_of_them_and_the_others_are_told() -> None:
    found, room = fitted(FAKE, still(6))
    assert [one.title for one in found.request.references] == [f"picture {n}" for n in range(4)]
    assert found.left_out == (("picture 4", "takes 4"), ("picture 5", "takes 4"))
    assert room == 4


@pytest.mark.parametrize(("count", "left"), [(0, 0), (3, 0), (4, 0), (5, 1)])
def test_all_go_where_there_is_room(count: int, left: int) -> None:
    found, room = fitted(FAKE, still(count))
    assert (len(found.request.references), len(found.left_out), room) == (count - left, left, 4)


def test_the_drawing_engine_gets_the_request_as_if_there_were_none() -> None:
    found, room = fitted("previs/animatic", still(2))
    assert found.request.fingerprint() == still(0).fingerprint()
    assert {why for _, why in found.left_out} == {"draws from the definitions and needs no picture"}
    assert room == 0


def test_the_frame_goes_before_references_where_both_are_too_much() -> None:
    found, room = fitted(SEEDANCE, clip(3))
    assert found.request.first is not None
    assert (found.request.references, room) == ((), 0)
    assert found.left_out[0][1] == (
        "takes pictures either as frames or as references; the approved frame comes first"
    )
    assert fitted(SEEDANCE, clip(0))[1] == 0
    free, room = fitted(SEEDANCE, clip(3, first=False))
    assert (len(free.request.references), room) == (3, 30)


def test_an_engine_that_counts_frames_among_its_pictures_gets_fewer() -> None:
    found, room = fitted(OMNI, clip(9))
    assert 0 < len(found.request.references) < 9
    assert room == len(found.request.references)


@pytest.mark.django_db
def test_an_engine_that_works_from_a_picture_is_refused_without_one(scope: Any, user: Any) -> None:
    services.connect(engine="bfl", base_url="https://api.bfl.ai", token="t", actor=user)
    without = dict(route("keyframe", still(0)).rejected)
    assert without[KONTEXT] == "references: works from a reference picture, and there is none"
    assert KONTEXT in [one.model.key for one in route("keyframe", still(2)).candidates]


@pytest.mark.django_db
def test_prices_before_gate_a_count_the_pictures(scope: Any, user: Any) -> None:
    services.connect(engine="luma", base_url="https://agents.lumalabs.ai/v1", token="t", actor=user)
    outline = Outline("keyframe", images=1, width=1280)
    bare, held = (
        {one.model.key: one.quote.expected for one in route("keyframe", asked).candidates}
        for asked in (outline, replace(outline, references=pictures(3)))
    )
    assert held["luma/uni-1"] > bare["luma/uni-1"]


def test_whoever_stands_in_for_the_first_choice_does_without_the_passes_that_were_drawn_for_it() -> None:
    names = ("depth", "normals", "pose")
    passes = tuple(Input(Path("/none/p.png"), f"{n:064x}", "image/png", name) for n, name in enumerate(names))
    guided = replace(clip(0), controls=passes)
    first, other = fitted("fake/clip", guided)[0], fitted("fake/clip-lookup", guided)[0]
    assert [one.title for one in first.request.controls] == ["depth", "normals"]
    assert first.unguided == (("control pass pose", "takes no such pass"),)
    assert other.request.controls == () and len(other.unguided) == 3
    assert fitted("previs/animatic", guided)[0].request is guided
    assert as_sent(guided, 0, (), ["depth", "normals"]) == first.request
    assert as_sent(guided, 0) == guided


def test_a_call_that_stands_is_carried_on_with_what_it_was_given() -> None:
    assert len(as_sent(still(6), 4).references) == 4  # type: ignore[attr-defined]
    assert as_sent(still(0), 0).fingerprint() == still(0).fingerprint()


def test_who_may_have_it_is_for_each_person_and_any_of_their_consents() -> None:
    still_, builtin = crew.models()[FAKE], crew.models()["previs/animatic"]
    here = Grant("c1", "Jane", engines=("builtin",))
    there = Grant("c2", "Jane", engines=("fake",))
    assert Leave(((here,),)).reason(still_) == "the consent of Jane allows only builtin"
    assert Leave(((here,),)).reason(builtin) == ""
    assert Leave(((here, there),)).reason(still_) == ""
    assert Leave(((here, there),)).consents(still_) == ["c2"]
    assert Leave(((here,), (there,))).reason(still_) != ""
    europe = Grant("c3", "Jane", regions=("eu",))
    assert "does not say where it works" in europe.reason(still_)
    assert europe.reason(crew.models()["bfl/flux-2-pro"]).startswith("works in us, eu")
    assert europe.reason(builtin) == ""


@pytest.mark.django_db
def test_a_consent_is_a_reason_of_the_route(scope: Any, user: Any) -> None:
    services.connect(engine="fake", base_url=URL, token="t", actor=user)
    leave = Leave(((Grant("c1", "Jane", engines=("fake/clip",)),),))
    decision = route("clip", clip(0), leaning=Leaning(leave=leave), pins=["fake/clip", "fake/clip-lookup"])
    assert [one.model.key for one in decision.candidates] == ["fake/clip"]
    assert dict(decision.rejected)["fake/clip-lookup"] == "the consent of Jane allows only fake/clip"


def trained(name: str, **changes: Any) -> Lora:
    file = Input(Path("/none/lora"), name.encode().hex().ljust(64, "0"), "application/x-safetensors", name)
    return Lora(file, **{"scale": 0.5, "word": name[:3], "weights": "still", "base": "ab" * 32, **changes})


def dressed(*loras: Lora) -> Keyframe:
    return replace(still(0), loras=loras)


def on_comfyui(request: Keyframe, **options: str) -> Fitted:
    model = crew.models()["comfyui/still"]
    access = Access(base_url=URL, token="t", options=options)
    return fit(request, model, crew.adapter(model, spool=Path(), access=access))


def test_who_wears_nothing_is_given_the_request_as_if_there_were_none() -> None:
    for key, why in (
        (FAKE, "wears no LoRAs"),
        ("previs/animatic", "draws from the definitions and wears nothing"),
    ):
        found, _ = fitted(key, dressed(trained("mara.safetensors")))
        assert found.request == still(0)
        assert found.not_worn == (("mara.safetensors", why),)


def test_a_machine_of_ones_own_wears_what_its_account_says_lies_there() -> None:
    mara, ben = trained("mara.safetensors"), trained("ben.safetensors")
    bare = on_comfyui(dressed(mara))
    assert (bare.request, bare.not_worn[0][0]) == (still(0), "mara.safetensors")
    assert "has no mara.safetensors in models/loras" in bare.not_worn[0][1]
    one = on_comfyui(dressed(ben, mara), character_loras="jonas.safetensors, mara.safetensors")
    assert one.request.loras == (mara,)
    assert one.request.prompt == f"mar. {still(0).prompt}"
    assert [title for title, _ in one.not_worn] == ["ben.safetensors"]
    # the shipped workflow has a place for one
    both = on_comfyui(dressed(ben, mara), character_loras="ben.safetensors,mara.safetensors")
    assert both.request.loras == (ben,)
    assert "no node for lora" in dict(both.not_worn)["mara.safetensors"]


def test_a_call_that_stands_is_carried_on_in_what_it_wore() -> None:
    mara, ben = trained("mara.safetensors"), trained("ben.safetensors")
    worn = on_comfyui(dressed(ben, mara), character_loras="mara.safetensors").request
    assert as_sent(dressed(ben, mara), 0, [mara.file.sha256]) == worn
    assert as_sent(dressed(ben, mara), 0) == still(0)


def test_what_a_request_says_of_a_lora_is_only_what_is_known() -> None:
    plain = Lora(trained("mara.safetensors").file, 1.0)
    assert set(plain.as_json()) == {"title", "mime", "sha256", "scale"}
    assert dressed(plain).fingerprint() != dressed(trained("mara.safetensors", scale=1.0)).fingerprint()


@pytest.mark.django_db
def test_engines_of_trained_characters_are_asked_for_what_they_can_wear_alone(scope: Any) -> None:
    asked = replace(dressed(trained("mara.safetensors")), packet={"version": 2})
    role = "trained_still"
    plain = route("keyframe", asked, leaning=Leaning())
    assert "local_diffusers/still" not in [key for key, _ in plain.rejected]
    close = route("keyframe", asked, leaning=Leaning(role))
    assert "local_diffusers/still" in [key for key, _ in close.rejected]
    assert close.candidates[0].model.key == "previs/animatic"
    clips = route("clip", clip(0), leaning=Leaning("trained_close_up"))
    named = [key for key, _ in clips.rejected]
    assert named[:2] == ["local_diffusers/clip", "comfyui/clip"]
    assert "kling/v3-pro" in named, "what close-ups are offered to comes after"
