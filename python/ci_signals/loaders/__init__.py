"""Loaders: they fill the raw tables from files, and set bad rows aside and count them."""
