"""Rooms to put sounds into: impulse responses computed from a room's size, walls and decay.

An impulse response has early reflections (mirror images of the two sources in a box with absorbing walls)
and a tail of noise that decays at its own speed in every octave. Left and right are mirrored and decorrelated,
and each side is heard on both. Everything follows from the table below, so a name always sounds the same.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.render.metering import k_response
from craft.render.model import Room
from craft.render.wav import SAMPLE_RATE

SOUND_SPEED = 343.0
OCTAVES = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)
IMAGE_ORDER = 3
EAR_DISTANCE = 0.2
MAX_SECONDS = 6.0
Impulse = NDArray[np.float32]
"""Shape (2, 2, n): what each of the two outputs hears of each of the two inputs."""


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """A place: its decay, its size, its surfaces.

    `rt60` seconds in which sound at 500 to 1000 Hz falls by 60 dB (None: a device, not a place); `low` and
    `high` how much longer or shorter that is at 125 Hz and at 8 kHz; `size` metres; `early` the share of
    early reflections in the response's energy; `band` the frequencies that pass; `wet` the usual share.
    """

    name: str
    label: str
    rt60: float | None
    size: tuple[float, float, float]
    low: float = 1.1
    high: float = 0.6
    early: float = 0.5
    wet: float = 0.25
    band: tuple[float, float] | None = None
    open_air: bool = False

    @property
    def pre_delay(self) -> float:
        """Seconds until the first reflection: the way to the nearest wall and back, less the straight way."""
        return min(self.size) * 0.6 / SOUND_SPEED


ROOMS: dict[str, RoomSpec] = {
    spec.name: spec
    for spec in (
        RoomSpec("booth", "Recording booth", 0.12, (2.0, 1.6, 2.2), low=1.4, high=0.8, wet=0.15),
        RoomSpec("car", "Car interior", 0.14, (2.2, 1.4, 1.1), low=1.6, high=0.6, early=0.7, wet=0.3),
        RoomSpec("bedroom", "Bedroom", 0.30, (4.0, 3.4, 2.5), low=1.3, high=0.7, wet=0.2),
        RoomSpec("living_room", "Living room", 0.40, (5.6, 4.2, 2.6), low=1.2, high=0.7, wet=0.22),
        RoomSpec("small_room", "Small bare room", 0.50, (3.2, 2.8, 2.5), high=0.8, wet=0.28),
        RoomSpec("office", "Office", 0.55, (7.0, 5.0, 2.8), low=1.2, high=0.7, wet=0.22),
        RoomSpec("train", "Train carriage", 0.35, (18.0, 2.7, 2.1), low=1.4, high=0.6, early=0.6, wet=0.28),
        RoomSpec("cafe", "Café or bar", 0.65, (11.0, 8.0, 3.2), low=1.2, high=0.6, wet=0.22),
        RoomSpec("kitchen", "Kitchen", 0.70, (4.2, 3.4, 2.6), low=0.9, high=0.9, early=0.55, wet=0.28),
        RoomSpec("bathroom", "Bathroom", 1.10, (2.6, 2.1, 2.5), low=0.8, high=0.9, early=0.5, wet=0.35),
        RoomSpec("corridor", "Corridor", 1.30, (24.0, 2.4, 2.8), high=0.7, early=0.45, wet=0.3),
        RoomSpec("stairwell", "Stairwell", 2.20, (6.0, 4.0, 14.0), high=0.6, early=0.35, wet=0.35),
        RoomSpec("hall", "Hall", 1.80, (32.0, 20.0, 12.0), high=0.55, early=0.3, wet=0.3),
        RoomSpec("warehouse", "Warehouse", 2.80, (60.0, 35.0, 10.0), low=1.3, high=0.45, early=0.25, wet=0.3),
        RoomSpec("church", "Church", 4.20, (45.0, 22.0, 18.0), low=1.2, high=0.45, early=0.2, wet=0.35),
        RoomSpec("cave", "Cave", 3.20, (18.0, 12.0, 7.0), low=1.3, high=0.5, early=0.35, wet=0.4),
        RoomSpec("metal_corridor", "Spaceship corridor", 1.60, (16.0, 2.6, 2.4), low=0.7, high=1.0, wet=0.3),
        RoomSpec("alley", "Alley", 0.90, (40.0, 4.0, 14.0), high=0.6, early=0.7, wet=0.2, open_air=True),
        RoomSpec(
            "courtyard", "Courtyard", 1.20, (16.0, 14.0, 12.0), high=0.6, early=0.65, wet=0.2, open_air=True
        ),
        RoomSpec("street", "Street", 0.80, (34.0, 11.0, 14.0), high=0.5, early=0.35, wet=0.12, open_air=True),
        RoomSpec("rooftop", "Rooftop", 0.30, (7.0, 5.0, 3.0), high=0.5, early=0.4, wet=0.06, open_air=True),
        RoomSpec(
            "forest",
            "Forest",
            1.00,
            (30.0, 26.0, 16.0),
            low=0.7,
            high=0.35,
            early=0.15,
            wet=0.1,
            open_air=True,
        ),
        RoomSpec("telephone", "Telephone", None, (0.2, 0.2, 0.2), wet=1.0, band=(300.0, 3400.0)),
        RoomSpec("radio", "Small loudspeaker", None, (0.3, 0.3, 0.3), wet=1.0, band=(180.0, 6000.0)),
    )
}

_SET_ROOMS = {
    "office": "office",
    "apartment": "living_room",
    "kitchen": "kitchen",
    "bedroom": "bedroom",
    "cafe": "cafe",
    "bar": "cafe",
    "street": "street",
    "alley": "alley",
    "rooftop": "rooftop",
    "car": "car",
    "train": "train",
    "forest": "forest",
    "warehouse": "warehouse",
    "hospital": "corridor",
    "spaceship": "metal_corridor",
}
_WORD_ROOMS = {
    "phone": "telephone",
    "telephone": "telephone",
    "radio": "radio",
    "bathroom": "bathroom",
    "shower": "bathroom",
    "toilet": "bathroom",
    "church": "church",
    "cathedral": "church",
    "chapel": "church",
    "cave": "cave",
    "tunnel": "cave",
    "mine": "cave",
    "stairs": "stairwell",
    "stairwell": "stairwell",
    "staircase": "stairwell",
    "corridor": "corridor",
    "hallway": "corridor",
    "hall": "hall",
    "lobby": "hall",
    "theatre": "hall",
    "gym": "hall",
    "courtyard": "courtyard",
    "yard": "courtyard",
    "square": "courtyard",
    "alley": "alley",
    "roof": "rooftop",
    "rooftop": "rooftop",
    "wood": "forest",
    "woods": "forest",
    "forest": "forest",
    "park": "forest",
    "street": "street",
    "road": "street",
    "car": "car",
    "taxi": "car",
    "van": "car",
    "train": "train",
    "tram": "train",
    "subway": "train",
    "kitchen": "kitchen",
    "bedroom": "bedroom",
    "office": "office",
    "warehouse": "warehouse",
    "hangar": "warehouse",
    "factory": "warehouse",
    "garage": "warehouse",
    "cellar": "small_room",
    "cell": "small_room",
    "studio": "booth",
    "booth": "booth",
    "cafe": "cafe",
    "café": "cafe",
    "bar": "cafe",
    "restaurant": "cafe",
    "apartment": "living_room",
    "room": "living_room",
}


def room_for(set_kind: str, words: str = "") -> Room | None:
    """The room of a scene, from its location's words first and its kind of set second; None when unknown.

    The first word of the description that names a room wins: "the church hall" is a church.
    """
    said = words.lower().replace("-", " ").replace(".", " ").replace(",", " ").split()
    named = next((_WORD_ROOMS[word] for word in said if word in _WORD_ROOMS), None)
    name = named or _SET_ROOMS.get(set_kind)
    return None if name is None else Room(name, ROOMS[name].wet)


def known(name: str) -> bool:
    """True for a name of the table and for the sha256 of an impulse response of somebody's own."""
    return name in ROOMS or by_content(name)


