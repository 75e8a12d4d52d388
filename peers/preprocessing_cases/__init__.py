"""What libraries do to images before their classifiers get them."""
