"""Tests of the package against the real command."""
