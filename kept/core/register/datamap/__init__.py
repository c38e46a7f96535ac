"""The data map: what is done with whose data, written from the policy and the declarations, never typed
twice.

``activities`` is the record of processing (GDPR Art. 30); the other modules say the same in the forms that
machines read.
"""
