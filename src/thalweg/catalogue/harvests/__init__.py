"""Records brought in from elsewhere: fetched whole, then kept; once, or again and again."""
