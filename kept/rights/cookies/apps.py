from django.apps import AppConfig


class CookiesConfig(AppConfig):
    name = "kept.rights.cookies"
    label = "cookies"
    default_auto_field = "django.db.models.BigAutoField"
