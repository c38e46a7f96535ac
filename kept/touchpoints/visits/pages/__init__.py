"""The public dashboard, page by page: which days are asked for, what is told of them, and in which form."""
