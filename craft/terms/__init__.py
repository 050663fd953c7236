"""The vocabulary of the product: slugs, labels and the small mathematics that belongs to them."""
