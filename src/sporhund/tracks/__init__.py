"""One thing followed through frames: boxes, overlap, tracks, stitching."""
