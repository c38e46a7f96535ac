"""What is put on a device: the banner, the table that is enforced, the choice with its receipt, and what a yes to a cookie brings."""
