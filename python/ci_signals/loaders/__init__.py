"""Loaders: bytes in, raw tables filled, rejected rows set aside and counted."""
