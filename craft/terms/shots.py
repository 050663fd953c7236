"""Shots: size, framing, purpose, angle, movement, optics."""

from __future__ import annotations

from craft.terms.base import Term


class Size(Term):
    """How much of the subject is seen."""

    EWS = "ews"
    WS = "ws"
    FS = "fs"
    MWS = "mws"
    MS = "ms"
    MCU = "mcu"
    CU = "cu"
    ECU = "ecu"
    INSERT = "insert"


class Framing(Term):
    """Who shares the frame."""

    SINGLE = "single"
    TWO_SHOT = "two_shot"
    GROUP = "group"
    OTS = "ots"
    CLEAN = "clean"
    DIRTY = "dirty"


class Purpose(Term):
    """What the shot is for."""

    ESTABLISHING = "establishing"
    MASTER = "master"
    COVERAGE = "coverage"
    REACTION = "reaction"
    CUTAWAY = "cutaway"
    B_ROLL = "b_roll"
    INSERT_DETAIL = "insert_detail"


class ShotRole(Term):
    """What a shot asks of an engine; routing has an order for each."""

    CLOSE_UP = "close_up"
    CAMERA_MOVE = "camera_move"
    DIALOGUE = "dialogue"
    ACTION = "action"
    B_ROLL = "b_roll"
    LONG_TAKE = "long_take"
    TRAINED_CLOSE_UP = "trained_close_up"


class Angle(Term):
    """Height and tilt of the camera."""

    EYE_LEVEL = "eye_level"
    SHOULDER_LEVEL = "shoulder_level"
    HIP_LEVEL = "hip_level"
    KNEE_LEVEL = "knee_level"
    GROUND_LEVEL = "ground_level"
    LOW_ANGLE = "low_angle"
    WORMS_EYE = "worms_eye"
    HIGH_ANGLE = "high_angle"
    OVERHEAD = "overhead"
    AERIAL = "aerial"
    DUTCH = "dutch"
    POV = "pov"


class Movement(Term):
    """What the camera does."""

    STATIC = "static"
    PAN = "pan"
    TILT = "tilt"
    DOLLY = "dolly"
    TRUCK = "truck"
    CRANE = "crane"
    ARC = "arc"
    HANDHELD = "handheld"


class Direction(Term):
    """Which way a movement goes (or how strong handheld is)."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"
    FOLLOW = "follow"
    CW = "cw"
    CCW = "ccw"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Speed(Term):
    """How fast."""

    SLOW = "slow"
    MEDIUM = "medium"
    FAST = "fast"
    WHIP = "whip"


class Easing(Term):
    """How a movement gathers and loses speed."""

    LINEAR = "linear"
    EASE = "ease"
    EASE_IN = "ease_in"
    EASE_OUT = "ease_out"


class Optics(Term):
    """What the lens does beside the movement."""

    NONE = "none"
    ZOOM = "zoom"
    DOLLY_ZOOM = "dolly_zoom"
    RACK_FOCUS = "rack_focus"
    ROLL = "roll"


class Side(Term):
    """Which side of the line between two people the camera keeps to."""

    AUTO = "auto"
    LEFT = "left"
    RIGHT = "right"


# Which directions each movement has; the first is the default.
DIRECTIONS: dict[Movement, tuple[Direction, ...]] = {
    Movement.STATIC: (Direction.NONE,),
    Movement.PAN: (Direction.LEFT, Direction.RIGHT),
    Movement.TILT: (Direction.UP, Direction.DOWN),
    Movement.DOLLY: (Direction.IN, Direction.OUT),
    Movement.TRUCK: (Direction.LEFT, Direction.RIGHT, Direction.FOLLOW),
    Movement.CRANE: (Direction.UP, Direction.DOWN),
    Movement.ARC: (Direction.CW, Direction.CCW),
    Movement.HANDHELD: (Direction.LOW, Direction.MEDIUM, Direction.HIGH),
}

# Which directions the optics have; the first is the default.
OPTICS_DIRECTIONS: dict[Optics, tuple[Direction, ...]] = {
    Optics.NONE: (),
    Optics.ZOOM: (Direction.IN, Direction.OUT),
    Optics.DOLLY_ZOOM: (Direction.IN, Direction.OUT),
    Optics.RACK_FOCUS: (),
    Optics.ROLL: (Direction.CW, Direction.CCW),
}
