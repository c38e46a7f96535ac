"""Machines that ask in a person's name: the Data Rights Protocol 1.0."""
