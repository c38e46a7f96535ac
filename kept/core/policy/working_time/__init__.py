"""When somebody works: public holidays, the opening hours of a desk, and time counted in them."""
