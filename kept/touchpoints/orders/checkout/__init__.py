"""From a basket to an order: one question a page, and nothing kept before the order is placed."""
