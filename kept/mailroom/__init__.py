"""Mail that arrives: stored whole and sealed before its sender hears that it did, then given to the one room
it is for.

It keeps a mail until that room has it; of whoever wrote it, nothing afterwards.
"""
