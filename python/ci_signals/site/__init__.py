"""The site: finished tables in, static pages out. Works from file:// and any static host."""
