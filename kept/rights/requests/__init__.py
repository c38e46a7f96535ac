"""Questions and requests on the law's clock: taken in by any channel, worked on at the desk, answered in
time, with proof.
"""
