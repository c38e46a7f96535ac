"""What happened to whose data, under which purpose. It knows people by random aliases only.

``record`` appends one packed row per act, inside the act's own transaction. ``fold`` hashes the rows into a
Merkle tree (RFC 6962, tiles of 256), builds the index by person and signs a checkpoint. ``proof`` shows one
person their part and nobody else's; ``offline`` checks it without Django and without us. ``verify`` derives
all of it again. ``prune`` takes from acts past their term all they said, and leaves the tree as it is.
"""
