"""How mail comes in: handed over by a mail server (LMTP), fetched from a mailbox (IMAP), and stored."""
