"""All settings. Values of one installation come from the environment through `config.env`."""

from __future__ import annotations

from pathlib import Path

import structlog
from csp.constants import NONCE

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.text("SECRET_KEY")
SLATE_KEK = env.key("SLATE_KEK", 32)
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1,localhost")
SLATE_ORIGIN = env.origin("SLATE_ORIGIN", "http://127.0.0.1:8321")
SLATE_PROCESS = env.text("SLATE_PROCESS", "tool")
# Whether engines on this machine may be connected (self-hosted ones, proofs); elsewhere is always over TLS.
SLATE_LOCAL_ENGINES = env.flag("SLATE_LOCAL_ENGINES")
CSRF_TRUSTED_ORIGINS = [SLATE_ORIGIN]

INSTALLED_APPS = [
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_vite",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "pgtrigger",
    "tenancy.apps.TenancyConfig",
    "workflow.apps.WorkflowConfig",
    "billing.apps.BillingConfig",
    "vault.apps.VaultConfig",
    "studio.apps.StudioAppConfig",
    "pipelines.apps.PipelinesConfig",
    "engines.apps.EnginesConfig",
    "talent.apps.TalentConfig",
    "scenes.apps.ScenesConfig",
    "episodes.apps.EpisodesConfig",
    "edit_suite.apps.EditSuiteConfig",
    "features.apps.FeaturesConfig",
    "distribution.apps.DistributionConfig",
    "config.apps.SlateConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.problems.ProblemMiddleware",
    "tenancy.middleware.StudioMiddleware",
    "config.middleware.ProjectMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.shell",
            ],
        },
    }
]

# Only the web keeps a pool: a pool made before a worker forks would be shared by its children.
_pool = (
    {"pool": {"min_size": 1, "max_size": env.whole("DB_POOL", 12, least=2)}} if SLATE_PROCESS == "web" else {}
)
# `default` is the application's role (no owner, no BYPASSRLS); `owner` only migrates. See tenancy/checks.py.
DATABASES = {"default": env.database("DATABASE_URL", **_pool), "owner": env.database("DATABASE_OWNER_URL")}
if SLATE_PROCESS == "worker":
    # A worker keeps a connection for a while, and with it the plans of its statements; it looks first whether it works.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
CELERY_DB_REUSE_MAX = 10_000
DATABASE_ROUTERS: list[str] = []

REDIS_URL, CELERY_BROKER_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "slate",
    }
}
# Stands before the names of the channels on which streams ring.
CHANNEL_PREFIX = env.text("CHANNEL_PREFIX", "slate")

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "config.accounts.SlateAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# With sign-up closed accounts are made by the studio, so that the second factor needs no mail server.
MFA_ALLOW_UNVERIFIED_EMAIL = not env.flag("OPEN_SIGNUP")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SLATE_ORIGIN.startswith("http://")
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/locked.html"

SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "slate_session", "slate_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SLATE_ORIGIN.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SLATE_ORIGIN.startswith("https://"):
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_WS_ORIGIN = SLATE_ORIGIN.replace("http", "ws", 1)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", _WS_ORIGIN],
        "worker-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["htmx", "svelte-trusted-html"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("SLATE_DATA", BASE_DIR / ".slate" / "data") / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "static" / "dist" / ".vite" / "manifest.json",
        "static_url_prefix": "dist",
    }
}

SLATE_MEDIA = env.folder("SLATE_MEDIA", BASE_DIR / ".slate" / "data" / "vault")
SLATE_SIGNER_SOCKET = env.text("SLATE_SIGNER_SOCKET", str(SLATE_MEDIA.parent / "signer.sock"))
SLATE_SIGNER_HOME = env.folder("SLATE_SIGNER_HOME", SLATE_MEDIA.parent / "signer")
SLATE_WORK = env.folder("SLATE_WORK", SLATE_MEDIA.parent / "work")
SLATE_CACHE = env.folder("SLATE_CACHE", SLATE_MEDIA.parent / "cache")
if env.optional("S3_BUCKET"):
    _VAULT = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.text("S3_BUCKET"),
            "endpoint_url": env.optional("S3_ENDPOINT") or None,
            "region_name": env.optional("S3_REGION") or None,
            "access_key": env.text("S3_ACCESS_KEY"),
            "secret_key": env.text("S3_SECRET_KEY"),
            "querystring_expire": 300,
            "default_acl": None,
            "file_overwrite": True,
        },
    }
else:
    _VAULT = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(SLATE_MEDIA)},
    }
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(SLATE_WORK)},
    },
    "vault": _VAULT,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_USE_FINDERS = env.flag("SLATE_LIVE_TESTS")

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "global_keyprefix": env.text("CELERY_PREFIX", "slate:"),
}
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_LEASE_SECONDS = env.whole("JOB_LEASE_SECONDS", 15, least=3)
# How many jobs a worker process carries side by side while engines are waited for; each has a database connection.
JOB_LANES = env.whole("JOB_LANES", 4, least=1)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "config.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.api_answer",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Slate",
    "DESCRIPTION": "The operator studio for AI video series: the API behind every page.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}

LANGUAGE_CODE, TIME_ZONE, USE_TZ, USE_I18N = "en", "UTC", True, False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Slate <slate@localhost>")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.optional("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.optional("EMAIL_HOST")
EMAIL_PORT = env.whole("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env.optional("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.optional("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS")
PGTRIGGER_SCHEMA_EDITOR = True
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016", "models.W042"]

_LOG_LEVEL = env.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.one_of("LOG_FORMAT", "line", ("line", "json")),
        }
    },
    "root": {
        "handlers": ["console"],
        "level": _LOG_LEVEL,
    },
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
    },
}
