"""What the lens itself does: depth of field, zoom, dolly zoom, rack focus and roll.

A blur circle is that of a thin lens on the 36 mm sensor: c = f² |z - s| / (N z (s - f)), focal length f, focused
distance s, f-number N, distance z along the view axis.
"""

from __future__ import annotations

from dataclasses import replace

from craft.previs.easing import eased, snapped
from craft.previs.packet import CameraSpec
from craft.previs.projection import SENSOR_MM, CameraPose, aim_at, project
from craft.previs.spatial import F64, smooth

APERTURES: dict[str, float] = {
    "ews": 8.0,
    "ws": 5.6,
    "fs": 4.0,
    "mws": 4.0,
    "ms": 2.8,
    "mcu": 2.8,
    "cu": 2.8,
    "ecu": 4.0,
    "insert": 4.0,
}
"""F-number where the packet names none: deep when the place matters, shallow when the face does."""

_ZOOM = {"slow": 1.10, "medium": 1.20, "fast": 1.40, "whip": 1.9}
"""Change of focal length per second, as a factor."""
_ZOOM_MOST = 2.4
_FOCALS = (12.0, 300.0)
_ROLL = {"slow": 3.5, "medium": 7.0, "fast": 14.0, "whip": 60.0}
_ROLL_MOST = 28.0
_RACK_SECONDS = {"slow": 1.6, "medium": 0.9, "fast": 0.45, "whip": 0.2}
_NEAREST_FOCUS_M = 0.3
_BACKGROUND_M = 6.0


def aperture_of(camera: CameraSpec) -> float:
    """F-number of a shot."""
    return camera.aperture or APERTURES[camera.size]


def blur_circle_mm(focal_mm: float, f_number: float, focus_m: float, distance_m: float) -> float:
    """Diameter in mm, on the sensor, of the image of a point."""
    f, s, z = focal_mm, focus_m * 1000, distance_m * 1000
    return f * f * abs(z - s) / (f_number * z * max(1.0, s - f))


def blur_radius(pose: CameraPose, aspect: float, f_number: float, lines: float = 720.0) -> float:
    """Radius of the blur circle of a point infinitely far, in lines of a frame ``lines`` high. A point at distance z
    has |z - focus| / z of it.
    """
    far = pose.focal_mm**2 / (f_number * max(1.0, pose.focus_m * 1000 - pose.focal_mm))
    height = SENSOR_MM / aspect if aspect >= 1 else SENSOR_MM
    return far / 2 / height * lines


def progress(camera: CameraSpec, u: float) -> float:
    """Eased share of what the lens does at share ``u`` of the time."""
    return snapped(u) if camera.speed == "whip" else eased(camera.easing, u)


def focused(pose: CameraPose, aspect: float, point: F64) -> CameraPose:
    """The pose with its focus on a point."""
    return replace(pose, focus_m=max(_NEAREST_FOCUS_M, project(pose, aspect, point)[2]))


def zoomed(
    camera: CameraSpec, pose: CameraPose, aspect: float, point: F64, u: float, seconds: float
) -> CameraPose:
    """Longer or shorter lens; the operator keeps the subject where it was, a little nearer to the middle when the
    frame tightens.
    """
    most = min(_ZOOM_MOST, _ZOOM[camera.speed] ** max(1.0, seconds))
    sign = -1.0 if camera.optics_direction == "out" else 1.0
    ratio = most ** (sign * progress(camera, u))
    x, y, z = project(pose, aspect, point)
    longer = replace(pose, focal_mm=min(_FOCALS[1], max(_FOCALS[0], pose.focal_mm * ratio)))
    if z <= 0:
        return longer
    pull = min(1.0, max(0.0, (ratio - 1) * 0.5))
    held = aim_at(longer, aspect, point, x + (0.5 - x) * pull, y + (0.42 - y) * pull)
    return replace(held, roll=pose.roll)


def same_size(pose: CameraPose, first: CameraPose, aspect: float, point: F64, point_first: F64) -> CameraPose:
    """The lens with which the subject keeps the size it had in the first frame (dolly zoom)."""
    x, y, z0 = project(first, aspect, point_first)
    z = project(pose, aspect, point)[2]
    focal = min(_FOCALS[1], max(_FOCALS[0], first.focal_mm * z / z0))
    held = aim_at(replace(pose, focal_mm=focal), aspect, point, x, y)
    return replace(held, roll=pose.roll)


def rolled(camera: CameraSpec, pose: CameraPose, u: float, seconds: float) -> CameraPose:
    """Turned about the view axis; clockwise as seen from behind the camera, so that the picture turns against it."""
    most = min(_ROLL_MOST, _ROLL[camera.speed] * seconds)
    sign = 1.0 if camera.optics_direction == "ccw" else -1.0
    return replace(pose, roll=pose.roll + sign * most * progress(camera, u))


def racked(
    camera: CameraSpec,
    pose: CameraPose,
    aspect: float,
    points: tuple[F64, F64 | None],
    u: float,
    seconds: float,
) -> CameraPose:
    """Focus on its way from one point to another (None: the background), in the middle of the shot."""
    near = focused(pose, aspect, points[0]).focus_m
    far = near + _BACKGROUND_M if points[1] is None else focused(pose, aspect, points[1]).focus_m
    share = min(0.9, _RACK_SECONDS[camera.speed] / max(seconds, 0.04))
    s = smooth((u - (0.5 - share / 2)) / share)
    # Rings are marked in dioptres: half-way between 2 m and infinity is 4 m.
    return replace(pose, focus_m=1 / (1 / near + (1 / far - 1 / near) * s))
