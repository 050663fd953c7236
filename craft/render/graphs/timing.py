"""Retimed sides: which frames of the source are decoded, and how the frames of the clip are made of them.

    source frames    0 1 2 3 4 5 6 7      decoded: only the range that is touched, from the key frame before it
    wanted             1   3     6        kept: only what is shown or blended
    clip frames        1 1 3 3 3 6        in order: repeated by their time stamps, nothing is kept in memory
                       6 3 3 1            against it: kept and taken by number

A blend weighs the two neighbours of a place by a mask of one grey per frame; motion is interpolated by us
(`craft.render.motion`), between frames that stand at the very times the clip reaches them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import ffmpeg

from craft.render.graphs.base import Stream
from craft.render.graphs.sources import decoded_picture
from craft.render.plan import Segment, Side
from craft.render.probe import PictureInfo
from craft.render.retime import Retime, Sampling
from craft.terms import cuts, rates

CUTS_FILE = "cuts_{number}.txt"
"""Where scene cuts inside interpolated motion are noted, a line each, in the directory the command runs in."""
WHOLE_WEIGHT = 256
TICKS = 1000
"""Time stamps per clip frame for frames that stand between clip frames."""


@dataclass(frozen=True, slots=True)
class Order:
    """How the frames of a side are made. Source frames count from the start of the side's range.

    wanted    the source frames needed, rising
    lower     for every clip frame the index into `wanted` of the frame shown, or of the first of two blended
    upper     the second of two
    weights   the share of the second, of 256
    times     for motion: the clip time of every wanted frame, in 1/1000 frames; else empty
    backwards for motion: the clip runs against the source (times are those of the clip turned round)
    """

    wanted: tuple[int, ...]
    lower: tuple[int, ...] = ()
    upper: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    backwards: bool = False


def order_of(side: Side) -> Order | None:
    """The order of a retimed side's frames; None where the source runs as it is."""
    retime, count = side.retime, side.frames.length
    if retime is None:
        return None
    speeds = [(high - low) / (end - start) for (start, low), (end, high) in pairwise(retime.keys)]
    if retime.sampling is Sampling.MOTION and count > 1:
        if all(0 < speed < 1 for speed in speeds):
            return _motion_order(retime, count, False)
        if all(-1 < speed < 0 for speed in speeds):
            return _motion_order(_turned(retime), count, True)
    slow = any(0 < abs(speed) < 1 for speed in speeds)
    if retime.sampling is Sampling.BLEND or (retime.sampling is Sampling.MOTION and slow):
        return _blended_order(retime, count)
    shown = [retime.frame(number) for number in range(retime.length)]
    return _indexed([(frame, frame, 0) for frame in shown])


def kept(order: Order) -> int:
    """How many frames have to be kept before the first can be shown: 0 where they are shown as they come."""
    if order.times:
        return len(order.times) if order.backwards else 0
    falls = any(after < before for way in (order.lower, order.upper) for before, after in pairwise(way))
    return max(len(order.wanted), len(order.lower)) if falls else 0


def _turned(retime: Retime) -> Retime:
    """The retime seen from its end."""
    keys = tuple((retime.length - at, source) for at, source in reversed(retime.keys))
    return Retime(keys, retime.sampling)


