"""Rows of single operators, by what the operators do."""

from .case import CASES
from . import convolution, elementwise, forms, indexed, normalisation, products, shapes


def all_cases():
    """Every row, in a fixed order."""
    if not CASES:
        for add in (
            convolution.convolutions,
            convolution.pools,
            normalisation.norms,
            elementwise.elementwise,
            products.reductions,
            products.products,
            shapes.shapes,
            shapes.resizes,
            indexed.indexed,
            indexed.attentions,
            indexed.transforms,
            forms.forms,
            forms.convolutions_of_two,
            forms.stored,
        ):
            add()
    return CASES
