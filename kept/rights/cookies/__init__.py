"""What is put on a device: the banner, the table that is enforced, the choice with its receipt, and what a
yes to a cookie brings.

``kept.portal.visitors.device_consent.chosen(request)`` is her answer, for every room: ``.preference`` and
``.measurement`` are True, False or None (never asked), ``.allows(kind)`` whether a cookie of the kind may be
set.
"""
