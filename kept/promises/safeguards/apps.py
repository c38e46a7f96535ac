from django.apps import AppConfig


class SafeguardsConfig(AppConfig):
    name = "kept.promises.safeguards"
    label = "safeguards"
    default_auto_field = "django.db.models.BigAutoField"
