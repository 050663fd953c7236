"""The cache stays under its bound, forgets the longest unused first, and survives everything."""

from __future__ import annotations

import os
from pathlib import Path

from craft.render.cache import SegmentCache


def made(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


def test_entry_comes_back_with_its_facts(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    source = made(tmp_path, "a.mp4", 1000)
    assert cache.store("ab" * 32, ".mp4", source, {"frames": 7})
    assert cache.fetch("ab" * 32, ".mp4", tmp_path / "out.mp4") == {"frames": 7}
    assert (tmp_path / "out.mp4").read_bytes() == source.read_bytes()
    assert cache.fetch("cd" * 32, ".mp4", tmp_path / "none.mp4") is None
    assert not (tmp_path / "none.mp4").exists()


def test_touched_entry_with_the_same_bytes_is_still_a_hit(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    cache.store("ab" * 32, ".mp4", made(tmp_path, "a.mp4", 1000), {})
    entry = cache.root / "ab" / f"{'ab' * 32}.mp4"
    os.utime(entry, (1, 1))
    assert cache.fetch("ab" * 32, ".mp4", tmp_path / "out.mp4") == {}


def test_prune_drops_the_longest_unused_until_the_bound_holds(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache", limit_bytes=2500)
    for age, name in enumerate("abcd"):
        cache.store(name * 64, ".mp4", made(tmp_path, f"{name}.mp4", 1000), {})
        os.utime(cache.root / (name * 2) / f"{name * 64}.json", (1000 + age, 1000 + age))
    assert cache.fetch("a" * 64, ".mp4", tmp_path / "used.mp4") is not None
    assert cache.prune() == 2
    assert cache.size() == 2000
    left = [name for name in "abcd" if cache.fetch(name * 64, ".mp4", tmp_path / "x.mp4") is not None]
    assert left == ["a", "d"]


def test_prune_elsewhere_does_not_take_a_fetched_entry_away(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    cache.store("ab" * 32, ".mp4", made(tmp_path, "a.mp4", 1000), {})
    cache.fetch("ab" * 32, ".mp4", tmp_path / "mine.mp4")
    SegmentCache(cache.root, limit_bytes=0).prune()
    assert (tmp_path / "mine.mp4").stat().st_size == 1000
    assert cache.fetch("ab" * 32, ".mp4", tmp_path / "again.mp4") is None


def test_half_written_files_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    cache.store("ab" * 32, ".mp4", made(tmp_path, "a.mp4", 10), {})
    old, young = cache.root / "ab" / ".old.mp4", cache.root / "ab" / ".young.mp4"
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (1000, 1000))
    cache.prune()
    assert (old.exists(), young.exists()) == (False, True)
