"""Promises proved with everything running: `./slate prove NAME --seed N`. The judge stands outside the studio.

Importing this package loads the apps: a proof is a process of its own.
"""

import django

django.setup()
