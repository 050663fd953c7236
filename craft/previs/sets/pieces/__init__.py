"""Parts that sets are furnished with."""
