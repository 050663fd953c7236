"""Sets the machine up, runs the services and starts Slate. Standard library only; knows nothing of the product."""
