"""The look for faces: detect, align, embed, judge the quality."""
