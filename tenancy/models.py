"""Who owns a row: users, studios (the tenants), memberships; and the base of every studio-owned table."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models

from craft.terms.people import Role
from tenancy.errors import OutsideScope
from tenancy.scope import current_studio_id

M = TypeVar("M", bound=models.Model)


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create a person; without a password nobody can sign in with one."""
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create an operator of the installation (billing console), not a member of any studio."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. People are global; what they may see is decided by their memberships."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name people see; the address when no name was given."""
        return str(self)


class Studio(models.Model):
    """The tenant. The application role sees only the row of the open scope.

    `edition` is another number as soon as any of its settings (accounts, rules, secrets, tier) has changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    jobs_at_once = models.PositiveIntegerField(default=1)
    edition = models.BigIntegerField(db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ScopedManager(models.Manager[M]):
    """Wall one: without an open scope every query raises; inside one it is filtered to the scope's studio."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows of the open scope's studio. Raises OutsideScope."""
        studio_id = current_studio_id()
        if studio_id is None:
            raise OutsideScope(f"{self.model.__name__} queried outside studio_scope")
        return super().get_queryset().filter(studio_id=studio_id)


class StudioModel(models.Model):
    """A row that belongs to a studio. Wall two, the row policies, comes with `rls.StudioTables`.

    The wall's key begins with the studio. An index of the studio alone would only mislead: a plan made while a table is
    small may choose it, and then reads all of a studio for one row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(
        Studio, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A new row belongs to the open scope; a row read from the database already carries its studio.
        if not args and self.studio_id is None:
            self.studio_id = current_studio_id()


class Membership(StudioModel):
    """A person's set of roles in a studio, or in one project of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    project_id = models.UUIDField(null=True, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role]))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "studio", "user", "project_id", nulls_distinct=False, name="membership_one_per_place"
            ),
        ]


class AuditRow(StudioModel):
    """One link of a studio's hash chain; `n`, `prev` and `h` are filled by a database trigger."""

    n = models.BigIntegerField(editable=False, default=0)
    prev = models.CharField(max_length=64, editable=False, default="")
    h = models.CharField(max_length=64, editable=False, default="")
    at = models.DateTimeField(editable=False, auto_now_add=True)
    actor = models.CharField(max_length=160)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=160)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "n"], name="audit_one_row_per_number"),
        ]


class Secret(StudioModel):
    """A sealed value. The ciphertext opens only for this studio, this name and this row."""

    name = models.CharField(max_length=120)
    key_id = models.CharField(max_length=20)
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "name"], name="secret_one_per_name"),
        ]
