"""Masters over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, viewsets

from edit_suite.models import Master


class MasterSerializer(serializers.ModelSerializer[Master]):
    """A master with everything that was measured on it."""

    sha256 = serializers.CharField(source="asset.sha256", read_only=True)

    class Meta:
        model = Master
        fields = (
            "id",
            "episode",
            "revision",
            "asset",
            "sha256",
            "captions_srt",
            "captions_vtt",
            "frames",
            "rate",
            "segments",
            "loudness",
            "checks",
            "stems",
            "provenance",
            "created_at",
        )
        read_only_fields = fields


class MasterViewSet(viewsets.ReadOnlyModelViewSet[Master]):
    """The studio's masters; `?episode=` narrows it."""

    serializer_class = MasterSerializer
    lookup_value_converter = "uuid"
    queryset = Master._base_manager.none()

    def get_queryset(self) -> Any:
        """Newest first."""
        rows, episode = (
            Master.objects.select_related("asset").order_by("-created_at"),
            self.request.query_params.get("episode"),
        )
        return rows.filter(episode_id=episode) if episode else rows
