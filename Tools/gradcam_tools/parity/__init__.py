"""How each method is computed by the packages people use, and by its formula."""
