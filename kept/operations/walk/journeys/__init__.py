"""What invented people do on the way."""
