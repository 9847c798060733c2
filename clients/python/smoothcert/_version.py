"""The version of this package: that of the command it belongs to."""

VERSION = "0.1.0"
