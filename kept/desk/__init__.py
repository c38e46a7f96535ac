"""The staff's side: one shell.

Nothing personal opens here without a matter, and touchpoints hang their own work into it.
"""
