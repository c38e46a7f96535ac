"""How an order is paid: attempts at a processor, what it signals back, and one built in to practise with."""
