"""Settings, addresses, the ASGI and Celery entries, and the one place where an error becomes an answer."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
