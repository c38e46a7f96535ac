from importlib import import_module

from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "kept.portal.regions"
    label = "regions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("kept.portal.regions.checks")
