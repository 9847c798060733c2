"""The way to a server: artifacts, jobs and certificates over gRPC. ``_server.py`` beside this folder puts the parts together."""
