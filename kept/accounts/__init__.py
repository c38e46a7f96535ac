"""Sign-in: the ID and its person, passkeys and codes, sealed sessions, the security log, and the door of the
desk.

The library's views do the work under /account/; forms, words, mails, storage of secrets and who reads as whom
are ours.
"""
