"""Timeline → plan → graph → files with ffmpeg. Pure: no Django, no database, no settings.

Start at `master.assemble`; `model` is the timeline it takes, `plan` the pieces it is cut into.
"""
