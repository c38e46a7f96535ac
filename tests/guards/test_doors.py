"""A form that is kept for a use people can restrict is refused before they type: a new one without a door
fails here.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from kept.portal.form_parts import asked_fields
from kept.testing import default_policy
from tests.guards.test_edit_forms import form_classes
from tests.guards.tree import ROOT

DOORS = {
    "kept.touchpoints.registrations.forms.MachineForm": "register-product",
    "kept.touchpoints.registrations.forms.OwnerForm": "register-owner",
    "kept.touchpoints.registrations.forms.ClaimForm": "register-proof",
    "kept.touchpoints.registrations.handing_on.forms.OfferForm": "my-unit-offer",
    "kept.touchpoints.registrations.handing_on.forms.TakeOverForm": "product-offer",
    "kept.touchpoints.support.forms.ServiceForm": "support-new",
    "kept.touchpoints.support.forms.UnknownServiceForm": "support-new",
    "kept.touchpoints.support.forms.EnquiryForm": "support-new-offer",
    "kept.touchpoints.support.forms.UnknownEnquiryForm": "support-new-offer",
    "kept.touchpoints.support.forms.ReplyForm": "support-case-reply",
    "kept.touchpoints.support.forms.EnquiryReplyForm": "support-case-reply",
    "kept.touchpoints.support.forms.RatingForm": "support-case-rating",
    "kept.touchpoints.support.forms.EnquiryRatingForm": "support-case-rating",
    "kept.touchpoints.support.forms.AnnotationForm": "support-call-annotating",
    "kept.touchpoints.support.forms.EnquiryAnnotationForm": "support-call-annotating",
    "kept.touchpoints.orders.checkout.forms.GuestForm": "checkout-step",
    "kept.touchpoints.orders.checkout.forms.BuyerForm": "checkout-step",
    "kept.touchpoints.orders.checkout.forms.DeliveryForm": "checkout-step",
    "kept.touchpoints.orders.fulfilment.forms.AddressForm": "order-address",
    "kept.portal.organisations.forms.InvitationForm": "organisation-inviting",
    "kept.portal.organisations.forms.WishForm": "organisation-wishes",
}
"""The form, and the address that takes it and says by ``stores_under`` what for."""
IN_PLACE = {
    "kept/portal/organisations/templates/organisations/list.html": "account",
    "kept/portal/organisations/templates/organisations/organisation.html": "account",
}
"""Pages that show more than a form: the refusal stands in the form's place."""
OPEN = {
    "kept.rights.access.profile.": "She corrects by her right, whatever she restricted (GDPR Art. 16).",
    "kept.accounts.": "The ID itself: who cannot sign in can lift nothing.",
    "kept.promises.safeguards.": "Staff do not restrict what they do at the desk.",
    "kept.desk.": "Staff do not restrict what they do at the desk.",
    "kept.rights.requests.": (
        "Requests can be restricted by nobody; these name values they are compared with."
    ),
    "kept.touchpoints.registrations.forms.HolderChoice": "A part of the forms above.",
    "kept.rights.correction.": "She corrects by her right.",
    "kept.portal.marks.component_sheet.": "A page for developers: it keeps nothing.",
}


def restrictable() -> set[str]:
    return {id for id, rule in default_policy().rules.items() if rule.restrictable}


def kept_for_what_can_be_restricted() -> set[str]:
    """Form classes of which a field says that it is kept for such a use."""
    _ = get_resolver().url_patterns
    uses = restrictable()
    found = {
        f"{form.__module__}.{form.__qualname__}"
        for form in form_classes()
        if any(use in uses for _, use in asked_fields.personal(form).values())
    }
    return {name for name in found if not any(name.startswith(place) for place in OPEN)}


def views(resolver: URLResolver) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in resolver.url_patterns:
        found |= {one.name or "": one.callback} if isinstance(one, URLPattern) else views(one)
    return found


def test_every_such_form_has_a_door() -> None:
    assert sorted(kept_for_what_can_be_restricted() - set(DOORS)) == [], (
        "put stores_under on the view that takes it, and name both in DOORS"
    )


@pytest.mark.parametrize("form", DOORS)
def test_the_door_is_there(form: str) -> None:
    assert getattr(views(get_resolver())[DOORS[form]], "stores_under", "") in restrictable()


@pytest.mark.parametrize("page", IN_PLACE)
def test_a_page_that_shows_more_refuses_in_place(page: str) -> None:
    assert f'{{% closed "{IN_PLACE[page]}" as shut %}}' in (ROOT / page).read_text(encoding="utf-8")
