"""Rooms ring as long as they claim, keep the level of speech, and are found again in recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from craft.render.convolution import Convolver
from craft.render.errors import RenderError
from craft.render.metering import metered
from craft.render.model import Gap, Room, SoundClip, SoundTrack, Timeline, Track
from craft.render.reverberation import match_room, rt60
from craft.render.rooms import ROOMS, impulse_response, known, levelled, room_for
from craft.render.sound import SoundJob
from craft.render.wav import Samples, open_wav
from craft.terms.places import SetKind
from craft.terms.sound import Layer
from tests.render.conftest import RATE, Shelf, noise

PLACES = [name for name, spec in ROOMS.items() if spec.rt60 is not None]


def speech(seconds: float = 12.0) -> Samples:
    """Syllables of a harmonic voice with two formants, with hard ends and pauses between sentences."""
    at = np.arange(round(seconds * 48_000)) / 48_000
    pitch = 2 * np.pi * (120 * at + 3 * np.sin(2 * at))
    tone = np.zeros_like(at)
    for part in range(1, 40):
        hertz = 120 * part
        level = 1 / (1 + ((hertz - 550) / 250) ** 2) + 0.4 / (1 + ((hertz - 1400) / 300) ** 2) + 0.02
        tone += level * np.sin(part * pitch + part * part)
    syllable = np.clip(np.minimum((at * 3.1 % 1) * 12, (0.55 - at * 3.1 % 1) * 40), 0, 1)
    sentence = (at % 3.0) < 2.0
    mono = (tone * syllable * sentence * 0.05).astype(np.float32)
    return np.repeat(mono[:, None], 2, axis=1)


def in_room(sound: Samples, name: str, wet: float, size: int = 100_000) -> Samples:
    room = Convolver(impulse_response(name), wet)
    heard = [room.take(sound[at : at + size]) for at in range(0, len(sound), size)]
    return np.concatenate((*heard, room.rest()))


@pytest.mark.parametrize("name", PLACES)
def test_room_rings_as_long_as_it_claims(name: str) -> None:
    claimed = ROOMS[name].rt60
    response = impulse_response(name)
    for out in range(2):
        for source in range(2):
            assert rt60(response[out, source]) == pytest.approx(claimed, rel=0.1)


@pytest.mark.parametrize("name", list(ROOMS))
def test_room_keeps_the_loudness_of_speech(name: str) -> None:
    sound = speech(6.0)
    after, before = metered([in_room(sound, name, ROOMS[name].wet)]).integrated, metered([sound]).integrated
    assert after is not None
    assert before is not None
    assert abs(after - before) < 1.0


def test_rooms_are_there_at_every_length_and_are_always_the_same() -> None:
    assert len(ROOMS) >= 12 and len({spec.label for spec in ROOMS.values()}) == len(ROOMS)
    first = impulse_response("kitchen").copy()
    impulse_response.cache_clear()
    assert np.array_equal(first, impulse_response("kitchen"))
    assert not np.allclose(first[0, 0], first[1, 1])  # left and right are not one signal


def test_high_sounds_die_sooner_than_low_ones() -> None:
    response = impulse_response("church")[0, 0].astype(np.float64)
    spectrum = np.fft.rfft(response)
    hertz = np.fft.rfftfreq(len(response), 1 / 48_000)

    def late(low: float, high: float) -> float:
        band = np.fft.irfft(spectrum * ((hertz > low) & (hertz < high)), len(response))
        power = np.square(band)
        return float(power[72_000:].sum() / power.sum())

    assert late(6000, 10_000) < 0.3 * late(300, 1000)


def test_telephone_passes_only_its_band() -> None:
    response = np.abs(np.fft.rfft(impulse_response("telephone")[0, 0], 48_000))
    assert response[100] < 0.02 * response[1000] and response[8000] < 0.02 * response[1000]
    assert 0.5 < response[500] / response[2000] < 2


def test_convolution_is_the_same_in_pieces_of_any_size() -> None:
    sound = speech(3.0)
    whole = in_room(sound, "office", 0.4, len(sound))
    assert np.allclose(in_room(sound, "office", 0.4, 7777), whole, atol=1e-5)
    response = impulse_response("office")
    exact = np.convolve(sound[:20_000, 0].astype(np.float64), (response[0].sum(axis=0)).astype(np.float64))
    plain = sound[:20_000, 0] * np.cos(0.2 * np.pi)
    assert np.allclose(whole[:20_000, 0], plain + exact[:20_000] * np.sin(0.2 * np.pi), atol=1e-4)


@pytest.mark.parametrize("name", ["bedroom", "office", "kitchen", "bathroom"])
def test_room_of_a_recording_is_found(name: str) -> None:
    found = match_room(in_room(speech(), name, 0.7))
    assert found.rt60 == pytest.approx(ROOMS[name].rt60, rel=0.25)
    assert found.confidence > 0.4 and found.room is not None
    assert ROOMS[found.room.name].rt60 == pytest.approx(ROOMS[name].rt60, rel=0.35)


def test_room_of_a_steady_noise_is_not_measured() -> None:
    for recording in (noise(5.0, 0.1), np.zeros((240_000, 2), np.float32), noise(0.3, 0.1)):
        found = match_room(recording)
        assert found.rt60 is None and found.room is None and "not measured" in found.note


def test_every_set_kind_and_many_words_have_a_room() -> None:
    for kind in SetKind:
        found = room_for(kind)
        assert (found is None) == (kind is SetKind.DESCRIBED)
        assert found is None or found.name in ROOMS
    church, bath = room_for("described", "An old church, at night"), room_for("apartment", "the bathroom")
    assert church is not None
    assert bath is not None
    assert (church.name, bath.name) == ("church", "bathroom")
    assert room_for("described", "nowhere in particular") is None
    assert known("kitchen") and known("ab" * 32) and not known("ballroom")


def programme(clip: SoundClip, frames: int = 96) -> Timeline:
    return Timeline(RATE, Track((Gap(frames),)), (SoundTrack(Layer.DIALOGUE, (clip,)),))


def heard_stem(clip: SoundClip, shelf: Shelf, folder: Path, frames: int = 96) -> Samples:
    return np.array(open_wav(SoundJob(programme(clip, frames), shelf, folder, None).stems()[Layer.DIALOGUE]))


def test_room_rings_on_after_the_clip_and_stops_with_the_programme(shelf: Shelf, tmp_path: Path) -> None:
    clip = SoundClip(shelf.sound("burst", noise(1.0, 0.2, 2)), 24, 24, room=Room("church", 0.5))
    stem = heard_stem(clip, shelf, tmp_path)
    assert stem.shape == (192_000, 2)
    assert np.abs(stem[:48_000]).max() == 0
    after = [float(np.square(stem[at : at + 9600]).mean()) ** 0.5 for at in range(100_000, 190_000, 9600)]
    assert after[0] > 0.02 and after[-1] < 0.5 * after[0] and after[-1] > 1e-4
    dry = heard_stem(replace(clip, room=Room("church", 0.0)), shelf, tmp_path)
    assert np.abs(dry[96_000:]).max() == 0


def test_room_by_the_content_of_a_recording(shelf: Shelf, tmp_path: Path) -> None:
    echo = np.zeros(24_001, np.float32)
    echo[24_000] = 0.3
    response = shelf.sound("echo", echo)
    tick = np.zeros(4800, np.float32)
    tick[0] = 0.5
    clip = SoundClip(shelf.sound("tick", tick), 0, 2, room=Room(response.sha256, 0.5))
    stem = heard_stem(clip, shelf, tmp_path, 48)
    assert np.flatnonzero(np.abs(stem[:, 0]) > 0.01).tolist() == [0, 24_000]
    assert stem[24_000, 0] == pytest.approx(0.5 * 2**-0.5, rel=0.02)


@pytest.mark.parametrize(("name", "code"), [("ballroom", "unknown_room"), ("0" * 64, "missing_media")])
def test_unknown_room_names_clip_and_place(name: str, code: str, shelf: Shelf, tmp_path: Path) -> None:
    clip = SoundClip(shelf.sound("tick2", noise(0.2)), 7, 4, name="line 3", room=Room(name))
    with pytest.raises(RenderError) as caught:
        heard_stem(clip, shelf, tmp_path)
    assert caught.value.code == code and "line 3 at frame 7" in str(caught.value)


def test_levelling_does_not_depend_on_the_recording_level() -> None:
    response = impulse_response("hall")
    assert np.allclose(levelled(response * np.float32(0.01)), response, rtol=1e-3, atol=1e-6)
