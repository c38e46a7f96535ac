from django.apps import AppConfig


class GuidelinesConfig(AppConfig):
    name = "kept.promises.guidelines"
    label = "guidelines"
    default_auto_field = "django.db.models.BigAutoField"
