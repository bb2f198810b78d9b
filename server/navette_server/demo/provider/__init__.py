"""The stand-in metropolitan library: a small OpenID provider, for development only.

Started by the launcher as a process of its own on loopback; the application never mounts it.
"""
