"""Demands of courts and authorities, and matters of public importance: two people decide, each in writing."""
