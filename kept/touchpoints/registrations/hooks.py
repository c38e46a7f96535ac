"""Ways to it from other pages; and a last look at answers: what her browser remembers of a registration goes
when she corrects what it was filled in with.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kept.portal.navigation import AT_HOME, AT_ME, AT_PRODUCT, offer
from kept.portal.page_hooks import looks
from kept.rights.cookies import set_cookies
from kept.sentences import sentence
from kept.touchpoints.registrations.device_memory import COOKIE

offer(AT_HOME, sentence("Register a product"), url="register-product")
offer(AT_PRODUCT, sentence("Register this product"), url="register-product")
offer(
    AT_ME,
    sentence("Your products"),
    url="my-products",
    term=sentence("Own"),
    note=sentence("Registered, with their warranty"),
)


@looks("registrations")
def look(request: HttpRequest, answer: HttpResponse) -> None:
    """After the profile was changed: a number that was taken out there is not filled in from here again."""
    if (
        COOKIE in request.COOKIES
        and request.method == "POST"
        and answer.status_code == 302
        and request.path_info == reverse("profile")
    ):
        set_cookies.take(answer, COOKIE)
