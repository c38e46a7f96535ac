"""The places where customers and company meet. One folder each, all of one shape, none knows another."""
