"""What leaves the house: deliverables of a finished master, and what a player and an editor's page need.

profiles   the deliverables as data, and whether this ffmpeg can make them
deliver    one master into one deliverable, probed before it counts
chunks     a master in pieces on all cores: encoded side by side, kept, joined by copy
upscale    the same programme, larger
samples    where the coded frames of an MP4 lie
cmaf, hls  those frames as fragments for players, byte for byte
waveform   peaks of sound, for drawing
sides      thumbnails, contact sheet, poster and proxy out of one decode
"""
