"""Which trace something belongs to (`context`, rules alone), and its spans where somebody collects them."""