def _blended_order(retime: Retime, count: int) -> Order:
    pairs = []
    for number in range(retime.length):
        if retime.speed(number) == 0:
            pairs.append((retime.frame(number), retime.frame(number), 0))
            continue
        # frames stand for their middles, so the middle of a source frame is that frame alone
        place = retime.position(Fraction(2 * number + 1, 2)) - Fraction(1, 2)
        lower = math.floor(place)
        weight = round((place - lower) * WHOLE_WEIGHT)
        low = min(max(lower + weight // WHOLE_WEIGHT, 0), count - 1)
        high = min(max(lower + 1, 0), count - 1)
        pairs.append((low, high, weight if low < high else 0))
    return _indexed([(low, high if weight else low, weight) for low, high, weight in pairs])


def _indexed(pairs: Sequence[tuple[int, int, int]]) -> Order:
    wanted = sorted({frame for low, high, _ in pairs for frame in (low, high)})
    index = {frame: place for place, frame in enumerate(wanted)}
    return Order(
        tuple(wanted),
        tuple(index[low] for low, _, _ in pairs),
        tuple(index[high] for _, high, _ in pairs),
        tuple(weight for _, _, weight in pairs),
    )


def _motion_order(retime: Retime, count: int, backwards: bool) -> Order:
    first, end = retime.reach()
    wanted = range(max(first, 0), min(end, count))
    times = [round((_when(retime, Fraction(2 * n + 1, 2)) - Fraction(1, 2)) * TICKS) for n in wanted]
    return Order(tuple(wanted), times=tuple(times), backwards=backwards)


def _when(retime: Retime, source: Fraction) -> Fraction:
    """The clip place at which a retime that runs forwards comes to a place of the source."""
    spans = list(pairwise(retime.keys))
    (start, low), (end, high) = next((span for span in spans if source < span[1][1]), spans[-1])
    return start + (source - low) * (end - start) / (high - low)


def shortcomings(segment: Segment) -> list[str]:
    """Motion that was asked for and cannot be had, in words."""
    found = []
    for side in segment.sides:
        if side.retime is None or side.retime.sampling is not Sampling.MOTION:
            continue
        if side.frames.length == 1 and side.retime.length > 1:
            found.append(f"{segment.name}: one source frame has no motion to follow; it is held")
    return found


def cuts_met(segment: Segment, room: Path) -> list[str]:
    """What the command noted in `room` about scene cuts inside interpolated motion, in words."""
    met = sum(note.read_text().count("\n") for note in room.glob(CUTS_FILE.format(number="*")))
    if not met:
        return []
    return [
        f"{segment.name}: {met} scene cuts in its slow motion; the frames there are held, not interpolated"
    ]


def decoded(
    path: Path,
    info: PictureInfo,
    side: Side,
    order: Order | None,
    length: int,
    rate: rates.FrameRate,
    **options: int,
) -> Stream:
    """The source frames a side needs, at the programme's rate, numbered from 0."""
    first = side.frames.start + (order.wanted[0] if order else 0)
    end = side.frames.start + order.wanted[-1] + 1 if order else first + length
    start = _seek(info, Fraction(first) / rate.fraction)
    seek = {} if start is None else {"ss": start, "seek_timestamp": 1}
    clock = "PTS-STARTPTS" if start is None else _clock(start, info.start)
    stream = decoded_picture(path, info, **seek, **options).filter("setpts", clock).filter("fps", str(rate))
    # by time stamp, not by number: after a seek the first frame that comes is not the first of the file
    stream = stream.filter("trim", start_pts=first, end_pts=end)
    if order is not None and len(order.wanted) < end - first:
        stream = stream.filter("select", _among("pts", (side.frames.start + n for n in order.wanted)))
    return stream.filter("setpts", "PTS-STARTPTS" if order is None else "N")


def _seek(info: PictureInfo, at: Fraction) -> int | None:
    """The whole second to begin to decode from, in the file's own time; None to begin at its start.

    Whole, so that it is a whole number of ticks in the file's time base. Two source frames of room: the
    frame that is still shown at `at` may have begun earlier.
    """
    if not info.seekable or info.fps is None or info.variable:
        return None
    second = math.floor(info.start + at - 2 / info.fps - Fraction(1, 24))
    return second if second > info.start + 1 else None


def _clock(start: int, first: Fraction) -> str:
    """Time stamps as if the file had been read from its first frame."""
    return f"PTS+round({start}/TB)-round({float(first):.6f}/TB)"


def arranged(
    stream: Stream,
    order: Order | None,
    length: int,
    rate: rates.FrameRate,
    size: tuple[int, int],
    number: int,
) -> Stream:
    """The clip's frames of the numbered frames that `decoded` gives. `size` is theirs; `number` the side's.

    An order along the motion gives the source frames as they are, in the order the clip comes to them.
    """
    if order is None:
        return stream
    if order.times:
        return stream.filter("reverse") if order.backwards else stream
    if not any(order.weights):
        return _in_order(stream, order.lower, len(order.wanted), rate)
    halves = stream.filter_multi_output("split", 2)
    low = _in_order(halves[0], order.lower, len(order.wanted), rate)
    high = _in_order(halves[1], order.upper, len(order.wanted), rate)
    return merged(low, high, weights(order.weights, rate, size, number))


def _in_order(stream: Stream, order: Sequence[int], count: int, rate: rates.FrameRate) -> Stream:
    """Frames by number, repeated and left out as wanted."""
    if list(order) == list(range(count)):
        return stream
    if any(after < before for before, after in pairwise(order)):
        return _by_number(stream, order, count)
    runs = [(index, len(list(run))) for index, run in groupby(order)]
    if len(runs) < count:
        stream = stream.filter("select", _among("n", (index for index, _ in runs)))
    starts = [0]
    for _, frames in runs:
        starts.append(starts[-1] + frames)
    # the rate filter repeats a frame until the next one is due, and drops the one it ends with: the pad
    stream = stream.filter("setpts", _table("N", starts[:-1]))
    return stream.filter("tpad", stop=runs[-1][1], stop_mode="clone").filter("fps", str(rate))


def _by_number(stream: Stream, order: Sequence[int], count: int) -> Stream:
    """Frames in any order; all of them are kept until the last has come."""
    block = max(count, len(order))
    if block > count:
        stream = stream.filter("tpad", stop=block - count, stop_mode="clone")
    mapping = [*order, *[order[-1]] * (block - len(order))]
    stream = stream.filter("shuffleframes", "|".join(str(index) for index in mapping))
    if block > len(order):
        stream = stream.filter("trim", end_frame=len(order))
    return stream


def weights(
    shares: Sequence[int],
    rate: rates.FrameRate,
    size: tuple[int, int],
    number: int,
    pixels: str = "yuv420p",
) -> Stream:
    """A stream of plain frames, one for each share (of 256) that a second picture has in a first.

    `number` is another one for every use: ffmpeg-python takes equal inputs for one.
    """
    grey = _table("N", [min(share, 255) for share in shares])
    source = ffmpeg.input(f"color=c=black:s=2x2:r={rate}", f="lavfi", thread_queue_size=8 + number)
    chroma = {} if pixels == "gray" else {"cb": grey, "cr": grey}
    mask = source.video.filter("format", pixels).filter("geq", lum=grey, **chroma)
    mask = mask.filter("scale", *size, flags="neighbor").filter("setsar", 1)
    return mask.filter("trim", end_frame=len(shares))


def merged(first: Stream, second: Stream, mask: Stream) -> Stream:
    """Two pictures mixed by a stream of weights."""
    return ffmpeg.filter([first, second, mask], "maskedmerge")


THROUGH = {cuts.Transition.FADE_BLACK: "black", cuts.Transition.FADE_WHITE: "white"}
"""Transitions that lose the one picture in a plain colour and find the other in it."""


def through(
    sides: Sequence[Stream],
    plain: Stream,
    length: int,
    rate: rates.FrameRate,
    size: tuple[int, int],
    number: int,
) -> Stream:
    """Half of the frames from the outgoing side, half from the incoming, with the colour over them.

    On the grid of the other transitions: frame k has come (k + 1) / (N + 1) of the way, and half way there
    is nothing but the colour. (The fades of xfade show a third of the incoming picture by then.)
    """
    half = (length + 1) // 2
    shares = [
        WHOLE_WEIGHT - abs(2 * (k + 1) - length - 1) * WHOLE_WEIGHT // (length + 1) for k in range(length)
    ]
    out = sides[0].filter("trim", end_frame=half)
    if half == length:
        return merged(out, plain, weights(shares, rate, size, number))
    into = sides[1].filter("trim", start_frame=half).filter("setpts", "PTS-STARTPTS")
    # the splice counts in microseconds; the weights go by frames
    pictures = ffmpeg.concat(out, into, v=1, a=0).filter("settb", f"{rate.den}/{rate.num}")
    return merged(pictures, plain, weights(shares, rate, size, number))


def _among(name: str, numbers: Iterable[int]) -> str:
    """An expression that is true for these rising numbers, a tree: ffmpeg reads no sum of more than 100 terms."""
    runs: list[list[int]] = []
    for value in numbers:
        if runs and value == runs[-1][1] + 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    terms = [f"between({name},{low},{high})" if low < high else f"eq({name},{low})" for low, high in runs]
    return _branch(name, [(low, term) for (low, _), term in zip(runs, terms, strict=True)])


def _table(name: str, values: Sequence[int]) -> str:
    """An expression that looks values up by number, a tree as deep as the logarithm of their count."""
    runs = []
    at = 0
    for value, run in groupby(values):
        runs.append((at, str(value)))
        at += len(list(run))
    return _branch(name, runs)


def _branch(name: str, runs: Sequence[tuple[int, str]]) -> str:
    """What holds from each of these rising numbers on."""
    if len(runs) == 1:
        return runs[0][1]
    middle = len(runs) // 2
    return f"if(lt({name},{runs[middle][0]}),{_branch(name, runs[:middle])},{_branch(name, runs[middle:])})"
