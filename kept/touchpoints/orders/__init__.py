"""A purchase: a basket, an order, its payment, its delivery and its papers.

It keeps what somebody put into a basket, for thirty days; the orders they placed with what each needed to be
paid and delivered, until two years after the delivery; and the fields of an invoice, which tax law keeps for
its own years.
"""
