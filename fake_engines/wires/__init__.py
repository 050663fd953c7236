"""The wire formats that the fake engines speak: one file for each engine, as its vendor documents it."""
