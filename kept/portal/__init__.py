"""The shell of the customer's side: base template, bar, foot, the marks of a page, the pages for when
something goes wrong.

A page extends ``portal/base.html`` and fills ``title`` (repeated as its h1), ``lead``, ``document`` (a title
block) and ``content`` (sections); ``header`` replaces h1 and lead, ``styles`` and ``scripts`` add files. ``{%
load kept %}`` brings ``why_answers``, ``field``, ``errors``, ``state``, ``duration``, ``moment``, ``icon``
and ``heading``; ``portal/form.html`` is a whole form and ``portal/parts/work.html`` a counted progress. A
view answers a refused form with ``responses.invalid``. All of it stands on the component sheets at
/sheet/components/ and /sheet/desk/, served under KEPT_DEBUG and to the tests.
"""
