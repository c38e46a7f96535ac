"""A phone system (PBX) says that the phone rings: signed, once, and shown to the staff of one queue alone."""
