"""Records: what is told of any resource, and the formats that tell it."""
