from django.urls import path

from kept.operations import health

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/started", health.started, name="health-started"),
]
