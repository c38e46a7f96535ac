"""Support: somebody asks for help with a product, or for an offer, on the site, by mail or on the phone, and
the desk answers.

It keeps cases with what was said and sent, logged calls with their notes, what staff noted for each other,
and what was typed of a case that was not sent. A service case stays for three years after it was closed, a
sales enquiry for one.
"""
