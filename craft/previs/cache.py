"""Figures kept on disk by the digest of what shapes them: a second process starts without triangulating.

A cache entry that is missing, cut short or of another build is a miss, never an error.
"""

from __future__ import annotations

import os
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from craft.previs.batch import VERTEX, Geometry
from craft.previs.figure import Figure, FigureSpec, build_figure
from craft.previs.skeleton import joints
from craft.previs.version import ENGINE_VERSION
from craft.terms.digest import digest

_FIELDS = ("vertices", "triangles", "proxy_vertices", "proxy_triangles")


def cache_folder() -> Path:
    """``$SLATE_CACHE/previs``, else the user's cache folder."""
    root = os.environ.get("SLATE_CACHE")
    if root:
        return Path(root) / "previs"
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "slate" / "previs"


def _path(spec: FigureSpec) -> Path:
    body = spec.proportions()
    return cache_folder() / f"figure-{digest('previs.figure', 1, [ENGINE_VERSION, spec, body])[:32]}.npz"


def _load(path: Path) -> tuple[Geometry, Geometry] | None:
    try:
        with np.load(path, allow_pickle=False) as data:
            v, t, pv, pt = (data[name] for name in _FIELDS)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if v.dtype != VERTEX or pv.dtype != VERTEX or not len(t):
        return None
    return Geometry(v, t), Geometry(pv, pt)


def _store(path: Path, figure: Figure) -> None:
    """Write beside the target and rename, so that two workers never read half a file. A full disk only
    costs time.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as stream:
            np.savez(
                stream,
                vertices=figure.mesh.vertices,
                triangles=figure.mesh.triangles,
                proxy_vertices=figure.proxy.vertices,
                proxy_triangles=figure.proxy.triangles,
            )
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)


@lru_cache(maxsize=24)
def figure_for(spec: FigureSpec) -> Figure:
    """The figure of a spec, from memory, disk, or built."""
    path = _path(spec)
    found = _load(path)
    if found is None:
        figure = build_figure(spec)
        _store(path, figure)
        return figure
    body = spec.proportions()
    return Figure(spec, body, joints(body), *found)
