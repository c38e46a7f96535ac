"""Machines that ask in somebody's name: the Data Rights Protocol 1.0."""
