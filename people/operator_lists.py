"""Lists of the operator's screens: their rows lead to the desk's pages, and a whole UUID is searched by its index."""

from typing import Any
from uuid import UUID

from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse


class OperatorList(ChangeList):
    """A list whose rows lead to the desk's page of the thing, where there is one."""

    def url_for_result(self, result: models.Model) -> str:
        page = getattr(self.model_admin, "desk_page", "")
        return reverse(f"admin:{page}", args=[result.pk]) if page else super().url_for_result(result)


class SearchesById:
    """Search a whole UUID by the index of the key, and other text by search_fields."""

    id_field = "pk"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            return queryset.filter(**{self.id_field: UUID(search_term.strip())}), False
        except ValueError:
            words = search_term.replace("\x00", "")
            return super().get_search_results(request, queryset, words)  # type: ignore[misc]
