"""Every ffmpeg graph and command line of this package, built with ffmpeg-python.

Nothing here runs anything: each function returns the argument list of one command. Numbers are formatted
here, paths are our own, and no text from outside takes part (titles arrive as a file of fixed name).

    base       what all of them share: inputs, clocks, colour tags
    picture    one segment of the programme
    sound      decoding, metering, finishing
    files      stills, sheets and proxies of finished files
    outputs    deliverables of a master, chunks of them, and side files
"""
