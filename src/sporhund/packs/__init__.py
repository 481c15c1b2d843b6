"""Models as data: manifests, layouts, the runtime, and how the base pack is made."""
