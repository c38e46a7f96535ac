"""Data Rights Protocol 1.0, the covered business's side: authorised agents exercise rights in people's names,
by signed messages.

An agent proves who it is; it never proves who the person is to more than a claim. So nothing personal ever
goes to an agent: it learns how far a request is, and the person fetches what it brought, having shown that
she is herself. The wire is told in ``docs/drp.md``.
"""
