from django.apps import AppConfig


class ChoicesConfig(AppConfig):
    name = "kept.rights.choices"
    label = "choices"
    default_auto_field = "django.db.models.BigAutoField"
