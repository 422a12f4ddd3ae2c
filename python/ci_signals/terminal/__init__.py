"""Signals in a terminal: lists, one signal's history, and what changed between two builds."""
