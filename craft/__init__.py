"""Pure libraries: no Django, no database, no settings; each runs alone."""
