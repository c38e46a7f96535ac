"""The catalogue is nobody's data.

Said here table by table, so that a column about a person cannot slip in unseen.
"""

from kept.core.register import declarations as register
from kept.products.models import Document, Mark, Market, Product

register.nobody(Market, because="The markets the company serves, as it publishes them.")
register.nobody(Mark, because="Approvals and interfaces that products carry.")
register.nobody(Product, because="The published catalogue: products and their figures.")
register.nobody(Product.markets.through, because="Which product serves which market.")
register.nobody(Product.marks.through, because="Which product carries which approval or interface.")
register.nobody(Document, because="The published documents of products.")

register.read_by_anybody("/products/", "/products/*")

SOUGHT = "A search in the catalogue: it is answered, and nothing of it is kept with anybody."
register.asks(
    "products",
    dict.fromkeys(
        (
            "q",
            "takes",
            "power",
            "at",
            "efficiency",
            "market",
            "kind",
            "input",
            "output",
            "phases",
            "mounting",
            "ip",
            "approval",
            "interface",
            "lifecycle",
        ),
        SOUGHT,
    ),
)
register.asks("compare-products", {"m": "Products of the catalogue that are laid side by side."})
