"""Addresses under /shop/ and /orders/, and the orders at the desk."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.references import InAddress
from kept.touchpoints.orders import views
from kept.touchpoints.orders.basket import views as basket
from kept.touchpoints.orders.checkout import views as checkout
from kept.touchpoints.orders.fulfilment import desk_views as desk
from kept.touchpoints.orders.fulfilment import views as fulfilment
from kept.touchpoints.orders.payment import practice_views as practice

register_converter(InAddress, "order")

ORDER = "orders/<order:number>/"
DESK = "desk/orders/<order:number>/"
urlpatterns = [
    path("shop/basket/", basket.basket, name="basket"),
    path("shop/checkout/", checkout.checkout, name="checkout"),
    path("shop/checkout/<slug:step>/", checkout.checkout, name="checkout-step"),
    path("shop/payments/practice/webhook/", practice.hearing, name="practice-webhook"),
    path("shop/payments/practice/<uuid:key>/", practice.paying, name="practice-payment"),
    path("orders/", views.orders, name="orders"),
    path(ORDER, views.order, name="order"),
    path(f"{ORDER}payment/", views.paying_again, name="order-payment"),
    path(f"{ORDER}withdrawal/", fulfilment.withdrawal, name="order-withdrawal"),
    path(f"{ORDER}cancelling/", fulfilment.cancelling, name="order-cancelling"),
    path(f"{ORDER}address/", fulfilment.correcting, name="order-address"),
    path(f"{ORDER}machines/<int:unit>/", fulfilment.registering, name="order-machine"),
    path("desk/orders/", desk.queue, name="desk-orders"),
    path(DESK, desk.order, name="desk-order"),
    path(f"{DESK}parcel/", desk.sending, name="desk-order-parcel"),
    path(f"{DESK}delivery/", desk.delivering, name="desk-order-delivery"),
    path(f"{DESK}return/", desk.returning, name="desk-order-return"),
    path(f"{DESK}cancelling/", desk.cancelling, name="desk-order-cancelling"),
    path(f"{DESK}refund/", desk.refunding, name="desk-order-refund"),
]
