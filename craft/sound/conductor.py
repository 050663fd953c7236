"""Score: a cue of exact length from a mood, through MIDI and fluidsynth, as a 48 kHz stereo WAV and stems."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from craft.sound import mixdown, synthesis
from craft.sound.composition import Composition, compose
from craft.sound.cue import PARTS, STEMS, CueKind, ScoreSpec
from craft.sound.errors import SoundEngineMissing
from craft.sound.fluidsynth_process import check_soundfont, find_soundfont, fluidsynth_version, rendered
from craft.sound.midi import performance_bytes, score_bytes
from craft.sound.mixdown import Take
from craft.sound.signals import RATE

SCORE_VERSION = 2
# how long a loop's last notes may ring into its beginning
_RING_SECONDS = 6.0
# stems played at once, each by a fluidsynth of some 60 MiB
_PLAYERS = 2
_QUIETEST_LUFS, _ENERGY_LU = -26.0, 6.0
Play = Callable[[Sequence[str], str], Take]


@dataclass(frozen=True, slots=True)
class Score:
    """A rendered cue. `draft` is True when sums of sines stood in for a soundfont; `version` says it too.

    `cuts` are the cuts on which a bar line falls, `bars` the second of every bar line, `lufs` the loudness
    of the mix; `stems` are harmony, melody, bass and percussion when they were asked for.
    """

    path: Path
    seconds: float
    tempo: float
    key: str
    mode: str
    midi_path: Path
    version: str
    draft: bool = False
    kind: str = CueKind.CUE
    themes: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    bars: tuple[float, ...] = ()
    lufs: float = 0.0
    stems: Mapping[str, Path] = field(default_factory=dict)


def score(
    spec: ScoreSpec,
    out: Path,
    soundfont: Path | None = None,
    *,
    allow_draft: bool = True,
    stems: bool = False,
) -> Score:
    """Write the cue to `out` (WAV, 48 kHz stereo, exact to the sample) and its notes to `out` with `.mid`;
    with `stems` also `<name>.harmony.wav`, `.melody.wav`, `.bass.wav` and `.percussion.wav`, whose plain sum
    is the cue.

    Without fluidsynth or a soundfont a draft is synthesised, unless `allow_draft` is False. Raises
    `SoundEngineMissing`, `SoundError` (`sound.timeout`, `sound.fluidsynth`, `sound.soundfont_damaged`,
    `sound.not_written`); then nothing is written.
    """
    piece = compose(spec)
    with tempfile.TemporaryDirectory(prefix="slate-score-") as folder:
        play, version, draft = _player(piece, Path(folder), soundfont, allow_draft)
        names = {name: out.with_name(f"{out.stem}.{name}{out.suffix}") for name in STEMS if stems}
        with ThreadPoolExecutor(_PLAYERS) as players:
            takes = dict(
                zip(names.values(), players.map(lambda name: play(STEMS[name], name), names), strict=True)
            )
        # fluidsynth's voices are not quite the same in other company: a sum is only exact when it is one
        mix = Take.of_takes(tuple(takes.values())) if stems else play(PARTS, "mix")
        finish = mixdown.finish_for(mix, target_lufs(spec), *_fades(piece))
        _write(piece, out, {**takes, out: mix}, finish)
    grid = piece.grid
    return Score(
        path=out,
        seconds=mix.frames / RATE,
        tempo=round(piece.tempo, 2),
        key=piece.key.name,
        mode=piece.key.mode,
        midi_path=out.with_suffix(".mid"),
        version=version,
        draft=draft,
        kind=spec.kind.value,
        themes=spec.names,
        cuts=grid.met,
        bars=tuple(round(grid.seconds_at(start), 6) for start in grid.starts),
        lufs=round(target_lufs(spec), 2),
        stems=names,
    )


def target_lufs(spec: ScoreSpec) -> float:
    """The loudness of a cue: the same in every genre, softer for still moods."""
    return _QUIETEST_LUFS + _ENERGY_LU * (spec.energy + 1) / 2


def _player(
    piece: Composition, folder: Path, soundfont: Path | None, allow_draft: bool
) -> tuple[Play, str, bool]:
    """What plays some parts into a take, its version and whether it is a draft."""
    spec = piece.spec
    frames, looped = round(spec.seconds * RATE), spec.kind is CueKind.LOOP
    ring = _RING_SECONDS if looped else 0.0
    try:
        font, version = find_soundfont(soundfont), fluidsynth_version()
    except SoundEngineMissing:
        if not allow_draft:
            raise

        def drafted(parts: Sequence[str], name: str) -> Take:
            return Take.of_samples(synthesis.played(piece, parts, ring), frames, looped=looped)

        return drafted, f"conductor {SCORE_VERSION}, draft synthesis {synthesis.SYNTHESIS_VERSION}", True
    check_soundfont(font)

    def performed(parts: Sequence[str], name: str) -> Take:
        data = performance_bytes(piece, parts, ring)
        return Take.of_raw(rendered(data, font, folder, name, spec.seconds + ring), frames, looped=looped)

    return performed, f"conductor {SCORE_VERSION}, {version}", False


def _fades(piece: Composition) -> tuple[float, float]:
    """Seconds of fade at both ends; a loop has none."""
    spec = piece.spec
    if spec.kind is CueKind.LOOP:
        return 0.0, 0.0
    fade_in = 0.35 if spec.grows else 0.004 if spec.kind is CueKind.STINGER else 0.01
    if piece.tail:
        return fade_in, max(0.3, piece.tail * 0.7)
    return fade_in, min(1.5, spec.seconds * 0.2)


def _write(piece: Composition, out: Path, takes: Mapping[Path, Take], finish: mixdown.Finish) -> None:
    """All files of a cue beside their names, then all renamed, the mix last; what fails leaves nothing."""
    notes = out.with_suffix(".mid")
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in (notes, *takes)}
    try:
        try:
            parts[notes].write_bytes(score_bytes(piece))
        except OSError as error:
            raise mixdown.not_written(notes, error) from error
        for path, take in takes.items():
            mixdown.write_take(parts[path], take, finish)
        mixdown.keep({part: path for path, part in parts.items()})
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
