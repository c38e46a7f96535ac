"""The web application as the server of ``kept run`` calls it: ``wsgi`` behind a front that waits for nobody
in a thread.
"""

from __future__ import annotations

from django.conf import settings

from kept.operations.processes.free_memory import give_back
from kept.operations.serving.asgi_front import Front
from kept.wsgi import application as wsgi

THREADS = 2

application = Front(wsgi, threads=THREADS, upload=settings.KEPT_UPLOAD_LIMIT)
# What loading the program left behind.
give_back()
