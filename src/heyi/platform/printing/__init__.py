"""Paper: any document, in any of the three languages, as an A4 PDF.

A module declares a `Form`; the base template needs no template of the module's own.
"""
