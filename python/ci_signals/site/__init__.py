"""The site: static pages from the finished tables. They work from file:// and on any static host."""
