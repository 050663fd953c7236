"""Hair, beards, hats and glasses put on a head as skinned meshes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import Batch, Bytes4, Kind, Surface
from craft.previs.beards import beard_volume
from craft.previs.hair import Wearer, grow
from craft.previs.hairstyles import HAIR_STYLES
from craft.previs.head import skull, to_head_space
from craft.previs.headwear import HATS, glasses_meshes, ribbon, strap_mesh, under_hat
from craft.previs.sdf import Mesh, surface
from craft.previs.skeleton import BONE_INDEX, HEAD_CENTRE, Body, rigid
from craft.previs.spatial import F32, F64

_HIDDEN = -0.0032
"""Hair deeper in the skull than this (metres) is never seen."""


def _seen(mesh: Mesh, depth: F32) -> tuple[Mesh, NDArray[np.signedinteger[Any]]]:
    """A mesh without the triangles that lie inside the head, and the vertices it keeps."""
    p, n, faces = mesh
    keep = faces[(depth[faces] > _HIDDEN).any(1)]
    used = np.unique(keep)
    index = np.zeros(len(p), np.int32)
    index[used] = np.arange(len(used), dtype=np.int32)
    return (p[used], n[used], index[keep]), used


def _fall_skin(q: F32) -> tuple[Bytes4, Bytes4]:
    """Hair on the head; what hangs below the chin stays with the chest."""
    bones, weights = rigid(len(q), "head")
    loose = np.clip((-0.105 - q[:, 1]) / 0.085, 0, 1)
    bones[:, 1] = BONE_INDEX["chest"]
    weights[:, 1] = np.round(loose * 0.9 * 255)
    weights[:, 0] = 255 - weights[:, 1]
    return bones, weights


def _box(style: str, body: Body) -> tuple[F32, F32]:
    c, k = np.array(HEAD_CENTRE, np.float32), np.float32(body.head)
    low = {"long": -0.35, "braid": -0.38, "ponytail": -0.23, "bob": -0.14, "curly": -0.13}.get(style, -0.10)
    side = {"afro": 0.165, "curly": 0.130}.get(style, 0.115)
    back = {"afro": -0.180, "bun": -0.145, "ponytail": -0.220, "long": -0.195, "braid": -0.135}.get(
        style, -0.140
    )
    top = {"afro": 0.205, "bun": 0.155, "undercut": 0.155, "curly": 0.160}.get(style, 0.145)
    front = 0.130 if style == "braid" or style == "long" else 0.115
    return c + k * np.array((-side, low, back), np.float32), c + k * np.array((side, top, front), np.float32)


def add_hair(batch: Batch, style: str, hat: str, wearer: Wearer, detail: float, at: dict[str, F64]) -> None:
    """The hair of a style, kept inside a hat above its rim. Vertex colours carry strand and roots."""
    if style == "bald":
        return
    body, cut = wearer.body, HAIR_STYLES[style]

    def field(p: F32) -> F32:
        q = to_head_space(p, body)
        d = grow(q, cut, wearer).distance
        return ((under_hat(d, q, hat) if hat != "none" else d) * body.head).astype(np.float32)

    low, high = _box(style, body)
    cell = 0.0070 if style in ("long", "afro", "curly", "bob") else 0.0064
    mesh = surface(field, low, high, cell / max(detail, 0.6))
    growth = grow(to_head_space(mesh[0], body), cut, wearer)
    mesh, used = _seen(mesh, growth.skull)
    marks = np.zeros((len(used), 3), np.float32)
    angle = growth.angle[used]
    marks[:, 0], marks[:, 1] = 127.5 + 127 * np.cos(angle), 127.5 + 127 * np.sin(angle)
    marks[:, 2] = growth.roots[used] * 255
    q = to_head_space(mesh[0], body)
    batch.add(mesh, Surface(kind=Kind.HAIR, rough=cut.rough), _fall_skin(q), np.round(marks))


def add_beard(
    batch: Batch,
    beard: str,
    wearer: Wearer,
    detail: float,
    jaw: Callable[[Mesh, Body], tuple[Bytes4, Bytes4]],
) -> None:
    """What of a beard stands out from the skin; it moves with the jaw."""
    body = wearer.body
    if beard_volume(beard, np.zeros((1, 3), np.float32), wearer) is None:
        return

    def field(p: F32) -> F32:
        found = beard_volume(beard, to_head_space(p, body), wearer)
        assert found is not None
        return (found * body.head).astype(np.float32)

    c, k = np.array(HEAD_CENTRE, np.float32), np.float32(body.head)
    deep = -0.075 if beard == "moustache" else -0.150
    low = c + k * np.array((-0.09, deep, -0.05 if beard == "full" else 0.0), np.float32)
    high = c + k * np.array((0.09, -0.005 if beard == "full" else -0.025, 0.115), np.float32)
    mesh = surface(field, low, high, 0.0058 / max(detail, 0.7))
    mesh, used = _seen(mesh, skull(to_head_space(mesh[0], body), body, wearer.features))
    q = to_head_space(mesh[0], body)
    marks = np.full((len(used), 3), 255.0, np.float32)
    turn = q[:, 0] * 11.0
    marks[:, 0], marks[:, 1] = 127.5 + 127 * np.cos(turn), 127.5 + 127 * np.sin(turn)
    batch.add(mesh, Surface(kind=Kind.HAIR, rough=0.6), jaw(mesh, body), np.round(marks))


def add_hat(batch: Batch, hat: str, body: Body, detail: float) -> None:
    """A hat on the head, its band in the vertex colour, and a helmet's strap."""
    if hat == "none":
        return
    worn = HATS[hat]
    c, k = np.array(HEAD_CENTRE, np.float32), np.float32(body.head)

    def field(p: F32) -> F32:
        return (worn.field(to_head_space(p, body)) * body.head).astype(np.float32)

    reach = 0.150
    low = c + k * np.array((-reach, -0.08, -reach - 0.03), np.float32)
    high = c + k * np.array((reach, 0.18, reach + 0.02), np.float32)
    mesh = surface(field, low, high, 0.0074 / max(detail, 0.62))
    q = to_head_space(mesh[0], body)
    marks = ribbon(hat, q)
    batch.add(mesh, Surface(kind=Kind.HAT, rough=worn.rough, metal=worn.metal), rigid(len(q), "head"), marks)
    if worn.sewn is not None:
        brim = on_head(worn.sewn(), body)
        bare = np.tile(np.array((0, 255, 0), np.float32), (len(brim[0]), 1))
        batch.add(
            brim,
            Surface(kind=Kind.HAT, rough=worn.rough, metal=worn.metal),
            rigid(len(brim[0]), "head"),
            bare,
        )
    if hat == "helmet":
        strap = on_head(strap_mesh(), body)
        dark = np.tile(np.array((128, 0, 255), np.float32), (len(strap[0]), 1))
        batch.add(strap, Surface(kind=Kind.HAT, rough=0.8), rigid(len(strap[0]), "head"), dark)


def on_head(mesh: Mesh, body: Body) -> Mesh:
    """From head space to bind space."""
    p = mesh[0] * np.float32(body.head) + np.asarray(HEAD_CENTRE, np.float32)
    return p.astype(np.float32), mesh[1], mesh[2]


def add_glasses(batch: Batch, kind: str, wearer: Wearer) -> None:
    """Frame, and lenses if they are dark."""
    if kind == "none":
        return
    frame, lenses = glasses_meshes(kind, wearer.features)
    worn = on_head(frame, wearer.body)
    batch.add(worn, Surface(kind=Kind.GLASSES, rough=0.28), rigid(len(worn[0]), "head"))
    if lenses is not None:
        glass = on_head(lenses, wearer.body)
        batch.add(glass, Surface(kind=Kind.LENS, rough=0.08), rigid(len(glass[0]), "head"))
