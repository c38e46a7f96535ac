"""Addresses under /support/, and the cases and calls at the desk."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.references import InAddress
from kept.touchpoints.support import views
from kept.touchpoints.support.at_the_desk import assigning_views as assigning
from kept.touchpoints.support.at_the_desk import desk_views as desk
from kept.touchpoints.support.at_the_desk import merging_views as merging
from kept.touchpoints.support.calls import desk_views as call_desk
from kept.touchpoints.support.calls import views as calls
from kept.touchpoints.support.phone_system import desk_views as ringing
from kept.touchpoints.support.phone_system import views as phone_system
from kept.touchpoints.support.reports import views as reports
from kept.touchpoints.support.uploading import views as uploading

register_converter(InAddress, "case")

CASE = "support/cases/<case:reference>/"
DESK = "desk/cases/<case:reference>/"
urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/new/", views.new, name="support-new"),
    path("support/new/offer/", views.new_offer, name="support-new-offer"),
    path("support/reports/", reports.public, name="support-reports"),
    path("support/uploads/", uploading.uploads, name="support-uploads"),
    path("support/uploads/offer/", uploading.offer_uploads, name="support-offer-uploads"),
    path("support/uploads/<uuid:id>/", uploading.upload, name="support-upload"),
    path(CASE, views.case, name="support-case"),
    path(f"{CASE}messages/", views.reply, name="support-case-reply"),
    path(f"{CASE}closing/", views.closing, name="support-case-closing"),
    path(f"{CASE}reopening/", views.reopening, name="support-case-reopening"),
    path(f"{CASE}rating/", views.rating, name="support-case-rating"),
    path(f"{CASE}sharing/", views.share, name="support-case-sharing"),
    path(f"{CASE}files/<uuid:file>/", views.file, name="support-case-file"),
    path(f"{CASE}calls/<uuid:id>/", calls.annotating, name="support-call-annotating"),
    path("desk/cases/", desk.queue, name="desk-cases"),
    path("desk/cases/reports/", reports.desk, name="desk-case-reports"),
    path("desk/cases/colleagues/", assigning.colleagues, name="desk-case-colleagues"),
    path(DESK, desk.case, name="desk-case"),
    path(f"{DESK}answer/", desk.answer, name="desk-case-answer"),
    path(f"{DESK}answer/<uuid:id>/undoing/", desk.undoing, name="desk-case-undoing"),
    path(f"{DESK}note/", desk.note, name="desk-case-note"),
    path(f"{DESK}taking/", desk.taking, name="desk-case-taking"),
    path(f"{DESK}assigning/", assigning.assigning_, name="desk-case-assigning"),
    path(f"{DESK}escalating/", assigning.escalating, name="desk-case-escalating"),
    path(f"{DESK}snoozing/", desk.snoozing, name="desk-case-snoozing"),
    path(f"{DESK}closing/", desk.closing, name="desk-case-closing"),
    path(f"{DESK}revealing/", desk.revealing, name="desk-case-revealing"),
    path(f"{DESK}merging/", merging.merging_, name="desk-case-merging"),
    path(f"{DESK}splitting/", merging.splitting, name="desk-case-splitting"),
    path(f"{DESK}parting/", merging.parting, name="desk-case-parting"),
    path(f"{DESK}linking/", merging.linking, name="desk-case-linking"),
    path(f"{DESK}files/<uuid:file>/", desk.file, name="desk-case-file"),
    path("desk/calls/", call_desk.calls, name="desk-calls"),
    path("desk/calls/<uuid:id>/", call_desk.call, name="desk-call"),
    path("desk/calls/<uuid:id>/search/", call_desk.search, name="desk-call-search"),
    path("desk/calls/<uuid:id>/person/", call_desk.person, name="desk-call-person"),
    path("desk/calls/<uuid:id>/verifying/", call_desk.verifying, name="desk-call-verifying"),
    path("desk/calls/<uuid:id>/case/", call_desk.to_case, name="desk-call-case"),
    path("desk/calls/<uuid:id>/done/", call_desk.done, name="desk-call-done"),
    path("desk/calls/<uuid:id>/note/", ringing.note, name="desk-call-note"),
    path("desk/calls/ringing/<uuid:id>/", ringing.take, name="desk-call-taking"),
    path("desk/calls/demo/", ringing.demo, name="desk-call-demo"),
    path("v1/calls", phone_system.reported),
    path("v1/calls/", phone_system.reported, name="phone-calls"),
]
