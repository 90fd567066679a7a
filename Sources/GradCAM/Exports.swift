@_exported public import Diagnostics
@_exported public import Imaging
