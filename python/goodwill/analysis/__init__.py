"""What follows from a study: where its value comes from, how sure it is, what it depends on; and its
words."""
