"""The portal's own addresses.

The component sheets exist where somebody builds, never where somebody is served.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from kept.portal import views
from kept.portal.marks import component_sheet

SHEETS: list[URLPattern] = [
    path("sheet/components/", component_sheet.components, name="sheet_components"),
    path("sheet/desk/", component_sheet.desk, name="sheet_desk"),
]

urlpatterns: list[URLPattern] = [path("", views.home, name="home"), *(SHEETS if settings.DEBUG else ())]
