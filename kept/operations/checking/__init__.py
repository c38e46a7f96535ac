"""What somebody kept, held against the ledger as it is now: a checkpoint, a mail, a receipt, a copy.

``evidence`` recognises what it is given and checks it by itself; ``notes`` finds checkpoints in mails,
however they were wrapped; ``remote`` reads a ledger over the network, ``local`` the one of this database;
``consistency`` says whether the one continues the other. All but ``local`` and ``views`` is plain Python, and
needs neither settings nor a database.
"""
