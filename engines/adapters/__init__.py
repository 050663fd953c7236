"""One file per engine surface. Nothing here knows Django, a queue or a database."""
