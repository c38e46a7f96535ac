"""A visit to our sites: which pages are read, and never by whom.

The web sends each reading to the collector, a process of its own that alone holds the day's salt and forgets
address and browser at once. What it writes is an event that names nobody; events are packed by the day,
summed up, and dropped when their term is over. It keeps nothing about a person, and nothing in it leads to
one.
"""
