from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "kept.core.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