def by_content(name: str) -> bool:
    """True when a room's name is the sha256 of a file."""
    return len(name) == 64 and all(letter in "0123456789abcdef" for letter in name)


@functools.lru_cache(maxsize=4)
def impulse_response(name: str) -> Impulse:
    """The response of a room of the table, shape (2, 2, n) at 48 kHz, at the loudness of the bare sound.

    Raises `KeyError` for a name that is not in it.
    """
    spec = ROOMS[name]
    if spec.rt60 is None:
        return levelled(_device(spec))
    length = round(min(MAX_SECONDS, spec.pre_delay + 1.15 * spec.rt60) * SAMPLE_RATE)
    response = np.zeros((2, 2, length), np.float64)
    chance = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))
    for out, source in itertools.product(range(2), range(2)):
        tail = _tail(spec, length, chance)
        early = _early(spec, length, out, source)
        share = spec.early if early.any() else 0.0
        for part, weight in ((early, share), (tail, 1.0 - share)):
            power = float(np.square(part).sum())
            response[out, source] += part * (weight / power) ** 0.5 if power > 0 else 0.0
    return levelled(response.astype(np.float32))


def _tail(spec: RoomSpec, length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Noise in octaves, each falling at its own speed, swelling in behind the first reflections."""
    assert spec.rt60 is not None
    at = np.arange(length) / SAMPLE_RATE
    size = 1 << (length - 1).bit_length()
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    places = np.log2(np.maximum(frequencies, 1.0) / OCTAVES[0])
    noise = np.fft.rfft(chance.standard_normal(size))
    tail = np.zeros(length)
    for number, octave in enumerate(OCTAVES):
        # neighbouring octaves cross by a raised cosine, so together they are flat
        weight = np.cos(np.clip(places - number, -1, 1) * np.pi / 2) ** 2
        if number == 0:
            weight[places < 0] = 1.0
        if number == len(OCTAVES) - 1:
            weight[places > number] = 1.0
        band = np.fft.irfft(noise * weight, size)[:length]
        tail += band * 10.0 ** (-3.0 * at / decay_at(spec, octave))
    swell = max(2 * spec.pre_delay, 0.004)
    start = round(spec.pre_delay * SAMPLE_RATE)
    rise = np.clip((at - spec.pre_delay) / swell, 0.0, 1.0)
    tail[:start] = 0.0
    fade = min(length, SAMPLE_RATE // 50)
    tail[-fade:] *= np.linspace(1, 0, fade)
    return np.asarray(tail * rise)


def decay_at(spec: RoomSpec, frequency: float) -> float:
    """Seconds of a room's 60 dB at a frequency: straight over octaves from 125 Hz over the middle to 8 kHz."""
    assert spec.rt60 is not None
    places = np.log2(np.array((125.0, 500.0, 1000.0, 8000.0)))
    factors = (spec.low, 1.0, 1.0, spec.high)
    return spec.rt60 * float(np.interp(np.log2(frequency), places, factors))


def _early(spec: RoomSpec, length: int, out: int, source: int) -> NDArray[np.float64]:
    """Mirror images of one of two speakers in a box, heard by one of two ears."""
    assert spec.rt60 is not None
    size = np.array(spec.size)
    reflected = _reflection(spec)
    speaker = size * (0.36 + 0.04 * source, 0.62, 0.47)
    ear = size * (0.52, 0.35, 0.53) + np.array(((out - 0.5) * EAR_DISTANCE, 0.0, 0.0))
    straight = float(np.linalg.norm(speaker - ear))
    early = np.zeros(length)
    orders = range(-IMAGE_ORDER, IMAGE_ORDER + 1)
    for image in itertools.product(orders, repeat=3):
        bounces = sum(abs(number) for number in image)
        if not 1 <= bounces <= IMAGE_ORDER:
            continue
        mirrored = [
            number * edge + (place if number % 2 == 0 else edge - place)
            for number, edge, place in zip(image, size, speaker, strict=True)
        ]
        # nobody hears a reflection off the sky
        if spec.open_air and image[2] > 0:
            continue
        away = float(np.linalg.norm(np.array(mirrored) - ear))
        at = (max(away - straight, 0.0) / SOUND_SPEED + 0.0005) * SAMPLE_RATE
        whole, part = int(at), at % 1.0
        if whole + 1 < length:
            gain = reflected**bounces * straight / away
            early[whole] += gain * (1 - part)
            early[whole + 1] += gain * part
    return early


def _reflection(spec: RoomSpec) -> float:
    """The share of sound pressure a wall gives back, so that the box has the room's decay (Eyring)."""
    assert spec.rt60 is not None
    x, y, z = spec.size
    surface = 2 * (x * y + y * z + x * z)
    lost = 1.0 - float(np.exp(-0.161 * x * y * z / (surface * spec.rt60)))
    return float(np.sqrt(1.0 - min(0.95, lost)))


def _device(spec: RoomSpec) -> Impulse:
    """A loudspeaker's or line's band as a linear filter without delay at its middle."""
    assert spec.band is not None
    low, high = spec.band
    size = 4096
    frequencies = np.asarray(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), np.float64)
    edges = np.minimum(_slope(frequencies / low), _slope(high / np.maximum(frequencies, 1e-3)))
    # minimum phase: what a device does comes after the sound, never before it
    cepstrum = np.fft.irfft(np.log(np.maximum(edges, 1e-4)), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    kernel = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), size)[: size // 2]
    response = np.zeros((2, 2, size // 2), np.float32)
    response[0, 0] = response[1, 1] = kernel
    return response


def _slope(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 above a corner, falling by 36 dB per octave below it."""
    return np.asarray(1.0 / np.sqrt(1.0 + np.maximum(ratio, 1e-6) ** -12.0))


def levelled(response: Impulse) -> Impulse:
    """The response at the level at which speech through it is as loud as speech without it.

    Weighted by the spectrum of speech (flat to 500 Hz, then falling by 9 dB per octave; from 200 Hz) and by the meter's
    own K-weighting; each output is levelled for itself, so the room does not lean to one side.
    """
    size = max(4096, 1 << response.shape[2].bit_length())
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    speech = 1.0 / (1.0 + (frequencies / 500.0) ** 3)
    speech *= np.square(np.abs(k_response(size))) * (frequencies > 200)
    heard = np.abs(np.fft.rfft(response, size)) ** 2
    power = (heard.sum(axis=1) * speech).sum(axis=-1) / speech.sum()
    gains = 1.0 / np.sqrt(np.maximum(power, 1e-12))
    return np.asarray(response * gains[:, None, None], np.float32)
