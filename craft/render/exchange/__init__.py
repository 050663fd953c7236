"""Timelines for other programs, and back: OTIO, OTIOZ, FCP7 XML and CMX 3600 EDL, each with a report of what it loses.

    otio, otioz   everything; what OTIO has no word for travels in metadata and comes back
    fcp7          cuts, dissolves, wipes, constant speeds, tracks: Premiere, Resolve
    edl           the picture's cuts, dissolves and wipes, one constant speed a clip

Media are named by file: writing takes a name for every content digest, reading takes the content of every name.
"""

from craft.render.exchange.apart import read
from craft.render.exchange.files import FORMATS, Read, Written, write
from craft.render.exchange.losses import Loss

__all__ = ["FORMATS", "Loss", "Read", "Written", "read", "write"]
