"""Sets the machine up, runs the services and starts Slate. Standard library only; imports nothing of the product."""
