from django.apps import AppConfig


class CorrectionConfig(AppConfig):
    name = "kept.rights.correction"
    label = "correction"
    default_auto_field = "django.db.models.BigAutoField"
